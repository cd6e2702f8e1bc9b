"""Posts that nobody saw yet: sent to another channel, or no longer wanted."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from core.domain.posts import PostState
from db.engine import Tx
from db.posts import PostRow


async def move(tx: Tx, post_ids: Collection[int], channel_id: int, now: datetime) -> None:
    """They wait for that channel instead, and are tried from the beginning."""
    anew = {"next_try_at": now, "tried_since": None, "attempts": 0, "error": None}
    here = update(PostRow).where(PostRow.id.in_(post_ids), PostRow.first_try_at.is_(None))
    await tx.execute(here.values(channel_id=channel_id, **anew))


async def withdraw(tx: Tx, post_ids: Collection[int]) -> None:
    await _withdraw(tx, PostRow.id.in_(post_ids))


async def withdraw_keys(tx: Tx, keys: Collection[str]) -> None:
    """What was asked for under these keys."""
    await _withdraw(tx, PostRow.dedupe_key.in_(keys))


async def withdraw_from(tx: Tx, channel_id: int) -> None:
    """What waits for a channel; not what is on its way, or ending, at this moment."""
    waits = (PostRow.channel_id == channel_id, PostRow.state == PostState.WANTED.value)
    query = select(PostRow.id).where(*waits, PostRow.first_try_at.is_(None))
    await withdraw(tx, (await tx.execute(query.with_for_update(skip_locked=True))).scalars().all())


async def _withdraw(tx: Tx, *which: ColumnElement[bool]) -> None:
    unseen = update(PostRow).where(PostRow.first_try_at.is_(None), *which)
    await tx.execute(unseen.values(state=PostState.WITHDRAWN.value))
