# Cloud Build: a plan, an approved apply, and a synthetic lead now and then. Without `repository` there is none of it.
#
# A build plans and applies everything but this file's own resources: who builds, and who must approve, is changed by a
# person (scripts/deploy), never by a build.

locals {
  builds       = var.repository != ""
  connected_in = local.builds ? split("/", var.repository)[3] : var.region
  state_bucket = coalesce(var.state_bucket, "${var.project}-terraform")

  build_accounts = { plan = "plans-changes", apply = "applies-changes", smoke = "submits-synthetic-leads" }
  build_emails   = { for step, account in local.build_accounts : step => "${account}@${var.project}.iam.gserviceaccount.com" }

  build_substitutions = {
    _ENVIRONMENT  = var.environment
    _RELEASES     = local.releases_bucket
    _STATE        = local.state_bucket
    _SMOKE_TENANT = var.smoke.tenant
  }

  # What a plan looks at.
  reading_roles = [
    "roles/artifactregistry.reader",
    "roles/browser",
    "roles/cloudbuild.builds.viewer",
    "roles/cloudfunctions.viewer",
    "roles/cloudscheduler.viewer",
    "roles/cloudtasks.viewer",
    "roles/datastore.backupSchedulesViewer",
    "roles/datastore.viewer", # control documents; IAM ends at the database, so it is all documents
    "roles/iam.roleViewer",
    "roles/iam.securityReviewer", # who has been granted what
    "roles/iam.serviceAccountViewer",
    "roles/logging.viewer",
    "roles/monitoring.viewer",
    "roles/pubsub.viewer",
    "roles/run.viewer",
    "roles/secretmanager.viewer", # names of secrets, no value
    "roles/serviceusage.serviceUsageConsumer",
    "roles/storage.bucketViewer",
  ]

  # What an apply changes.
  writing_roles = [
    "roles/artifactregistry.admin",
    "roles/cloudfunctions.developer",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.queueAdmin",
    "roles/datastore.owner",
    "roles/iam.serviceAccountAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/serviceusage.serviceUsageAdmin",
  ]

  # The roles that functions and their builder have in the project: an apply may grant these.
  grantable_roles = ["roles/datastore.user", "roles/logging.logWriter", "roles/storage.objectViewer"]

  build_roles = local.builds ? {
    for grant in concat(
      [for role in concat(local.reading_roles, ["roles/logging.logWriter"]) : { step = "plan", role = role }],
      [for role in concat(local.reading_roles, local.writing_roles, ["roles/logging.logWriter"]) : { step = "apply", role = role }],
      [for role in ["roles/datastore.viewer", "roles/logging.logWriter"] : { step = "smoke", role = role }],
    ) : "${grant.step} ${grant.role}" => grant
  } : {}
}

resource "google_service_account" "build" {
  for_each = local.builds ? local.build_accounts : {}

  project      = var.project
  account_id   = each.value
  display_name = replace(each.value, "-", " ")
  description  = "Cloud Build's ${each.key}-${var.environment} runs under it."

  depends_on = [google_project_service.used]
}

resource "google_project_iam_member" "build" {
  for_each = local.build_roles

  project = var.project
  role    = each.value.role
  member  = "serviceAccount:${local.build_emails[each.value.step]}"

  depends_on = [google_service_account.build]
}

resource "google_project_iam_member" "apply_grants" {
  count = local.builds ? 1 : 0

  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = "serviceAccount:${local.build_emails["apply"]}"

  condition {
    title      = "roles of functions"
    expression = "api.getAttribute(\"iam.googleapis.com/modifiedGrantsByRole\", []).hasOnly([${join(", ", [for role in local.grantable_roles : "\"${role}\""])}])"
  }

  depends_on = [google_service_account.build]
}

# Google's own role for it reads the values as well; this one is made by hand (terraform/README.md, Cloud Build).
resource "google_project_iam_member" "apply_secret_names" {
  count = local.builds ? 1 : 0

  project = var.project
  role    = "projects/${var.project}/roles/whisperSecretNames"
  member  = "serviceAccount:${local.build_emails["apply"]}"

  depends_on = [google_service_account.build]
}

# Whoever deploys a function, a push or a schedule must be allowed to act as the account that it runs or calls under.
resource "google_service_account_iam_member" "apply_acts_as" {
  for_each = local.builds ? merge(
    { for name, email in local.function_emails : "function ${name}" => email },
    { for name, email in local.caller_emails : "caller ${name}" => email },
    { builder = local.builder_email },
  ) : {}

  service_account_id = "projects/${var.project}/serviceAccounts/${each.value}"
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${local.build_emails["apply"]}"

  depends_on = [google_service_account.build]
}

# Both submit a synthetic lead, which is signed with it.
resource "google_secret_manager_secret_iam_member" "signs_synthetic_leads" {
  for_each = local.builds ? toset(["apply", "smoke"]) : []

  project   = var.project
  secret_id = google_secret_manager_secret.secret["hubspot-client-secret"].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${local.build_emails[each.key]}"

  depends_on = [google_service_account.build]
}

# Triggers

resource "google_cloudbuild_trigger" "plan" {
  count = local.builds ? 1 : 0

  project         = var.project
  location        = local.connected_in
  name            = "plan-${var.environment}"
  description     = "Plans a commit and keeps the plan for whoever approves it."
  service_account = "projects/${var.project}/serviceAccounts/${local.build_emails["plan"]}"
  substitutions   = merge(local.build_substitutions, { _STEP = "plan" })
  filename        = local.branch == "" ? null : "cloudbuild.yaml"

  dynamic "repository_event_config" {
    for_each = local.branch == "" ? [] : [local.branch]
    content {
      repository = var.repository
      push {
        branch = repository_event_config.value
      }
    }
  }

  # Without a branch somebody starts it.
  dynamic "source_to_build" {
    for_each = local.branch == "" ? [true] : []
    content {
      repository = var.repository
      ref        = var.ref
      repo_type  = "UNKNOWN"
    }
  }

  dynamic "git_file_source" {
    for_each = local.branch == "" ? [true] : []
    content {
      path       = "cloudbuild.yaml"
      repository = var.repository
      revision   = var.ref
      repo_type  = "UNKNOWN"
    }
  }

  depends_on = [google_service_account.build, google_project_iam_member.build]
}

resource "google_cloudbuild_trigger" "apply" {
  count = local.builds ? 1 : 0

  project         = var.project
  location        = local.connected_in
  name            = "apply-${var.environment}"
  description     = "Applies the plan of the build that _PLAN names, once somebody approves."
  service_account = "projects/${var.project}/serviceAccounts/${local.build_emails["apply"]}"
  substitutions   = merge(local.build_substitutions, { _STEP = "apply" })

  approval_config {
    approval_required = true
  }

  source_to_build {
    repository = var.repository
    ref        = var.ref
    repo_type  = "UNKNOWN"
  }

  git_file_source {
    path       = "cloudbuild.yaml"
    repository = var.repository
    revision   = var.ref
    repo_type  = "UNKNOWN"
  }

  depends_on = [google_service_account.build, google_project_iam_member.build]
}

# Started by a message, so that what starts it needs no right to builds.
resource "google_cloudbuild_trigger" "smoke" {
  count = local.builds ? 1 : 0

  project         = var.project
  location        = local.connected_in
  name            = "smoke-${var.environment}"
  description     = "Submits a synthetic lead."
  service_account = "projects/${var.project}/serviceAccounts/${local.build_emails["smoke"]}"
  substitutions   = merge(local.build_substitutions, { _STEP = "smoke" })

  pubsub_config {
    topic = "projects/${var.project}/topics/${google_pubsub_topic.smoke[0].name}"
  }

  source_to_build {
    repository = var.repository
    ref        = var.ref
    repo_type  = "UNKNOWN"
  }

  git_file_source {
    path       = "cloudbuild.yaml"
    repository = var.repository
    revision   = var.ref
    repo_type  = "UNKNOWN"
  }

  depends_on = [google_service_account.build, google_project_iam_member.build]
}

resource "google_pubsub_topic" "smoke" {
  #checkov:skip=CKV_GCP_83:Its messages are empty; Google's keys encrypt them.
  count = local.builds ? 1 : 0

  project = var.project
  name    = "smoke-is-due"
  labels  = local.labels

  depends_on = [google_project_service.used]
}

resource "google_cloud_scheduler_job" "smoke" {
  count = local.builds && var.smoke.schedule != "" ? 1 : 0

  project     = var.project
  region      = var.region
  name        = "smoke-is-due"
  description = "Starts smoke-${var.environment}."
  schedule    = var.smoke.schedule
  time_zone   = "Etc/UTC"

  pubsub_target {
    topic_name = "projects/${var.project}/topics/${google_pubsub_topic.smoke[0].name}"
    data       = base64encode("{}")
  }

  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "60s"
    max_doublings        = 2
  }

  depends_on = [google_project_service.used]
}

# The state: everybody reads it, an apply writes it, a plan holds its lock.

locals {
  state_objects = "projects/_/buckets/${local.state_bucket}/objects/whisper/${var.environment}"
}

resource "google_storage_bucket_iam_member" "state_reader" {
  for_each = local.builds ? local.build_emails : {}

  bucket = local.state_bucket
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${each.value}"

  depends_on = [google_service_account.build]
}

resource "google_storage_bucket_iam_member" "state_writer" {
  for_each = local.builds ? {
    plan  = "resource.name == \"${local.state_objects}/default.tflock\""
    apply = "resource.name.startsWith(\"${local.state_objects}/\")"
  } : {}

  bucket = local.state_bucket
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${local.build_emails[each.key]}"

  condition {
    title      = each.key == "plan" ? "lock of the state" : "state"
    expression = each.value
  }

  depends_on = [google_service_account.build]
}

# The sources' bucket: an apply uploads the zips and manages the bucket, a plan looks whether they are there.

resource "google_storage_bucket_iam_member" "build_sources" {
  for_each = local.builds ? { plan = "roles/storage.objectViewer", apply = "roles/storage.admin" } : {}

  bucket = google_storage_bucket.sources.name
  role   = each.value
  member = "serviceAccount:${local.build_emails[each.key]}"

  depends_on = [google_service_account.build]
}
