"""Jobs: when each is due, who runs it, how it went."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.operations import JobState, Outcome
from db.base import Base
from db.engine import Tx, insert_new
from db.types import ERROR_LENGTH_MAX, UtcDateTime, storable

PERIOD_MAX = timedelta(days=1)
"""No job waits longer for its next run."""


class JobRow(Base):
    """When a job is due, who runs it, and how it went. `fence` grows with every lease."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12))
    failures: Mapped[int] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH_MAX))
    leased_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(BigInteger)


async def plan_job(tx: Tx, name: str, due_at: datetime) -> None:
    """A job's row, made once; its due time is kept across restarts."""
    row = {
        "name": name,
        "due_at": due_at,
        "outcome": Outcome.NEVER.value,
        "failures": 0,
        "error": "",
        "fence": 0,
    }
    await tx.execute(insert_new(tx, JobRow).values(row).on_conflict_do_nothing())


async def lease_job(
    tx: Tx,
    name: str,
    owner: str,
    *,
    now: datetime,
    lease: timedelta,
    even_early: bool,
    every: timedelta = PERIOD_MAX,
) -> int | None:
    """Take a job that nobody else runs and that is due (or `even_early`): its fence, or None.

    An owner runs a job once at a time, so a lease of its own is one whose end could not be written down.
    A time further ahead than a period or a lease can put it was set by a clock that was wrong.
    """
    is_over = or_(JobRow.lease_until.is_(None), JobRow.lease_until <= now, JobRow.lease_until > now + lease)
    is_free = or_(is_over, JobRow.leased_by == owner)
    free_one = update(JobRow).where(JobRow.name == name, is_free)
    if not even_early:
        free_one = free_one.where(or_(JobRow.due_at <= now, JobRow.due_at > now + every))
    taken = free_one.values(
        leased_by=owner, lease_until=now + lease, last_started_at=now, fence=JobRow.fence + 1
    ).returning(JobRow.fence)
    return (await tx.execute(taken)).scalar_one_or_none()


async def finish_job(
    tx: Tx, name: str, fence: int, *, now: datetime, due_at: datetime, outcome: Outcome, error: str
) -> None:
    """Give the lease back; a lease that passed to somebody else is left alone."""
    mine = update(JobRow).where(JobRow.name == name, JobRow.fence == fence)
    failures = 0 if outcome is Outcome.OK else JobRow.failures + 1
    await tx.execute(
        mine.values(
            leased_by=None,
            lease_until=None,
            last_finished_at=now,
            due_at=due_at,
            outcome=outcome.value,
            failures=failures,
            error=storable(error, ERROR_LENGTH_MAX),
        )
    )


async def jobs(tx: Tx) -> list[JobState]:
    rows = await tx.execute(select(JobRow.__table__).order_by(JobRow.name))
    return [
        JobState(
            r.name,
            r.due_at,
            r.last_started_at,
            r.last_finished_at,
            Outcome(r.outcome),
            r.failures,
            r.error,
            r.lease_until,
        )
        for r in rows
    ]


async def forget_jobs(tx: Tx, *, but: list[str]) -> None:
    """Jobs that are no more (a source was switched off) are not late."""
    await tx.execute(delete(JobRow).where(JobRow.name.not_in(but)))


async def free(tx: Tx, owners: list[str]) -> None:
    """What these processes were running may be run by others."""
    theirs = update(JobRow).where(JobRow.leased_by.in_(owners))
    await tx.execute(theirs.values(leased_by=None, lease_until=None))
