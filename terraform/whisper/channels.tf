# Where alerts go.

resource "google_monitoring_notification_channel" "email" {
  for_each = var.notify.emails

  project      = var.project
  display_name = "whisper ${var.environment}: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_notification_channel" "slack" {
  count = var.notify.slack_channel == "" ? 0 : 1

  project      = var.project
  display_name = "whisper ${var.environment}: ${var.notify.slack_channel}"
  type         = "slack"
  labels       = { channel_name = var.notify.slack_channel }

  sensitive_labels {
    auth_token_wo         = var.slack_token
    auth_token_wo_version = tostring(var.notify.token_version)
  }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_notification_channel" "pagerduty" {
  count = var.notify.pagerduty ? 1 : 0

  project      = var.project
  display_name = "whisper ${var.environment}: PagerDuty"
  type         = "pagerduty"

  sensitive_labels {
    service_key_wo         = var.pagerduty_key
    service_key_wo_version = tostring(var.notify.token_version)
  }

  depends_on = [google_project_service.used]
}

locals {
  channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.name],
    google_monitoring_notification_channel.slack[*].name,
    google_monitoring_notification_channel.pagerduty[*].name,
  )
}
