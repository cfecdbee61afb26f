# What builds keep: zips, plans and what was deployed when. One environment makes the bucket, the others share it.
#
# Who plans may add objects and never replace one, each environment in its own folder: what was reviewed is what is
# applied, and only an environment's own apply says that a commit went well there.

locals {
  releases_bucket  = coalesce(var.releases.bucket, "${var.project}-whisper-releases")
  releases_objects = "projects/_/buckets/${local.releases_bucket}/objects"

  releases_projects = var.releases.here ? merge(
    var.releases.projects,
    local.builds ? { (var.environment) = var.project } : {},
  ) : {}

  releases_members = merge([
    for environment, project in local.releases_projects : {
      for step in ["plan", "apply"] :
      "${environment} ${step}" => "serviceAccount:${local.build_accounts[step]}@${project}.iam.gserviceaccount.com"
    }
  ]...)

  releases_writers = merge(
    { for environment in keys(local.releases_projects) : "${environment} plan plans" => {
      who        = "${environment} plan"
      role       = "roles/storage.objectCreator"
      expression = "resource.name.startsWith(\"${local.releases_objects}/plans/${environment}/\")"
    } },
    # Commits are packaged once, for dev.
    { for environment in keys(local.releases_projects) : "${environment} plan zips" => {
      who        = "${environment} plan"
      role       = "roles/storage.objectCreator"
      expression = "resource.name.startsWith(\"${local.releases_objects}/releases/\") && (resource.name.endsWith(\".zip\") || resource.name.endsWith(\"/manifest.json\"))"
    } if environment == "dev" },
    { for environment in keys(local.releases_projects) : "${environment} apply deployments" => {
      who        = "${environment} apply"
      role       = "roles/storage.objectCreator"
      expression = "resource.name.startsWith(\"${local.releases_objects}/deployments/${environment}/\")"
    } },
    # The time is written anew when a commit is applied again.
    { for environment in keys(local.releases_projects) : "${environment} apply applied" => {
      who        = "${environment} apply"
      role       = "roles/storage.objectUser"
      expression = "resource.name.startsWith(\"${local.releases_objects}/releases/\") && resource.name.endsWith(\"/applied/${environment}\")"
    } },
  )
}

resource "google_storage_bucket" "releases" {
  #checkov:skip=CKV_GCP_62:It holds our own code and plans; Cloud Audit Logs name who changes it.
  count = var.releases.here ? 1 : 0

  project                     = var.project
  location                    = var.region
  name                        = local.releases_bucket
  labels                      = local.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  # What is deleted or replaced can be had back for 90 days.
  soft_delete_policy {
    retention_duration_seconds = 7776000
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 90
    }
    action {
      type = "Delete"
    }
  }

  # A plan holds a copy of the state, and is stale after the next apply.
  lifecycle_rule {
    condition {
      age            = 90
      matches_prefix = ["plans/"]
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.used]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_storage_bucket_iam_member" "releases_reader" {
  for_each = local.releases_members

  bucket = google_storage_bucket.releases[0].name
  role   = "roles/storage.objectViewer"
  member = each.value

  depends_on = [google_service_account.build]
}

resource "google_storage_bucket_iam_member" "releases_writer" {
  for_each = local.releases_writers

  bucket = google_storage_bucket.releases[0].name
  role   = each.value.role
  member = local.releases_members[each.value.who]

  condition {
    title      = each.key
    expression = each.value.expression
  }

  depends_on = [google_service_account.build]
}
