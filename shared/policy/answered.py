"""What of all that a person did is answered: their newest mail, or their newest form."""

from __future__ import annotations

from shared.jobs.job import Job


def answers_mail(job: Job) -> bool:
    """Whether the newest thing that the person did was to write a mail."""
    if not job.mails:
        return False
    # A mailbox that does not say when a mail came in: it cannot be later than the job that it started.
    written_at = job.mails[0].received_at or job.created_at
    return not job.submissions or written_at >= job.submissions[0].submitted_at


def wrote_last(job: Job) -> bool:
    """Whether the last mail of the thread is theirs, from whichever of their addresses they wrote."""
    return job.thread is not None and _address(job.thread.last_sender) in _theirs(job)


def we_wrote_last(job: Job) -> bool:
    """Whether the last mail of the thread that they wrote in is the sender's own: somebody has answered."""
    thread, sender = job.thread, job.sender
    if thread is None or sender is None or not job.mails or thread.thread_id != job.mails[0].thread_id:
        return False
    return _address(thread.last_sender) == _address(sender.mailbox) and not wrote_last(job)


def last_words(job: Job) -> str:
    """What they wrote last in the thread; "" when somebody else wrote last, or nothing could be read."""
    return job.thread.last_text if job.thread is not None and wrote_last(job) else ""


def _theirs(job: Job) -> frozenset[str]:
    known = (job.address, *(mail.sender for mail in job.mails))
    return frozenset(_address(one) for one in known if one)


def _address(text: str) -> str:
    return text.strip().lower()
