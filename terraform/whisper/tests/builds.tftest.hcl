# Who may do what in Cloud Build. tests/terraform/test_broken.py breaks the module rule by rule, and each must fail here.

mock_provider "google" {}

variables {
  project     = "example-project"
  region      = "europe-west1"
  environment = "dev"
  repository  = "projects/example-project/locations/europe-west4/connections/forge/repositories/whisper"
  branch      = "^main$"
  releases    = { here = true, projects = { staging = "example-staging" } }
  zips = {
    for name in keys(yamldecode(file("../../functions/functions.yaml")).functions) :
    name => { sha256 = sha256(name) }
  }
}

run "plan" {
  command = plan

  assert {
    condition     = length(google_cloudbuild_trigger.apply) == 1 && alltrue([for trigger in google_cloudbuild_trigger.apply : try(trigger.approval_config[0].approval_required, false)])
    error_message = "Nothing is applied that nobody approved."
  }

  assert {
    condition     = alltrue([for trigger in google_cloudbuild_trigger.apply : length(trigger.repository_event_config) == 0 && length(trigger.pubsub_config) == 0 && length(trigger.webhook_config) == 0])
    error_message = "An apply is started by a person."
  }

  assert {
    condition = [
      for trigger in concat(google_cloudbuild_trigger.plan, google_cloudbuild_trigger.apply, google_cloudbuild_trigger.smoke) :
      "${trigger.name} ${trigger.substitutions["_STEP"]} ${trigger.service_account}"
      ] == [
      "plan-dev plan projects/example-project/serviceAccounts/plans-changes@example-project.iam.gserviceaccount.com",
      "apply-dev apply projects/example-project/serviceAccounts/applies-changes@example-project.iam.gserviceaccount.com",
      "smoke-dev smoke projects/example-project/serviceAccounts/submits-synthetic-leads@example-project.iam.gserviceaccount.com",
    ]
    error_message = "Each trigger runs its own step under its own account."
  }

  assert {
    condition = length(setintersection(
      [for account in google_service_account.build : account.account_id],
      concat([for account in google_service_account.function : account.account_id], [for account in google_service_account.caller : account.account_id], [google_service_account.builder.account_id]),
    )) == 0 && length(distinct([for account in google_service_account.build : account.account_id])) == 3
    error_message = "Planning, applying and trying out share no account with anybody."
  }

  assert {
    condition = alltrue([
      for grant in google_project_iam_member.build :
      can(regex("[vV]iewer$|[rR]eader$|/browser$|/iam\\.securityReviewer$|/serviceusage\\.serviceUsageConsumer$|/logging\\.logWriter$", grant.role))
      if !strcontains(grant.member, ":applies-changes@")
    ])
    error_message = "Whoever plans or tries out holds no role that writes in the project, but to the log."
  }

  assert {
    condition = toset([
      for grant in concat(values(google_storage_bucket_iam_member.state_reader), values(google_storage_bucket_iam_member.state_writer), values(google_storage_bucket_iam_member.build_sources), values(google_storage_bucket_iam_member.releases_reader), values(google_storage_bucket_iam_member.releases_writer)) :
      "${grant.bucket} ${grant.role} ${try(grant.condition[0].expression, "")}"
      if strcontains(grant.member, ":plans-changes@example-project.")
      ]) == toset([
      "example-project-terraform roles/storage.objectViewer ",
      "example-project-terraform roles/storage.objectUser resource.name == \"projects/_/buckets/example-project-terraform/objects/whisper/dev/default.tflock\"",
      "example-project-whisper-sources roles/storage.objectViewer ",
      "example-project-whisper-releases roles/storage.objectViewer ",
      "example-project-whisper-releases roles/storage.objectCreator resource.name.startsWith(\"projects/_/buckets/example-project-whisper-releases/objects/plans/dev/\")",
      "example-project-whisper-releases roles/storage.objectCreator resource.name.startsWith(\"projects/_/buckets/example-project-whisper-releases/objects/releases/\") && (resource.name.endsWith(\".zip\") || resource.name.endsWith(\"/manifest.json\"))",
    ])
    error_message = "Whoever plans holds the state's lock and adds plans and zips; it replaces nothing."
  }

  assert {
    condition = toset([
      for grant in google_storage_bucket_iam_member.releases_writer : "${grant.role} ${grant.condition[0].expression}"
      if strcontains(grant.member, ":applies-changes@example-staging.")
      ]) == toset([
      "roles/storage.objectCreator resource.name.startsWith(\"projects/_/buckets/example-project-whisper-releases/objects/deployments/staging/\")",
      "roles/storage.objectUser resource.name.startsWith(\"projects/_/buckets/example-project-whisper-releases/objects/releases/\") && resource.name.endsWith(\"/applied/staging\")",
    ])
    error_message = "An apply speaks for its own environment only."
  }

  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.releases_writer : !strcontains(grant.condition[0].expression, ".zip") || strcontains(grant.member, "@example-project.")])
    error_message = "Only dev adds zips; the others take them as they are."
  }

  assert {
    condition     = google_project_iam_member.apply_grants[0].condition[0].expression == "api.getAttribute(\"iam.googleapis.com/modifiedGrantsByRole\", []).hasOnly([\"roles/datastore.user\", \"roles/logging.logWriter\", \"roles/storage.objectViewer\"])"
    error_message = "An apply grants the roles of functions, and none to itself."
  }

  assert {
    condition     = length(setintersection([for grant in google_project_iam_member.build : grant.role], ["roles/owner", "roles/editor", "roles/viewer", "roles/cloudbuild.builds.editor", "roles/cloudbuild.builds.approver", "roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.roleAdmin", "roles/secretmanager.admin", "roles/storage.admin"])) == 0
    error_message = "No build changes or approves builds, acts as everybody, or reads every secret."
  }

  assert {
    condition     = toset([for grant in google_secret_manager_secret_iam_member.signs_synthetic_leads : "${grant.secret_id} ${grant.role} ${grant.member}"]) == toset([for account in ["applies-changes", "submits-synthetic-leads"] : "hubspot-client-secret roles/secretmanager.secretAccessor serviceAccount:${account}@example-project.iam.gserviceaccount.com"])
    error_message = "Synthetic leads are signed where they are submitted; a plan reads no secret."
  }

  assert {
    condition     = toset([for grant in google_project_iam_member.build : grant.role if strcontains(grant.member, ":submits-synthetic-leads@")]) == toset(["roles/datastore.viewer", "roles/logging.logWriter"])
    error_message = "Whoever tries out reads documents and writes its log."
  }

  assert {
    condition     = toset([for grant in google_service_account_iam_member.apply_acts_as : grant.service_account_id]) == toset([for email in concat(["builds-functions"], [for caller in ["tasks", "scheduler", "pubsub"] : "calls-from-${caller}"], [for name in keys(google_cloudfunctions2_function.function) : replace(name, "_", "-")]) : "projects/example-project/serviceAccounts/${email}@example-project.iam.gserviceaccount.com"])
    error_message = "An apply acts as what it deploys."
  }

  assert {
    condition     = google_cloud_scheduler_job.smoke[0].pubsub_target[0].topic_name == google_cloudbuild_trigger.smoke[0].pubsub_config[0].topic && google_cloud_scheduler_job.smoke[0].retry_config[0].retry_count >= 1
    error_message = "A synthetic lead is submitted by schedule."
  }

  assert {
    condition     = google_storage_bucket.releases[0].public_access_prevention == "enforced" && google_storage_bucket.releases[0].uniform_bucket_level_access && google_storage_bucket.releases[0].versioning[0].enabled && google_storage_bucket.releases[0].soft_delete_policy[0].retention_duration_seconds == 7776000
    error_message = "What is kept is not public, and can be had back."
  }

  assert {
    condition     = alltrue([for trigger in concat(google_cloudbuild_trigger.plan, google_cloudbuild_trigger.apply, google_cloudbuild_trigger.smoke) : trigger.location == "europe-west4"])
    error_message = "Triggers are where the repository is connected."
  }
}

run "an_environment_that_shares_the_bucket" {
  command = plan
  variables {
    environment = "staging"
    branch      = ""
    releases    = { bucket = "example-dev-whisper-releases" }
    smoke       = { schedule = "" }
  }

  assert {
    condition     = length(google_storage_bucket.releases) == 0 && length(google_storage_bucket_iam_member.releases_writer) == 0 && google_cloudbuild_trigger.apply[0].substitutions["_RELEASES"] == "example-dev-whisper-releases"
    error_message = "Another environment's bucket is used and not made."
  }

  assert {
    condition     = length(google_cloudbuild_trigger.plan[0].repository_event_config) == 0 && google_cloudbuild_trigger.plan[0].git_file_source[0].path == "cloudbuild.yaml" && length(google_cloud_scheduler_job.smoke) == 0
    error_message = "Without a branch a plan is started by somebody, without a schedule nothing is."
  }
}

run "a_repository_that_is_not_connected_is_refused" {
  command = plan
  variables {
    repository = "https://example.com/whisper.git"
  }
  expect_failures = [var.repository]
}

run "builds_need_a_bucket" {
  command = plan
  variables {
    releases = {}
  }
  expect_failures = [var.releases]
}
