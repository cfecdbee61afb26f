mock_provider "google" {}

variables {
  project = "example-dev"
  zips = {
    for name in keys(yamldecode(file("../../../functions/functions.yaml")).functions) :
    name => { file = "${name}.zip", sha256 = sha256(name), distributions = ["pydantic"], bytes = 1000 } # as scripts/package writes it
  }
}

run "it_drafts_only_by_itself" {
  command = plan

  assert {
    condition     = output.settings.ENVIRONMENT == "dev" && output.settings.MODE_CEILING == "DRAFT_ONLY"
    error_message = "dev drafts only, unless somebody says otherwise."
  }

  assert {
    condition     = output.receive_hubspot_url == "https://europe-west1-example-dev.cloudfunctions.net/receive_hubspot"
    error_message = "The webhook's URL is that of this project."
  }

  assert {
    condition     = toset(keys(output.functions)) == toset(keys(yamldecode(file("../../../functions/functions.yaml")).functions))
    error_message = "Everything in functions.yaml is deployed."
  }
}
