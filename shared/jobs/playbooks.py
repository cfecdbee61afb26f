"""The order of stages for each kind of job, as the moves that are allowed."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.jobs.job import Kind


@dataclass(frozen=True)
class Playbook:
    """Where a kind of job begins and from which stage it may go to which."""

    first: str
    moves: Mapping[str, tuple[str, ...]]

    @property
    def stages(self) -> tuple[str, ...]:
        """Every stage, in order."""
        return tuple(self.moves)

    def allows(self, stage: str, to: str) -> bool:
        return to in self.moves.get(stage, ())


_TO_A_DRAFT: dict[str, tuple[str, ...]] = {
    "resolve_identity": ("create_contact", "read_thread"),
    "create_contact": ("read_thread",),
    "read_thread": ("gather_context",),
    "gather_context": ("plan_next_step",),
    "plan_next_step": ("write_draft",),
    "write_draft": ("gate_draft", "send_draft"),
    "gate_draft": ("write_draft", "file_draft", "withdraw_draft"),
    "file_draft": ("log_note", "await_approval", "withdraw_draft"),
    "log_note": ("log_task", "withdraw_draft"),
    "log_task": ("await_approval", "withdraw_draft"),
    "await_approval": ("send_draft", "withdraw_draft"),
    "send_draft": ("log_send", "withdraw_draft"),
    "withdraw_draft": ("log_outcome",),
    "log_send": ("log_outcome",),
    "log_outcome": ("close_task", "write_draft"),
    "close_task": ("write_draft",),
}

PLAYBOOKS: dict[Kind, Playbook] = {
    Kind.FOLLOWUP: Playbook(first="resolve_identity", moves=_TO_A_DRAFT),
    Kind.REPLY: Playbook(
        first="read_reply",
        moves={
            "read_reply": ("resolve_identity", "withdraw_draft"),
            **_TO_A_DRAFT,
        },
    ),
}

REVISE_FROM = "write_draft"
"""The stage at which a job takes up what a newer job learned about the same contact."""

JUDGE_FROM = "gate_draft"
"""The stage at which a job goes on when a person has rewritten its draft."""

AWAIT_AT = "await_approval"
"""The stage at which a job waits for a person's decision about its draft."""

SEND_FROM = "send_draft"
"""The stage at which a job goes on when its draft was approved."""

LOG_SEND_FROM = "log_send"
"""The stage at which a job goes on when its draft went out."""

WITHDRAW_FROM = "withdraw_draft"
"""The stage at which a job goes on when its draft must leave the mailbox."""

END_FROM = "log_outcome"
"""The stage at which a job goes on when a person has sent or thrown away its draft."""
