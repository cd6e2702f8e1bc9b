"""Verdicts: one per listing version and policy, whatever it was; deals are the ones with a tier."""

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
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import DealTier
from core.domain.posts import DealPost, DealView
from db.base import Base
from db.engine import Tx, insert_new
from db.listings import ListingRow
from db.types import BigId, Json, UtcDateTime


class VerdictRow(Base):
    """What a policy made of a version: a tier with what a post of it would show, or a reason."""

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
    ours_ms: Mapped[int] = mapped_column(Integer)


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


async def add(tx: Tx, verdict: Verdict) -> int | None:
    """Store a verdict; None when this version already has one under this policy."""
    row = msgspec.structs.asdict(verdict)
    insert = insert_new(tx, VerdictRow).values(row).on_conflict_do_nothing().returning(VerdictRow.id)
    return (await tx.execute(insert)).scalar_one_or_none()


async def latest(
    tx: Tx, policy_hash: str, *, tier: str | None, limit: int, before: int | None
) -> list[DealView]:
    """The newest deals under a policy whose listing is still at that price.

    What is too good to be true is shown to those who ask for that tier, and to nobody else.
    """
    query = (
        select(VerdictRow.id, VerdictRow.deal, VerdictRow.decided_at, ListingRow.is_open)
        .join(ListingRow, ListingRow.version_id == VerdictRow.version_id)
        .where(VerdictRow.policy_hash == policy_hash, VerdictRow.tier.is_not(None), ListingRow.is_open)
        .order_by(VerdictRow.id.desc())
        .limit(limit)
    )
    wanted = VerdictRow.tier != DealTier.SUSPICIOUS.value if tier is None else VerdictRow.tier == tier
    query = query.where(wanted)
    if before is not None:
        query = query.where(VerdictRow.id < before)
    return [_view(row) for row in await tx.execute(query)]


def _view(row: Row[*tuple[Any, ...]]) -> DealView:
    return DealView(row.id, row.deal, row.decided_at, row.is_open)
