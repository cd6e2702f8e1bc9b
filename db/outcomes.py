"""Outcomes: one row for each call that was shown, followed until nothing more can be learnt of it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.outcomes import VALUED_AFTER, Called, Outcome
from db.base import Base
from db.engine import Tx
from db.listings import VersionRow
from db.types import BigId, UtcDateTime

_VALUES = ("value_1d_usd_micros", "value_7d_usd_micros", "value_30d_usd_micros")
assert len(_VALUES) == len(VALUED_AFTER)


class OutcomeRow(Base):
    """A verdict as it was shown, at its tier, and what became of it; one however many servers saw it.

    `due_at` is when to look again, None when the clock alone can teach nothing more. It names its listing
    without a foreign key: whoever marks a post as shown would wait for an ingest that waits for that post.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("verdict_id", "tier", name="uq_outcome_call"),
        CheckConstraint("(is_hit IS NULL) = (judged_by IS NULL)", name="judged_by_something"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(BigInteger)
    tier: Mapped[str] = mapped_column(String(16))
    version_id: Mapped[int] = mapped_column(BigInteger)
    listing_id: Mapped[int] = mapped_column(BigInteger, index=True)
    slab_id: Mapped[int] = mapped_column(ForeignKey("slab.id"))
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    price_usd_micros: Mapped[int] = mapped_column(BigInteger)
    value_usd_micros: Mapped[int] = mapped_column(BigInteger)
    payout_bps: Mapped[int] = mapped_column(Integer)
    fees_usd_micros: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_as: Mapped[str | None] = mapped_column(String(16))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sold_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sold_after_s: Mapped[int | None] = mapped_column(BigInteger)
    paid_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    buyer: Mapped[str | None] = mapped_column(String(128))
    value_1d_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    value_7d_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    value_30d_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    sales: Mapped[int] = mapped_column(Integer)
    is_hit: Mapped[bool | None]
    judged_by: Mapped[str | None] = mapped_column(String(12))
    proof_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    profit_usd_micros: Mapped[int | None] = mapped_column(BigInteger)


_OUTCOMES = Base.metadata.tables[OutcomeRow.__tablename__]


class Case(msgspec.Struct, frozen=True):
    """A call to follow: the offer it was about, by the ids it is found with."""

    id: int
    version_id: int
    slab_id: int
    called: Called


async def look_again(tx: Tx, version_id: int, now: datetime) -> None:
    """Something happened to the listing of this version: what it means for its calls is looked at next."""
    listing = select(VersionRow.listing_id).where(VersionRow.id == version_id).scalar_subquery()
    await tx.execute(update(OutcomeRow).where(OutcomeRow.listing_id == listing).values(due_at=now))


async def is_any_due(tx: Tx, now: datetime) -> bool:
    return (
        await tx.execute(select(OutcomeRow.id).where(OutcomeRow.due_at <= now).limit(1))
    ).first() is not None


async def take_due(tx: Tx, now: datetime, *, limit: int) -> list[Case]:
    """The calls to look at, longest due first, held until the transaction ends."""
    query = (
        select(OutcomeRow.__table__)
        .where(OutcomeRow.due_at <= now)
        .order_by(OutcomeRow.due_at, OutcomeRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [
        Case(
            row.id,
            row.version_id,
            row.slab_id,
            Called(
                row.shown_at,
                row.price_usd_micros,
                row.value_usd_micros,
                row.payout_bps,
                row.fees_usd_micros,
            ),
        )
        for row in await tx.execute(query)
    ]


async def keep(tx: Tx, found: Mapping[Case, Outcome]) -> None:
    """What was found out about each of these calls."""
    rows = [_found(case, outcome) for case, outcome in found.items()]
    if not rows:
        return
    told = {name: bindparam(name, type_=_OUTCOMES.c[name].type) for name in rows[0] if name != "of_outcome"}
    change = update(_OUTCOMES).where(OutcomeRow.id == bindparam("of_outcome")).values(told)
    await tx.execute(change, rows)


def _found(case: Case, outcome: Outcome) -> dict[str, object]:
    known, sale, judgement = outcome.known, outcome.known.sale, outcome.judgement
    return {
        "of_outcome": case.id,
        "due_at": outcome.look_again_at,
        "ended_as": None if known.ending is None else known.ending.value,
        "ended_at": known.ended_at,
        "sold_at": None if sale is None else sale.at,
        "sold_after_s": outcome.sold_after_s(case.called.shown_at),
        "paid_usd_micros": None if sale is None else sale.usd_micros,
        "buyer": None if sale is None else sale.buyer,
        **dict(zip(_VALUES, outcome.values_usd_micros, strict=True)),
        "sales": outcome.sales,
        "is_hit": None if judgement is None else judgement.is_hit,
        "judged_by": None if judgement is None else judgement.by.value,
        "proof_usd_micros": None if judgement is None else judgement.proof_usd_micros,
        "profit_usd_micros": None if judgement is None else judgement.profit_usd_micros,
    }
