"""The outbox: any process wants posts, one leased publisher shows them."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.charts import Series
from core.domain.notices import NoticePost
from core.domain.posts import DealPost, Destination, Post, Rank, Resting, tried_in_vain_for
from core.events import Bus, PostShown, Topic
from core.services.charts import chart_of, has_chart
from core.services.moves import moved_away
from db import events, guilds, pauses, posts, showings, tries, unseen
from db.engine import Database, Tx
from db.events import Fact
from db.posts import Wish

CLAIM_LASTS = timedelta(seconds=30)
"""A claimed post that nobody told of is due again after this; longer than one send may take."""
BACK_OFF_S = (2, 5, 15, 60, 300)


class PostService:
    """What the publisher asks and tells."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    @contextmanager
    def news(self) -> Iterator[asyncio.Event]:
        """Set whenever a post is wanted in this process."""
        waiter = self.bus.waiter(Topic.POSTS)
        try:
            yield waiter
        finally:
            self.bus.forget(Topic.POSTS, waiter)

    async def claim(self, limit: int = 10, resting: Resting | None = None) -> tuple[Post, ...]:
        """The posts to show next, best rank first. When it is said who rests: one of each other channel.

        The try is on record (`attempts`, `first_try_at`) before this returns, so that a crash
        between sending and telling can be recognised. What its server wants elsewhere by now is not among
        them.
        """
        async with self.db.read() as tx:
            if not await posts.is_any_due(tx, self.clock.now(), resting):
                return ()
        async with self.db.write() as tx:
            now = self.clock.now()
            taken = await posts.claim(tx, limit=limit, now=now, retry_after=CLAIM_LASTS, resting=resting)
            moved = await moved_away(tx, [post for post in taken if _is_first_try(post)], now)
        if moved:
            self.bus.wake(Topic.POSTS)
        return tuple(post for post in taken if post.id not in moved)

    async def shown(self, post_id: int, *, rev: int, message_id: int, sent_at: datetime) -> None:
        """Discord has this revision as this message; `sent_at` is Discord's time of the message."""
        async with self.db.write() as tx:
            now = self.clock.now()
            found = await posts.get(tx, post_id)
            await tries.shown(tx, post_id, rev=rev, message_id=message_id, sent_at=sent_at, now=now)
            is_due_again = found is not None and await _wants_chart(tx, *found, rev=rev, now=now)
            await showings.follow(tx, post_id)
            fact = Fact("market", f"post:{post_id}", PostShown(post_id, message_id, is_new=rev == 1))
            await events.append(tx, [fact], self.clock.now())
        self.bus.wake(Topic.EVENTS, *([Topic.POSTS] if is_due_again else []))

    async def chart(self, post_id: int) -> Series | None:
        """What the picture of a post shows from its first edit on; None when there is nothing to draw."""
        async with self.db.read() as tx:
            return await chart_of(tx, post_id)

    async def failed(
        self,
        post_id: int,
        reason: str,
        *,
        retry_after_s: float | None = None,
        is_certainly_unsent: bool = False,
    ) -> None:
        """Not shown, for what may pass; tried again after the given time, or a growing back-off, for a day.

        Only a try of which it is not certain that it sent nothing makes the post one that may have
        been sent. One that nobody saw, and whose deal is over by now, is withdrawn.
        """
        async with self.db.write() as tx:
            now = self.clock.now()
            post = await _still_wanted(tx, post_id, now, is_certainly_unsent=is_certainly_unsent)
            if post is None:
                return
            if (tried_for := tried_in_vain_for(post, now)) is not None:
                await tries.park(tx, post_id, _given_up(tried_for, post.attempts, reason))
                return
            wait = BACK_OFF_S[min(post.attempts, len(BACK_OFF_S)) - 1] if post.attempts else BACK_OFF_S[0]
            later = timedelta(seconds=wait if retry_after_s is None else retry_after_s)
            await tries.retry(tx, post_id, at=now + later, error=reason)

    async def park(self, post_id: int, reason: str, *, is_certainly_unsent: bool = False) -> None:
        """Not to be tried again until an operator says so; counted and shown."""
        async with self.db.write() as tx:
            now = self.clock.now()
            if await _still_wanted(tx, post_id, now, is_certainly_unsent=is_certainly_unsent) is not None:
                await tries.park(tx, post_id, reason)

    async def channel_closed(
        self, guild_id: int, channel_id: int, because: str, *, tell: Destination | None
    ) -> None:
        """Nothing can be sent to a channel that a server chose: it is paused, and that is told once.

        What waits for it is no longer wanted. It goes on when the server's settings are saved again.
        """
        async with self.db.write() as tx:
            now = self.clock.now()
            guild = await guilds.hold(tx, guild_id)  # before its posts, as whoever saves its settings does
            if guild is None or channel_id not in guild.settings.channels:
                return
            await unseen.withdraw_from(tx, channel_id)
            n = guild.settings_n
            if not await pauses.begin(tx, guild_id, channel_id, settings_n=n, because=because, now=now):
                return
            if channel_id == guild.deals_channel_id:
                await guilds.pause(tx, guild_id, because)
            if tell is not None:
                await posts.want(tx, _pause_wish(channel_id, n, because, tell), now)
        self.bus.wake(Topic.POSTS)


def _given_up(tried_for: timedelta, attempts: int, reason: str) -> str:
    return f"given up after {tried_for // timedelta(hours=1)} hours ({attempts} tries): {reason}"


def _pause_wish(channel_id: int, settings_n: int, because: str, tell: Destination) -> Wish:
    text = (
        f"<#{channel_id}>: {because}\n\nI post nothing there until that is mended: give me the permission, "
        "or choose another channel, and save it with `/setup`. Then I go on."
    )
    return Wish(
        key=pauses.notice_key(channel_id, settings_n),
        destination=tell,
        payload=NoticePost("I cannot post deals any more", text),
        nonce=secrets.token_hex(12),
        rank=Rank.HIGH,
    )


def _is_first_try(post: Post) -> bool:
    return post.message_id is None and post.maybe_sent == 1


async def _wants_chart(tx: Tx, post: Post, version_id: int | None, *, rev: int, now: datetime) -> bool:
    """A deal that is seen for the first time gets its chart by an edit, with any other that is due."""
    is_news = post.message_id is None and post.wanted_rev <= rev
    is_open = isinstance(post.payload, DealPost) and post.payload.closing is None
    if not (is_news and is_open and await has_chart(tx, post, version_id)):
        return False
    await posts.show_again(tx, post.id, rank=Rank.CHART, now=now)
    return True


async def _still_wanted(tx: Tx, post_id: int, now: datetime, *, is_certainly_unsent: bool) -> Post | None:
    """The post after the try, or None when there is none to try again there.

    That is: unknown, over before anybody saw it, or wanted elsewhere since the try began.
    """
    if is_certainly_unsent:
        await tries.not_sent(tx, post_id)
    found = await posts.get(tx, post_id)
    if found is None:
        return None
    post, _ = found
    is_over = isinstance(post.payload, DealPost) and post.payload.closing is not None
    if post.first_try_at is None and is_over:
        await posts.withdraw(tx, post_id)
        return None
    if post.first_try_at is None and await moved_away(tx, [post], now):
        return None
    return post
