"""Shows posts: sends what has no message yet, edits what has changed, and says what became of it.

A post becomes one message, whatever is interrupted: Discord answers a repeated send with the first
message as long as it remembers the nonce; after that the message is looked for in the channel first.
A try whose every request Discord refused leaves no doubt, and is told as one that sent nothing.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
import structlog

from cogs.client import CartelBot
from cogs.ui.buttons import BuyButton, CopyButton
from cogs.ui.errors import UNREACHABLE, report
from cogs.ui.posts import mark_of, message_of
from cogs.ui.sending import one_try
from core.clock import Clock
from core.domain.posts import DealPost, Payload, Post
from core.services import Services
from core.telemetry import Metrics, bind_correlation

IN_FLIGHT_MAX = 4
ROUNDS_MAX = 5  # each may take as long as one try; all of them must fit in one run of the job
TRY_LIMIT_S = 20
NONCE_TRUSTED = timedelta(seconds=40)
"""Discord remembers a nonce for about a minute; a try that begins now may take TRY_LIMIT_S of it."""
LOOK_BACK = timedelta(minutes=10)
"""How long before the first try its message is looked for: our clock may be ahead of Discord's."""
HISTORY_MESSAGES_MAX = 1_000
OLD_EDIT_RETRY_S = 3_600.0

MESSAGE_GONE = 10008
TOO_MANY_OLD_EDITS = 30046
CHANNEL_CLOSED: dict[int, str] = {
    10003: "The channel for deals does not exist any more.",
    10004: "I am no longer a member of this server.",
    50001: "I cannot see the channel for deals.",
    50013: "I may not post in the channel for deals.",
}
NO_HISTORY = (
    "It may have been sent before a crash, and without Read Message History in that channel "
    "I cannot look. Not sent again."
)
TOO_MUCH_HISTORY = (
    "It may have been sent before a crash, and too much was written since to look. Not sent again."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """Discord has this revision as this message."""

    rev: int
    message_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """To be tried again, after a growing back-off or the given time."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """Not to be tried again by itself. `is_channel_closed`: nothing else can be posted there either."""

    reason: str
    is_channel_closed: bool = False


Outcome = Shown | Failed | Parked


class Publisher:
    """The one leased hand that shows posts."""

    def __init__(self, bot: CartelBot, *, services: Services, clock: Clock, metrics: Metrics) -> None:
        self.bot = bot
        self.services = services
        self.clock = clock
        self.metrics = metrics

    async def publish_due(self) -> int:
        """Show what is due, best rank first, a few at a time; returns how many posts were taken up.

        Raises what a service raised, after the posts in flight have ended.
        """
        taken = 0
        while self.bot.is_ready() and taken < IN_FLIGHT_MAX * ROUNDS_MAX:
            posts = await self.services.posts.claim(IN_FLIGHT_MAX)
            if not posts:
                break
            taken += len(posts)
            endings = await asyncio.gather(*map(self._show, posts), return_exceptions=True)
            for ending in endings:
                if ending is not None:
                    raise ending
        return taken

    async def _show(self, post: Post) -> None:
        with bind_correlation(post.payload.mint if isinstance(post.payload, DealPost) else f"post {post.id}"):
            with one_try() as requests:
                outcome = await self._try(post)
            await self._tell(post, outcome, is_certainly_unsent=requests.is_certainly_vain)

    async def _try(self, post: Post) -> Outcome:
        """One try; whatever goes wrong is an outcome."""
        try:
            async with asyncio.timeout(TRY_LIMIT_S):
                return await self._edit(post) if post.message_id else await self._deliver(post)
        except discord.RateLimited as limit:
            return Failed("Discord asks to wait", limit.retry_after)
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
            content=looks.content,
            embed=looks.embed,
            view=looks.view or discord.utils.MISSING,
            nonce=post.nonce,
            allowed_mentions=looks.allowed_mentions or discord.AllowedMentions.none(),
        )
        rev = post.wanted_rev if post.maybe_sent <= 1 else certain_rev(post)
        return Shown(rev, message.id, message.created_at)

    async def _edit(self, post: Post) -> Outcome:
        assert post.message_id is not None
        message = self._channel(post).get_partial_message(post.message_id)
        sent_at = post.sent_at or message.created_at
        looks = message_of(post.payload, post_id=post.id, now=self.clock.now(), sent_at=sent_at)
        try:
            await message.edit(embed=looks.embed, view=looks.view, allowed_mentions=looks.allowed_mentions)
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
            case Failed(reason, retry_after_s):
                await posts.failed(post.id, reason, retry_after_s=retry_after_s, is_certainly_unsent=unsent)
            case Parked(reason, is_channel_closed):
                log.warning("post parked", post=post.id, reason=reason)
                await posts.park(post.id, reason, is_certainly_unsent=unsent)
                if is_channel_closed:
                    await self._pause(post, reason)

    async def _pause(self, post: Post, reason: str) -> None:
        """Stop posting to a server, unless its deals go to another channel by now."""
        guild_id = post.destination.guild_id
        guild = await self.services.guilds.get(guild_id) if guild_id is not None else None
        if guild is not None and guild.deals_channel_id == post.destination.channel_id:
            await self.services.guilds.pause(guild.id, reason)

    def _measure(self, deal: Payload, sent_at: datetime) -> None:
        if not isinstance(deal, DealPost) or deal.was_open_before:
            return
        listed_s = (sent_at - deal.listed_at).total_seconds() if deal.listed_at else None
        seen_s = (sent_at - deal.observed_at).total_seconds()
        self.metrics.post_shown(since_listed_s=listed_s, since_seen_s=seen_s)
        log.info("post shown", tier=deal.tier.value, since_listed_s=listed_s, since_seen_s=seen_s)


def refused(post: Post, refusal: discord.HTTPException) -> Outcome:
    """What an answer of Discord other than yes means for a post."""
    if refusal.code in CHANNEL_CLOSED:
        return Parked(CHANNEL_CLOSED[refusal.code], is_channel_closed=True)
    if refusal.code == TOO_MANY_OLD_EDITS:
        return Failed("Discord limits edits of old messages", OLD_EDIT_RETRY_S)
    if refusal.status in {401, 403, 408, 429} or refusal.status >= 500:
        return Failed(f"Discord answered {refusal.status}: {refusal.text:.200}")
    return Parked(report(refusal, subject=f"post {post.id}"))


def certain_rev(post: Post) -> int:
    """The revision that a message of an earlier try shows for certain; a later one follows by an edit."""
    is_first = post.wanted_rev == post.shown_rev + 1
    return post.wanted_rev if is_first else post.wanted_rev - 1


def is_marked(message: discord.Message, post_id: int) -> bool:
    return any((embed.url or "").endswith(mark_of(post_id)) for embed in message.embeds)


def custom_ids(message: discord.Message) -> set[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return {item.custom_id for row in rows for item in row.children if item.custom_id}
