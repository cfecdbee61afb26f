output "receive_hubspot_url" {
  description = "The URL to enter at HubSpot; its webhooks are signed for exactly this one."
  value       = local.urls["receive_hubspot"]
}

output "api_url" {
  description = "The operators' HTTP API; /v1/openapi.json describes it."
  value       = local.urls["serve_api"]
}

output "secrets" {
  description = "Secrets that need a version."
  value       = sort(keys(local.secret_ids))
}

output "functions" {
  description = "The functions and the hashes of their zips."
  value       = { for name in keys(local.functions) : name => try(var.zips[name].sha256, null) }
}

output "settings" {
  description = "Settings for `scripts/whisper` on this environment (--env-file)."
  value = merge(local.archive_settings, var.settings, {
    PROJECT             = var.project
    REGION              = var.region
    ENVIRONMENT         = var.environment
    FUNCTION_URL        = local.function_url
    ROUTING             = jsonencode(local.routing)
    TASKS_CALLER        = local.caller_emails["tasks"]
    MODE_CEILING        = var.mode_ceiling
    MODEL               = var.model
    OPENAI_URL          = var.openai_url
    RECEIVE_HUBSPOT_URL = local.urls["receive_hubspot"]
    CONNECT_GMAIL_URL   = replace(local.function_url, "{name}", "connect_gmail")
    RECEIVE_OPT_OUT_URL = replace(local.function_url, "{name}", "receive_opt_out")
  })
}

output "control_documents" {
  description = "The documents that operators edit."
  value       = concat(["control/flags"], [for tenant in sort(var.tenants) : "tenants/${tenant}/control/flags"])
}
