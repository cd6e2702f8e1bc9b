"""The house's own state as text for its owner."""

from datetime import datetime

from cogs.ui.format import duration
from cogs.ui.text import clean, code
from core.domain.operations import JobState, Parked, ParkedRows

MESSAGE_LENGTH_MAX = 1_900
ERROR_LENGTH_MAX = 160


def jobs_table(jobs: tuple[JobState, ...], *, now: datetime) -> str:
    """A fixed-width table of the jobs, cut where a message ends."""
    if not jobs:
        return "No job has run yet."
    width = max(len(job.name) for job in jobs)
    lines = [_job_line(job, now, width) for job in jobs]
    shown: list[str] = []
    for line in lines:
        if len("\n".join([*shown, line])) > MESSAGE_LENGTH_MAX:
            break
        shown.append(line)
    left_out = f"\n… and {len(lines) - len(shown)} more" if len(shown) < len(lines) else ""
    return "```\n" + "\n".join(shown) + f"{left_out}\n```"


def parked_text(parked: Parked) -> str:
    """How much was given up, with the newest reasons; one message long."""
    if not parked.listings.count and not parked.posts.count:
        return "Nothing is parked."
    parts = (_parked_part("listing", parked.listings), _parked_part("post", parked.posts))
    return "\n".join(part for part in parts if part) + "\n`requeue` tries all of it again."


def requeued_text(listings: int, posts: int) -> str:
    if not listings and not posts:
        return "Nothing was parked."
    return f"Tried again now: {_counted(listings, 'listing')} and {_counted(posts, 'post')}."


def _parked_part(what: str, rows: ParkedRows) -> str:
    if not rows.count:
        return ""
    errors = [f"- {code(error, ERROR_LENGTH_MAX)}" for error in rows.newest_errors]
    return "\n".join([f"**{_counted(rows.count, what)} parked**, the newest because of:", *errors])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _job_line(job: JobState, now: datetime, width: int) -> str:
    ran = f"{duration(now - job.last_finished_at)} ago" if job.last_finished_at else "never"
    state = "running" if job.lease_until and job.lease_until > now else job.outcome.value
    line = f"{job.name:<{width}}  {state:<9}  {ran:<14}  {_due(job, now)}"
    if job.failures:
        line += f"  failed {job.failures} times: {clean(job.error, 80).replace('`', chr(39))}"
    return line


def _due(job: JobState, now: datetime) -> str:
    late = now - job.due_at
    return f"due {duration(late)} ago" if late.total_seconds() > 0 else f"due in {duration(-late)}"
