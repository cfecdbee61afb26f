# The database, its backups, and the control documents as they begin.

resource "google_firestore_database" "database" {
  project                           = var.project
  name                              = "(default)"
  location_id                       = var.region
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"

  depends_on = [google_project_service.used]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_backup_schedule" "daily" {
  project   = var.project
  database  = google_firestore_database.database.name
  retention = "2592000s" # 30 days

  daily_recurrence {}

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  stopped = {
    kill_switch = { booleanValue = true }
    mode        = { stringValue = "DRAFT_ONLY" }
  }
  features = {
    features = { mapValue = { fields = { for flag, set in var.rollout : flag => { mapValue = { fields = {
      enabled         = { booleanValue = set.enabled }
      rollout_percent = { integerValue = tostring(set.rollout_percent) }
    } } } } } }
  }
}

# Everything begins stopped and drafting only; operators lift it, and Terraform never changes it again.
resource "google_firestore_document" "control" {
  project     = var.project
  database    = google_firestore_database.database.name
  collection  = "control"
  document_id = "flags"
  fields      = jsonencode(merge(local.stopped, length(var.rollout) == 0 ? {} : local.features))

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [fields]
  }
}

resource "google_firestore_document" "tenant_control" {
  for_each = var.tenants

  project     = var.project
  database    = google_firestore_database.database.name
  collection  = "tenants/${each.key}/control"
  document_id = "flags"
  fields      = jsonencode(local.stopped)

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [fields]
  }
}
