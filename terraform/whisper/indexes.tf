locals {
  indexes = yamldecode(file("${path.module}/indexes.yaml"))

  composite_indexes = {
    for index in local.indexes.composite :
    join("/", concat([index.collection, index.scope], flatten([for field in index.fields : [for path, order in field : "${path} ${order}"]]))) => index
  }
  indexed_fields = { for field in local.indexes.fields : "${field.collection}/${field.field}" => field }
}

resource "google_firestore_index" "composite" {
  for_each = local.composite_indexes

  project     = var.project
  database    = google_firestore_database.database.name
  collection  = each.value.collection
  query_scope = each.value.scope

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = keys(fields.value)[0]
      order      = values(fields.value)[0]
    }
  }
}

resource "google_firestore_field" "field" {
  for_each = local.indexed_fields

  project    = var.project
  database   = google_firestore_database.database.name
  collection = each.value.collection
  field      = each.value.field

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []
    content {}
  }

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes
      content {
        query_scope = indexes.value.scope
        order       = indexes.value.order
      }
    }
  }
}
