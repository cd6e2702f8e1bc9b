"""The house's own rows: which world it is, its vendors, and what it told Discord."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    String,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.operations import SourceHealth
from db.base import Base
from db.engine import Tx, insert_new
from db.types import ERROR_LENGTH_MAX, UtcDateTime, storable


class HouseRow(Base):
    """One row: the world this database belongs to, and the oldest code that may use its schema."""

    __tablename__ = "house"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    world: Mapped[str | None] = mapped_column(String(8))
    oldest_code: Mapped[int] = mapped_column(Integer)


class SourceRow(Base):
    """A vendor's circuit, how far its feed was read, and since when its whole reads are not believed."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    is_down: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(ERROR_LENGTH_MAX))
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CommandsRow(Base):
    """Which slash commands an application last told Discord."""

    __tablename__ = "commands"

    application_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)


async def world(tx: Tx) -> str | None:
    """The stamp, None on a new database."""
    return (await tx.execute(select(HouseRow.world).where(HouseRow.id == 1))).scalar_one_or_none()


async def stamp(tx: Tx, name: str) -> None:
    await tx.execute(update(HouseRow).where(HouseRow.id == 1).values(world=name))


async def touch(tx: Tx) -> None:
    """Write what is there already: a full disk takes a transaction that changes nothing."""
    await tx.execute(update(HouseRow).values(world=HouseRow.world))


async def keep_source(tx: Tx, health: SourceHealth) -> None:
    """A vendor went down or came back."""
    values = {
        "is_down": health.is_down,
        "since": health.since,
        "reason": storable(health.reason, ERROR_LENGTH_MAX),
    }
    insert_source = insert_new(tx, SourceRow).values(name=health.name, **values)
    await tx.execute(insert_source.on_conflict_do_update(index_elements=["name"], set_=values))


async def forget_outages(tx: Tx) -> None:
    """The process that knew of them is gone; who asks the vendors next finds out anew."""
    await tx.execute(update(SourceRow).values(is_down=False, since=None, reason=""))


async def sources(tx: Tx) -> list[SourceHealth]:
    rows = await tx.execute(select(SourceRow.__table__).order_by(SourceRow.name))
    return [SourceHealth(r.name, r.is_down, r.since, r.reason) for r in rows]


async def synced_at(tx: Tx, source: str) -> datetime | None:
    """When a source's feed was last read to its end; None before the first time."""
    query = select(SourceRow.synced_at).where(SourceRow.name == source)
    return (await tx.execute(query)).scalar_one_or_none()


async def mark_synced(tx: Tx, source: str, now: datetime) -> None:
    row = {"name": source, "is_down": False, "reason": "", "synced_at": now}
    insert_source = insert_new(tx, SourceRow).values(row)
    await tx.execute(insert_source.on_conflict_do_update(index_elements=["name"], set_={"synced_at": now}))


async def commands_digest(tx: Tx, application_id: int) -> str | None:
    query = select(CommandsRow.digest).where(CommandsRow.application_id == application_id)
    return (await tx.execute(query)).scalar_one_or_none()


async def keep_commands(tx: Tx, application_id: int, digest: str, now: datetime) -> None:
    values = {"digest": digest, "synced_at": now}
    insert_row = insert_new(tx, CommandsRow).values(application_id=application_id, **values)
    await tx.execute(insert_row.on_conflict_do_update(index_elements=["application_id"], set_=values))
