# functions.yaml, read; what it may not say fails the plan by name.

locals {
  catalogue = yamldecode(var.catalogue != null ? var.catalogue : file("${path.module}/../../functions/functions.yaml"))
  uses      = yamldecode(file("${path.module}/uses.yaml"))

  # yamldecode takes any key, so a misspelt one would be dropped without a word.
  keys = {
    file     = ["functions", "queues", "secrets", "topics"]
    queue    = ["max_attempts", "max_backoff_s", "max_concurrent_dispatches", "max_dispatches_per_second", "max_doublings", "min_backoff_s", "what"]
    topic    = ["what"]
    secret   = ["per_mailbox", "per_tenant", "what"]
    function = ["concurrency", "cost", "if_it_fails", "max_instances", "memory_mb", "min_instances", "outward", "secrets", "timeout_s", "trigger", "what"]
    trigger  = ["ack_deadline_s", "deadline_s", "filter", "max_delivery_attempts", "methods", "public", "queue", "schedule", "topic"]
    cost     = ["reads", "tasks", "writes"]
  }

  unknown = flatten([
    [for key in keys(local.catalogue) : key if !contains(local.keys.file, key)],
    [for name, row in local.catalogue.queues : [for key in keys(row) : "queues.${name}.${key}" if !contains(local.keys.queue, key)]],
    [for name, row in local.catalogue.topics : [for key in keys(row) : "topics.${name}.${key}" if !contains(local.keys.topic, key)]],
    [for name, row in local.catalogue.secrets : [for key in keys(row) : "secrets.${name}.${key}" if !contains(local.keys.secret, key)]],
    [for name, row in local.catalogue.functions : [for key in keys(row) : "functions.${name}.${key}" if !contains(local.keys.function, key)]],
    [for name, row in local.catalogue.functions : [for key in keys(row.trigger) : "functions.${name}.trigger.${key}" if !contains(local.keys.trigger, key)]],
    [for name, row in local.catalogue.functions : [for key in keys(row.cost) : "functions.${name}.cost.${key}" if !contains(local.keys.cost, key)]],
  ])

  queues  = local.catalogue.queues
  topics  = local.catalogue.topics
  secrets = local.catalogue.secrets

  functions = {
    for name, row in local.catalogue.functions : name => {
      what                  = row.what
      memory_mb             = row.memory_mb
      timeout_s             = row.timeout_s
      concurrency           = row.concurrency
      min_instances         = row.min_instances
      max_instances         = row.max_instances
      secrets               = toset(row.secrets)
      outward               = try(row.outward, false)
      public                = try(row.trigger.public, false)
      methods               = toset(try(row.trigger.methods, []))
      queue                 = try(row.trigger.queue, null)
      schedule              = try(row.trigger.schedule, null)
      topic                 = try(row.trigger.topic, null)
      deadline_s            = try(row.trigger.deadline_s, null)
      filter                = try(row.trigger.filter, "")
      ack_deadline_s        = try(row.trigger.ack_deadline_s, null)
      max_delivery_attempts = try(row.trigger.max_delivery_attempts, null)
    }
  }

  undeclared = flatten([
    for name, row in local.functions : concat(
      [for queue in compact([row.queue]) : "functions.${name} queue ${queue}" if !contains(keys(local.queues), queue)],
      [for topic in compact([row.topic]) : "functions.${name} topic ${topic}" if !contains(keys(local.topics), topic)],
      [for secret in row.secrets : "functions.${name} secret ${secret}" if !contains(keys(local.secrets), secret)],
    )
  ])

  incomplete = concat(
    [for name, row in local.functions : "${name} has no trigger" if !row.public && row.queue == null && row.schedule == null && row.topic == null],
    [for name, row in local.functions : "${name} needs deadline_s" if(row.queue != null || row.schedule != null) && row.deadline_s == null],
    [for name, row in local.functions : "${name} needs ack_deadline_s and max_delivery_attempts" if row.topic != null && (row.ack_deadline_s == null || row.max_delivery_attempts == null)],
  )

  # The name becomes the id of a service account.
  unfit = [for name in keys(local.functions) : name if !can(regex("^[a-z]+(_[a-z]+)+$", name)) || length(name) < 6 || length(name) > 30]

  unpackaged = concat(
    [for name in keys(local.functions) : "${name} has no zip" if !contains(keys(var.zips), name)],
    [for name in keys(var.zips) : "${name} has a zip and no row" if !contains(keys(local.functions), name)],
  )

  misused = flatten([
    [for kind in keys(local.uses) : "uses.yaml ${kind}" if !contains(["enqueues", "fills", "inspects", "publishes"], kind)],
    [for kind, known in { enqueues = local.queues, fills = local.mailbox_secrets, inspects = local.queues, publishes = local.topics } : [
      for name, used in local.uses[kind] : [
        for one in used : "uses.yaml ${kind}.${name}: ${one}" if !contains(try(keys(known), tolist(known)), one) || !contains(keys(local.functions), name)
      ]
    ]],
  ])
}

locals {
  longest_effect_s = max(0, [for row in values(local.functions) : row.timeout_s if row.outward]...)
  intent_lease_s   = try(tonumber(var.settings["INTENT_LEASE_S"]), 90) # as shared/runtime/settings.py has it
}

resource "terraform_data" "catalogue" {
  input = local.keys

  lifecycle {
    precondition {
      condition     = length(local.unknown) == 0
      error_message = "functions.yaml has keys that nothing reads: ${join(", ", local.unknown)}. Correct them, or teach scripts/catalogue.py and terraform/whisper/catalogue.tf what they mean."
    }
    precondition {
      condition     = length(local.undeclared) == 0
      error_message = "functions.yaml uses what it does not declare: ${join(", ", local.undeclared)}."
    }
    precondition {
      condition     = length(local.incomplete) == 0
      error_message = "functions.yaml is incomplete: ${join(", ", local.incomplete)}."
    }
    precondition {
      condition     = length(local.unfit) == 0
      error_message = "A function is named verb_noun in 6 to 30 characters: ${join(", ", local.unfit)}."
    }
    precondition {
      condition     = length(local.unpackaged) == 0
      error_message = "The zips are not those of functions.yaml: ${join(", ", local.unpackaged)}. Run scripts/package."
    }
    precondition {
      condition     = length(local.misused) == 0
      error_message = "uses.yaml names what functions.yaml does not have: ${join(", ", local.misused)}."
    }
    precondition {
      condition     = local.intent_lease_s > local.longest_effect_s
      error_message = "INTENT_LEASE_S is ${local.intent_lease_s} and a function that changes the world may run for ${local.longest_effect_s} s: a rerun would look for an effect that is still under way, and make it twice. Make the lease longer than timeout_s."
    }
  }
}
