"""The outbox: what channels shall show, and what Discord has of it."""

from collections.abc import Collection, Sequence
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
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.posts import Destination, Payload, Post, PostState, Resting, purpose_of
from db.base import Base
from db.digests import DigestLineRow
from db.engine import Tx, insert_all_new
from db.types import ERROR_LENGTH_MAX, BigId, Json, UtcDateTime

WAIT_MAX = timedelta(hours=3)
"""Longer than any try is put off."""


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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
    await want_all(tx, [wish], now)


async def want_all(tx: Tx, wishes: Sequence[Wish], now: datetime) -> None:
    """The same for many messages, which are shown in this order within a rank."""
    await insert_all_new(tx, PostRow, [_row(wish, now) for wish in wishes])


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
        "next_try_at": _when_not_resting(now),
        "tried_since": None,
        "attempts": case((PostRow.message_id.is_(None), PostRow.attempts), else_=0),
    }
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))


async def show_again(tx: Tx, post_id: int, *, rank: int, now: datetime) -> None:
    """Ask for the same look once more, for what comes only by an edit."""
    values = {
        "rank": rank,
        "wanted_rev": PostRow.wanted_rev + 1,
        "state": PostState.WANTED.value,
        "next_try_at": _when_not_resting(now),
        "tried_since": None,
    }
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))


async def wanted_at(tx: Tx, post_id: int) -> datetime:
    """When a post was asked for."""
    return (await tx.execute(select(PostRow.created_at).where(PostRow.id == post_id))).scalar_one()


async def withdraw(tx: Tx, post_id: int) -> None:
    """A post nobody saw is no longer wanted."""
    row = update(PostRow).where(PostRow.id == post_id, PostRow.first_try_at.is_(None))
    await tx.execute(row.values(state=PostState.WITHDRAWN.value))


async def of_versions(tx: Tx, version_ids: list[int]) -> list[Post]:
    """Every post about these versions."""
    query = _posts().where(PostRow.version_id.in_(version_ids)).with_for_update()
    return [_post(row) for row in await tx.execute(query)]


async def digests_with(tx: Tx, version_id: int) -> list[Post]:
    """The digests that show a version; nobody else changes them until the transaction ends."""
    in_one = select(DigestLineRow.post_id).where(DigestLineRow.version_id == version_id)
    return [_post(row) for row in await tx.execute(_posts().where(PostRow.id.in_(in_one)).with_for_update())]


async def ids_of(tx: Tx, keys: Collection[str]) -> dict[str, int]:
    """The posts that were asked for under these keys."""
    query = select(PostRow.dedupe_key, PostRow.id).where(PostRow.dedupe_key.in_(keys))
    return {row.dedupe_key: row.id for row in await tx.execute(query)}


def of_shown_deals() -> Select[int | None]:
    """The versions that a message shows as open, as a query for others to narrow."""
    by_itself = select(PostRow.version_id).where(PostRow.message_id.is_not(None))
    in_digest = select(DigestLineRow.version_id).join(PostRow, PostRow.id == DigestLineRow.post_id)
    shown = union_all(by_itself, in_digest.where(PostRow.message_id.is_not(None))).subquery()
    return select(shown.c.version_id)


async def get(tx: Tx, post_id: int) -> tuple[Post, int | None] | None:
    """A post and the version it is about."""
    row = (await tx.execute(_posts().where(PostRow.id == post_id))).first()
    return None if row is None else (_post(row), row.version_id)


async def unseen_of(tx: Tx, guild_id: int, limit: int) -> list[Post]:
    """What a server waits for and nobody saw, but what another transaction holds at this moment."""
    # Told so, no engine looks through all that the server was ever shown.
    of_guild = PostRow.guild_id + 0 == guild_id
    wanted = _posts().where(PostRow.state == PostState.WANTED.value, of_guild, PostRow.first_try_at.is_(None))
    rows = await tx.execute(wanted.order_by(PostRow.id).limit(limit).with_for_update(skip_locked=True))
    return [_post(row) for row in rows]


async def is_any_due(tx: Tx, now: datetime, resting: Resting | None = None) -> bool:
    """A look without a lock, so that an empty outbox costs no write."""
    query = select(PostRow.id).where(*_is_next(now, resting))
    return (await tx.execute(query.limit(1))).first() is not None


async def claim(
    tx: Tx, *, limit: int, now: datetime, retry_after: timedelta, resting: Resting | None = None
) -> list[Post]:
    """The next due posts, their try on record; each is due again after `retry_after` at the latest.

    When it is said who rests it is only one of each channel.
    """
    due = (
        select(PostRow.id, PostRow.channel_id)
        .where(*_is_next(now, resting))
        .order_by(PostRow.rank, PostRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = {row.id: row.channel_id for row in await tx.execute(due)}
    if resting is not None:
        found = {id: one for one, id in {found[id]: id for id in reversed(found)}.items()}
    if not found:
        return []
    ids = list(found)
    is_known = PostRow.tried_since <= now  # else there was no try yet, or the clock was wrong at the first
    tried = update(PostRow).where(PostRow.id.in_(ids))
    await tx.execute(
        tried.values(
            attempts=PostRow.attempts + 1,
            maybe_sent=PostRow.maybe_sent + 1,
            first_try_at=func.coalesce(PostRow.first_try_at, literal(now, UtcDateTime)),
            tried_since=case((is_known, PostRow.tried_since), else_=literal(now, UtcDateTime)),
            next_try_at=now + retry_after,
        )
    )
    rows = await tx.execute(_posts().where(PostRow.id.in_(ids)).order_by(PostRow.rank, PostRow.id))
    return [_post(row) for row in rows]


def _is_next(now: datetime, resting: Resting | None) -> tuple[ColumnElement[bool], ...]:
    is_due = (PostRow.state == PostState.WANTED.value, _is_due(now))
    if resting is None:
        return is_due
    may_edit = or_(PostRow.message_id.is_(None), PostRow.channel_id.not_in(resting.edits))
    return (*is_due, PostRow.channel_id.not_in(resting.channels), may_edit)


def _row(wish: Wish, now: datetime) -> dict[str, object]:
    return {
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


def _when_not_resting(now: datetime) -> ColumnElement[datetime]:
    """Now, but not before the end of a pause that a failed try brought."""
    has_failed = and_(PostRow.state == PostState.WANTED.value, PostRow.error.is_not(None))
    rests = and_(has_failed, PostRow.next_try_at > now)
    return case((rests, PostRow.next_try_at), else_=literal(now, UtcDateTime))


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
        PostRow.tried_since,
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
        tried_since=row.tried_since,
    )
