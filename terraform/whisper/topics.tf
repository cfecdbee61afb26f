# Pub/Sub: every topic has a dead letter topic, and that one a subscription, or what falls into it would be gone.

locals {
  subscribers = { for name, row in local.functions : name => row if row.topic != null }
  kept        = "2678400s" # 31 days, as long as counted events are remembered: a replay counts nothing twice
}

resource "google_pubsub_topic" "topic" {
  #checkov:skip=CKV_GCP_83:Messages hold ids, and no address but our own mailboxes'; Google's keys encrypt them.
  for_each = local.topics

  project                    = var.project
  name                       = each.key
  labels                     = local.labels
  message_retention_duration = local.kept

  depends_on = [google_project_service.used]
}

resource "google_pubsub_topic" "dead" {
  #checkov:skip=CKV_GCP_83:Messages hold ids, and no address but our own mailboxes'; Google's keys encrypt them.
  for_each = local.topics

  project                    = var.project
  name                       = "${each.key}-dead"
  labels                     = local.labels
  message_retention_duration = local.kept

  depends_on = [google_project_service.used]
}

resource "google_pubsub_subscription" "dead" {
  for_each = local.topics

  project                    = var.project
  name                       = "${each.key}-dead"
  topic                      = google_pubsub_topic.dead[each.key].name
  labels                     = local.labels
  message_retention_duration = local.kept

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription" "push" {
  for_each = local.subscribers

  project              = var.project
  name                 = each.key
  topic                = google_pubsub_topic.topic[each.value.topic].name
  labels               = local.labels
  filter               = each.value.filter == "" ? null : each.value.filter
  ack_deadline_seconds = each.value.ack_deadline_s

  push_config {
    push_endpoint = local.urls[each.key]
    oidc_token {
      service_account_email = local.caller_emails["pubsub"]
      audience              = local.urls[each.key]
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = "projects/${var.project}/topics/${google_pubsub_topic.dead[each.value.topic].name}"
    max_delivery_attempts = each.value.max_delivery_attempts
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_cloud_run_v2_service_iam_member.pubsub]
}

# Pub/Sub's own agent moves what was not taken: it publishes there, and acknowledges here.
resource "google_pubsub_topic_iam_member" "buries" {
  for_each = local.topics

  project = var.project
  topic   = google_pubsub_topic.dead[each.key].name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "buries" {
  for_each = local.subscribers

  project      = var.project
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = {
    for use in flatten([for name, topics in local.uses.publishes : [for topic in topics : { function = name, topic = topic }]]) :
    "${use.function}/${use.topic}" => use
  }

  project = var.project
  topic   = google_pubsub_topic.topic[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${local.function_emails[each.value.function]}"
}

# Gmail publishes the changes of mailboxes under an account of Google's, to topics that are named for it.
resource "google_pubsub_topic_iam_member" "gmail" {
  for_each = { for name, row in local.topics : name => row if startswith(name, "gmail-") }

  project = var.project
  topic   = google_pubsub_topic.topic[each.key].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
}
