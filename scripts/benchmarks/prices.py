"""List prices in US dollars before tax, in one place: what Google and a model's vendor ask for one unit of each."""

from __future__ import annotations

from dataclasses import dataclass

MEMORY_ONLY = "from memory, check"
RUN_PAGE = "a stored copy of cloud.google.com/run/pricing, undated, tier 1"
TASKS_PAGE = "a stored copy of cloud.google.com/tasks/docs/pricing, undated"
FIRESTORE_NOTES = "notes on Google Cloud of 2026-11, regional; the allowance from memory, check"
ASSUMED = "assumed: give your model's own with --input-usd and --output-usd"
"""Where a price is known from. None was read on Google's own page on a day that could be named, and europe-west1
is taken to be of tier 1: compare them with the pages before you rely on a total."""

DAYS = 30
"""Days of a month: some allowances are daily."""


@dataclass(frozen=True)
class Price:
    """One unit's price; `free` are the units of a month that cost nothing, `known_from` says how sure it is."""

    what: str
    unit: str
    usd: float
    free: float
    source: str
    known_from: str


FIRESTORE = "Firestore pricing, Standard edition, regional"
RUN = "Cloud Run pricing, request-based billing, tier 1 (functions of the 2nd generation)"

READS = Price("Firestore reads", "read", 0.03 / 100_000, 50_000 * DAYS, FIRESTORE, FIRESTORE_NOTES)
WRITES = Price("Firestore writes", "write", 0.09 / 100_000, 20_000 * DAYS, FIRESTORE, FIRESTORE_NOTES)
DELETES = Price("Firestore deletes", "delete", 0.01 / 100_000, 20_000 * DAYS, FIRESTORE, MEMORY_ONLY)
TASKS = Price("Cloud Tasks operations", "operation", 0.40 / 1e6, 1e6, "Cloud Tasks pricing", TASKS_PAGE)
PUBSUB = Price(
    "Pub/Sub throughput", "TiB", 40.0, 10 / 1024, "Pub/Sub pricing, message delivery basic", MEMORY_ONLY
)
REQUESTS = Price("Cloud Run requests", "request", 0.40 / 1e6, 2e6, RUN, RUN_PAGE)
CPU = Price("Cloud Run CPU", "vCPU-s", 0.000024, 180_000, RUN, RUN_PAGE)
MEMORY = Price("Cloud Run memory", "GiB-s", 0.0000025, 360_000, RUN, RUN_PAGE)
LOGS = Price(
    "Cloud Logging", "GiB", 0.50, 50, "Cloud Logging pricing, storage in the default bucket", MEMORY_ONLY
)
SECRET_READS = Price(
    "Secret Manager accesses", "access", 0.03 / 10_000, 10_000, "Secret Manager pricing", MEMORY_ONLY
)
SECRET_VERSIONS = Price("Secret Manager versions", "version", 0.06, 6, "Secret Manager pricing", MEMORY_ONLY)
SCHEDULES = Price("Cloud Scheduler jobs", "job", 0.10, 3, "Cloud Scheduler pricing", MEMORY_ONLY)

MODEL_SOURCE = "the model's vendor"
MODEL_INPUT_USD = 0.25
MODEL_OUTPUT_USD = 2.00
"""A million tokens of a small model."""


def tokens_in(usd_per_million: float = MODEL_INPUT_USD) -> Price:
    """What a model reads."""
    return Price("Model input", "token", usd_per_million / 1e6, 0, MODEL_SOURCE, ASSUMED)


def tokens_out(usd_per_million: float = MODEL_OUTPUT_USD) -> Price:
    """What a model writes."""
    return Price("Model output", "token", usd_per_million / 1e6, 0, MODEL_SOURCE, ASSUMED)
