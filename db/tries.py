"""What became of each try to show a post, and the posts that were given up."""

from datetime import datetime

from sqlalchemy import case, func, null, or_, select, update

from core.domain.posts import PostState
from db.engine import Tx
from db.posts import PostRow
from db.types import ERROR_LENGTH_MAX, storable


async def shown(tx: Tx, post_id: int, *, rev: int, message_id: int, sent_at: datetime, now: datetime) -> None:
    """Discord has this revision; a newer wish stays wanted, and is due at once."""
    is_done = PostRow.wanted_rev <= rev
    values = {"message_id": message_id, "sent_at": sent_at, "shown_rev": rev, "attempts": 0, "error": None}
    values |= {"next_try_at": now, "tried_since": None}
    await tx.execute(update(PostRow).where(PostRow.id == post_id).values(values))
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
    anew = {"state": PostState.WANTED.value, "attempts": 0, "tried_since": None, "error": None}
    parked = update(PostRow).where(PostRow.state == PostState.PARKED.value)
    rows = parked.values(next_try_at=now, **anew)
    return len((await tx.execute(rows.returning(PostRow.id))).all())


async def release(tx: Tx, now: datetime) -> None:
    """A publisher that died in the middle is followed at once: what it had claimed is due now."""
    claimed = update(PostRow).where(PostRow.state == PostState.WANTED.value, PostRow.next_try_at > now)
    await tx.execute(claimed.where(or_(PostRow.error.is_(None), PostRow.error == "")).values(next_try_at=now))
