# What else fails a plan.

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

run "values_that_mean_nothing_are_refused" {
  command = plan
  variables {
    environment  = "prod"
    mode_ceiling = "SEND"
    zips         = { gate_draft = { sha256 = "latest" } }
    rollout      = { AUTO_SEND = { enabled = true, rollout_percent = 10 } }
    settings     = { MODE_CEILING = "SEND_ALLOWED" }
    tenants      = ["Acme"]
  }
  expect_failures = [var.mode_ceiling, var.zips, var.rollout, var.settings, var.tenants]
}

run "a_setting_that_no_function_could_read_is_refused" {
  command = plan
  variables {
    settings = { MAX_ATTEMPTS = "2.5" }
  }
  expect_failures = [var.settings]
}

run "a_lease_that_ends_before_its_effect_fails_the_plan" {
  command = plan
  variables {
    settings = { INTENT_LEASE_S = "60" }
  }
  expect_failures = [terraform_data.catalogue]
}

run "an_archive_that_cannot_be_meant_is_refused" {
  command = plan
  variables {
    audit_archive = { bucket = "audit", retention_days = 0.5, endpoint = "http://example.com" }
  }
  expect_failures = [var.audit_archive]
}

run "an_unknown_key_of_a_trigger_fails_the_plan" {
  command = plan
  variables {
    catalogue = replace(file("../../functions/functions.yaml"), "{public: true,", "{public: true, secure: false,")
  }
  expect_failures = [terraform_data.catalogue]
}

run "a_secret_that_is_not_declared_fails_the_plan" {
  command = plan
  variables {
    catalogue = replace(file("../../functions/functions.yaml"), "secrets: []", "secrets: [nobodys-key]")
  }
  expect_failures = [terraform_data.catalogue]
}

run "a_function_without_a_zip_fails_the_plan" {
  command = plan
  variables {
    zips = {
      for name in keys(yamldecode(file("../../functions/functions.yaml")).functions) :
      name => { sha256 = sha256(name) } if name != "gate_draft"
    }
  }
  expect_failures = [terraform_data.catalogue]
}
