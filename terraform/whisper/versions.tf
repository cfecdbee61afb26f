terraform {
  # 1.11 has write-only arguments, which keep the tokens of notification channels out of the state.
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.45"
    }
  }
}
