"""The event log: appended inside the transaction of the change, numbered in commit order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import String, Text, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.engine import Tx, is_postgres
from db.types import BigId, UtcDateTime

_COMMIT_ORDER_LOCK = 0x0CA2D5


class EventRow(Base):
    """One fact. `scope` says who may read it: `market`, or `guild:<id>`."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  # SQLAlchemy's declarative form

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    type: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    payload: Mapped[str] = mapped_column(Text)


class Fact(msgspec.Struct, frozen=True):
    """An event to append: its payload is a tagged struct of core.events."""

    scope: str
    subject: str
    payload: msgspec.Struct


async def append(tx: Tx, facts: Sequence[Fact], now: datetime) -> None:
    """Append as the last thing a transaction does.

    PostgreSQL hands out numbers before commit; the lock, held until then, keeps them in commit order.
    """
    if not facts:
        return
    if is_postgres(tx):
        await tx.execute(select(func.pg_advisory_xact_lock(_COMMIT_ORDER_LOCK)))
    rows = [
        {
            "at": now,
            "type": fact.payload.__struct_config__.tag,
            "scope": fact.scope,
            "subject": fact.subject,
            "payload": msgspec.json.encode(fact.payload).decode(),
        }
        for fact in facts
    ]
    await tx.execute(insert(EventRow), rows)


async def after(tx: Tx, seq: int, limit: int) -> list[tuple[int, datetime, str, str, str, str]]:
    """(seq, at, type, scope, subject, payload) following a cursor."""
    query = (
        select(EventRow.seq, EventRow.at, EventRow.type, EventRow.scope, EventRow.subject, EventRow.payload)
        .where(EventRow.seq > seq)
        .order_by(EventRow.seq)
        .limit(limit)
    )
    return [(r.seq, r.at, r.type, r.scope, r.subject, r.payload) for r in await tx.execute(query)]


async def forget_before(tx: Tx, at: datetime, *, limit: int = 50_000) -> None:
    """Delete the oldest events before a time, at most `limit` of them."""
    old = select(EventRow.seq).where(EventRow.at < at).order_by(EventRow.seq).limit(limit)
    await tx.execute(delete(EventRow).where(EventRow.seq.in_(old)))
