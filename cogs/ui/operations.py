"""The house's own state as text for its owner."""

from datetime import datetime

from cogs.ui.format import duration
from cogs.ui.text import clean
from core.domain.operations import JobState

MESSAGE_LENGTH_MAX = 1_900


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
