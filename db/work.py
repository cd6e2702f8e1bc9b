"""The queue: each listing version is worked exactly once, whoever works it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    SmallInteger,
    String,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.catalog import TokenRow
from db.engine import Tx, insert_all_new
from db.listings import ListingRow, VersionRow
from db.types import ERROR_LENGTH_MAX, BigId, UtcDateTime, storable

WAIT_MAX = timedelta(minutes=15)
"""Longer than any row is put off or claimed: a time beyond it was set by a clock that was wrong."""
REASONS_MAX = 100


class WorkRow(Base):
    """One version waiting for its verdict; the row goes when it has one. Parked rows wait for an operator.

    `attempts` counts claims, `failures` those that ended in a bug of ours.
    """

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_next", "parked_at", "priority", "prior", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), unique=True)
    priority: Mapped[int] = mapped_column(SmallInteger)
    prior: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    parked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(ERROR_LENGTH_MAX))


class Priority:
    """Lower is worked first."""

    FRESH = 0
    RECHECK = 10
    BACKFILL = 20


Claim = tuple[int, int]
"""A version, and how often it had been claimed then."""


class Task(msgspec.Struct, frozen=True):
    """A claimed row."""

    id: int
    version_id: int
    attempts: int
    failures: int
    created_at: datetime
    priority: int
    mint: str

    @property
    def claim(self) -> Claim:
        return self.version_id, self.attempts


class Depth(msgspec.Struct, frozen=True):
    """How much waits, and since when the oldest does."""

    waiting: int
    parked: int
    oldest_at: datetime | None


async def add(tx: Tx, priors: Mapping[int, int], *, priority: int, now: datetime) -> None:
    """Queue versions with their priors: within a priority, smallest first. Queueing again changes nothing."""
    rows = [
        {
            "version_id": version_id,
            "priority": priority,
            "prior": prior,
            "created_at": now,
            "next_try_at": now,
            "attempts": 0,
            "failures": 0,
        }
        for version_id, prior in priors.items()
    ]
    await insert_all_new(tx, WorkRow, rows)


async def is_any_due(tx: Tx, now: datetime, *, below: int, above: int = -1) -> bool:
    """A look without a lock, so that an empty queue costs no write."""
    return (await tx.execute(_due(now, below, above).limit(1))).first() is not None


async def claim(
    tx: Tx, owner: str, *, limit: int, below: int, now: datetime, lease: timedelta, above: int = -1
) -> list[Task]:
    """Take the next due rows of a priority between the two for `lease`.

    Rows that another worker holds are passed over.
    """
    order = (WorkRow.priority, WorkRow.prior, WorkRow.id)
    due = _due(now, below, above).order_by(*order).limit(limit).with_for_update(skip_locked=True)
    ids = list((await tx.execute(due)).scalars())
    if not ids:
        return []
    taken = update(WorkRow).where(WorkRow.id.in_(ids))
    await tx.execute(taken.values(claimed_by=owner, claimed_until=now + lease, attempts=WorkRow.attempts + 1))
    rows = (
        select(WorkRow.id, WorkRow.version_id, WorkRow.attempts, WorkRow.failures)
        .add_columns(WorkRow.created_at, WorkRow.priority, TokenRow.address)
        .join(VersionRow, VersionRow.id == WorkRow.version_id)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(WorkRow.id.in_(ids))
    )
    tasks = {row.id: Task(*row) for row in await tx.execute(rows)}
    return [tasks[id] for id in ids]


async def holds(tx: Tx, task: Task, owner: str) -> bool:
    """Whether the row is still this owner's; false when its lease passed to somebody else.

    SQLite gives the id of a row that is gone to the next one: the version tells them apart.
    """
    query = select(WorkRow.id).where(
        WorkRow.version_id == task.version_id,
        WorkRow.claimed_by == owner,
        WorkRow.attempts == task.attempts,
    )
    return (await tx.execute(query.with_for_update())).first() is not None


async def held(tx: Tx, owners: Mapping[Claim, str], *, waits: bool) -> set[Claim]:
    """As `holds`, of many at once: which of these claims are still their owners'.

    Unless it waits, without those that somebody else is at: two who wait for many rows in another order
    never end.
    """
    query = select(WorkRow.version_id, WorkRow.attempts, WorkRow.claimed_by)
    wanted = query.where(WorkRow.version_id.in_({version_id for version_id, _ in owners}))
    rows = await tx.execute(wanted.order_by(WorkRow.id).with_for_update(skip_locked=not waits))
    claims = [((row.version_id, row.attempts), row.claimed_by) for row in rows]
    return {claim for claim, owner in claims if claim in owners and owners[claim] == owner}


async def current(tx: Tx, version_ids: Collection[int]) -> set[int]:
    """Those of these versions that are what their listings ask now."""
    query = select(ListingRow.version_id).where(ListingRow.version_id.in_(version_ids), ListingRow.is_open)
    return {id for id in (await tx.execute(query)).scalars() if id is not None}


async def done(tx: Tx, version_ids: Collection[int]) -> None:
    await tx.execute(delete(WorkRow).where(WorkRow.version_id.in_(version_ids)))


async def drop(tx: Tx, version_id: int) -> None:
    """The version is no longer current: nothing to work."""
    await done(tx, [version_id])


async def again(tx: Tx, work_id: int, *, at: datetime, error: str, is_failure: bool = False) -> None:
    """Not done: tried again at a later time. `is_failure`: a bug of ours, and not somebody's outage."""
    await _give_back(tx, work_id, error, next_try_at=at, failures=WorkRow.failures + int(is_failure))


async def park(tx: Tx, work_id: int, *, at: datetime, error: str) -> None:
    """Not to be tried again by itself."""
    await _give_back(tx, work_id, error, parked_at=at, failures=WorkRow.failures + 1)


async def parked_errors(tx: Tx, limit: int) -> list[str]:
    """Why the rows parked last were parked, newest first."""
    query = select(func.coalesce(WorkRow.error, "")).where(WorkRow.parked_at.is_not(None))
    newest = query.order_by(WorkRow.parked_at.desc(), WorkRow.id.desc()).limit(limit)
    return list((await tx.execute(newest)).scalars())


async def requeue(tx: Tx, now: datetime) -> int:
    """Every parked row begins anew, its day of waiting too; how many those are."""
    anew = {"parked_at": None, "attempts": 0, "failures": 0, "created_at": now, "next_try_at": now}
    rows = update(WorkRow).where(WorkRow.parked_at.is_not(None)).values(anew)
    return len((await tx.execute(rows.returning(WorkRow.id))).all())


async def release(tx: Tx, owner_is_gone: list[str]) -> None:
    """Give back what processes that are no more had claimed."""
    gone = update(WorkRow).where(WorkRow.claimed_by.in_(owner_is_gone))
    await tx.execute(gone.values(claimed_by=None, claimed_until=None))


async def wake(tx: Tx, source: str, now: datetime) -> None:
    """What waits because a source gave no answer need not wait longer."""
    told = WorkRow.error.startswith(f"{source}:", autoescape=True)
    waiting = update(WorkRow).where(told, WorkRow.parked_at.is_(None), WorkRow.next_try_at > now)
    await tx.execute(waiting.values(next_try_at=now))


async def depth(tx: Tx) -> Depth:
    waiting = select(func.count(), func.min(WorkRow.created_at)).where(WorkRow.parked_at.is_(None))
    count, oldest = (await tx.execute(waiting)).one()
    parked = select(func.count()).where(WorkRow.parked_at.is_not(None))
    return Depth(count, (await tx.execute(parked)).scalar_one(), oldest)


async def reasons(tx: Tx) -> list[str]:
    """Why new listings are put off, as `again` was told; back-fill does not count."""
    query = select(WorkRow.error).distinct().order_by(WorkRow.error).limit(REASONS_MAX)
    waiting = query.where(WorkRow.parked_at.is_(None), WorkRow.priority < Priority.BACKFILL)
    return [text for text in (await tx.execute(waiting)).scalars() if text]


async def _give_back(tx: Tx, work_id: int, error: str, **changes: datetime | ColumnElement[int]) -> None:
    error = storable(error, ERROR_LENGTH_MAX)
    row = update(WorkRow).where(WorkRow.id == work_id)
    await tx.execute(row.values(claimed_by=None, claimed_until=None, error=error, **changes))


def _due(now: datetime, below: int, above: int) -> Select[int]:
    return select(WorkRow.id).where(
        WorkRow.parked_at.is_(None),
        WorkRow.priority < below,
        WorkRow.priority > above,
        or_(WorkRow.next_try_at <= now, WorkRow.next_try_at > now + WAIT_MAX),
        or_(
            WorkRow.claimed_until.is_(None),
            WorkRow.claimed_until <= now,
            WorkRow.claimed_until > now + WAIT_MAX,
        ),
    )
