"""Lines of digests: deals that wait for their channel's next digest, and what each digest showed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.posts import DealPost
from db.base import Base
from db.deals import VerdictRow
from db.engine import Tx, insert_all_new
from db.listings import ListingRow
from db.types import BigId, UtcDateTime

WAIT_MAX = timedelta(hours=26)
"""Longer than any night, even when the clock on the wall is put back in it."""


class DigestLineRow(Base):
    """A deal of a server that went into a digest. Without `post_id` it waits until `due_at`.

    Tier and price are those of that time: a verdict may be revised.
    A line that did not come to be shown is gone: its deal was over by then, or there were better ones.
    Only when nobody is to see the whole digest any more it stays with that post, which is withdrawn.
    """

    __tablename__ = "digest_line"
    __table_args__ = (
        UniqueConstraint("guild_id", "version_id", "due_at", name="uq_digest_line_once"),
        Index("ix_digest_line_next", "post_id", "due_at", "guild_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"), index=True)
    tier: Mapped[str] = mapped_column(String(16))
    price_usd_micros: Mapped[int] = mapped_column(BigInteger)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


_LINES = Base.metadata.tables[DigestLineRow.__tablename__]


class Waiting(msgspec.Struct, frozen=True):
    """A deal to put on a server's next digest."""

    guild_id: int
    version_id: int
    verdict_id: int
    tier: str
    price_usd_micros: int
    due_at: datetime


class DueLine(msgspec.Struct, frozen=True):
    """A line whose digest is due. `deal` is None when its listing ended, or is no deal any more."""

    id: int
    guild_id: int
    version_id: int
    due_at: datetime
    created_at: datetime
    deal: DealPost | None


async def wait(tx: Tx, lines: Sequence[Waiting], now: datetime) -> None:
    """Put these on their digests; a deal that waits for the same one already stays once."""
    rows = [{**msgspec.structs.asdict(line), "created_at": now} for line in lines]
    await insert_all_new(tx, DigestLineRow, rows)


async def unwait(tx: Tx, taken: Collection[tuple[int, int]]) -> None:
    """These (server, version) are posted by themselves instead."""
    if not taken:
        return
    waiting = select(DigestLineRow.id, DigestLineRow.guild_id, DigestLineRow.version_id)
    of_versions = DigestLineRow.version_id.in_({version_id for _, version_id in taken})
    rows = await tx.execute(waiting.where(of_versions, DigestLineRow.post_id.is_(None)))
    ids = [row.id for row in rows if (row.guild_id, row.version_id) in taken]
    if ids:
        await tx.execute(delete(DigestLineRow).where(DigestLineRow.id.in_(ids)))


async def due_servers(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Servers with a digest to make now, the longest waiting first."""
    by_server = select(DigestLineRow.guild_id).where(*_is_due(now)).group_by(DigestLineRow.guild_id)
    longest_first = by_server.order_by(func.min(DigestLineRow.due_at), DigestLineRow.guild_id)
    return list((await tx.execute(longest_first.limit(limit))).scalars())


async def due(tx: Tx, guild_ids: Collection[int], now: datetime) -> list[DueLine]:
    """The lines of these servers whose time has come, oldest first."""
    is_current = (ListingRow.version_id == DigestLineRow.version_id) & ListingRow.is_open
    query = (
        select(DigestLineRow.id, DigestLineRow.guild_id, DigestLineRow.version_id)
        .add_columns(DigestLineRow.due_at, DigestLineRow.created_at, ListingRow.id.label("open"))
        .add_columns(VerdictRow.deal)
        .join(VerdictRow, VerdictRow.id == DigestLineRow.verdict_id)
        .outerjoin(ListingRow, is_current)
        .where(DigestLineRow.guild_id.in_(guild_ids), *_is_due(now))
        .order_by(DigestLineRow.id)
        .with_for_update(of=DigestLineRow)
    )
    rows = await tx.execute(query)
    return [
        DueLine(r.id, r.guild_id, r.version_id, r.due_at, r.created_at, r.deal if r.open else None)
        for r in rows
    ]


async def shown_in(tx: Tx, post_ids: Mapping[int, int]) -> None:
    """These lines (by id) stand in these posts."""
    if post_ids:
        line = update(_LINES).where(DigestLineRow.id == bindparam("of_line"))
        rows = [{"of_line": line_id, "in_post": post_id} for line_id, post_id in post_ids.items()]
        await tx.execute(line.values(post_id=bindparam("in_post")), rows)


async def wait_again(tx: Tx, post_ids: Collection[int]) -> None:
    """The lines of these posts, which nobody saw, wait for a digest as before."""
    lines = update(DigestLineRow).where(DigestLineRow.post_id.in_(post_ids))
    await tx.execute(lines.values(post_id=None))


async def drop_waiting(tx: Tx, version_id: int) -> None:
    """The version is over. A digest that is made at this moment is waited for."""
    waiting = delete(DigestLineRow).where(DigestLineRow.version_id == version_id)
    await tx.execute(waiting.where(DigestLineRow.post_id.is_(None)))


async def leave_out(tx: Tx, post_id: int, version_id: int) -> None:
    """The version is not shown in that digest after all."""
    line = delete(DigestLineRow).where(DigestLineRow.post_id == post_id)
    await tx.execute(line.where(DigestLineRow.version_id == version_id))


async def forget(tx: Tx, line_ids: Collection[int]) -> None:
    """Lines that were looked at and are not shown after all: one that comes meanwhile is not among them."""
    if line_ids:
        line = delete(_LINES).where(DigestLineRow.id == bindparam("of_line"))
        await tx.execute(line, [{"of_line": line_id} for line_id in line_ids])


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The time has come, or lies where only a clock that was wrong can have put it."""
    is_due = or_(DigestLineRow.due_at <= now, DigestLineRow.due_at > now + WAIT_MAX)
    return (DigestLineRow.post_id.is_(None), is_due)
