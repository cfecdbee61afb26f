# What people are told about, and what they should do then.

locals {
  run = {
    requests  = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\""
    latencies = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_latencies\""
  }

  # Cloud Run knows a function by its name with - for _.
  service_names = { for name in keys(local.functions) : name => replace(name, "_", "-") }
  asking = [
    for name, row in local.functions : local.service_names[name] if contains(row.secrets, "openai-api-key") && row.schedule == null
  ]
  prompt = [
    for name, row in local.functions : local.service_names[name] if !contains(row.secrets, "openai-api-key") && row.schedule == null
  ]

  thresholds = {
    error_rate = {
      title       = "More than 1 % of requests fail"
      severity    = "ERROR"
      filter      = "${local.run.requests} AND metric.label.response_code_class=\"5xx\""
      denominator = local.run.requests
      aligner     = "ALIGN_RATE"
      reducer     = "REDUCE_SUM"
      group_by    = ["resource.label.service_name"]
      period_s    = 600
      above       = 0.01
      todo        = <<-TEXT
        A function answers 5xx to more than one request in a hundred. Nothing is lost: Cloud Tasks, Pub/Sub and HubSpot try again.
        1. Look at its log: `gcloud logging read 'jsonPayload.event=("bug" OR "unavailable" OR "firestore_unreachable")' --freshness=30m`.
        2. `unavailable` and `firestore_unreachable`: see Google's status page; it mends itself. `bug`: see Sentry; did the last deployment bring it? Then roll back.
      TEXT
    }
    slow = {
      title    = "The slowest 1 % of requests take over 5 s"
      severity = "WARNING"
      filter   = "${local.run.latencies} AND resource.label.service_name=monitoring.regex.full_match(\"${join("|", sort(local.prompt))}\")"
      aligner  = "ALIGN_PERCENTILE_99"
      reducer  = "REDUCE_MAX"
      group_by = ["resource.label.service_name"]
      period_s = 600
      above    = 5000
      todo     = <<-TEXT
        A function that asks no model takes over five seconds.
        1. Is it HubSpot or Google that is slow? Look at duration_ms of `stage_done` by stage on the dashboard, and at the vendors' status pages.
        2. Is it the start of new instances? Then raise min_instances of that row in functions/functions.yaml.
      TEXT
    }
    slow_model = {
      title    = "The slowest 1 % of requests that ask the model take over 30 s"
      severity = "WARNING"
      filter   = "${local.run.latencies} AND resource.label.service_name=monitoring.regex.full_match(\"${join("|", sort(local.asking))}\")"
      aligner  = "ALIGN_PERCENTILE_99"
      reducer  = "REDUCE_MAX"
      group_by = ["resource.label.service_name"]
      period_s = 600
      above    = 30000
      todo     = <<-TEXT
        The model answers slowly. Drafts come later, none is lost: where it does not answer at all, they are written by rule.
        1. See the status page of the model's vendor.
        2. If it lasts, set the variable `model` to another one, or to an empty string (by rule), and apply.
      TEXT
    }
    failures = {
      title    = "More than 10 failures in an hour"
      severity = "ERROR"
      filter   = local.metric_filters["failures"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 3600
      above    = 10
      todo     = <<-TEXT
        1. The dashboard shows them by event, kind and stage.
        2. `retryable`: a vendor is down or limits us; jobs go on by themselves. `permanent`: a key, a scope or a setting is wrong: run `scripts/whisper doctor`. `unclear`: see `scripts/whisper jobs list --status held`. `bug`: see Sentry, roll back.
      TEXT
    }
    bugs = {
      title    = "A bug"
      severity = "ERROR"
      filter   = local.metric_filters["bugs"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 600
      above    = 0
      todo     = "1. Sentry has the frames; so has the log line (`jsonPayload.frames`). 2. If it came with a deployment, roll back. 3. After the mend replay what it left: `scripts/whisper dead-letters replay`."
    }
    kill_switch = {
      title    = "The kill switch is on, and jobs wait for it"
      severity = "WARNING"
      filter   = local.metric_filters["kill_switch"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 600
      above    = 0
      todo     = "Somebody stopped the system, or its control document cannot be read. 1. `scripts/whisper flags show`: who did, and why (`note`, `updated_by`)? 2. When the reason is gone: `scripts/whisper flags set kill_switch false`. Jobs go on by themselves within five minutes."
    }
    controls_changed = {
      title    = "Somebody changed the kill switch, the mode or a feature"
      severity = "WARNING"
      filter   = "${local.metric_filters["controls_changed"]} AND metric.label.kind=\"flags\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = ["metric.label.tenant", "metric.label.field"]
      period_s = 60
      above    = 0
      todo     = <<-TEXT
        The log line `control_changed` has document, field, before and after, and who it was; the audit keeps it (FLAG_CHANGED).
        1. Was it meant? `scripts/whisper flags show` says what holds now, with `note` and `updated_by`.
        2. If not: `scripts/whisper flags set kill_switch true --global --reason "…"` stops everything before the next claim; then set it back, and look in the audit log of Firestore who wrote it (where its data access logs are on: terraform/README.md, step 9).
      TEXT
    }
    quotas_near_end = {
      title    = "A mailbox has used 80 % of its day or week"
      severity = "WARNING"
      filter   = local.metric_filters["quotas_near_end"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = ["metric.label.tenant"]
      period_s = 300
      above    = 0
      todo     = "Approved mails beyond it wait for the next day or week; none is lost, none is sent. 1. `scripts/whisper quota status`: which mailbox, and when does it turn? 2. More is really wanted, and the mailbox's reputation bears it: `scripts/whisper quota set MAILBOX day LIMIT --reason \"…\"`, for that period alone."
    }
    sends_held = {
      title    = "A send is held: a person must look before anything else is sent there"
      severity = "ERROR"
      filter   = local.metric_filters["sends_held"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = ["metric.label.tenant"]
      period_s = 300
      above    = 0
      todo     = "1. `scripts/whisper jobs list --status held`, `scripts/whisper jobs show JOB`: its reasons. 2. It is not known whether it was sent: look among the sent mails in Gmail, then say so by `scripts/whisper drafts settle`. 3. What was approved is no longer what would be sent: look at the draft again, approve or reject it."
    }
    control_garbage = {
      title    = "A control, guardrail or quota document cannot be understood: everything is stopped"
      severity = "CRITICAL"
      filter   = local.metric_filters["control_garbage"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 300
      above    = 0
      todo     = "1. The log line's `detail` names document, field, value and rule. 2. Correct it in the Firestore console, or by `scripts/whisper flags set FIELD VALUE`; the audit says who changed it last, from what. Jobs go on by themselves afterwards."
    }
    settings_garbage = {
      title    = "A tenant's settings cannot be understood: its leads are not accepted"
      severity = "CRITICAL"
      filter   = local.metric_filters["settings_garbage"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 300
      above    = 0
      todo     = "1. The log line's `document` names it. 2. Correct it in the Firestore console; `scripts/whisper doctor` names the fields. poll_forms then finds every submission that came meanwhile."
    }
    jobs_unusable = {
      title    = "A job's document does not fit its type"
      severity = "ERROR"
      filter   = local.metric_filters["jobs_unusable"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 600
      above    = 0
      todo     = "Somebody edited it by hand, or a release was rolled back behind its documents. 1. The log line has the job and, in `reason`, the fields. 2. Mend it in the Firestore console, then `scripts/whisper jobs replay JOB`."
    }
    erasures_late = {
      title    = "A person's erasure is not done after a day"
      severity = "ERROR"
      filter   = local.metric_filters["erasures_late"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 3600
      above    = 0
      todo     = "The person is suppressed; something of them is still there. 1. `scripts/whisper erase --list` says what is in the way. 2. A vendor that refuses: `scripts/whisper doctor`; a mailbox that was taken away: put it back into the settings until the draft is gone. 3. A draft that is neither sent nor held: `scripts/whisper drafts show`. The sweep goes on every ten minutes."
    }
    held = {
      title    = "A job is held for a person"
      severity = "WARNING"
      filter   = local.metric_filters["held"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 3600
      above    = 0
      todo     = "1. `scripts/whisper jobs list --status held`, then `scripts/whisper jobs show JOB`: its reasons say what to look at. 2. An unclear effect: look in Gmail or HubSpot whether it happened, then replay the job."
    }
    stuck = {
      title    = "More than 5 jobs were stuck within an hour"
      severity = "ERROR"
      filter   = local.metric_filters["stuck"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 3600
      above    = 5
      todo     = "Stages died without a word, or their tasks were lost; the sweep started them again. 1. By stage on the dashboard: one stage means out of memory or a timeout: see its instances' log and its row in functions/functions.yaml. 2. All stages: is a queue paused? `gcloud tasks queues describe`."
    }
    queue_depth = {
      title    = "Over 1000 tasks wait in a queue"
      severity = "WARNING"
      filter   = "resource.type=\"cloud_tasks_queue\" AND metric.type=\"cloudtasks.googleapis.com/queue/depth\""
      aligner  = "ALIGN_MIN"
      reducer  = "REDUCE_SUM"
      group_by = ["resource.label.queue_id"]
      period_s = 900
      above    = 1000
      todo     = "1. Paused? `gcloud tasks queues resume QUEUE`. 2. A rush of leads: it drains at the queue's rate, which is a quota: do not raise `outward` beyond what HubSpot and Gmail allow."
    }
    dead_letters = {
      title    = "A job ended as a dead letter"
      severity = "ERROR"
      filter   = local.metric_filters["dead_letters"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 600
      above    = 0
      todo     = "1. `scripts/whisper dead-letters list`: kind and reason. Retryable ones start again by themselves, three times, an hour apart. 2. The others: mend the cause, then `scripts/whisper dead-letters replay`."
    }
    dead_messages = {
      title    = "Messages lie in a dead letter subscription"
      severity = "ERROR"
      filter   = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.label.subscription_id=monitoring.regex.full_match(\".*-dead\")"
      aligner  = "ALIGN_MAX"
      reducer  = "REDUCE_SUM"
      group_by = ["resource.label.subscription_id"]
      period_s = 600
      above    = 0
      todo     = "A subscriber refused a message until its attempts were used up. 1. `gcloud pubsub subscriptions pull TOPIC-dead --limit=10` shows them. 2. Mend the subscriber, publish them again to the topic, then pull with --auto-ack."
    }
    unpublished = {
      title    = "Domain events are not published"
      severity = "WARNING"
      filter   = local.metric_filters["unpublished"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 3600
      above    = 10
      todo     = "Jobs are not touched by it; the sweep publishes from the outbox. 1. Does the topic exist, and may the functions publish to it? `terraform plan` says so. 2. See Google's status page."
    }
    mailboxes = {
      title    = "A mailbox is not heard as it should be"
      severity = "ERROR"
      filter   = local.metric_filters["mailboxes"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = ["metric.label.event"]
      period_s = 3600
      above    = 0
      todo     = <<-TEXT
        Replies and opt-outs in it are heard late; what waits for them waits. The log line names tenant and mailbox.
        1. `mailbox_behind`: does sync_mailboxes run, and how does it end? Gmail keeps history for about a week.
        2. `mailbox_reconnect`: Google lets us in no more; `reason` says why, and so does `scripts/whisper mailbox list`. Delegation: allow the scopes again in the Workspace admin console. A mailbox connected by its owner: `scripts/whisper mailbox connect ADDRESS`. What came in meanwhile is then heard.
        3. `watch_expiring`: Gmail refuses to go on telling us; the sweep still hears every mail. Run `scripts/whisper doctor`: scopes, and the topic's grant to gmail-api-push@system.gserviceaccount.com.
        4. `mailbox_not_connected`: Google's answer to a consent could not be used. Ask for a new link.
      TEXT
    }
    audit_archive = {
      title    = "The audit is not archived, or its archive differs"
      severity = "CRITICAL"
      filter   = local.metric_filters["audit_archive"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = ["metric.label.event"]
      period_s = 3600
      above    = 0
      todo     = <<-TEXT
        1. `archive_failed`: the log line's `reason` names the mend (key, bucket, region). The next run catches up; or run it now: `gcloud scheduler jobs run archive_audit`.
        2. `archive_differs`: what the database says of a day that was archived is not what was archived, or somebody else has the key to the bucket. `scripts/whisper audit verify` names each entry. Keep the logs, change no document, and find out who could write: see "Verify the audit" in the runbook.
      TEXT
    }
    callers_refused = {
      title    = "Somebody calls private functions who may not"
      severity = "WARNING"
      filter   = local.metric_filters["callers_refused"]
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      group_by = []
      period_s = 600
      above    = 5
      todo     = "Google let the caller in and our own check did not, so IAM and CALLERS differ. 1. The log line has the reason. 2. `terraform plan`: what was changed by hand? 3. `wrong audience`: FUNCTION_URL is not the URL that is called."
    }
  }
}

locals {
  # Whoever is woken copies what stands there: it names the environment, or it would look at (and stop) another one,
  # as a stack that runs on their own machine.
  told = {
    for name, alert in local.thresholds : name => replace(
      replace(
        replace(trimspace(alert.todo), "scripts/whisper ", "scripts/whisper --env ${var.environment} "),
        "/`gcloud (scheduler|tasks) ([^`]*)`/", "`gcloud $1 $2 --location=${var.region}`",
      ),
      "/`gcloud ([^`]*)`/", "`gcloud $1 --project=${var.project}`",
    )
  }
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each = local.thresholds

  project               = var.project
  display_name          = "whisper ${var.environment}: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "0s"

      aggregations {
        alignment_period     = "${each.value.period_s}s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.group_by
      }

      denominator_filter = try(each.value.denominator, null)
      dynamic "denominator_aggregations" {
        for_each = can(each.value.denominator) ? [true] : []
        content {
          alignment_period     = "${each.value.period_s}s"
          per_series_aligner   = each.value.aligner
          cross_series_reducer = each.value.reducer
          group_by_fields      = each.value.group_by
        }
      }
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: ${each.value.title}"
    content   = "${local.told[each.key]}\n\nRunbook: terraform/README.md"
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_logging_metric.metric]
}

locals {
  token_sums = {
    for name in ["tokens_in", "tokens_out"] :
    name => "sum(increase(logging_googleapis_com:user_${google_logging_metric.metric[name].name}_sum{monitored_resource=\"cloud_run_revision\"}[24h]))"
  }
}

# The sum of a distribution, which only PromQL can ask for.
resource "google_monitoring_alert_policy" "tokens" {
  project               = var.project
  display_name          = "whisper ${var.environment}: the model uses more tokens than planned"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "over ${var.tokens_per_day} tokens in 24 hours"
    condition_prometheus_query_language {
      query               = "(${local.token_sums["tokens_in"]} or vector(0)) + (${local.token_sums["tokens_out"]} or vector(0)) > ${var.tokens_per_day}"
      duration            = "0s"
      evaluation_interval = "900s"
      # Without a model these metrics have no series to be validated against.
      disable_metric_validation = true
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: the model uses more tokens than planned"
    content   = "1. More leads, or more tokens for each? Compare submissions and tokens by stage on the dashboard. 2. To stop the spending: set the variable `model` to an empty string and apply; everything goes on by rule.\n\nRunbook: terraform/README.md"
    mime_type = "text/markdown"
  }

  depends_on = [google_logging_metric.metric]
}

# A sweep that says nothing is not running: nothing else would repair what is lost.
resource "google_monitoring_alert_policy" "silent_sweep" {
  project               = var.project
  display_name          = "whisper ${var.environment}: requeue_stuck is silent"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "no finished sweep in 15 minutes"
    condition_absent {
      filter   = "${local.metric_filters["sweeps"]} AND metric.label.kind=\"requeue_stuck\""
      duration = "900s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: requeue_stuck is silent"
    content   = "Jobs whose task is lost wait until it runs again. 1. `gcloud scheduler jobs describe requeue_stuck --location=${var.region} --project=${var.project}`: paused, or refused (401, 403)? 2. The function's log: does it end within its time?\n\nRunbook: terraform/README.md"
    mime_type = "text/markdown"
  }
}

locals {
  # Minutes from one run to the next, of the sweeps that run each hour or oftener.
  swept_every_min = {
    for name, row in local.functions : name => (
      startswith(row.schedule, "* ") ? 1 :
      startswith(row.schedule, "*/") ? tonumber(trimprefix(split(" ", row.schedule)[0], "*/")) :
      60 / length(split(",", split(" ", row.schedule)[0]))
    ) if row.schedule != null && try(split(" ", row.schedule)[1], "") == "*"
  }
  swept = "logging_googleapis_com:user_${google_logging_metric.metric["sweeps"].name}"
  silent_sweeps = [
    for name, every in local.swept_every_min :
    "label_replace((sum(increase(${local.swept}{monitored_resource=\"cloud_run_revision\",kind=\"${name}\"}[${max(15, 3 * every)}m])) or vector(0)) < 1, \"sweep\", \"${name}\", \"\", \"\")"
  ]
}

# What a sweep would tell of (a mailbox that is behind, garbage in a control, an erasure that is late) nobody tells of
# when it does not run. Absence of a metric is noticed only where it was there within a day; this is not so bound.
resource "google_monitoring_alert_policy" "silent_sweeps" {
  project               = var.project
  display_name          = "whisper ${var.environment}: a sweep is silent"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "a sweep did not come to its end three times over"
    condition_prometheus_query_language {
      query               = join(" or ", local.silent_sweeps)
      duration            = "900s" # in a new environment the first ones come within it
      evaluation_interval = "300s"
      # Until the first one this metric has no series to be validated against.
      disable_metric_validation = true
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: a sweep is silent"
    content   = <<-TEXT
      The incident's label `sweep` names it. Nothing is lost, but nobody is told meanwhile of what it looks after.
      1. `gcloud scheduler jobs describe SWEEP --location=${var.region} --project=${var.project}`: paused (`resume` in place of `describe`), or refused (401, 403)? `terraform plan` says what was changed by hand.
      2. The function's log: does it end within its time, or with an error?
      3. `sync_mailboxes`: answers and opt-outs by mail are not heard. If it lasts, `scripts/whisper --env ${var.environment} flags set kill_switch true --global --reason "…"` until they are.
      4. `watch_controls`: edits by hand are not audited, and garbage is not told of (it still stops). `resume_erasures`: `scripts/whisper --env ${var.environment} erase --list`.

      Runbook: terraform/README.md
    TEXT
    mime_type = "text/markdown"
  }

  depends_on = [google_logging_metric.metric]
}

resource "google_monitoring_alert_policy" "door_closed" {
  project               = var.project
  display_name          = "whisper ${var.environment}: a public door does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = local.labels

  dynamic "conditions" {
    for_each = google_monitoring_uptime_check_config.public
    content {
      display_name = "${conditions.key} fails its uptime check"
      condition_threshold {
        filter          = "resource.type=\"uptime_url\" AND metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.label.check_id=\"${conditions.value.uptime_check_id}\""
        comparison      = "COMPARISON_GT"
        threshold_value = 1
        duration        = "300s"

        aggregations {
          alignment_period     = "300s"
          per_series_aligner   = "ALIGN_NEXT_OLDER"
          cross_series_reducer = "REDUCE_COUNT_FALSE"
          group_by_fields      = ["resource.label.host"]
        }
      }
    }
  }

  documentation {
    subject   = "whisper ${var.environment}: a public door does not answer"
    content   = <<-TEXT
      The condition names the door; each is knocked at with nothing to show, and wants the refusal (401 or 404) that says it runs.
      1. Does it answer 503? Then its secret cannot be read: has `hubspot-client-secret` or `opt-out-key` an enabled version? Else: the function's log.
      2. `receive_hubspot`: HubSpot tries again for a day, and poll_forms finds every submission.
      3. `receive_opt_out`: nobody can unsubscribe by the button, which the law gives them; mail programs try again, people may not. If it lasts, `scripts/whisper --env ${var.environment} flags set kill_switch true --global --reason "…"` until it answers.
      4. `serve_api`: operators use the command line, `scripts/whisper --env ${var.environment} …`.

      Runbook: terraform/README.md
    TEXT
    mime_type = "text/markdown"
  }
}
