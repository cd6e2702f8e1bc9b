"""Shows posts: sends what has no message yet, edits what has changed, and says what became of it.

A post becomes one message, whatever is interrupted: Discord answers a repeated send with the first
message as long as it remembers the nonce; after that the message is looked for in the channel first.
A try whose every request Discord refused leaves no doubt, and is told as one that sent nothing.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
import msgspec
import structlog

from cogs.client import CartelBot
from cogs.ui.buttons import BuyButton, CopyButton
from cogs.ui.charts import charted, may_have_chart
from cogs.ui.errors import UNREACHABLE, report
from cogs.ui.pacing import Pacing
from cogs.ui.pings import pinging
from cogs.ui.posts import mark_of, message_of
from cogs.ui.refusals import (
    CHANNEL_CLOSED,
    NO_HISTORY,
    TOO_MUCH_HISTORY,
    Failed,
    Outcome,
    Parked,
    Shown,
    refused,
)
from cogs.ui.sending import one_try, within
from cogs.ui.telling import missing_in, place_to_tell
from core.clock import Clock
from core.domain.charts import Series
from core.domain.notices import NoticePost
from core.domain.posts import DealPost, Destination, Payload, Post
from core.services import Services
from core.telemetry import Metrics, bind_correlation

IN_FLIGHT_MAX = 8
SLOW_AFTER_S = 2.0
"""A try that takes longer waits for Discord's leave, and gives its slot to another channel."""
TRIES_MAX = 32  # of fast and slow ones together
START_FOR_S = 60.0
"""A run of the job begins no more tries after this, and ends: a long queue is many runs."""
LOOK_EVERY_S = 1.0
"""How often a publisher that waits looks for what another process wants."""
TRY_LIMIT_S = 20
NONCE_TRUSTED = timedelta(seconds=40)
"""Discord remembers a nonce for about a minute; a try that begins now may take TRY_LIMIT_S of it."""
LOOK_BACK = timedelta(minutes=10)
"""How long before the first try its message is looked for: our clock may be ahead of Discord's."""
HISTORY_MESSAGES_MAX = 1_000
MESSAGE_GONE = 10008
STAGE = "publish"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trying:
    """A post on its way."""

    post: Post
    began_s: float


class Publisher:
    """The one leased hand that shows posts."""

    def __init__(self, bot: CartelBot, *, services: Services, clock: Clock, metrics: Metrics) -> None:
        self.bot = bot
        self.services = services
        self.clock = clock
        self.metrics = metrics
        self.pacing = Pacing()

    async def publish_due(self) -> int:
        """Show what is due, best rank first, a few at a time and one a channel; how many were taken up.

        Raises what a service raised, after the posts in flight have ended.
        """
        running: dict[asyncio.Task[None], Trying] = {}
        taken, began_s = 0, self.clock.monotonic()
        with self.services.posts.news() as news:
            try:
                while True:
                    news.clear()  # before the look: what is told during it is not missed
                    if self.bot.is_ready() and self.clock.monotonic() - began_s < START_FOR_S:
                        taken += await self._start(running)
                    pause_s = self.pacing.pause_s(self.clock.monotonic())
                    if not running and not pause_s:
                        return taken
                    await _one_ends_or(news, running, within_s=pause_s or LOOK_EVERY_S)
                    for ended in [task for task in running if task.done()]:
                        del running[ended]
                        ended.result()
            except asyncio.CancelledError:
                for task in running:
                    task.cancel()
                raise
            finally:
                await asyncio.gather(*running, return_exceptions=True)

    async def _start(self, running: dict[asyncio.Task[None], Trying]) -> int:
        """Begin with what is due as far as slots are free; how many that were."""
        started = 0
        while free := self._free(running):
            now_s = self.clock.monotonic()
            busy = frozenset(one.post.destination.channel_id for one in running.values())
            resting = self.pacing.resting(now_s)
            resting = msgspec.structs.replace(resting, channels=resting.channels | busy)
            posts = await self.services.posts.claim(free, resting)
            if not posts:
                break
            started += len(posts)
            for post in posts:
                is_edit = post.message_id is not None
                self.pacing.sent(post.destination.channel_id, now_s, is_edit=is_edit)
                running[asyncio.create_task(self._show(post))] = Trying(post, now_s)
        return started

    def _free(self, running: dict[asyncio.Task[None], Trying]) -> int:
        now_s = self.clock.monotonic()
        fast = sum(1 for one in running.values() if now_s - one.began_s < SLOW_AFTER_S)
        return max(0, min(IN_FLIGHT_MAX - fast, TRIES_MAX - len(running), self.pacing.room(now_s)))

    async def _show(self, post: Post) -> None:
        began_s = self.clock.monotonic()
        with bind_correlation(post.payload.mint if isinstance(post.payload, DealPost) else f"post {post.id}"):
            chart = await self.services.posts.chart(post.id) if may_have_chart(self.bot, post) else None
            with one_try() as requests:
                outcome = await self._try(post, chart)
            await self._tell(post, outcome, is_certainly_unsent=requests.is_certainly_vain)
        outcome_name = type(outcome).__name__.lower()
        self.metrics.stage_ended(STAGE, outcome_name, self.clock.monotonic() - began_s, self._age_s(post))

    def _age_s(self, post: Post) -> float | None:
        """How long ago what a new deal tells of was seen; an edit is as old as it may be."""
        deal = post.payload
        if not isinstance(deal, DealPost) or post.message_id is not None:
            return None
        return max(0.0, (self.clock.now() - deal.observed_at).total_seconds())

    async def _try(self, post: Post, chart: Series | None) -> Outcome:
        """One try; whatever goes wrong is an outcome."""
        try:
            async with within(self.bot.http, TRY_LIMIT_S):
                return await self._edit(post, chart) if post.message_id else await self._deliver(post)
        except discord.RateLimited as limit:
            return Failed("Discord asks to wait", limit.retry_after, is_channel_busy=True)
        except discord.HTTPException as refusal:
            return refused(post, refusal)
        except UNREACHABLE as error:
            return Failed(f"no answer from Discord: {error!r:.200}")
        except Exception as error:  # one post that cannot be rendered must not hold up the others
            return Parked(report(error, subject=f"post {post.id}"))

    async def _deliver(self, post: Post) -> Outcome:
        """Send a post that has no message, unless an earlier try may have succeeded unnoticed."""
        if not self._may_be_forgotten(post):
            return await self._send(post)
        channel = self.bot.get_channel(post.destination.channel_id)
        if isinstance(channel, discord.abc.GuildChannel):
            if not channel.permissions_for(channel.guild.me).read_message_history:
                return Parked(NO_HISTORY)
        elif post.destination.guild_id is not None:
            return self._unknown_channel(post.destination.guild_id)
        return await self._look(post)

    def _may_be_forgotten(self, post: Post) -> bool:
        """Whether an earlier try is so old that Discord may have forgotten its nonce."""
        if post.maybe_sent <= 1 or post.first_try_at is None:
            return False
        return self.clock.now() - post.first_try_at > NONCE_TRUSTED

    def _unknown_channel(self, guild_id: int) -> Outcome:
        guild = self.bot.get_guild(guild_id)
        if guild is not None and guild.unavailable:
            return Failed("the server is unavailable at Discord")
        return Parked(CHANNEL_CLOSED[10004 if guild is None else 10003], is_channel_closed=True)

    async def _look(self, post: Post) -> Outcome:
        """Find the message of an earlier try; send only when it is certain that there is none."""
        assert post.first_try_at is not None
        ids = {BuyButton(post.id).custom_id, CopyButton(post.id).custom_id}
        seen = 0
        history = self._channel(post).history(
            limit=HISTORY_MESSAGES_MAX, after=post.first_try_at - LOOK_BACK, oldest_first=True
        )
        async for message in history:
            seen += 1
            if message.author == self.bot.user and (ids & custom_ids(message) or is_marked(message, post.id)):
                log.info("post found in the channel", post=post.id, message=message.id)
                return Shown(certain_rev(post), message.id, message.created_at)
        if seen >= HISTORY_MESSAGES_MAX:
            return Parked(TOO_MUCH_HISTORY)
        return await self._send(post)

    async def _send(self, post: Post) -> Outcome:
        looks = message_of(post.payload, post_id=post.id, now=self.clock.now(), sent_at=None)
        message = await self._channel(post).send(
            content=pinging(self.bot, post.destination, looks),
            embed=looks.embed,
            view=looks.view or discord.utils.MISSING,
            nonce=post.nonce,
            allowed_mentions=looks.allowed_mentions or discord.AllowedMentions.none(),
        )
        rev = post.wanted_rev if post.maybe_sent <= 1 else certain_rev(post)
        return Shown(rev, message.id, message.created_at)

    async def _edit(self, post: Post, chart: Series | None) -> Outcome:
        assert post.message_id is not None
        message = self._channel(post).get_partial_message(post.message_id)
        sent_at = post.sent_at or message.created_at
        looks = message_of(post.payload, post_id=post.id, now=self.clock.now(), sent_at=sent_at)
        embed, files = await charted(looks.embed, chart)
        try:
            await message.edit(
                embed=embed, view=looks.view, allowed_mentions=looks.allowed_mentions, attachments=files
            )
        except discord.NotFound as gone:
            if gone.code != MESSAGE_GONE:
                raise
            log.info("post was deleted by a person", post=post.id)
        return Shown(post.wanted_rev, post.message_id, sent_at)

    def _channel(self, post: Post) -> discord.PartialMessageable:
        to = post.destination
        return self.bot.get_partial_messageable(to.channel_id, guild_id=to.guild_id)

    async def _tell(self, post: Post, outcome: Outcome, *, is_certainly_unsent: bool) -> None:
        posts, unsent = self.services.posts, is_certainly_unsent
        self.metrics.post_tried(type(outcome).__name__.lower())
        match outcome:
            case Shown(rev, message_id, sent_at):
                await posts.shown(post.id, rev=rev, message_id=message_id, sent_at=sent_at)
                if post.message_id is None:
                    self._measure(post.payload, sent_at)
            case Failed(reason, retry_after_s, is_channel_busy):
                if is_channel_busy and retry_after_s is not None:
                    until_s, is_edit = self.clock.monotonic() + retry_after_s, post.message_id is not None
                    self.pacing.wait(post.destination.channel_id, until_s, is_edit=is_edit)
                await posts.failed(post.id, reason, retry_after_s=retry_after_s, is_certainly_unsent=unsent)
            case Parked(reason, is_channel_closed):
                tell = log.warning if is_channel_closed else log.error  # a server's matter, or an operator's
                tell("post parked", post=post.id, reason=reason)
                await posts.park(post.id, reason, is_certainly_unsent=unsent)
                if is_channel_closed and not isinstance(post.payload, NoticePost):
                    await self._pause(post.destination, reason)

    async def _pause(self, closed: Destination, reason: str) -> None:
        """Post nothing more to that channel, and tell its server where somebody reads it."""
        if closed.guild_id is None:
            return
        guild = self.bot.get_guild(closed.guild_id)
        known = await self.services.guilds.get(closed.guild_id)
        trace_id = None if known is None else known.settings.trace_channel_id
        missing = missing_in(guild, closed.channel_id)
        because = f"{reason} I miss: {', '.join(missing)}." if missing else reason
        tell = await place_to_tell(self.bot.http, guild, closed.channel_id, trace_id)
        await self.services.posts.channel_closed(closed.guild_id, closed.channel_id, because, tell=tell)
        await self.services.follows.channel_closed(closed.channel_id, because, tell=tell)

    def _measure(self, deal: Payload, sent_at: datetime) -> None:
        if not isinstance(deal, DealPost) or deal.was_open_before or deal.was_revised:
            return
        listed_s = (sent_at - deal.listed_at).total_seconds() if deal.listed_at else None
        seen_s = (sent_at - deal.observed_at).total_seconds()
        self.metrics.post_shown(since_listed_s=listed_s, since_seen_s=seen_s)
        log.info("post shown", tier=deal.tier.value, since_listed_s=listed_s, since_seen_s=seen_s)


async def _one_ends_or(
    news: asyncio.Event, running: Iterable[asyncio.Task[None]], *, within_s: float
) -> None:
    """Wait until a slot is free, or there may be something better for one that is."""
    told = asyncio.create_task(news.wait())
    try:
        await asyncio.wait([told, *running], timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


def certain_rev(post: Post) -> int:
    """The revision that a message of an earlier try shows for certain; a later one follows by an edit."""
    is_first = post.wanted_rev == post.shown_rev + 1
    return post.wanted_rev if is_first else post.wanted_rev - 1


def is_marked(message: discord.Message, post_id: int) -> bool:
    return any((embed.url or "").endswith(mark_of(post_id)) for embed in message.embeds)


def custom_ids(message: discord.Message) -> set[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return {item.custom_id for row in rows for item in row.children if item.custom_id}
