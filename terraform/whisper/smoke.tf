# Synthetic leads: whoever is told of alerts hears of one that fails, and of none that comes through any more.
# The words are those of scripts/deploying/smoke.py, in the logs of builds; tests/terraform/test_builds.py compares them.

locals {
  smoke_passed = "synthetic lead: came through"
  smoke_failed = "synthetic lead: failed"
  smoke_title  = "No synthetic lead came through"
}

resource "google_logging_metric" "smoke_passed" {
  count = local.builds ? 1 : 0

  project     = var.project
  name        = "whisper_smoke_passed"
  description = "Synthetic leads that came through."
  filter      = "resource.type=\"build\" AND textPayload:\"${local.smoke_passed}\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }

  depends_on = [google_project_service.used]
}

# From the log line itself: it needs no metric that has data first.
resource "google_monitoring_alert_policy" "smoke_failed" {
  count = local.builds ? 1 : 0

  project               = var.project
  display_name          = "whisper ${var.environment}: a synthetic lead failed"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "a synthetic lead failed"
    condition_matched_log {
      filter = "resource.type=\"build\" AND textPayload:\"${local.smoke_failed}\""
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: a synthetic lead failed"
    content   = "A real lead may fare the same. 1. The build's log says which check failed: smoke-${var.environment}, or apply-${var.environment} after a deployment. 2. `scripts/whisper --env ${var.environment} doctor`. 3. Right after an apply: `scripts/rollback ${var.environment}`.\n\nRunbook: terraform/README.md"
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }
}

# A build that dies before it says anything, or that nothing starts, says neither.
resource "google_monitoring_alert_policy" "smoke_silent" {
  count = local.builds && var.smoke.schedule != "" ? 1 : 0

  project               = var.project
  display_name          = "whisper ${var.environment}: no synthetic lead came through"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "none in ${var.smoke.silent_hours} hours"
    condition_prometheus_query_language {
      query               = "(sum(increase(logging_googleapis_com:user_${google_logging_metric.smoke_passed[0].name}[${var.smoke.silent_hours}h])) or vector(0)) < 1"
      duration            = "3600s" # the first one comes within its schedule
      evaluation_interval = "900s"
      # Until the first one this metric has no series to be validated against.
      disable_metric_validation = true
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: no synthetic lead came through"
    content   = "1. `gcloud builds list --region=${local.connected_in} --limit=5 --project=${var.project}`: do builds of smoke-${var.environment} run, and how do they end? 2. None: `gcloud scheduler jobs describe smoke-is-due --location=${var.region} --project=${var.project}`. 3. They fail before the lead: the build's log. 4. They run longer apart than ${var.smoke.silent_hours} hours on purpose: raise smoke.silent_hours.\n\nRunbook: terraform/README.md"
    mime_type = "text/markdown"
  }
}
