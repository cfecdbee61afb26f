# Each is knocked at with nothing to show: 401 of a webhook without a signature, 404 of a page without a token, says
# that it runs and can read its secret.
resource "google_monitoring_uptime_check_config" "public" {
  for_each = { for name, row in local.functions : name => row if row.public && contains(row.methods, "POST") }

  project      = var.project
  display_name = "whisper ${var.environment}: ${each.key}"
  period       = "300s"
  timeout      = "10s"
  user_labels  = local.labels

  http_check {
    path           = "/${each.key}"
    port           = 443
    use_ssl        = true
    validate_ssl   = true
    request_method = "POST"
    content_type   = "USER_PROVIDED"
    body           = base64encode("{}")

    custom_content_type = "application/json"

    accepted_response_status_codes {
      status_value = contains(each.value.methods, "GET") ? 404 : 401
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project
      host       = "${var.region}-${var.project}.cloudfunctions.net"
    }
  }

  depends_on = [google_project_service.used]
}
