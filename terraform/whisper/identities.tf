# Who acts: one account for each function, one for each way to call functions, one that builds them.

resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project
  account_id   = replace(each.key, "_", "-")
  display_name = each.key
  description  = "Runs ${each.key}."

  depends_on = [google_project_service.used]
}

resource "google_service_account" "caller" {
  for_each = {
    tasks     = "Cloud Tasks calls queued functions under it."
    scheduler = "Cloud Scheduler calls scheduled functions under it."
    pubsub    = "Pub/Sub pushes to subscribing functions under it."
  }

  project      = var.project
  account_id   = "calls-from-${each.key}"
  display_name = "calls from ${each.key}"
  description  = each.value

  depends_on = [google_project_service.used]
}

resource "google_service_account" "builder" {
  project      = var.project
  account_id   = "builds-functions"
  display_name = "builds functions"
  description  = "Builds the functions' containers."

  depends_on = [google_project_service.used]
}

locals {
  # Composed of the account's id and not read from `email`, which a plan does not know: whoever reviews a plan sees
  # who is given what.
  function_emails = { for name, account in google_service_account.function : name => "${account.account_id}@${var.project}.iam.gserviceaccount.com" }
  caller_emails   = { for name, account in google_service_account.caller : name => "${account.account_id}@${var.project}.iam.gserviceaccount.com" }
  builder_email   = "${google_service_account.builder.account_id}@${var.project}.iam.gserviceaccount.com"
}

# Firestore's IAM ends at the database: every function reads and writes documents.
resource "google_project_iam_member" "database" {
  for_each = local.functions

  project = var.project
  role    = "roles/datastore.user"
  member  = "serviceAccount:${local.function_emails[each.key]}"
}

# A task carries the token of this account, so whoever creates tasks must be allowed to act as it.
resource "google_service_account_iam_member" "acts_as_tasks" {
  for_each = local.uses.enqueues

  service_account_id = "projects/${var.project}/serviceAccounts/${local.caller_emails["tasks"]}"
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${local.function_emails[each.key]}"
}

# Pub/Sub makes the tokens of its pushes itself.
resource "google_service_account_iam_member" "pubsub_makes_tokens" {
  service_account_id = "projects/${var.project}/serviceAccounts/${local.caller_emails["pubsub"]}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent
}

resource "google_project_iam_member" "builder_logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${local.builder_email}"
}

# Cloud Functions copies each source into a bucket of its own, which it makes at the first deployment.
resource "google_project_iam_member" "builder_reads_staged_sources" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${local.builder_email}"

  condition {
    title      = "sources of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}
