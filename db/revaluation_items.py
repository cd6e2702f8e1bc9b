"""The listings of a re-valuation: what there is to look at, what waits in the queue, what each came to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import RANK, DealTier, Reason
from core.domain.listings import Mint
from core.domain.money import Amount, Unit
from core.domain.posts import DealPost
from core.domain.revaluations import BEST_MAX, Found, Outcome, Revaluation
from db.base import Base
from db.deals import VerdictRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.types import UtcDateTime
from db.work import Priority, WorkRow

ROWS_MAX = 500


class ItemRow(Base):
    """One version of a run: its tier before, and what came of it when that is known."""

    __tablename__ = "revaluation_item"

    revaluation_id: Mapped[int] = mapped_column(ForeignKey("revaluation.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    before: Mapped[str | None] = mapped_column(String(16))
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(12))


_ITEMS = Base.metadata.tables[ItemRow.__tablename__]


class OnSale(msgspec.Struct, frozen=True):
    """The current version of an open listing. `is_no_slab`: it was found not to be one."""

    version_id: int
    token_id: int
    seller: str
    ask: Amount
    tier: DealTier | None
    is_no_slab: bool


class Item(msgspec.Struct, frozen=True):
    """A version of a run and how it stands now; `decided_at` is when its verdict was made or revised."""

    n: int
    version_id: int
    before: DealTier | None
    tier: DealTier | None
    decided_at: datetime | None
    is_current: bool
    is_queued: bool
    is_worked: bool
    is_parked: bool
    waits_because: str


async def on_sale(tx: Tx, policy_hash: str, *, since: datetime | None, limit: int) -> list[OnSale]:
    """What is open and was first seen at its price since then, the newest first."""
    is_not = case((VerdictRow.reason == Reason.NOT_A_SLAB.value, 1), else_=0)
    query = (
        select(VersionRow.id, ListingRow.token_id, ListingRow.seller, VersionRow.ask_amount)
        .add_columns(VersionRow.ask_unit, VerdictRow.tier, is_not)
        .join(ListingRow, ListingRow.version_id == VersionRow.id)
        .outerjoin(VerdictRow, _of_policy(VersionRow.id, policy_hash))
        .where(ListingRow.is_open)
        .order_by(VersionRow.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(VersionRow.first_seen_at >= since)
    return [
        OnSale(id, token_id, seller, Amount(value, Unit(unit)), _tier(tier), bool(is_no_slab))
        for id, token_id, seller, value, unit, tier, is_no_slab in await tx.execute(query)
    ]


async def keep(tx: Tx, id: int, chosen: Sequence[OnSale]) -> None:
    """What a run is to look at, in this order."""
    rows = [
        {"revaluation_id": id, "n": n, "version_id": one.version_id, "before": one.tier}
        for n, one in enumerate(chosen)
    ]
    for start in range(0, len(rows), ROWS_MAX):
        await tx.execute(insert(ItemRow), rows[start : start + ROWS_MAX])


async def items(tx: Tx, run: Revaluation, *, queued: bool, limit: int) -> list[Item]:
    """Those that nothing came of yet: the ones in the queue, or the next that are not, in their order."""
    is_current = and_(ListingRow.is_open, ListingRow.version_id == ItemRow.version_id)
    query = (
        select(ItemRow.n, ItemRow.version_id, ItemRow.before, ItemRow.queued_at)
        .add_columns(VerdictRow.tier, VerdictRow.decided_at, VerdictRow.revised_at)
        .add_columns(case((is_current, 1), else_=0).label("is_current"))
        .add_columns(WorkRow.id.label("work_id"), WorkRow.parked_at, WorkRow.error)
        .join(VersionRow, VersionRow.id == ItemRow.version_id)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .outerjoin(WorkRow, WorkRow.version_id == ItemRow.version_id)
        .outerjoin(VerdictRow, _of_policy(ItemRow.version_id, run.policy_hash))
        .where(ItemRow.revaluation_id == run.id, ItemRow.outcome.is_(None))
        .where(ItemRow.queued_at.is_not(None) if queued else ItemRow.queued_at.is_(None))
        .order_by(ItemRow.n)
        .limit(limit)
    )
    return [_item(row) for row in await tx.execute(query)]


async def queue(tx: Tx, id: int, numbers: Collection[int], now: datetime) -> None:
    """These items of a run are in the queue now."""
    rows = update(ItemRow).where(ItemRow.revaluation_id == id, ItemRow.n.in_(list(numbers)))
    await tx.execute(rows.values(queued_at=now))


async def hurry(tx: Tx, version_ids: Collection[int]) -> None:
    """What waits with the back-fill does so no longer: somebody asked."""
    waiting = update(WorkRow).where(WorkRow.version_id.in_(list(version_ids)), WorkRow.claimed_by.is_(None))
    behind = waiting.where(WorkRow.priority > Priority.RECHECK, WorkRow.parked_at.is_(None))
    await tx.execute(behind.values(priority=Priority.RECHECK))


async def conclude(tx: Tx, id: int, outcomes: Mapping[int, Outcome]) -> None:
    """What came of these items of a run, by number."""
    if not outcomes:
        return
    change = update(_ITEMS).where(ItemRow.revaluation_id == id, ItemRow.n == bindparam("number"))
    rows = [{"number": n, "came_to": outcome.value} for n, outcome in outcomes.items()]
    await tx.execute(change.values(outcome=bindparam("came_to")), rows)


async def counts(tx: Tx, id: int) -> dict[Outcome, int]:
    """How many items came to what."""
    query = select(ItemRow.outcome, func.count()).where(ItemRow.revaluation_id == id)
    rows = await tx.execute(query.where(ItemRow.outcome.is_not(None)).group_by(ItemRow.outcome))
    return {Outcome(outcome): count for outcome, count in rows if outcome is not None}


async def best(tx: Tx, run: Revaluation) -> list[Found]:
    """The best calls among those that are new or have risen; what is suspicious is none."""
    rank = case({tier.value: RANK[tier] for tier in DealTier}, value=VerdictRow.tier)
    query = (
        select(ItemRow.before, VerdictRow.deal)
        .join(VerdictRow, _of_policy(ItemRow.version_id, run.policy_hash))
        .where(ItemRow.revaluation_id == run.id)
        .where(ItemRow.outcome.in_([Outcome.NEW.value, Outcome.RAISED.value]))
        .where(VerdictRow.deal.is_not(None), VerdictRow.tier != DealTier.SUSPICIOUS.value)
        .order_by(rank.desc(), VerdictRow.discount_bps.desc(), ItemRow.n)
        .limit(BEST_MAX)
    )
    rows = await tx.execute(query)
    return [_found(before, deal) for before, deal in rows if deal is not None]


def _of_policy(version_id: Any, policy_hash: str) -> ColumnElement[bool]:
    return and_(VerdictRow.version_id == version_id, VerdictRow.policy_hash == policy_hash)


def _item(row: Row[*tuple[Any, ...]]) -> Item:
    return Item(
        n=row.n,
        version_id=row.version_id,
        before=_tier(row.before),
        tier=_tier(row.tier),
        decided_at=row.revised_at or row.decided_at,
        is_current=bool(row.is_current),
        is_queued=row.queued_at is not None,
        is_worked=row.work_id is None,
        is_parked=row.parked_at is not None,
        waits_because=row.error or "",
    )


def _tier(name: str | None) -> DealTier | None:
    return None if name is None else DealTier(name)


def _found(before: str | None, deal: DealPost) -> Found:
    return Found(
        tier=deal.tier,
        before=_tier(before),
        title=deal.title,
        grader=deal.grader,
        grade=deal.grade,
        mint=Mint(deal.mint),
        venue=deal.venue,
        price=deal.price,
        price_usd_micros=deal.price_usd_micros,
        value_usd_micros=deal.value_usd_micros,
        discount_bps=deal.discount_bps,
    )
