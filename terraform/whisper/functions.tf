# One 2nd gen function for each row. The zip's name is its hash, so a change redeploys just what it touches.

locals {
  objects = { for name, zip in var.zips : name => "functions/${name}/${zip.sha256}.zip" }

  # Known before anything exists, unlike service_config[0].uri: a function is told its own and others' URLs.
  function_url = "https://${var.region}-${var.project}.cloudfunctions.net/{name}"
  urls         = { for name in keys(local.functions) : name => replace(local.function_url, "{name}", name) }

  # All the pauses between a task's first attempt and its last: doubling, then linear, then at the cap.
  worst_backoff_s = {
    for name, queue in local.queues : name => sum(concat([0], [
      for retry in range(queue.max_attempts - 1) : min(
        queue.min_backoff_s * pow(2, min(retry, queue.max_doublings)) * (1 + max(0, retry - queue.max_doublings)),
        queue.max_backoff_s,
      )
    ]))
  }

  routing = {
    for name, row in local.functions : name => {
      queue      = row.queue
      deadline_s = row.deadline_s
      patience_s = row.deadline_s + floor(local.worst_backoff_s[row.queue] + 0.5)
    } if row.queue != null
  }

  callers = {
    for name, row in local.functions : name => concat(
      row.queue == null ? [] : ["tasks"],
      row.schedule == null ? [] : ["scheduler"],
      row.topic == null ? [] : ["pubsub"],
    )
  }

  archive_settings = {
    AUDIT_BUCKET         = var.audit_archive.bucket
    AUDIT_BUCKET_REGION  = var.audit_archive.region
    AUDIT_ENDPOINT       = var.audit_archive.endpoint
    AUDIT_RETENTION_DAYS = tostring(var.audit_archive.retention_days)
  }

  # A setting goes only to the functions that read it, so that changing it redeploys no other.
  environments = {
    for name, row in local.functions : name => merge(
      {
        PROJECT             = var.project
        REGION              = var.region
        ENVIRONMENT         = var.environment
        RELEASE             = try(substr(var.zips[name].sha256, 0, 12), "")
        FUNCTION_NAME       = name
        FUNCTION_URL        = local.function_url
        CALLERS             = jsonencode({ (name) = [for caller in local.callers[name] : local.caller_emails[caller]] })
        MODE_CEILING        = var.mode_ceiling
        RECEIVE_HUBSPOT_URL = replace(local.function_url, "{name}", "receive_hubspot")
      },
      name == "connect_gmail" ? { CONNECT_GMAIL_URL = local.urls[name] } : {},
      contains(row.secrets, "opt-out-key") ? { RECEIVE_OPT_OUT_URL = replace(local.function_url, "{name}", "receive_opt_out") } : {},
      name == "serve_api" && var.operators.client_id != "" ? {
        OPERATORS_CLIENT_ID = var.operators.client_id
        OPERATORS_DOMAIN    = var.operators.domain
      } : {},
      name == "archive_audit" ? local.archive_settings : {},
      contains(keys(local.uses.enqueues), name) ? {
        TASKS_CALLER = local.caller_emails["tasks"]
        ROUTING      = jsonencode({ for stage, route in local.routing : stage => route if contains(local.uses.enqueues[name], route.queue) })
      } : {},
      contains(row.secrets, "openai-api-key") && var.model != "" ? { MODEL = var.model } : {},
      contains(row.secrets, "openai-api-key") && var.openai_url != "" ? { OPENAI_URL = var.openai_url } : {},
      var.sentry_dsn == "" ? {} : { SENTRY_DSN = var.sentry_dsn },
      var.settings,
    )
  }
}

resource "google_cloudfunctions2_function" "function" {
  #checkov:skip=CKV_GCP_124:Only public rows take requests from everywhere; webhooks come from outside.
  for_each = local.functions

  project     = var.project
  location    = var.region
  name        = each.key
  description = each.value.what
  labels      = merge(local.labels, { function = each.key })

  build_config {
    runtime           = "python313"
    entry_point       = each.key
    service_account   = "projects/${var.project}/serviceAccounts/${local.builder_email}"
    docker_repository = "projects/${var.project}/locations/${var.region}/repositories/${google_artifact_registry_repository.functions.repository_id}"
    source {
      storage_source {
        bucket = google_storage_bucket.sources.name
        object = lookup(local.objects, each.key, "") # none: terraform_data.catalogue says so
      }
    }
  }

  service_config {
    service_account_email            = local.function_emails[each.key]
    environment_variables            = local.environments[each.key]
    available_memory                 = "${each.value.memory_mb}Mi"
    available_cpu                    = each.value.concurrency > 1 ? "1" : "0.333" # several requests at once need a whole one
    timeout_seconds                  = each.value.timeout_s
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    max_instance_request_concurrency = each.value.concurrency
    ingress_settings                 = each.value.public ? "ALLOW_ALL" : var.private_ingress
    all_traffic_on_latest_revision   = true
  }

  depends_on = [
    google_project_service.used,
    google_storage_bucket_object.source,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_reads_staged_sources,
    google_artifact_registry_repository_iam_member.builder,
    google_storage_bucket_iam_member.builder,
    google_service_account_iam_member.apply_acts_as,
  ]
}

# IAM of a 2nd gen function is that of the Cloud Run service below it, where _ is -.
resource "google_cloud_run_v2_service_iam_member" "tasks" {
  for_each = { for name, row in local.functions : name => row if row.queue != null }

  project  = var.project
  location = var.region
  name     = replace(google_cloudfunctions2_function.function[each.key].name, "_", "-")
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.caller_emails["tasks"]}"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  for_each = { for name, row in local.functions : name => row if row.schedule != null }

  project  = var.project
  location = var.region
  name     = replace(google_cloudfunctions2_function.function[each.key].name, "_", "-")
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.caller_emails["scheduler"]}"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "pubsub" {
  for_each = { for name, row in local.functions : name => row if row.topic != null }

  project  = var.project
  location = var.region
  name     = replace(google_cloudfunctions2_function.function[each.key].name, "_", "-")
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.caller_emails["pubsub"]}"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = { for name, row in local.functions : name => row if row.public }

  project  = var.project
  location = var.region
  name     = replace(google_cloudfunctions2_function.function[each.key].name, "_", "-")
  role     = "roles/run.invoker"
  member   = "allUsers" # the function itself checks what it is given

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}
