# Who may do what, as the plan of the whole module says it. tests/terraform/test_broken.py breaks the module rule by
# rule, and each must fail here.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project     = "example-project"
  region      = "europe-west1"
  environment = "prod"
  tenants     = ["default", "acme"]
  zips = {
    for name in keys(yamldecode(file("../../functions/functions.yaml")).functions) :
    name => { file = "${name}.zip", sha256 = sha256(name) }
  }
}

run "plan" {
  command = plan

  # The door

  assert {
    condition = toset([
      for member in concat(
        values(google_cloud_run_v2_service_iam_member.public),
        values(google_cloud_run_v2_service_iam_member.tasks),
        values(google_cloud_run_v2_service_iam_member.scheduler),
        values(google_cloud_run_v2_service_iam_member.pubsub),
      ) : member.name if startswith(member.member, "all")
    ]) == toset(["connect-gmail", "receive-hubspot", "receive-opt-out", "serve-api"])
    error_message = "Only the listed webhooks and pages may be called by anybody; a new one is listed here."
  }

  assert {
    condition = toset([
      for member in concat(
        values(google_cloud_run_v2_service_iam_member.tasks),
        values(google_cloud_run_v2_service_iam_member.scheduler),
        values(google_cloud_run_v2_service_iam_member.pubsub),
      ) : "${member.name} ${member.role} ${member.member}"
      ]) == toset(flatten([
        for name, row in yamldecode(file("../../functions/functions.yaml")).functions : [
          for trigger, caller in { queue = "tasks", schedule = "scheduler", topic = "pubsub" } :
          "${replace(name, "_", "-")} roles/run.invoker serviceAccount:calls-from-${caller}@example-project.iam.gserviceaccount.com"
          if contains(keys(row.trigger), trigger)
        ]
    ]))
    error_message = "Each caller may call its own functions, and no other."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].ingress_settings == (contains(["connect_gmail", "receive_hubspot", "receive_opt_out", "serve_api"], name) ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY")
    ])
    error_message = "A private function takes internal requests only."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      jsondecode(function.service_config[0].environment_variables["CALLERS"])[name] == [
        for trigger, caller in { queue = "tasks", schedule = "scheduler", topic = "pubsub" } :
        "calls-from-${caller}@example-project.iam.gserviceaccount.com"
        if contains(keys(yamldecode(file("../../functions/functions.yaml")).functions[name].trigger), trigger)
      ]
    ])
    error_message = "A function is told exactly its own callers, to check them once more."
  }

  # Identities

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].service_account_email == "${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com"
    ])
    error_message = "Each function runs under its own service account."
  }

  assert {
    condition     = length(distinct([for account in google_service_account.function : account.account_id])) == length(google_cloudfunctions2_function.function)
    error_message = "No two functions share a service account."
  }

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : endswith(function.build_config[0].service_account, "/builds-functions@example-project.iam.gserviceaccount.com")])
    error_message = "Functions are built by the builder, not by the project's default account."
  }

  assert {
    condition = toset([for grant in google_service_account_iam_member.acts_as_tasks : "${grant.service_account_id} ${grant.role} ${grant.member}"]) == toset([
      for name in keys(yamldecode(file("uses.yaml")).enqueues) :
      "projects/example-project/serviceAccounts/calls-from-tasks@example-project.iam.gserviceaccount.com roles/iam.serviceAccountUser serviceAccount:${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com"
    ])
    error_message = "Who creates tasks acts as the tasks' caller, and as nobody else."
  }

  assert {
    condition     = alltrue([for grant in google_project_iam_member.database : grant.role == "roles/datastore.user"])
    error_message = "Functions have one role in the project: to use documents."
  }

  # Secrets

  assert {
    condition = toset([for grant in google_secret_manager_secret_iam_member.reader : "${grant.member} ${grant.role} ${grant.secret_id}"]) == toset(flatten([
      for name, row in yamldecode(file("../../functions/functions.yaml")).functions : [
        for secret in row.secrets : try(yamldecode(file("../../functions/functions.yaml")).secrets[secret].per_mailbox, false) ? [] : [
          for id in(yamldecode(file("../../functions/functions.yaml")).secrets[secret].per_tenant ? ["${secret}-default", "${secret}-acme"] : [secret]) :
          "serviceAccount:${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor ${id}"
        ]
      ]
    ]))
    error_message = "A function reads the secrets of its row, and no other."
  }

  assert {
    condition = alltrue([
      for grant in google_project_iam_member.mailbox_secrets :
      can(regex("^resource\\.name\\.startsWith\\(\"projects/[^/]+/secrets/gmail-token-\"\\)$", grant.condition[0].expression))
      && contains(["roles/secretmanager.secretAccessor", "roles/secretmanager.secretVersionAdder"], grant.role)
    ])
    error_message = "Rights to secrets of mailboxes end where their names do."
  }

  assert {
    condition = toset([for key, grant in google_project_iam_member.mailbox_secrets : "${grant.member} ${grant.role}"]) == toset(concat(
      [for name, row in yamldecode(file("../../functions/functions.yaml")).functions : "serviceAccount:${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor" if contains(row.secrets, "gmail-token")],
      ["serviceAccount:connect-gmail@example-project.iam.gserviceaccount.com roles/secretmanager.secretVersionAdder"],
    ))
    error_message = "Mailboxes' secrets are read by the functions of their rows, and filled by connect_gmail alone."
  }

  assert {
    condition     = alltrue([for secret in google_secret_manager_secret.secret : secret.deletion_protection])
    error_message = "Secrets are protected from deletion."
  }

  # Queues

  assert {
    condition     = alltrue([for queue in google_cloud_tasks_queue.queue : queue.retry_config[0].max_attempts >= 2])
    error_message = "Every queue tries again."
  }

  assert {
    condition = alltrue([
      for name, row in yamldecode(file("../../functions/functions.yaml")).queues :
      google_cloud_tasks_queue.queue[name].rate_limits[0].max_dispatches_per_second == row.max_dispatches_per_second
      && google_cloud_tasks_queue.queue[name].rate_limits[0].max_concurrent_dispatches == row.max_concurrent_dispatches
      && google_cloud_tasks_queue.queue[name].retry_config[0].max_attempts == row.max_attempts
      && google_cloud_tasks_queue.queue[name].retry_config[0].min_backoff == "${row.min_backoff_s}s"
      && google_cloud_tasks_queue.queue[name].retry_config[0].max_backoff == "${row.max_backoff_s}s"
      && google_cloud_tasks_queue.queue[name].retry_config[0].max_doublings == row.max_doublings
    ])
    error_message = "A queue's rates and retries are those of its row: they are the quotas."
  }

  assert {
    condition = toset([for grant in google_cloud_tasks_queue_iam_member.enqueuer : "${grant.name} ${grant.role} ${grant.member}"]) == toset(flatten([
      for name, queues in yamldecode(file("uses.yaml")).enqueues : [
        for queue in queues : "${queue} roles/cloudtasks.enqueuer serviceAccount:${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com"
      ]
    ]))
    error_message = "A function puts tasks on the queues it uses, and on no other."
  }

  # Topics

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.push :
      try(subscription.dead_letter_policy[0].dead_letter_topic, "") == "projects/example-project/topics/${subscription.topic}-dead"
      && try(subscription.dead_letter_policy[0].max_delivery_attempts, 0) == yamldecode(file("../../functions/functions.yaml")).functions[name].trigger.max_delivery_attempts
    ])
    error_message = "Every subscription has a dead letter topic."
  }

  assert {
    condition = alltrue([
      for name in keys(yamldecode(file("../../functions/functions.yaml")).topics) :
      contains([for subscription in google_pubsub_subscription.dead : subscription.topic], "${name}-dead")
    ])
    error_message = "Every dead letter topic has a subscription; without one its messages are gone."
  }

  assert {
    condition = alltrue(concat(
      [for name in keys(yamldecode(file("../../functions/functions.yaml")).topics) : contains(
        [for grant in google_pubsub_topic_iam_member.buries : "${grant.topic} ${grant.role} ${grant.member}"],
        "${name}-dead roles/pubsub.publisher serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      )],
      [for name in keys(google_pubsub_subscription.push) : contains(
        [for grant in google_pubsub_subscription_iam_member.buries : "${grant.subscription} ${grant.role} ${grant.member}"],
        "${name} roles/pubsub.subscriber serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      )],
    ))
    error_message = "Pub/Sub's agent may publish to each dead letter topic and acknowledge on each subscription."
  }

  assert {
    condition = alltrue([
      for subscription in concat(values(google_pubsub_subscription.push), values(google_pubsub_subscription.dead)) :
      try(subscription.expiration_policy[0].ttl, "unset") == ""
    ])
    error_message = "A subscription that is quiet for a month is not deleted."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.push :
      try(subscription.retry_policy[0].minimum_backoff, "") != "" && try(subscription.retry_policy[0].maximum_backoff, "") != ""
    ])
    error_message = "Every push tries again, slower each time."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.push :
      try(subscription.push_config[0].oidc_token[0].service_account_email, "") == "calls-from-pubsub@example-project.iam.gserviceaccount.com"
      && try(subscription.push_config[0].oidc_token[0].audience, "") == replace(google_cloudfunctions2_function.function[name].service_config[0].environment_variables["FUNCTION_URL"], "{name}", name)
    ])
    error_message = "Every push says who it is, to the audience that the function checks."
  }

  assert {
    condition = toset([for grant in google_pubsub_topic_iam_member.publisher : "${grant.topic} ${grant.role} ${grant.member}"]) == toset(flatten([
      for name, topics in yamldecode(file("uses.yaml")).publishes : [
        for topic in topics : "${topic} roles/pubsub.publisher serviceAccount:${replace(name, "_", "-")}@example-project.iam.gserviceaccount.com"
      ]
    ]))
    error_message = "A function publishes where its code does, and nowhere else."
  }

  # Schedules

  assert {
    condition = toset(keys(google_cloud_scheduler_job.schedule)) == toset([
      for name, row in yamldecode(file("../../functions/functions.yaml")).functions : name if contains(keys(row.trigger), "schedule")
    ])
    error_message = "Every scheduled function has its schedule."
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.schedule : try(job.retry_config[0].retry_count, 0) >= 1])
    error_message = "Every schedule tries again."
  }

  assert {
    condition = alltrue([
      for name, job in google_cloud_scheduler_job.schedule :
      try(job.http_target[0].oidc_token[0].service_account_email, "") == "calls-from-scheduler@example-project.iam.gserviceaccount.com"
      && try(job.http_target[0].oidc_token[0].audience, "") == replace(google_cloudfunctions2_function.function[name].service_config[0].environment_variables["FUNCTION_URL"], "{name}", name)
    ])
    error_message = "Every scheduled call says who it is, to the audience that the function checks."
  }

  # Data

  assert {
    condition     = google_firestore_database.database.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && google_firestore_database.database.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The database can be had back, and not be deleted."
  }

  assert {
    condition     = google_firestore_backup_schedule.daily.retention == "2592000s" && length(google_firestore_backup_schedule.daily.daily_recurrence) == 1
    error_message = "There is a backup of every day for 30 days."
  }

  assert {
    condition = alltrue([
      for document in concat([google_firestore_document.control], values(google_firestore_document.tenant_control)) :
      jsondecode(document.fields) == { kill_switch = { booleanValue = true }, mode = { stringValue = "DRAFT_ONLY" } }
    ])
    error_message = "Everything begins stopped, and drafting only."
  }

  assert {
    condition     = toset([for document in google_firestore_document.tenant_control : document.collection]) == toset(["tenants/default/control", "tenants/acme/control"])
    error_message = "Every tenant has its control document."
  }

  assert {
    condition     = google_storage_bucket.sources.public_access_prevention == "enforced" && google_storage_bucket.sources.uniform_bucket_level_access
    error_message = "The sources are not public."
  }

  # What is deployed

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.build_config[0].source[0].storage_source[0].object == "functions/${name}/${sha256(name)}.zip"
      && google_storage_bucket_object.source[name].name == "functions/${name}/${sha256(name)}.zip"
    ])
    error_message = "A function's source is named by its content."
  }

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].environment_variables["MODE_CEILING"] == "DRAFT_ONLY"])
    error_message = "Without a word in the environment nothing is sent."
  }

  assert {
    condition = alltrue([
      for name, row in yamldecode(file("../../functions/functions.yaml")).functions :
      google_cloudfunctions2_function.function[name].service_config[0].available_memory == "${row.memory_mb}Mi"
      && google_cloudfunctions2_function.function[name].service_config[0].timeout_seconds == row.timeout_s
      && google_cloudfunctions2_function.function[name].service_config[0].max_instance_request_concurrency == row.concurrency
      && google_cloudfunctions2_function.function[name].service_config[0].min_instance_count == row.min_instances
      && google_cloudfunctions2_function.function[name].service_config[0].max_instance_count == row.max_instances
    ])
    error_message = "A function has the memory, time, concurrency and instances of its row."
  }

  # What people are told

  assert {
    condition = alltrue([
      for policy in concat(values(google_monitoring_alert_policy.threshold), [google_monitoring_alert_policy.tokens, google_monitoring_alert_policy.silent_sweep, google_monitoring_alert_policy.silent_sweeps, google_monitoring_alert_policy.door_closed]) :
      length(policy.documentation[0].content) > 80 && strcontains(policy.documentation[0].content, "1. ")
    ])
    error_message = "Every alert says what to do."
  }

  # Builds

  assert {
    condition     = length(google_cloudbuild_trigger.plan) + length(google_cloudbuild_trigger.apply) + length(google_cloudbuild_trigger.smoke) + length(google_service_account.build) + length(google_project_iam_member.build) + length(google_storage_bucket.releases) == 0
    error_message = "Without a connected repository there is no trigger, and nobody who builds."
  }
}
