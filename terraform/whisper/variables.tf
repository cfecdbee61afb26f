# What an environment chooses. The environments' own variables.tf are links to this file, so each is declared once.

variable "project" {
  description = "Google Cloud project id. One project holds one environment."
  type        = string
}

variable "region" {
  description = "Region of functions, queues, topics, secrets and the database."
  type        = string
  default     = "europe-west1"
}

variable "zips" {
  description = "What scripts/package built: for each function its zip and the zip's hash. Without `file` the zip is taken to be in the bucket already, which is how a roll back works."
  type = map(object({
    file   = optional(string)
    sha256 = string
  }))
  validation {
    condition     = alltrue([for zip in values(var.zips) : can(regex("^[0-9a-f]{64}$", zip.sha256))])
    error_message = "Each zip's sha256 must be 64 hexadecimal digits in lower case, as scripts/package writes it."
  }
}

variable "zips_dir" {
  description = "The folder that the zips' files are in; empty: they are named by their whole path."
  type        = string
  default     = ""
}

variable "tenants" {
  description = "Tenants with secrets and a control document of their own."
  type        = set(string)
  default     = ["default"]
  validation {
    condition     = alltrue([for tenant in var.tenants : can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", tenant))])
    error_message = "A tenant's id is lower-case letters, digits and dashes, at most 40, and begins with a letter."
  }
}

variable "mode_ceiling" {
  description = "The most that any mode may allow in this environment: DRAFT_ONLY or SEND_ALLOWED."
  type        = string
  default     = "DRAFT_ONLY"
  validation {
    condition     = contains(["DRAFT_ONLY", "SEND_ALLOWED"], var.mode_ceiling)
    error_message = "mode_ceiling must be exactly DRAFT_ONLY or SEND_ALLOWED."
  }
}

variable "rollout" {
  description = "Features as control/flags is seeded with them, by flag; afterwards operators change them there. They reach functions by that document alone, and no setting repeats them."
  type = map(object({
    enabled         = bool
    rollout_percent = number
  }))
  default = {}
  validation {
    condition     = alltrue([for flag in keys(var.rollout) : contains(["STORY_PITCH_ENABLED", "AUTO_SEND_FOLLOWUP", "LONG_MEMORY_ENABLED"], flag)])
    error_message = "rollout names a flag that does not exist; everything would be stopped by it."
  }
  validation {
    condition     = alltrue([for one in values(var.rollout) : one.rollout_percent >= 0 && one.rollout_percent <= 100 && floor(one.rollout_percent) == one.rollout_percent])
    error_message = "rollout_percent must be a whole number from 0 to 100."
  }
}

variable "model" {
  description = "The model that reads, plans and writes; empty: everything by rule."
  type        = string
  default     = ""
}

variable "openai_url" {
  description = "An OpenAI-compatible API; empty: OpenAI's own."
  type        = string
  default     = ""
}

variable "operators" {
  description = "How people sign in to the API: the OAuth client (a Google ID token's audience) and their Workspace domain. Empty: API keys only."
  type = object({
    client_id = optional(string, "")
    domain    = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = (var.operators.client_id == "") == (var.operators.domain == "")
    error_message = "operators needs client_id and domain, or neither: a client without a domain would let in every Google account."
  }
}

variable "sentry_dsn" {
  description = "Where bugs are reported; empty: off."
  type        = string
  default     = ""
}

variable "audit_archive" {
  description = "The S3 bucket with Object Lock that the audit is archived in (empty: off), its region, the days for which nobody can delete a day of it, and another API that speaks S3 (empty: AWS)."
  type = object({
    bucket         = optional(string, "")
    region         = optional(string, "")
    retention_days = optional(number, 1095)
    endpoint       = optional(string, "")
  })
  default = {}
  validation {
    condition     = (var.audit_archive.bucket == "") == (var.audit_archive.region == "")
    error_message = "audit_archive needs bucket and region together."
  }
  validation {
    condition     = var.audit_archive.retention_days >= 1 && var.audit_archive.retention_days <= 36500 && floor(var.audit_archive.retention_days) == var.audit_archive.retention_days
    error_message = "audit_archive.retention_days must be a whole number from 1 to 36500."
  }
  validation {
    condition     = var.audit_archive.endpoint == "" || startswith(var.audit_archive.endpoint, "https://")
    error_message = "audit_archive.endpoint must begin with https://."
  }
}

variable "settings" {
  description = "Further settings of all functions, by name as in .env.example (MAX_ATTEMPTS, RETRY_FIRST_S, …)."
  type        = map(string)
  default     = {}
  validation {
    condition = alltrue([for name in keys(var.settings) : contains([
      "MAX_ATTEMPTS", "RETRY_FIRST_S", "RETRY_MOST_S", "INTENT_LEASE_S", "PAUSED_RECHECK_S", "CRM_LAG_S", "SYNC_BUDGET",
    ], name)])
    error_message = "settings takes MAX_ATTEMPTS, RETRY_FIRST_S, RETRY_MOST_S, INTENT_LEASE_S, PAUSED_RECHECK_S, CRM_LAG_S and SYNC_BUDGET; the module sets the others itself."
  }
  # A function refuses all work with a setting that it cannot read.
  validation {
    condition = alltrue([for name, value in var.settings : (
      can(tonumber(value)) && try(tonumber(value) >= 0, false)
      && (name == "CRM_LAG_S" || try(tonumber(value) > 0, false))
      && (!contains(["MAX_ATTEMPTS", "SYNC_BUDGET"], name) || try(floor(tonumber(value)) == tonumber(value), false))
      && (name != "MAX_ATTEMPTS" || try(tonumber(value) <= 50, false))
    )])
    error_message = "settings are numbers above 0 (CRM_LAG_S may be 0), MAX_ATTEMPTS and SYNC_BUDGET whole ones, MAX_ATTEMPTS at most 50."
  }
}

variable "private_ingress" {
  description = "Ingress of private functions. ALLOW_INTERNAL_ONLY still admits Scheduler, Tasks and Pub/Sub of the project; IAM refuses everybody else in either case."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"
  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_ALL"], var.private_ingress)
    error_message = "private_ingress must be ALLOW_INTERNAL_ONLY or ALLOW_ALL."
  }
}

variable "labels" {
  description = "Labels on everything that can have them."
  type        = map(string)
  default     = {}
}

variable "notify" {
  description = "Where alerts go: addresses, a Slack channel (with slack_token), PagerDuty (with pagerduty_key)."
  type = object({
    emails        = optional(set(string), [])
    slack_channel = optional(string, "")
    pagerduty     = optional(bool, false)
    # Raised by one, a changed token is written again: Terraform keeps no copy to compare with.
    token_version = optional(number, 1)
  })
  default = {}
}

variable "slack_token" {
  description = "Slack's token for alerts. It is not kept in the state."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "pagerduty_key" {
  description = "PagerDuty's integration key for alerts. It is not kept in the state."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "billing_account" {
  description = "Billing account of the budget; empty: no budget."
  type        = string
  default     = ""
}

variable "budget" {
  description = "Money a month before the budget's alerts, in the billing account's currency; units by default 50 in dev, 100 in staging, 300 in prod."
  type = object({
    currency = optional(string)
    units    = optional(number)
  })
  default = {}
}

variable "tokens_per_day" {
  description = "Tokens of the model in 24 hours before an alert."
  type        = number
  default     = 5000000
}

variable "repository" {
  description = "A repository that is connected to Cloud Build (2nd gen): projects/P/locations/L/connections/C/repositories/R; empty: no triggers, and nobody to build."
  type        = string
  default     = ""
  validation {
    condition     = var.repository == "" || can(regex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/repositories/[^/]+$", var.repository))
    error_message = "repository must be projects/P/locations/L/connections/C/repositories/R, as `gcloud builds repositories list` shows it."
  }
}

variable "branch" {
  description = "Regular expression of the branches whose pushes are planned; empty: somebody starts each plan; by default ^main$ in dev, and empty elsewhere."
  type        = string
  default     = null
}

variable "ref" {
  description = "What builds that nobody pushed take when no commit is named."
  type        = string
  default     = "refs/heads/main"
}

variable "state_bucket" {
  description = "Terraform's bucket, which builds read and write; empty: PROJECT-terraform."
  type        = string
  default     = ""
}

variable "releases" {
  description = "The bucket that keeps zips, plans and deployments (empty: PROJECT-whisper-releases). One environment makes it (`here`) and names the projects of the others that share it, by environment."
  type = object({
    bucket   = optional(string, "")
    here     = optional(bool, false)
    projects = optional(map(string), {})
  })
  default = {}
  validation {
    condition     = alltrue([for environment in keys(var.releases.projects) : contains(["dev", "staging", "prod"], environment)])
    error_message = "releases.projects maps dev, staging and prod to their projects."
  }
  validation {
    condition     = var.repository == "" || var.releases.here || var.releases.bucket != ""
    error_message = "Builds keep plans in a bucket: make it here (releases = { here = true }), or name another environment's."
  }
}

variable "smoke" {
  description = "The tenant that synthetic leads are submitted to, when (cron, UTC; empty: only after an apply), and after how many hours without one that came through there is an alert."
  type = object({
    tenant       = optional(string, "sandbox")
    schedule     = optional(string, "17 * * * *")
    silent_hours = optional(number, 3)
  })
  default = {}
  validation {
    condition     = var.smoke.silent_hours >= 1 && var.smoke.silent_hours <= 24 && floor(var.smoke.silent_hours) == var.smoke.silent_hours
    error_message = "smoke.silent_hours must be a whole number from 1 to 24."
  }
}
