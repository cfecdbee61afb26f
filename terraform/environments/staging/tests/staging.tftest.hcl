mock_provider "google" {}

variables {
  project = "example-staging"
  zips = {
    for name in keys(yamldecode(file("../../../functions/functions.yaml")).functions) :
    name => { file = "${name}.zip", sha256 = sha256(name) }
  }
}

run "it_drafts_only_by_itself" {
  command = plan

  assert {
    condition     = output.settings.ENVIRONMENT == "staging" && output.settings.MODE_CEILING == "DRAFT_ONLY"
    error_message = "staging drafts only, unless somebody says otherwise."
  }

  assert {
    condition     = output.receive_hubspot_url == "https://europe-west1-example-staging.cloudfunctions.net/receive_hubspot"
    error_message = "The webhook's URL is that of this project."
  }

  assert {
    condition     = toset(keys(output.functions)) == toset(keys(yamldecode(file("../../../functions/functions.yaml")).functions))
    error_message = "Everything in functions.yaml is deployed."
  }
}
