"""Values set by hand: insert-only, but for who cleared one and when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    Row,
    SmallInteger,
    String,
    and_,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.overrides import BY_TIME, REASON_LENGTH_MAX, Override, Setting
from db.base import Base
from db.catalog import SlabRow, TokenSlabRow
from db.engine import Tx, is_postgres
from db.listings import ListingRow
from db.types import BigId, UtcDateTime, storable

TITLE_LENGTH_MAX = 300
_ONE_AT_A_TIME = 0x0CA2D7


class OverrideRow(Base):
    """What an operator said a kind (or a slab without one) is worth, until when, and why."""

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("value_usd_micros > 0", name="value_is_positive"),
        CheckConstraint("(cleared_by IS NULL) = (cleared_at IS NULL)", name="cleared_by_somebody"),
        Index("ix_override_subject", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    value_usd_micros: Mapped[int] = mapped_column(BigInteger)
    low_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    high_usd_micros: Mapped[int | None] = mapped_column(BigInteger)
    confidence: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH_MAX))
    by: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_by: Mapped[int | None] = mapped_column(BigInteger)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


async def add(tx: Tx, subject: str, title: str, setting: Setting, *, by: int, now: datetime) -> int:
    """The value stands from now on, instead of what was set before; its id."""
    if is_postgres(tx):  # two at once would both find nothing to end
        await tx.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    former = update(OverrideRow).where(OverrideRow.subject == subject, OverrideRow.cleared_at.is_(None))
    await tx.execute(former.values(cleared_by=by, cleared_at=now))
    row = {
        "subject": subject,
        "title": storable(title, TITLE_LENGTH_MAX),
        "value_usd_micros": setting.value_usd_micros,
        "low_usd_micros": setting.low_usd_micros,
        "high_usd_micros": setting.high_usd_micros,
        "confidence": setting.confidence,
        "reason": storable(setting.reason, REASON_LENGTH_MAX),
        "by": by,
        "at": now,
        "expires_at": setting.expires_at,
    }
    done = await tx.execute(insert(OverrideRow).values(row).returning(OverrideRow.id))
    return done.scalar_one()


async def clear(tx: Tx, override_id: int, *, by: int, now: datetime) -> Override | None:
    """The value stands no more; None when it did not."""
    cleared = update(OverrideRow).where(_stands(now), OverrideRow.id == override_id)
    values = cleared.values(cleared_by=by, cleared_at=now)
    row = (await tx.execute(values.returning(*OverrideRow.__table__.columns))).first()
    return None if row is None else _override(row)


async def end_expired(tx: Tx, now: datetime, *, limit: int) -> list[str]:
    """Values whose time is over are cleared by it; what they were for, the oldest first."""
    is_over = and_(OverrideRow.cleared_at.is_(None), OverrideRow.expires_at <= now)
    oldest = select(OverrideRow.id).where(is_over).order_by(OverrideRow.id).limit(limit)
    ended = update(OverrideRow).where(OverrideRow.id.in_(oldest), OverrideRow.cleared_at.is_(None))
    values = ended.values(cleared_by=BY_TIME, cleared_at=OverrideRow.expires_at)
    return list((await tx.execute(values.returning(OverrideRow.subject))).scalars())


async def current(tx: Tx, subject: str, now: datetime) -> Override | None:
    """The value that stands for a subject."""
    query = select(OverrideRow.__table__).where(OverrideRow.subject == subject, _stands(now))
    row = (await tx.execute(query.order_by(OverrideRow.id.desc()).limit(1))).first()
    return None if row is None else _override(row)


async def standing(tx: Tx, now: datetime, *, limit: int) -> list[Override]:
    """Every value that stands, newest first."""
    query = select(OverrideRow.__table__).where(_stands(now)).order_by(OverrideRow.id.desc()).limit(limit)
    return [_override(row) for row in await tx.execute(query)]


async def history(tx: Tx, *, limit: int) -> list[Override]:
    """Everything that was ever set, newest first."""
    query = select(OverrideRow.__table__).order_by(OverrideRow.id.desc()).limit(limit)
    return [_override(row) for row in await tx.execute(query)]


async def open_versions(tx: Tx, subject: str, *, limit: int) -> list[int]:
    """The versions on sale whose slab is of that kind (or is that slab), newest first."""
    sort, _, number = subject.partition(":")
    column = SlabRow.kind_id if sort == "kind" else SlabRow.id
    query = (
        select(ListingRow.version_id)
        .join(TokenSlabRow, and_(TokenSlabRow.token_id == ListingRow.token_id, TokenSlabRow.until.is_(None)))
        .join(SlabRow, SlabRow.id == TokenSlabRow.slab_id)
        .where(ListingRow.is_open, column == int(number))
        .order_by(ListingRow.version_id.desc())
        .limit(limit)
    )
    versions: Collection[int | None] = (await tx.execute(query)).scalars().all()
    return [version_id for version_id in versions if version_id is not None]


def _stands(now: datetime) -> ColumnElement[bool]:
    return and_(OverrideRow.cleared_at.is_(None), OverrideRow.expires_at > now)


def _override(row: Row[*tuple[Any, ...]]) -> Override:
    setting = Setting(
        row.value_usd_micros,
        row.low_usd_micros,
        row.high_usd_micros,
        row.confidence,
        row.reason,
        row.expires_at,
    )
    whose = (row.by, row.at, row.cleared_by, row.cleared_at)
    return Override(row.id, row.subject, row.title, setting, *whose)
