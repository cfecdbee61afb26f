mock_provider "google" {}

variables {
  project     = "example-project"
  region      = "europe-west1"
  environment = "prod"
  zips        = { for name in keys(yamldecode(file("../../functions/functions.yaml")).functions) : name => { file = "${name}.zip", sha256 = sha256(name) } }
}

run "plan" {
  command = plan
  assert {
    condition     = length(google_cloudfunctions2_function.function) > 3
    error_message = "x"
  }
}
