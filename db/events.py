"""The event log: appended inside the transaction of the change, numbered in commit order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, String, Text, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.engine import Tx, insert_new, is_postgres
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


class ReaderRow(Base):
    """How far a reader of the log has come."""

    __tablename__ = "event_reader"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Stored(msgspec.Struct, frozen=True):
    """An event as readers get it; `payload` is the JSON of a tagged struct of core.events."""

    seq: int
    at: datetime
    type: str
    scope: str
    subject: str
    payload: str


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


async def after(tx: Tx, seq: int, limit: int) -> list[Stored]:
    """What follows a cursor, in commit order."""
    query = (
        select(EventRow.seq, EventRow.at, EventRow.type, EventRow.scope, EventRow.subject, EventRow.payload)
        .where(EventRow.seq > seq)
        .order_by(EventRow.seq)
        .limit(limit)
    )
    return [Stored(*row) for row in await tx.execute(query)]


async def cursor(tx: Tx, reader: str) -> int | None:
    """How far a reader has come; None for one that has not begun."""
    return (await tx.execute(select(ReaderRow.seq).where(ReaderRow.name == reader))).scalar_one_or_none()


async def newest(tx: Tx) -> int:
    """The number of the last event, 0 before the first."""
    return (await tx.execute(select(func.coalesce(func.max(EventRow.seq), 0)))).scalar_one()


async def move_cursor(tx: Tx, reader: str, seq: int) -> None:
    row = insert_new(tx, ReaderRow).values(name=reader, seq=seq)
    await tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"seq": seq}))
