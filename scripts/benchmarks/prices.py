"""List prices in US dollars before tax, in one place: what Google and a model's vendor ask for one unit of each."""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2026-11"
"""When the prices were looked up. They are those of a tier 1 region; europe-west1 and us-central1 are such."""

DAYS = 30
"""Days of a month: some allowances are daily."""


@dataclass(frozen=True)
class Price:
    """One unit's price; `free` are the units of a month that cost nothing."""

    what: str
    unit: str
    usd: float
    free: float
    source: str


FIRESTORE = "Firestore pricing, Standard edition, regional"
RUN = "Cloud Run pricing, request-based billing, tier 1 (functions of the 2nd generation)"

READS = Price("Firestore reads", "read", 0.03 / 100_000, 50_000 * DAYS, FIRESTORE)
WRITES = Price("Firestore writes", "write", 0.09 / 100_000, 20_000 * DAYS, FIRESTORE)
DELETES = Price("Firestore deletes", "delete", 0.01 / 100_000, 20_000 * DAYS, FIRESTORE)
TASKS = Price("Cloud Tasks operations", "operation", 0.40 / 1e6, 1e6, "Cloud Tasks pricing")
PUBSUB = Price("Pub/Sub throughput", "TiB", 40.0, 10 / 1024, "Pub/Sub pricing, message delivery basic")
REQUESTS = Price("Cloud Run requests", "request", 0.40 / 1e6, 2e6, RUN)
CPU = Price("Cloud Run CPU", "vCPU-s", 0.000024, 180_000, RUN)
MEMORY = Price("Cloud Run memory", "GiB-s", 0.0000025, 360_000, RUN)
LOGS = Price("Cloud Logging", "GiB", 0.50, 50, "Cloud Logging pricing, storage in the default bucket")
SECRET_READS = Price("Secret Manager accesses", "access", 0.03 / 10_000, 10_000, "Secret Manager pricing")
SECRET_VERSIONS = Price("Secret Manager versions", "version", 0.06, 6, "Secret Manager pricing")
SCHEDULES = Price("Cloud Scheduler jobs", "job", 0.10, 3, "Cloud Scheduler pricing")

MODEL_SOURCE = "assumed: give your model's own with --input-usd and --output-usd"
MODEL_INPUT_USD = 0.25
MODEL_OUTPUT_USD = 2.00
"""A million tokens of a small model."""


def tokens_in(usd_per_million: float = MODEL_INPUT_USD) -> Price:
    """What a model reads."""
    return Price("Model input", "token", usd_per_million / 1e6, 0, MODEL_SOURCE)


def tokens_out(usd_per_million: float = MODEL_OUTPUT_USD) -> Price:
    """What a model writes."""
    return Price("Model output", "token", usd_per_million / 1e6, 0, MODEL_SOURCE)
