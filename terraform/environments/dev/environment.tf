# The dev environment: one project, one state. Every other file here is a link to what all environments share.

terraform {
  # The bucket is named at init: terraform init -backend-config=bucket=NAME
  backend "gcs" {
    prefix = "whisper/dev"
  }
}

locals {
  environment = "dev"
}
