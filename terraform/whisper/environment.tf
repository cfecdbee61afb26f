# Which environment this is, and what differs between them unless it is chosen.

variable "environment" {
  description = "dev, staging or prod."
  type        = string
  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
  # Here and not at mode_ceiling, whose file is also the environments': they have no variable of this name.
  validation {
    condition     = var.environment != "dev" || var.mode_ceiling == "DRAFT_ONLY"
    error_message = "dev is locked to DRAFT_ONLY: nothing is ever sent from it."
  }
}

variable "catalogue" {
  description = "The text of functions.yaml; the repository's own by default."
  type        = string
  default     = null
}

locals {
  budget_units = coalesce(var.budget.units, { dev = 50, staging = 100, prod = 300 }[var.environment])
  branch       = var.branch == null ? { dev = "^main$", staging = "", prod = "" }[var.environment] : var.branch
}
