# Where the functions' zips and containers are.

resource "google_storage_bucket" "sources" {
  #checkov:skip=CKV_GCP_62:It holds our own source and no data; Cloud Audit Logs name who changes it.
  project                     = var.project
  location                    = var.region
  name                        = "${var.project}-whisper-sources"
  labels                      = local.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 90
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

# An older zip stays in the bucket when a newer takes its place: rolling back needs it.
resource "google_storage_bucket_object" "source" {
  for_each = { for name, zip in var.zips : name => zip if zip.file != null }

  bucket          = google_storage_bucket.sources.name
  name            = local.objects[each.key]
  source          = var.zips_dir == "" ? each.value.file : "${var.zips_dir}/${each.value.file}"
  content_type    = "application/zip"
  deletion_policy = "ABANDON"
}

resource "google_storage_bucket_iam_member" "builder" {
  bucket = google_storage_bucket.sources.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${local.builder_email}"
}

resource "google_artifact_registry_repository" "functions" {
  #checkov:skip=CKV_GCP_84:It holds our own code; Google's keys encrypt it, and a key of ours that is lost would stop every function.
  project       = var.project
  location      = var.region
  repository_id = "whisper-functions"
  format        = "DOCKER"
  description   = "Containers that Cloud Build makes of the functions' zips."
  labels        = local.labels

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_artifact_registry_repository_iam_member" "builder" {
  project    = var.project
  location   = var.region
  repository = google_artifact_registry_repository.functions.repository_id
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${local.builder_email}"
}
