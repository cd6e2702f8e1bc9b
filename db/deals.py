"""Verdicts: one per listing version and policy, whatever it was; deals are the ones with a tier."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    Row,
    String,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import DealTier
from core.domain.posts import DealPost, DealView
from db.base import Base
from db.engine import Tx, insert_new
from db.listings import ListingRow
from db.types import BigId, Json, UtcDateTime

ROWS_MAX = 200
"""Of a verdict in one statement: both engines bound how much one may carry."""


class VerdictRow(Base):
    """What a policy made of a version: a tier with what a post of it would show, or a reason.

    It holds the newest result; what it was before it was `revised_at` is in `revision`.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("version_id", "policy_hash", name="uq_verdict_once"),
        CheckConstraint("(tier IS NULL) <> (reason IS NULL)", name="tier_or_reason"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"), index=True)
    valuation_id: Mapped[int | None] = mapped_column(ForeignKey("valuation.id"))
    tier: Mapped[str | None] = mapped_column(String(16), index=True)
    reason: Mapped[str | None] = mapped_column(String(16))
    discount_bps: Mapped[int | None] = mapped_column(BigInteger)
    verified_by: Mapped[str] = mapped_column(String(60))
    deal: Mapped[DealPost | None] = mapped_column(Json(DealPost))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ours_ms: Mapped[int] = mapped_column(Integer)


class RevisionRow(Base):
    """What a verdict was until it was revised; never changed. `decided_at` is when it became that."""

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("(tier IS NULL) <> (reason IS NULL)", name="tier_or_reason"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"))
    valuation_id: Mapped[int | None] = mapped_column(ForeignKey("valuation.id"))
    tier: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    discount_bps: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


_VERDICTS = Base.metadata.tables[VerdictRow.__tablename__]
_RESULT = (
    *(VerdictRow.version_id, VerdictRow.policy_hash, VerdictRow.valuation_id),
    *(VerdictRow.tier, VerdictRow.reason, VerdictRow.discount_bps),
)
_REVISED = ("valuation_id", "tier", "reason", "discount_bps", "verified_by", "deal")


class Verdict(msgspec.Struct, frozen=True):
    """A verdict to store. `ours_ms` runs from our first sight of the version to the decision."""

    version_id: int
    policy_hash: str
    valuation_id: int | None
    tier: str | None
    reason: str | None
    discount_bps: int | None
    verified_by: str
    deal: DealPost | None
    decided_at: datetime
    ours_ms: int


class Standing(msgspec.Struct, frozen=True):
    """A stored verdict as it is now."""

    id: int
    version_id: int
    policy_hash: str
    tier: str | None


async def standing(tx: Tx, version_ids: Collection[int]) -> list[Standing]:
    """The verdicts of these versions, held until the transaction ends."""
    query = select(VerdictRow.id, VerdictRow.version_id, VerdictRow.policy_hash, VerdictRow.tier)
    found = query.where(VerdictRow.version_id.in_(version_ids)).order_by(VerdictRow.id)
    return [Standing(*row) for row in await tx.execute(found.with_for_update(key_share=True))]


async def add(tx: Tx, verdicts: Sequence[Verdict]) -> dict[tuple[int, str], int]:
    """Store new verdicts; the ids of those that were stored, by version and policy."""
    added: dict[tuple[int, str], int] = {}
    columns = (VerdictRow.id, VerdictRow.version_id, VerdictRow.policy_hash)
    # In one order everywhere: two transactions that add the same ones otherwise would wait for each other.
    verdicts = sorted(verdicts, key=lambda verdict: (verdict.version_id, verdict.policy_hash))
    for start in range(0, len(verdicts), ROWS_MAX):
        rows = [msgspec.structs.asdict(verdict) for verdict in verdicts[start : start + ROWS_MAX]]
        new = insert_new(tx, VerdictRow).values(rows).on_conflict_do_nothing().returning(*columns)
        added |= {(row.version_id, row.policy_hash): row.id for row in await tx.execute(new)}
    return added


async def revise(tx: Tx, verdicts: Mapping[int, Verdict]) -> None:
    """These verdicts, by id, become what they are now; what they were until now is kept."""
    if not verdicts:
        return
    was_decided_at = func.coalesce(VerdictRow.revised_at, VerdictRow.decided_at)
    before = select(*_RESULT, was_decided_at).where(VerdictRow.id.in_(verdicts)).order_by(VerdictRow.id)
    names = [*(column.key for column in _RESULT), "decided_at"]
    await tx.execute(insert(RevisionRow).from_select(names, before))
    now = {name: bindparam(f"new_{name}", type_=_VERDICTS.c[name].type) for name in _REVISED}
    revised_at = bindparam("new_revised_at", type_=UtcDateTime)
    rows = [_revised(id, verdict) for id, verdict in verdicts.items()]
    change = update(_VERDICTS).where(VerdictRow.id == bindparam("of_verdict"))
    await tx.execute(change.values(revised_at=revised_at, **now), rows)


def _revised(id: int, verdict: Verdict) -> dict[str, object]:
    row = {f"new_{name}": getattr(verdict, name) for name in _REVISED}
    return {"of_verdict": id, "new_revised_at": verdict.decided_at, **row}


async def latest(
    tx: Tx, policy_hash: str, *, tier: str | None, limit: int, before: int | None, after: int | None = None
) -> list[DealView]:
    """The newest deals under a policy whose listing is still at that price, or those that follow `after`.

    Newest first, either way, by when the listing was first seen at its price: verdicts come in any order, and
    all anew with another policy. Cursors are ids of versions. What is too good to be true is shown to those
    who ask for that tier, and to nobody else.
    """
    query = (
        select(VerdictRow.id, VerdictRow.version_id, VerdictRow.deal, VerdictRow.decided_at)
        .add_columns(ListingRow.is_open)
        .join(ListingRow, ListingRow.version_id == VerdictRow.version_id)
        .where(VerdictRow.policy_hash == policy_hash, VerdictRow.tier.is_not(None), ListingRow.is_open)
        .order_by(VerdictRow.version_id.desc() if after is None else VerdictRow.version_id)
        .limit(limit)
    )
    wanted = VerdictRow.tier != DealTier.SUSPICIOUS.value if tier is None else VerdictRow.tier == tier
    query = query.where(wanted)
    if before is not None:
        query = query.where(VerdictRow.version_id < before)
    if after is not None:
        query = query.where(VerdictRow.version_id > after)
    found = [_view(row) for row in await tx.execute(query)]
    return found if after is None else found[::-1]


def _view(row: Row[*tuple[Any, ...]]) -> DealView:
    return DealView(row.id, row.deal, row.decided_at, row.is_open, row.version_id)
