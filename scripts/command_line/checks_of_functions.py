"""The doctor's look at what runs: functions and their releases, what starts them, and what they answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from scripts.catalogue import Catalogue
from scripts.command_line.checking import CannotTell, Check, Wrong, look
from scripts.command_line.google_api import GoogleApi, Json, listed

ERRORS_MOST = 0.01
"""The share of 5xx that the alert on errors allows, too."""
_HOUR = timedelta(hours=1)
_MEND = "look at Cloud Run functions in the Google Cloud console"


def function_checks(
    api: GoogleApi, project: str, region: str, environment: str, catalogue: Catalogue, now: datetime
) -> list[Check]:
    """One check of each function and of what starts it, and one of the last hour's answers."""
    place = f"projects/{project}/locations/{region}"
    found: dict[str, Json] = {}
    deploy = f"scripts/deploy {environment}"
    whole = look("functions", lambda: _functions(api, place, catalogue, found), _MEND)
    checks = [whole]
    if found:
        checks += [
            look(
                f"function {name}", lambda name=name: _function(found.get(name), deploy, name, region), _MEND
            )
            for name in catalogue.functions
        ]
    for name, row in catalogue.functions.items():
        if row.trigger.schedule:
            checks.append(
                look(f"schedule {name}", lambda name=name: _schedule(api, place, name, deploy), _MEND)
            )
        if row.trigger.topic:
            checks.append(
                look(
                    f"subscription {name}", lambda name=name: _subscription(api, project, name, deploy), _MEND
                )
            )
    checks.append(look("answers of the last hour", lambda: _answers(api, project, catalogue, now), _MEND))
    return checks


def _functions(api: GoogleApi, place: str, catalogue: Catalogue, found: dict[str, Json]) -> str:
    """Fills `found` by name."""
    url = f"https://cloudfunctions.googleapis.com/v2/{place}/functions"
    for each in listed(api, url, "functions", {"pageSize": "500"}) or ():
        found[str(each["name"]).rpartition("/")[2]] = each
    here = [name for name in catalogue.functions if name in found]
    if not here:
        raise Wrong("none is deployed", "see terraform/README.md, First deployment")
    ours = {name for name, each in found.items() if (each.get("labels") or {}).get("app") == "whisper"}
    left = sorted(ours - set(catalogue.functions))
    if left:
        raise Wrong(
            f"deployed without a row in functions.yaml: {', '.join(left)}",
            "check out the release that runs, or deploy this one: scripts/deploy takes them away",
        )
    return f"{len(here)} of {len(catalogue.functions)} are deployed"


def _function(found: Json | None, deploy: str, name: str, region: str) -> str:
    if found is None:
        raise Wrong("it is not deployed", deploy)
    state = str(found.get("state", ""))
    variables = cast("Json", (found.get("serviceConfig") or {}).get("environmentVariables") or {})
    release = str(variables.get("RELEASE") or "without a name")
    said = "; ".join(str(each.get("message", "")) for each in found.get("stateMessages") or [])
    if state in ("FAILED", "DETACHED", "DETACH_FAILED"):
        raise Wrong(
            f"{state.lower()}{': ' if said else ''}{said}",
            f"{deploy}; its build's log: gcloud functions describe {name} --v2 --region={region}",
        )
    if state in ("DEPLOYING", "DELETING"):
        raise CannotTell(f"it is {state.lower()}", "look again in a few minutes")
    if state != "ACTIVE":
        raise CannotTell(f"it has no state that is known ({state})", _MEND)
    since = str(found.get("updateTime", ""))[:16].replace("T", " ")
    return f"active, release {release}, since {since}{'; ' if said else ''}{said}"


def _schedule(api: GoogleApi, place: str, name: str, deploy: str) -> str:
    found = api.get(f"https://cloudscheduler.googleapis.com/v1/{place}/jobs/{name}")
    if found is None:
        raise Wrong("there is no such job", deploy)
    region = place.rpartition("/")[2]
    if found.get("state") != "ENABLED":
        raise Wrong(
            f"it is {str(found.get('state')).lower()}: the sweep does not run",
            f"gcloud scheduler jobs resume {name} --location={region}",
        )
    code = int((found.get("status") or {}).get("code") or 0)
    if code:
        raise Wrong(
            f"its last attempt failed (code {code})", f"gcloud functions logs read {name} --region={region}"
        )
    last = str(found.get("lastAttemptTime") or "")
    if not last:
        raise CannotTell("it has not run yet", "look again after its first run")
    return f"enabled; its last attempt, {last[:16].replace('T', ' ')}, succeeded"


def _subscription(api: GoogleApi, project: str, name: str, deploy: str) -> str:
    found = api.get(f"https://pubsub.googleapis.com/v1/projects/{project}/subscriptions/{name}")
    if found is None:
        raise Wrong("there is no such subscription: nothing starts the function", deploy)
    if found.get("state") != "ACTIVE":
        raise Wrong(f"it is {str(found.get('state')).lower()}", deploy)
    if not (found.get("pushConfig") or {}).get("pushEndpoint"):
        raise Wrong("it pushes nowhere", deploy)
    if not (found.get("deadLetterPolicy") or {}).get("deadLetterTopic"):
        raise Wrong("it has no dead letter topic: poison would be delivered for ever", deploy)
    return "active, with a dead letter topic"


def _answers(api: GoogleApi, project: str, catalogue: Catalogue, now: datetime) -> str:
    url = f"https://monitoring.googleapis.com/v3/projects/{project}/timeSeries"
    query = {
        "filter": 'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision"',
        "interval.startTime": _stamp(now - _HOUR),
        "interval.endTime": _stamp(now),
        "aggregation.alignmentPeriod": f"{_HOUR.seconds}s",
        "aggregation.perSeriesAligner": "ALIGN_SUM",
        "aggregation.crossSeriesReducer": "REDUCE_SUM",
        "aggregation.groupByFields": ("resource.labels.service_name", "metric.labels.response_code_class"),
    }
    functions = {name.replace("_", "-"): name for name in catalogue.functions}
    per_service: dict[str, dict[str, int]] = {}
    for series in listed(api, url, "timeSeries", query) or ():
        service = str(((series.get("resource") or {}).get("labels") or {}).get("service_name", ""))
        kind = str(((series.get("metric") or {}).get("labels") or {}).get("response_code_class", ""))
        if service in functions:
            points = cast("list[Json]", series.get("points") or [])
            number = sum(int(point["value"].get("int64Value", 0)) for point in points)
            of_one = per_service.setdefault(functions[service], {})
            of_one[kind] = of_one.get(kind, 0) + number
    total = sum(sum(kinds.values()) for kinds in per_service.values())
    bad = {
        name: kinds["5xx"]
        for name, kinds in per_service.items()
        if kinds.get("5xx", 0) > ERRORS_MOST * sum(kinds.values())
    }
    if bad:
        raise Wrong(
            "5xx: "
            + ", ".join(f"{name} {number}" for name, number in bad.items())
            + f", of {total} requests",
            f"gcloud functions logs read {next(iter(bad))} --min-log-level=error",
        )
    if not total:
        raise CannotTell("nothing was asked, so nothing is known", "submit a lead: scripts/smoke")
    return f"{total} requests, no function with more than {ERRORS_MOST:.0%} 5xx"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
