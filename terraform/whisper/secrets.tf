# Secrets without values: those are put in by hand (terraform/README.md), so no state ever holds one.

locals {
  # Each tenant has its own of some secrets, named <name>-<tenant>. Those of mailboxes, <name>-<tenant>-<mailbox>, are
  # made when a mailbox is connected (`scripts/whisper mailbox connect`), so rights to them go by the name's beginning.
  secret_ids = merge([
    for name, row in local.secrets : row.per_tenant ?
    { for tenant in var.tenants : "${name}-${tenant}" => name } :
    { (name) = name } if !try(row.per_mailbox, false)
  ]...)

  mailbox_secrets = toset([for name, row in local.secrets : name if try(row.per_mailbox, false)])

  mailbox_secret_grants = merge(
    { for grant in flatten([for function, row in local.functions : [for name in setintersection(row.secrets, local.mailbox_secrets) : { function = function, name = name, role = "roles/secretmanager.secretAccessor" }]]) : "${grant.function} reads ${grant.name}" => grant },
    { for grant in flatten([for function, names in local.uses.fills : [for name in names : { function = function, name = name, role = "roles/secretmanager.secretVersionAdder" }]]) : "${grant.function} fills ${grant.name}" => grant },
  )
}

resource "google_secret_manager_secret" "secret" {
  for_each = local.secret_ids

  project             = var.project
  secret_id           = each.key
  labels              = local.labels
  deletion_protection = true
  version_destroy_ttl = "604800s" # a version destroyed by mistake can be had back for a week

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.used]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = {
    for grant in flatten([
      for function, row in local.functions : [
        for id, name in local.secret_ids : { function = function, id = id } if contains(row.secrets, name)
      ]
    ]) : "${grant.function}/${grant.id}" => grant
  }

  project   = var.project
  secret_id = google_secret_manager_secret.secret[each.value.id].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${local.function_emails[each.value.function]}"
}

resource "google_project_iam_member" "mailbox_secrets" {
  for_each = local.mailbox_secret_grants

  project = var.project
  role    = each.value.role
  member  = "serviceAccount:${local.function_emails[each.value.function]}"

  condition {
    title      = each.key
    expression = "resource.name.startsWith(\"projects/${data.google_project.this.number}/secrets/${each.value.name}-\")"
  }
}
