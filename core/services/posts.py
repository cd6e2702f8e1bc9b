"""The outbox: any process wants posts, one leased publisher shows them."""

from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.posts import DealPost, Post
from core.events import Bus, PostShown, Topic
from db import events, posts
from db.engine import Database, Tx
from db.events import Fact

CLAIM_LASTS = timedelta(seconds=30)
"""A claimed post that nobody told of is due again after this; longer than one send may take."""
BACK_OFF_S = (2, 5, 15, 60, 300)
ATTEMPTS_MAX = 50


class PostService:
    """What the publisher asks and tells."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    async def claim(self, limit: int = 10) -> tuple[Post, ...]:
        """The posts to show next, best rank first.

        The try is on record (`attempts`, `first_try_at`) before this returns, so that a crash
        between sending and telling can be recognised.
        """
        async with self.db.read() as tx:
            if not await posts.is_any_due(tx, self.clock.now()):
                return ()
        async with self.db.write() as tx:
            now = self.clock.now()
            return tuple(await posts.claim(tx, limit=limit, now=now, retry_after=CLAIM_LASTS))

    async def shown(self, post_id: int, *, rev: int, message_id: int, sent_at: datetime) -> None:
        """Discord has this revision as this message; `sent_at` is Discord's time of the message."""
        async with self.db.write() as tx:
            now = self.clock.now()
            await posts.shown(tx, post_id, rev=rev, message_id=message_id, sent_at=sent_at, now=now)
            fact = Fact("market", f"post:{post_id}", PostShown(post_id, message_id, is_new=rev == 1))
            await events.append(tx, [fact], self.clock.now())
        self.bus.wake(Topic.EVENTS)

    async def failed(
        self,
        post_id: int,
        reason: str,
        *,
        retry_after_s: float | None = None,
        is_certainly_unsent: bool = False,
    ) -> None:
        """Not shown; tried again after the given time, or a growing back-off, at most 50 times.

        Only a try of which it is not certain that it sent nothing makes the post one that may have
        been sent. One that nobody saw, and whose deal is over by now, is withdrawn.
        """
        async with self.db.write() as tx:
            post = await _still_wanted(tx, post_id, is_certainly_unsent=is_certainly_unsent)
            if post is None:
                return
            if post.attempts >= ATTEMPTS_MAX:
                await posts.park(tx, post_id, f"given up after {post.attempts} tries: {reason}")
                return
            wait = BACK_OFF_S[min(post.attempts, len(BACK_OFF_S)) - 1] if post.attempts else BACK_OFF_S[0]
            later = timedelta(seconds=wait if retry_after_s is None else retry_after_s)
            await posts.retry(tx, post_id, at=self.clock.now() + later, error=reason)

    async def park(self, post_id: int, reason: str, *, is_certainly_unsent: bool = False) -> None:
        """Not to be tried again until an operator says so; counted and shown."""
        async with self.db.write() as tx:
            if await _still_wanted(tx, post_id, is_certainly_unsent=is_certainly_unsent) is not None:
                await posts.park(tx, post_id, reason)


async def _still_wanted(tx: Tx, post_id: int, *, is_certainly_unsent: bool) -> Post | None:
    """The post after the try, or None when there is none to show: unknown, or over before anybody saw it."""
    if is_certainly_unsent:
        await posts.not_sent(tx, post_id)
    found = await posts.get(tx, post_id)
    if found is None:
        return None
    post, _ = found
    is_over = isinstance(post.payload, DealPost) and post.payload.closing is not None
    if post.first_try_at is None and is_over:
        await posts.withdraw(tx, post_id)
        return None
    return post
