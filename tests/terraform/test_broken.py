"""The rules' own tests fail when a rule is broken: each line here breaks one in a copy of the module."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.terraform.workspace import MODULE, Workspace


@dataclass(frozen=True)
class Break:
    """A change of one file, and what the failed test must say."""

    name: str
    file: str
    old: str
    new: str
    says: str
    tests: str = "rules.tftest.hcl"


ONE = Break(
    "a private function is open to anybody",
    "functions.tf",
    r'member   = "serviceAccount:\$\{local.caller_emails\["tasks"\]\}"',
    'member   = "allUsers"',
    "Only the listed webhooks and pages may be called by anybody",
)

OTHERS = (
    Break(
        "every function is public", "functions.tf", r"row if row\.public", "row", "Only the listed webhooks"
    ),
    Break(
        "a private function takes requests from everywhere",
        "functions.tf",
        r'\? "ALLOW_ALL" : var\.private_ingress',
        '? "ALLOW_ALL" : "ALLOW_ALL"',
        "internal requests only",
    ),
    Break(
        "the scheduler may call every function",
        "functions.tf",
        r"row if row\.schedule != null",
        "row",
        "and no other",
    ),
    Break(
        "a function is told other callers than its own",
        "functions.tf",
        r"for caller in local\.callers\[name\] :",
        "for caller in keys(local.caller_emails) :",
        "exactly its own callers",
    ),
    Break(
        "functions share a service account",
        "functions.tf",
        r"local\.function_emails\[each\.key\]",
        'local.function_emails["gate_draft"]',
        "under its own service account",
    ),
    Break(
        "functions get a stronger role",
        "identities.tf",
        r"roles/datastore\.user",
        "roles/datastore.owner",
        "one role in the project",
    ),
    Break(
        "everybody acts as the tasks' caller",
        "identities.tf",
        r"for_each = local\.uses\.enqueues",
        "for_each = local.functions",
        "acts as the tasks' caller",
    ),
    Break(
        "a secret is given to a function without it in its row",
        "secrets.tf",
        r" if contains\(row\.secrets, name\)",
        "",
        "the secrets of its row",
    ),
    Break(
        "a queue does not try again",
        "queues.tf",
        r"each\.value\.max_attempts",
        "1",
        "Every queue tries again",
    ),
    Break(
        "a queue has another rate than its row",
        "queues.tf",
        r"each\.value\.max_dispatches_per_second",
        "500",
        "those of its row",
    ),
    Break(
        "every function puts tasks on every queue",
        "queues.tf",
        r"for queue in queues :",
        "for queue in keys(local.queues) :",
        "on no other",
    ),
    Break(
        "a subscription has no dead letters",
        "topics.tf",
        r"(?s)  dead_letter_policy \{.*?\n  \}\n",
        "",
        "Every subscription has a dead letter topic",
    ),
    Break(
        "nobody subscribes to dead letters",
        "topics.tf",
        r'(resource "google_pubsub_subscription" "dead" \{\n  for_each = )local\.topics',
        r"\1{}",
        "has a subscription",
    ),
    Break(
        "Pub/Sub may not bury",
        "topics.tf",
        r'(resource "google_pubsub_topic_iam_member" "buries" \{\n  for_each = )local\.topics',
        r"\1{}",
        "Pub/Sub's agent",
    ),
    Break(
        "a push does not slow down", "topics.tf", r"  retry_policy \{[^}]*\}\n", "", "Every push tries again"
    ),
    Break("a quiet subscription is deleted", "topics.tf", r'ttl = ""', 'ttl = "2678400s"', "is not deleted"),
    Break(
        "a push says not who it is",
        "topics.tf",
        r"    oidc_token \{[^}]*\}\n",
        "",
        "Every push says who it is",
    ),
    Break(
        "every function publishes",
        "topics.tf",
        r"for name, topics in local\.uses\.publishes : \[for topic in topics :",
        "for name in keys(local.functions) : [for topic in keys(local.topics) :",
        "nowhere else",
    ),
    Break("a schedule does not try again", "schedules.tf", r"= 3\n", "= 0\n", "Every schedule tries again"),
    Break(
        "a scheduled call has another audience",
        "schedules.tf",
        r"audience              = local\.urls\[each\.key\]",
        'audience              = "https://example.com"',
        "Every scheduled call",
    ),
    Break(
        "the database cannot be had back",
        "firestore.tf",
        r"POINT_IN_TIME_RECOVERY_ENABLED",
        "POINT_IN_TIME_RECOVERY_DISABLED",
        "can be had back",
    ),
    Break("backups are kept a day", "firestore.tf", r"2592000s", "86400s", "for 30 days"),
    Break(
        "it begins running",
        "firestore.tf",
        r"booleanValue = true \}\n",
        "booleanValue = false }\n",
        "begins stopped",
    ),
    Break(
        "it begins sending",
        "firestore.tf",
        r'stringValue = "DRAFT_ONLY"',
        'stringValue = "SEND_ALLOWED"',
        "begins stopped",
    ),
    Break("sources are public", "storage.tf", r'"enforced"', '"inherited"', "not public"),
    Break(
        "a zip is named by its function",
        "functions.tf",
        r"\$\{zip\.sha256\}\.zip",
        "latest.zip",
        "by its content",
    ),
    Break(
        "sending is the default",
        "variables.tf",
        r'default     = "DRAFT_ONLY"',
        'default     = "SEND_ALLOWED"',
        "nothing is sent",
    ),
    Break(
        "nobody approves an apply",
        "builds.tf",
        r"approval_required = true",
        "approval_required = false",
        "that nobody approved",
        "builds.tftest.hcl",
    ),
    Break(
        "a plan runs as the account that applies",
        "builds.tf",
        r'local\.build_emails\["plan"\]\}"\n  substitutions',
        'local.build_emails["apply"]}"\n  substitutions',
        "under its own account",
        "builds.tftest.hcl",
    ),
    Break(
        "a plan may deploy",
        "builds.tf",
        r'concat\(local\.reading_roles, \["roles/logging\.logWriter"\]\)',
        'concat(local.reading_roles, ["roles/cloudfunctions.developer"])',
        "holds no role that writes",
        "builds.tftest.hcl",
    ),
    Break(
        "a plan may write the state",
        "builds.tf",
        r"/default\.tflock",
        "/default.tfstate",
        "holds the state's lock",
        "builds.tftest.hcl",
    ),
    Break(
        "a plan may be replaced",
        "releases.tf",
        r"storage\.objectCreator",
        "storage.objectUser",
        "replaces nothing",
        "builds.tftest.hcl",
    ),
    Break(
        "an environment says that a commit went well in another",
        "releases.tf",
        r"/applied/\$\{environment\}",
        "/applied/dev",
        "its own environment only",
        "builds.tftest.hcl",
    ),
    Break(
        "an apply grants any role",
        "builds.tf",
        r"modifiedGrantsByRole[^\n]*",
        'modifiedGrantsByRole\\", []).size() >= 0"',
        "none to itself",
        "builds.tftest.hcl",
    ),
    Break(
        "there are triggers without a repository",
        "builds.tf",
        r'(resource "google_cloudbuild_trigger" "apply" \{\n  count = )local\.builds \? 1 : 0',
        r"\g<1>1",
        "Without a connected repository",
    ),
    Break(
        "dev may send",
        "environment.tf",
        r'var\.environment != "dev" \|\| var\.mode_ceiling == "DRAFT_ONLY"',
        'contains(["dev", "staging", "prod"], var.environment) || var.mode_ceiling == "DRAFT_ONLY"',
        "expected failure",
        "variables.tftest.hcl",
    ),
    Break(
        "unknown keys pass",
        "catalogue.tf",
        r"length\(local\.unknown\) == 0",
        "length(local.unknown) >= 0",
        "expected failure",
        "variables.tftest.hcl",
    ),
)


def _breaks(broken: Workspace, change: Break) -> None:
    path = broken.terraform / MODULE / change.file
    text = path.read_text()
    changed = re.sub(change.old, change.new, text)
    assert changed != text, (
        f"nothing in {change.file} fits {change.old}: the module has changed, so adapt this test"
    )
    path.write_text(changed)
    said = broken.test(MODULE, change.tests)
    assert said, "terraform test passes although the rule is broken"
    assert re.search(change.says, " ".join(said.split())), said


def test_the_tests_fail_when_a_private_function_is_open_to_anybody(broken: Workspace) -> None:
    _breaks(broken, ONE)


@pytest.mark.long
@pytest.mark.parametrize("change", OTHERS, ids=[change.name for change in OTHERS])
def test_the_tests_fail_when_a_rule_is_broken(broken: Workspace, change: Break) -> None:
    _breaks(broken, change)
