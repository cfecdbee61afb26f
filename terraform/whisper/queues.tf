# Cloud Tasks: the rates are quotas, the retries carry crashes only.

resource "google_cloud_tasks_queue" "queue" {
  for_each = local.queues

  project  = var.project
  location = var.region
  name     = each.key

  rate_limits {
    max_dispatches_per_second = each.value.max_dispatches_per_second
    max_concurrent_dispatches = each.value.max_concurrent_dispatches
  }

  retry_config {
    max_attempts  = each.value.max_attempts
    min_backoff   = "${each.value.min_backoff_s}s"
    max_backoff   = "${each.value.max_backoff_s}s"
    max_doublings = each.value.max_doublings
  }

  stackdriver_logging_config {
    sampling_ratio = 1
  }

  depends_on = [google_project_service.used]
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = {
    for use in flatten([for name, queues in local.uses.enqueues : [for queue in queues : { function = name, queue = queue }]]) :
    "${use.function}/${use.queue}" => use
  }

  project  = var.project
  location = var.region
  name     = google_cloud_tasks_queue.queue[each.value.queue].name
  role     = "roles/cloudtasks.enqueuer"
  member   = "serviceAccount:${local.function_emails[each.value.function]}"
}

resource "google_cloud_tasks_queue_iam_member" "viewer" {
  for_each = {
    for use in flatten([for name, queues in local.uses.inspects : [for queue in queues : { function = name, queue = queue }]]) :
    "${use.function}/${use.queue}" => use
  }

  project  = var.project
  location = var.region
  name     = google_cloud_tasks_queue.queue[each.value.queue].name
  role     = "roles/cloudtasks.viewer"
  member   = "serviceAccount:${local.function_emails[each.value.function]}"
}
