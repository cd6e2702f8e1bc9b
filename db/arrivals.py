"""Arrivals: each time we began to look at a market after being away, and the servers that were told of it."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import BigInteger, ForeignKey, case, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import RANK
from core.domain.posts import DealPost
from db.base import Base
from db.deals import VerdictRow
from db.engine import Tx, insert_new
from db.listings import ListingRow, VersionRow
from db.types import BigId, UtcDateTime
from db.work import Priority, WorkRow

APART_MIN = timedelta(hours=1)
"""A source that comes and goes is not a new arrival each time."""


class ArrivalRow(Base):
    """The baselines of all sources at about one time. `settled_at` is when the best of it was chosen."""

    __tablename__ = "arrival"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    grew_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GreetingRow(Base):
    """A server was shown what was open when we arrived, if anything."""

    __tablename__ = "greeting"

    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)


class Arrival(msgspec.Struct, frozen=True):
    """When the first listing of it was seen, and the last so far."""

    id: int
    began_at: datetime
    grew_at: datetime
    settled_at: datetime | None


class OpenDeal(msgspec.Struct, frozen=True):
    """A deal that is on sale."""

    verdict_id: int
    version_id: int
    listing_id: int
    deal: DealPost


async def grow(tx: Tx, now: datetime, *, since: datetime) -> None:
    """A baseline is read since then: it belongs to the arrival under way, or begins one, but not right after
    another."""
    grown = update(ArrivalRow).where(ArrivalRow.settled_at.is_(None)).values(grew_at=now)
    if (await tx.execute(grown.returning(ArrivalRow.id))).all():
        return
    last = await newest(tx)
    if last is None or now - last.began_at >= APART_MIN:
        await tx.execute(insert_new(tx, ArrivalRow).values(began_at=since, grew_at=now))


async def newest(tx: Tx) -> Arrival | None:
    query = select(ArrivalRow.__table__).order_by(ArrivalRow.id.desc()).limit(1)
    row = (await tx.execute(query)).first()
    return None if row is None else Arrival(*row)


async def settle(tx: Tx, arrival_id: int, now: datetime) -> None:
    await tx.execute(update(ArrivalRow).where(ArrivalRow.id == arrival_id).values(settled_at=now))


async def greeted(tx: Tx, arrival_id: int) -> frozenset[int]:
    """The servers that need not be told of this arrival any more."""
    query = select(GreetingRow.guild_id).where(GreetingRow.arrival_id == arrival_id)
    return frozenset((await tx.execute(query)).scalars())


async def newcomers(tx: Tx, guild_ids: Collection[int]) -> frozenset[int]:
    """Those of the servers that were never told of any arrival."""
    known = select(GreetingRow.guild_id).where(GreetingRow.guild_id.in_(guild_ids)).distinct()
    return frozenset(guild_ids) - frozenset((await tx.execute(known)).scalars())


async def greet(tx: Tx, arrival_id: int, guild_ids: Collection[int]) -> frozenset[int]:
    """Those of the servers that nobody else tells of it. Only the last greeting of each is kept."""
    rows = [{"arrival_id": arrival_id, "guild_id": guild_id} for guild_id in guild_ids]
    greeting = insert_new(tx, GreetingRow).values(rows).on_conflict_do_nothing()
    ours = frozenset((await tx.execute(greeting.returning(GreetingRow.guild_id))).scalars())
    older = delete(GreetingRow).where(GreetingRow.guild_id.in_(ours), GreetingRow.arrival_id < arrival_id)
    await tx.execute(older)
    return ours


async def is_worked_off(tx: Tx) -> bool:
    """Whether nothing of a baseline waits for its verdict."""
    waiting = select(WorkRow.id).where(WorkRow.parked_at.is_(None), WorkRow.priority == Priority.BACKFILL)
    return (await tx.execute(waiting.limit(1))).first() is None


async def open_deals(tx: Tx, policy_hash: str, *, since: datetime | None, limit: int) -> list[OpenDeal]:
    """The best deals under a policy that are on sale at that price, by tier and discount.

    `since`: only those of a baseline that were first seen after it. What is doubtful is left out.
    """
    tiers = {tier.value: rank for tier, rank in RANK.items() if rank > 0}
    query = (
        select(VerdictRow.id, VerdictRow.version_id, VersionRow.listing_id, VerdictRow.deal)
        .join(VersionRow, VersionRow.id == VerdictRow.version_id)
        .join(ListingRow, ListingRow.version_id == VerdictRow.version_id)
        .where(VerdictRow.policy_hash == policy_hash, VerdictRow.tier.in_(tiers), ListingRow.is_open)
        .order_by(case(tiers, value=VerdictRow.tier).desc(), VerdictRow.discount_bps.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(VersionRow.is_baseline, VersionRow.first_seen_at >= since)
    rows = await tx.execute(query)
    return [OpenDeal(r.id, r.version_id, r.listing_id, r.deal) for r in rows if r.deal is not None]
