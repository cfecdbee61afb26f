# One environment: the module with what its terraform.tfvars chooses. Each environment has links to this file.

terraform {
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.45"
    }
  }
}

provider "google" {
  project               = var.project
  region                = var.region
  billing_project       = var.project
  user_project_override = true
}

module "whisper" {
  source = "../../whisper"

  environment     = local.environment
  project         = var.project
  region          = var.region
  zips            = var.zips
  zips_dir        = var.zips_dir
  tenants         = var.tenants
  mode_ceiling    = var.mode_ceiling
  rollout         = var.rollout
  model           = var.model
  openai_url      = var.openai_url
  operators       = var.operators
  sentry_dsn      = var.sentry_dsn
  settings        = var.settings
  audit_archive   = var.audit_archive
  private_ingress = var.private_ingress
  labels          = var.labels
  notify          = var.notify
  slack_token     = var.slack_token
  pagerduty_key   = var.pagerduty_key
  billing_account = var.billing_account
  budget          = var.budget
  tokens_per_day  = var.tokens_per_day
  repository      = var.repository
  branch          = var.branch
  ref             = var.ref
  state_bucket    = var.state_bucket
  releases        = var.releases
  smoke           = var.smoke
}
