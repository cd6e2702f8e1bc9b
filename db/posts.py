"""The outbox: what channels shall show, and what Discord has of it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    SmallInteger,
    String,
    case,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.posts import Destination, Payload, Post, PostState, purpose_of
from db.base import Base
from db.engine import Tx, insert_new
from db.listings import VersionRow
from db.types import ERROR_LENGTH_MAX, BigId, Json, UtcDateTime, storable

WAIT_MAX = timedelta(hours=3)
"""Longer than any try is put off."""
_SHOWN_OR_WILL_BE = (PostState.WANTED.value, PostState.SHOWN.value)


class PostRow(Base):
    """One message as it should be. No message yet: send; shown_rev < wanted_rev: edit."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_next", "state", "next_try_at", "rank", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    guild_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(16))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdict.id"), index=True)
    payload: Mapped[Payload] = mapped_column(Json(Payload))
    rank: Mapped[int] = mapped_column(SmallInteger)
    nonce: Mapped[str] = mapped_column(String(25))
    message_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted_rev: Mapped[int] = mapped_column(Integer)
    shown_rev: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer)
    maybe_sent: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    error: Mapped[str | None] = mapped_column(String(ERROR_LENGTH_MAX))


class Wish(msgspec.Struct, frozen=True):
    """A message that is wanted. The key makes it one message however often it is asked for."""

    key: str
    destination: Destination
    payload: Payload
    nonce: str
    rank: int
    version_id: int | None = None
    verdict_id: int | None = None


async def want(tx: Tx, wish: Wish, now: datetime) -> None:
    """Ask for a message once; asking again under the same key changes nothing."""
    row = {
        "dedupe_key": wish.key,
        "guild_id": wish.destination.guild_id,
        "channel_id": wish.destination.channel_id,
        "purpose": purpose_of(wish.payload),
        "version_id": wish.version_id,
        "verdict_id": wish.verdict_id,
        "payload": wish.payload,
        "rank": wish.rank,
        "nonce": wish.nonce,
        "wanted_rev": 1,
        "shown_rev": 0,
        "created_at": now,
        "next_try_at": now,
        "attempts": 0,
        "maybe_sent": 0,
        "state": PostState.WANTED.value,
    }
    await tx.execute(insert_new(tx, PostRow).values(row).on_conflict_do_nothing())


async def change(tx: Tx, post_id: int, payload: Payload, *, rank: int, now: datetime) -> None:
    """Ask for another look of a message; an unsent post simply changes before it is sent.

    The tries of a post without a message are kept: one of them may have arrived unnoticed. A parked
    post stays parked, but shows the new look when an operator queues it again.
    """
    rests = PostRow.state.in_([PostState.PARKED.value, PostState.WITHDRAWN.value])
    values = {
        "payload": payload,
        "rank": rank,
        "wanted_rev": PostRow.wanted_rev + 1,
        "state": case((rests, PostRow.state), else_=PostState.WANTED.value),
        "next_try_at": now,
        "attempts": case((PostRow.message_id.is_(None), PostRow.attempts), else_=0),
    }
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))


async def withdraw(tx: Tx, post_id: int) -> None:
    """A post nobody saw is no longer wanted."""
    row = update(PostRow).where(PostRow.id == post_id, PostRow.first_try_at.is_(None))
    await tx.execute(row.values(state=PostState.WITHDRAWN.value))


async def of_versions(tx: Tx, version_ids: list[int]) -> list[Post]:
    """Every post about these versions."""
    query = _posts().where(PostRow.version_id.in_(version_ids)).with_for_update()
    return [_post(row) for row in await tx.execute(query)]


async def last_of_listing(tx: Tx, listing_id: int, guild_id: int) -> Payload | None:
    """What the newest post about a listing shows in a server."""
    query = (
        select(PostRow.payload)
        .join(VersionRow, VersionRow.id == PostRow.version_id)
        .where(VersionRow.listing_id == listing_id, PostRow.guild_id == guild_id)
        .where(PostRow.first_try_at.is_not(None) | PostRow.state.in_(_SHOWN_OR_WILL_BE))
        .order_by(PostRow.id.desc())
        .limit(1)
    )
    return (await tx.execute(query)).scalar_one_or_none()


def of_shown_deals() -> Select[int | None]:
    """The versions that a message shows as open, as a query for others to narrow."""
    return select(PostRow.version_id).where(PostRow.message_id.is_not(None))


async def get(tx: Tx, post_id: int) -> tuple[Post, int | None] | None:
    """A post and the version it is about."""
    row = (await tx.execute(_posts().where(PostRow.id == post_id))).first()
    return None if row is None else (_post(row), row.version_id)


async def is_any_due(tx: Tx, now: datetime) -> bool:
    """A look without a lock, so that an empty outbox costs no write."""
    query = select(PostRow.id).where(PostRow.state == PostState.WANTED.value, _is_due(now))
    return (await tx.execute(query.limit(1))).first() is not None


async def claim(tx: Tx, *, limit: int, now: datetime, retry_after: timedelta) -> list[Post]:
    """The next due posts, their try on record; each is due again after `retry_after` at the latest."""
    due = (
        select(PostRow.id)
        .where(PostRow.state == PostState.WANTED.value, _is_due(now))
        .order_by(PostRow.rank, PostRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list((await tx.execute(due)).scalars())
    if not ids:
        return []
    tried = update(PostRow).where(PostRow.id.in_(ids))
    await tx.execute(
        tried.values(
            attempts=PostRow.attempts + 1,
            maybe_sent=PostRow.maybe_sent + 1,
            first_try_at=func.coalesce(PostRow.first_try_at, literal(now, UtcDateTime)),
            next_try_at=now + retry_after,
        )
    )
    rows = await tx.execute(_posts().where(PostRow.id.in_(ids)).order_by(PostRow.rank, PostRow.id))
    return [_post(row) for row in rows]


async def shown(tx: Tx, post_id: int, *, rev: int, message_id: int, sent_at: datetime, now: datetime) -> None:
    """Discord has this revision; a newer wish stays wanted, and is due at once."""
    is_done = PostRow.wanted_rev <= rev
    values = {"message_id": message_id, "sent_at": sent_at, "shown_rev": rev, "attempts": 0, "error": None}
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(next_try_at=now, **values))
    done = update(PostRow).where(PostRow.id == post_id, is_done)
    await tx.execute(done.values(state=PostState.SHOWN.value))


async def not_sent(tx: Tx, post_id: int) -> None:
    """The try on record made no message for certain; without another one nothing was ever begun."""
    row = update(PostRow).where(PostRow.id == post_id, PostRow.message_id.is_(None), PostRow.maybe_sent > 0)
    is_only_one = PostRow.maybe_sent == 1
    values = {
        "maybe_sent": PostRow.maybe_sent - 1,
        "first_try_at": case((is_only_one, null()), else_=PostRow.first_try_at),
    }
    await tx.execute(row.values(values))


async def retry(tx: Tx, post_id: int, *, at: datetime, error: str) -> None:
    values = {"next_try_at": at, "error": storable(error, ERROR_LENGTH_MAX)}
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))


async def park(tx: Tx, post_id: int, error: str) -> None:
    values = {"state": PostState.PARKED.value, "error": storable(error, ERROR_LENGTH_MAX)}
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))


async def count_parked(tx: Tx) -> int:
    query = select(func.count()).where(PostRow.state == PostState.PARKED.value)
    return (await tx.execute(query)).scalar_one()


async def parked_errors(tx: Tx, limit: int) -> list[str]:
    """Why the newest parked posts are parked, newest first."""
    query = select(func.coalesce(PostRow.error, "")).where(PostRow.state == PostState.PARKED.value)
    return list((await tx.execute(query.order_by(PostRow.id.desc()).limit(limit))).scalars())


async def requeue(tx: Tx, now: datetime) -> int:
    """Every parked post is due now, with all its tries before it; how many those are."""
    anew = {"state": PostState.WANTED.value, "attempts": 0, "next_try_at": now, "error": None}
    rows = update(PostRow).where(PostRow.state == PostState.PARKED.value).values(anew)
    return len((await tx.execute(rows.returning(PostRow.id))).all())


async def release(tx: Tx, now: datetime) -> None:
    """A publisher that died in the middle is followed at once: what it had claimed is due now."""
    claimed = update(PostRow).where(PostRow.state == PostState.WANTED.value, PostRow.next_try_at > now)
    await tx.execute(claimed.where(or_(PostRow.error.is_(None), PostRow.error == "")).values(next_try_at=now))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Its time has come, or lies where only a clock that was wrong can have put it."""
    return or_(PostRow.next_try_at <= now, PostRow.next_try_at > now + WAIT_MAX)


def _posts() -> Select[*tuple[Any, ...]]:
    return select(
        PostRow.id,
        PostRow.guild_id,
        PostRow.channel_id,
        PostRow.payload,
        PostRow.nonce,
        PostRow.message_id,
        PostRow.sent_at,
        PostRow.wanted_rev,
        PostRow.shown_rev,
        PostRow.first_try_at,
        PostRow.attempts,
        PostRow.maybe_sent,
        PostRow.version_id,
    )


def _post(row: Row[*tuple[Any, ...]]) -> Post:
    return Post(
        id=row.id,
        destination=Destination(row.channel_id, row.guild_id),
        payload=row.payload,
        nonce=row.nonce,
        message_id=row.message_id,
        sent_at=row.sent_at,
        wanted_rev=row.wanted_rev,
        shown_rev=row.shown_rev,
        first_try_at=row.first_try_at,
        attempts=row.attempts,
        maybe_sent=row.maybe_sent,
    )
