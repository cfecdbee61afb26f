resource "google_cloud_scheduler_job" "schedule" {
  for_each = { for name, row in local.functions : name => row if row.schedule != null }

  project          = var.project
  region           = var.region
  name             = each.key
  description      = each.value.what
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.deadline_s}s"

  http_target {
    http_method = "POST"
    uri         = local.urls[each.key]
    oidc_token {
      service_account_email = local.caller_emails["scheduler"]
      audience              = local.urls[each.key]
    }
  }

  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "60s"
    max_doublings        = 2
  }

  depends_on = [google_cloud_run_v2_service_iam_member.scheduler]
}
