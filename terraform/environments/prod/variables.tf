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
  type        = map(object({ file = optional(string), sha256 = string }))
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
}

variable "mode_ceiling" {
  description = "The most that any mode may allow in this environment: DRAFT_ONLY or SEND_ALLOWED."
  type        = string
  default     = "DRAFT_ONLY"
}

variable "rollout" {
  description = "Features as control/flags is seeded with them, by flag. Afterwards operators change them there."
  type        = map(object({ enabled = bool, rollout_percent = number }))
  default     = {}
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

variable "sentry_dsn" {
  description = "Where bugs are reported; empty: off."
  type        = string
  default     = ""
}

variable "settings" {
  description = "Further settings of all functions, by name as in .env.example (MAX_ATTEMPTS, RETRY_FIRST_S, …)."
  type        = map(string)
  default     = {}
}

variable "private_ingress" {
  description = "Ingress of private functions. ALLOW_INTERNAL_ONLY still admits Scheduler, Tasks and Pub/Sub of the project; IAM refuses everybody else in either case."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"
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
  description = "Money a month before the budget's alerts, in the billing account's currency."
  type        = object({ currency = optional(string), units = optional(number, 300) })
  default     = {}
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
}

variable "branch" {
  description = "Regular expression of the branches whose pushes are planned; empty: somebody starts each plan."
  type        = string
  default     = ""
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
}

variable "smoke" {
  description = "The tenant that synthetic leads are submitted to, and when (cron, UTC; empty: only after an apply)."
  type = object({
    tenant   = optional(string, "sandbox")
    schedule = optional(string, "17 * * * *")
  })
  default = {}
}
