# Numbers from the functions' log lines (shared/runtime/logs.py). tests/terraform/test_metrics.py holds each event
# and field that is named here against the code.

locals {
  metrics = {
    submissions = {
      what   = "Form submissions that came in, by what became of them and by which way."
      filter = "jsonPayload.event=(\"submission_accepted\" OR \"submission_known\" OR \"submission_refused\")"
      labels = ["event", "via"]
    }
    stages = {
      what   = "Runs of stages that ended as planned, by stage and by the job's status afterwards."
      filter = "jsonPayload.event=\"stage_done\""
      labels = ["stage", "status"]
    }
    stage_ms = {
      what   = "How long runs of stages took, in milliseconds."
      filter = "jsonPayload.event=\"stage_done\""
      labels = ["stage"]
      value  = "duration_ms"
      unit   = "ms"
    }
    failures = {
      what   = "What failed, by event, kind of failure and stage: retryable, permanent, unclear or a bug."
      filter = "jsonPayload.event=(\"stage_failed\" OR \"bug\" OR \"unavailable\" OR \"firestore_unreachable\" OR \"poll_failed\" OR \"message_unreadable\" OR \"task_unreadable\" OR \"caller_unclear\" OR \"job_unusable\" OR \"sentry_failed\" OR \"repair_failed\" OR \"mailbox_unheard\" OR \"watch_failed\" OR \"draft_unwatched\" OR \"thread_garbage\" OR \"control_unwatched\" OR \"erasure_failed\" OR \"draft_not_withdrawn\" OR \"not_ready\" OR \"unusable\")"
      labels = ["event", "kind", "stage"]
    }
    bugs = {
      what   = "Failures that are bugs."
      filter = "jsonPayload.event=\"bug\" OR (jsonPayload.event=\"stage_failed\" AND jsonPayload.kind=\"bug\")"
      labels = ["stage"]
    }
    drafts_filed = {
      what   = "Drafts filed in a mailbox, new ones and revised ones, and noted in the CRM."
      filter = "jsonPayload.event=\"stage_done\" AND jsonPayload.stage=\"file_draft\" AND jsonPayload.status=\"running\""
      labels = ["tenant"]
    }
    drafts_rejected = {
      what   = "Drafts that the gate rejected for good."
      filter = "jsonPayload.event=\"stage_done\" AND jsonPayload.status=\"rejected\""
      labels = ["tenant"]
    }
    held = {
      what   = "Jobs held for a person."
      filter = "jsonPayload.event=(\"stage_done\" OR \"stage_failed\") AND jsonPayload.status=\"held\""
      labels = ["tenant", "stage"]
    }
    dead_letters = {
      what   = "Jobs that ended as a dead letter."
      filter = "(jsonPayload.event=\"stage_failed\" AND jsonPayload.status=\"failed\") OR (jsonPayload.event=\"job_repaired\" AND jsonPayload.outcome=\"dead_letters\")"
      labels = ["tenant", "stage"]
    }
    stuck = {
      what   = "Jobs whose stage died or whose task was lost, and that the sweep started again or gave up."
      filter = "jsonPayload.event=\"job_repaired\" AND jsonPayload.outcome=(\"requeued\" OR \"dead_letters\")"
      labels = ["stage", "outcome"]
    }
    sweeps = {
      what   = "Sweeps that came to their end."
      filter = "jsonPayload.event=\"swept\""
      labels = ["kind"]
    }
    unpublished = {
      what   = "Domain events that Pub/Sub did not take; they wait in the outbox for the sweep."
      filter = "jsonPayload.event=\"publish_failed\""
      labels = ["topic"]
    }
    controls_changed = {
      what   = "Changes of control, guardrail, quota and settings documents, by hand or by an operation."
      filter = "jsonPayload.event=\"control_changed\""
      labels = ["tenant", "kind", "field"]
    }
    quotas_near_end = {
      what   = "Quotas of mailboxes of which 80 % are used, once for each day or week."
      filter = "jsonPayload.event=\"quota_near_end\""
      labels = ["tenant"]
    }
    sends_held = {
      what   = "Sends that are held for a person: unclear, or no longer what was approved."
      filter = "jsonPayload.event=(\"stage_done\" OR \"stage_failed\") AND jsonPayload.stage=\"send_draft\" AND jsonPayload.status=\"held\""
      labels = ["tenant"]
    }
    control_garbage = {
      what   = "Values in a control, guardrail or quota document that could not be understood: everything is stopped."
      filter = "jsonPayload.event=\"control_garbage\""
      labels = ["tenant"]
    }
    settings_garbage = {
      what   = "Settings of a tenant that could not be understood: nothing of that tenant's is accepted."
      filter = "jsonPayload.event=\"settings_garbage\""
      labels = ["document"]
    }
    jobs_unusable = {
      what   = "Looks at a job whose document does not fit its type, so that it cannot go on."
      filter = "jsonPayload.event=\"job_unusable\""
      labels = ["tenant"]
    }
    erasures_late = {
      what   = "Looks at an erasure of a person that is not done after a day."
      filter = "jsonPayload.event=\"erasure_late\""
      labels = ["tenant"]
    }
    mailboxes = {
      what   = "Mailboxes that are not heard as they should be: behind, to be connected again, a watch about to end, or a connection that failed."
      filter = "jsonPayload.event=(\"mailbox_behind\" OR \"mailbox_reconnect\" OR \"watch_expiring\" OR \"mailbox_not_connected\")"
      labels = ["event", "tenant"]
    }
    audit_archive = {
      what   = "Days of the audit that could not be archived, or of which the archive has something else."
      filter = "jsonPayload.event=(\"archive_differs\" OR \"archive_failed\")"
      labels = ["event", "tenant"]
    }
    kill_switch = {
      what   = "Outward stages that waited because a kill switch is on."
      filter = "jsonPayload.event=\"kill_switch_engaged\""
      labels = ["tenant", "stage"]
    }
    callers_refused = {
      what   = "Calls of private functions by somebody who may not."
      filter = "jsonPayload.event=\"caller_refused\""
      labels = ["function"]
    }
    tokens_in = {
      what   = "Tokens that the model read."
      filter = "jsonPayload.event=\"model_asked\" AND jsonPayload.tokens_in>0"
      labels = ["stage"]
      value  = "tokens_in"
    }
    tokens_out = {
      what   = "Tokens that the model wrote."
      filter = "jsonPayload.event=\"model_asked\" AND jsonPayload.tokens_out>0"
      labels = ["stage"]
      value  = "tokens_out"
    }
  }
}

resource "google_logging_metric" "metric" {
  for_each = local.metrics

  project          = var.project
  name             = "whisper_${each.key}"
  description      = each.value.what
  filter           = "resource.type=\"cloud_run_revision\" AND (${each.value.filter})"
  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }
  value_extractor  = try("EXTRACT(jsonPayload.${each.value.value})", null)

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = can(each.value.value) ? "DISTRIBUTION" : "INT64"
    unit        = try(each.value.unit, "1")

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  dynamic "bucket_options" {
    for_each = can(each.value.value) ? [true] : []
    content {
      exponential_buckets {
        num_finite_buckets = 40
        growth_factor      = 1.5
        scale              = 1
      }
    }
  }

  depends_on = [google_project_service.used]
}

locals {
  # References and not names, so that a policy is made after its metric.
  metric_filters = {
    for name, metric in google_logging_metric.metric :
    name => "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${metric.name}\""
  }
}
