"""The house's own state as text for its owner."""

from datetime import datetime

from cogs.ui.format import duration, usd
from cogs.ui.text import clean, code
from core.domain.operations import JobState, Parked, ParkedRows
from core.domain.quarantine import Quarantined

MESSAGE_LENGTH_MAX = 1_900
ERROR_LENGTH_MAX = 110
MINT_LENGTH_MAX = 50


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
    parts = [_parked_part("listing", parked.listings), _parked_part("post", parked.posts)]
    if any(parts):
        parts.append("`requeue` tries all of it again.")
    parts.append(_paused_part(parked.paused))
    return "\n".join(part for part in parts if part) or "Nothing is parked."


def requeued_text(listings: int, posts: int) -> str:
    if not listings and not posts:
        return "Nothing was parked."
    return f"Tried again now: {_counted(listings, 'listing')} and {_counted(posts, 'post')}."


def held_text(held: tuple[Quarantined, ...], *, now: datetime) -> str:
    """The prices that are kept apart, newest first, each with what it was held against; one message."""
    if not held:
        return "No price is kept apart."
    shown: list[str] = []
    for line in (_held_line(one, now) for one in held):
        if len("\n".join([*shown, line])) > MESSAGE_LENGTH_MAX:
            break
        shown.append(line)
    return "\n".join([*shown, "`release` and the number believes a price."])


def _held_line(held: Quarantined, now: datetime) -> str:
    suspicion = held.suspicion
    what = "a value" if suspicion.is_against_value else "a last price"
    asked, against = usd(suspicion.asked.usd_micros), usd(suspicion.against_usd_micros)
    ago, token = duration(now - held.held_at), code(held.mint, MINT_LENGTH_MAX)
    return f"- **{held.version_id}**: {asked} against {what} of {against}, {ago} ago, {token}"


def _parked_part(what: str, rows: ParkedRows) -> str:
    if not rows.count:
        return ""
    errors = [f"- {code(error, ERROR_LENGTH_MAX)}" for error in rows.newest_errors]
    return "\n".join([f"**{_counted(rows.count, what)} parked**, the newest because of:", *errors])


def _paused_part(rows: ParkedRows) -> str:
    if not rows.count:
        return ""
    reasons = [f"- {code(reason, ERROR_LENGTH_MAX)}" for reason in rows.newest_errors]
    return "\n".join(
        [f"**{_counted(rows.count, 'channel')} closed to me**, until its admins mend it:", *reasons]
    )


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
