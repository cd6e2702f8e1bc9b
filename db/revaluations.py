"""Runs of re-valuing: whose each is, how it stands, and its newest message."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Row, Select, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.posts import Payload
from core.domain.revaluations import Revaluation, RevaluationState, Span
from db.base import Base
from db.engine import Tx
from db.guilds import GuildRow
from db.posts import PostRow
from db.types import BigId, UtcDateTime


class RevaluationRow(Base):
    """One run for a server. `page` numbers its newest message, `shown_at` is when that last changed."""

    __tablename__ = "revaluation"
    __table_args__ = (Index("ix_revaluation_state", "state", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guild.id"), index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    span: Mapped[str] = mapped_column(String(8))
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"))
    state: Mapped[str] = mapped_column(String(12))
    total: Mapped[int] = mapped_column(Integer)
    cut: Mapped[int] = mapped_column(Integer)
    page: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Page(msgspec.Struct, frozen=True):
    """The newest message of a run. `is_shown`: Discord has it as it is wanted."""

    post_id: int
    payload: Payload
    sent_at: datetime | None
    is_shown: bool


async def hold_guild(tx: Tx, guild_id: int) -> None:
    """One at a time begins a run for a server."""
    await tx.execute(select(GuildRow.id).where(GuildRow.id == guild_id).with_for_update())


async def begin(tx: Tx, run: Revaluation) -> Revaluation:
    """Store a run; it has its id from then on."""
    row = {
        "guild_id": run.guild_id,
        "channel_id": run.channel_id,
        "asked_by": run.asked_by,
        "span": run.span.value,
        "policy_hash": run.policy_hash,
        "state": run.state.value,
        "total": run.total,
        "cut": run.cut,
        "page": 1,
        "created_at": run.created_at,
        "shown_at": run.created_at,
    }
    done = await tx.execute(insert(RevaluationRow).values(row).returning(RevaluationRow.id))
    id = done.scalar_one()
    return msgspec.structs.replace(run, id=id)


async def get(tx: Tx, id: int) -> Revaluation | None:
    """The run, held until the transaction ends."""
    row = (await tx.execute(_runs().where(RevaluationRow.id == id).with_for_update())).first()
    return None if row is None else _run(row)


async def running(tx: Tx, *, guild_id: int | None = None, limit: int = 100) -> list[Revaluation]:
    """The runs that go on, the oldest first; those of servers that left rest."""
    query = _runs().join(GuildRow, GuildRow.id == RevaluationRow.guild_id)
    query = query.where(RevaluationRow.state == RevaluationState.RUNNING.value, GuildRow.left_at.is_(None))
    if guild_id is not None:
        query = query.where(RevaluationRow.guild_id == guild_id)
    return [_run(row) for row in await tx.execute(query.order_by(RevaluationRow.id).limit(limit))]


async def end(tx: Tx, id: int, state: RevaluationState, now: datetime) -> None:
    row = update(RevaluationRow).where(RevaluationRow.id == id)
    await tx.execute(row.values(state=state.value, ended_at=now))


async def page(tx: Tx, id: int) -> tuple[int, datetime, Page | None]:
    """The number of a run's newest message, when it last changed, and what it says; None when unwanted."""
    query = select(RevaluationRow.page, RevaluationRow.shown_at).where(RevaluationRow.id == id)
    number, shown_at = (await tx.execute(query)).one()
    post = (
        select(PostRow.id, PostRow.payload, PostRow.sent_at)
        .add_columns(PostRow.wanted_rev, PostRow.shown_rev)
        .where(PostRow.dedupe_key == key_of(id, number))
    )
    if (row := (await tx.execute(post)).first()) is None:
        return number, shown_at, None
    is_shown = row.shown_rev >= row.wanted_rev
    return number, shown_at, Page(row.id, row.payload, row.sent_at, is_shown)


async def turn_page(tx: Tx, id: int, number: int, now: datetime) -> None:
    """The run's newest message has this number and changes now."""
    row = update(RevaluationRow).where(RevaluationRow.id == id)
    await tx.execute(row.values(page=number, shown_at=now))


def key_of(id: int, page: int) -> str:
    """One message each."""
    return f"revaluation:{id}:{page}"


def _runs() -> Select[*tuple[Any, ...]]:
    return select(RevaluationRow.__table__)


def _run(row: Row[*tuple[Any, ...]]) -> Revaluation:
    return Revaluation(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        asked_by=row.asked_by,
        span=Span(row.span),
        policy_hash=row.policy_hash,
        state=RevaluationState(row.state),
        total=row.total,
        cut=row.cut,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
