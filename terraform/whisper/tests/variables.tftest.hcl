# What an environment may choose, and what fails its plan.

mock_provider "google" {}

variables {
  project     = "example-project"
  region      = "europe-west1"
  environment = "dev"
  zips = {
    for name in keys(yamldecode(file("../../functions/functions.yaml")).functions) :
    name => { sha256 = sha256(name) }
  }
}

run "dev_never_sends" {
  command = plan
  variables {
    mode_ceiling = "SEND_ALLOWED"
  }
  expect_failures = [var.environment]
}

run "an_unknown_key_of_a_function_fails_the_plan" {
  command = plan
  variables {
    catalogue = replace(file("../../functions/functions.yaml"), "outward: true", "outwards: true")
  }
  expect_failures = [terraform_data.catalogue]
}

run "everything_that_can_be_chosen" {
  command = plan
  variables {
    environment     = "prod"
    mode_ceiling    = "SEND_ALLOWED"
    model           = "gpt-5-mini"
    openai_url      = "https://models.example.com/v1"
    sentry_dsn      = "https://key@sentry.example.com/1"
    settings        = { MAX_ATTEMPTS = "4" }
    audit_archive   = { bucket = "audit", region = "eu-central-1", retention_days = 90 }
    rollout         = { LONG_MEMORY_ENABLED = { enabled = true, rollout_percent = 20 } }
    billing_account = "000000-000000-000000"
    slack_token     = "xoxb-example"
    pagerduty_key   = "example-key"
    notify          = { emails = ["ops@example.com"], slack_channel = "#leads", pagerduty = true }
    catalogue       = replace(file("../../functions/functions.yaml"), "topics:\n", "topics:\n  gmail-changes:\n    what: Gmail's pushes.\n")
  }

  assert {
    condition     = length(google_storage_bucket_object.source) == 0
    error_message = "Zips without a file are in the bucket already."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      lookup(function.service_config[0].environment_variables, "AUDIT_BUCKET", "") == (name == "archive_audit" ? "audit" : "")
      && lookup(function.service_config[0].environment_variables, "AUDIT_RETENTION_DAYS", "") == (name == "archive_audit" ? "90" : "")
    ])
    error_message = "The audit's bucket is known to the function that archives, and to no other."
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].environment_variables["MODE_CEILING"] == "SEND_ALLOWED"
      && function.service_config[0].environment_variables["SENTRY_DSN"] == "https://key@sentry.example.com/1"
      && function.service_config[0].environment_variables["MAX_ATTEMPTS"] == "4"
    ])
    error_message = "Each function has the environment's settings."
  }

  assert {
    condition     = output.settings["MAX_ATTEMPTS"] == "4" && output.settings["OPENAI_URL"] == "https://models.example.com/v1" && output.settings["MODEL"] == "gpt-5-mini"
    error_message = "The command line has the environment's settings too, and asks the same model at the same place."
  }

  assert {
    condition = toset([for name, function in google_cloudfunctions2_function.function : name if contains(keys(function.service_config[0].environment_variables), "MODEL")]) == toset([
      for name, row in yamldecode(file("../../functions/functions.yaml")).functions : name if contains(row.secrets, "openai-api-key")
    ])
    error_message = "Only functions that may read the model's key are told the model: changing it redeploys no other."
  }

  assert {
    condition     = jsondecode(google_firestore_document.control.fields).features.mapValue.fields.LONG_MEMORY_ENABLED.mapValue.fields.rollout_percent.integerValue == "20"
    error_message = "The rollout is seeded into the control document."
  }

  assert {
    condition     = google_pubsub_topic_iam_member.gmail["gmail-changes"].member == "serviceAccount:gmail-api-push@system.gserviceaccount.com" && google_pubsub_topic_iam_member.gmail["gmail-changes"].role == "roles/pubsub.publisher"
    error_message = "Gmail may publish to the topic that is named for it."
  }

  assert {
    condition     = length(google_billing_budget.month) == 1 && length(google_monitoring_notification_channel.slack) == 1 && length(google_monitoring_notification_channel.pagerduty) == 1 && length(google_monitoring_notification_channel.email) == 1
    error_message = "The budget and each channel exist where they are asked for."
  }
}
