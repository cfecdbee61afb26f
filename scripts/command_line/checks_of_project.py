"""The doctor's look at a Google Cloud project: its APIs, and the versions of its secrets."""

from __future__ import annotations

import re

from scripts.catalogue import ROOT, Catalogue
from scripts.command_line.checking import CannotTell, Check, Wrong, look, unknown
from scripts.command_line.google_api import GoogleApi, listed

SERVICES_TF = ROOT / "terraform" / "whisper" / "services.tf"
_OPTIONAL = {"billingbudgets.googleapis.com": "only a budget needs it"}
_MEND = "look at the project in the Google Cloud console"


def services_wanted() -> list[str]:
    """The APIs that Terraform enables."""
    return re.findall(r'^\s+"([a-z0-9-]+\.googleapis\.com)",$', SERVICES_TF.read_text(), re.M)


def api_checks(api: GoogleApi, project: str) -> list[Check]:
    """One check of all APIs: what is not enabled is named, with one command that enables it all."""
    return [look("APIs", lambda: _apis(api, project), _MEND)]


def _apis(api: GoogleApi, project: str) -> str:
    url = f"https://serviceusage.googleapis.com/v1/projects/{project}/services"
    found = listed(api, url, "services", {"filter": "state:ENABLED", "pageSize": "200"})
    if found is None:
        raise Wrong(f"there is no project {project}", "correct `project` in terraform.tfvars")
    enabled = {str(service["name"]).rpartition("/")[2] for service in found}
    missing = [name for name in services_wanted() if name not in enabled]
    needed = [name for name in missing if name not in _OPTIONAL]
    if needed:
        raise Wrong(
            f"not enabled: {', '.join(needed)}",
            f"gcloud services enable {' '.join(needed)} --project={project}",
        )
    without = "".join(f"; {name} is not: {_OPTIONAL[name]}" for name in missing)
    return f"{len(services_wanted()) - len(missing)} enabled{without}"


def tenants_of(api: GoogleApi, project: str) -> list[str]:
    """Every tenant that has a document or a control document. Errors: as GoogleApi.get."""
    documents = f"https://firestore.googleapis.com/v1/projects/{project}/databases/(default)/documents"
    query = {"showMissing": "true", "mask.fieldPaths": "id", "pageSize": "300"}
    found = listed(api, f"{documents}/tenants", "documents", query)
    return sorted(str(document["name"]).rpartition("/")[2] for document in found or ())


def secret_checks(
    api: GoogleApi,
    project: str,
    environment: str,
    catalogue: Catalogue,
    tenants: list[str],
    *,
    unused: frozenset[str],
) -> list[Check]:
    """Whether each secret of functions.yaml, for each tenant its own, has a version; no value is read.

    `unused` are those that the settings have no use for.
    """
    checks: list[Check] = []
    for name, secret in catalogue.secrets.items():
        if secret.per_mailbox or name in unused:
            continue
        if secret.per_tenant and not tenants:
            why = "it is one for each tenant, and which tenants there are is not known"
            checks.append(unknown(f"version of {name}", why, "look with rights to read Firestore"))
        for full in [f"{name}-{tenant}" for tenant in tenants] if secret.per_tenant else [name]:
            checks.append(
                look(
                    f"version of {full}",
                    lambda full=full, what=secret.what: _version(api, project, environment, full, what),
                    _MEND,
                )
            )
    return checks


def _version(api: GoogleApi, project: str, environment: str, name: str, what: str) -> str:
    url = f"https://secretmanager.googleapis.com/v1/projects/{project}/secrets/{name}"
    add = f"gcloud secrets versions add {name} --project={project} --data-file=-   # {what}"
    newest = api.get(f"{url}/versions/latest")
    if newest is None:
        if api.get(url) is None:
            raise Wrong("the secret does not exist", f"scripts/deploy {environment}, then {add}")
        raise Wrong("it has no version", add)
    number = str(newest.get("name", "")).rpartition("/")[2]
    state = str(newest.get("state", ""))
    if state == "DISABLED":
        raise Wrong(
            f"its newest version, {number}, is disabled: functions read the newest one",
            f"gcloud secrets versions enable {number} --secret={name} --project={project}",
        )
    if state == "DESTROYED":
        raise Wrong(f"its newest version, {number}, is destroyed", add)
    if state != "ENABLED":
        raise CannotTell(f"its newest version, {number}, has no state that is known", "look in the console")
    return f"version {number} is enabled"
