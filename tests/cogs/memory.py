"""The services in memory: what cogs ask and tell, without a database behind it."""

from collections import deque
from datetime import UTC, datetime, timedelta

import msgspec

from core.domain.deals import DealTier
from core.domain.guilds import Guild
from core.domain.operations import JobState, Parked, ParkedRows, SourceHealth
from core.domain.posts import BuyCheck, DealPage, DealPost, Post
from core.domain.sources import SourceView
from core.errors import NotFound
from core.services import Services
from core.services.deals import DealService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.operations import OperationService
from core.services.posts import PostService
from core.services.sources import SourceService


class StepClock:
    """Real time, plus what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return self.now().timestamp()

    def step(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class MemoryDeals(DealService):
    """`error` is raised by whatever is asked, when set."""

    def __init__(self) -> None:
        self.page = DealPage(())
        self.deals: dict[int, DealPost] = {}
        self.checks: dict[int, BuyCheck] = {}
        self.error: Exception | None = None
        self.asked: list[tuple[DealTier | None, int | None]] = []

    async def latest(
        self,
        *,
        tier: DealTier | None = None,
        guild_id: int | None = None,
        limit: int = 10,
        before: int | None = None,
    ) -> DealPage:
        self.asked.append((tier, guild_id))
        if self.error:
            raise self.error
        return self.page

    async def posted(self, post_id: int) -> DealPost:
        if self.error:
            raise self.error
        if post_id not in self.deals:
            raise NotFound("This post is not known any more.")
        return self.deals[post_id]

    async def check(self, post_id: int) -> BuyCheck:
        await self.posted(post_id)
        return self.checks[post_id]


class MemoryGuilds(GuildService):
    def __init__(self) -> None:
        self.guilds: dict[int, Guild] = {}
        self.gone: list[int] = []
        self.choices: list[tuple[int, int, int]] = []

    async def joined(self, guild_id: int, name: str) -> Guild:
        self.guilds.setdefault(guild_id, Guild(guild_id, name))
        return self.guilds[guild_id]

    async def left(self, guild_id: int) -> None:
        self.gone.append(guild_id)

    async def get(self, guild_id: int) -> Guild | None:
        return self.guilds.get(guild_id)

    async def choose_channel(self, guild_id: int, channel_id: int, *, by: int) -> Guild:
        self.choices.append((guild_id, channel_id, by))
        settings = msgspec.structs.replace(self.guilds[guild_id].settings, channel_id=channel_id)
        self._change(guild_id, settings=settings, paused_because=None)
        return self.guilds[guild_id]

    async def pause(self, guild_id: int, because: str) -> None:
        self._change(guild_id, paused_because=because)

    def _change(self, guild_id: int, **changes: object) -> None:
        self.guilds[guild_id] = msgspec.structs.replace(self.guilds[guild_id], **changes)


class MemoryOperations(OperationService):
    def __init__(self) -> None:
        self.hashes: dict[int, str] = {}
        self.states: tuple[JobState, ...] = ()
        self.given_up = Parked(ParkedRows(0), ParkedRows(0))
        self.health: tuple[SourceHealth, ...] = ()
        self.error: Exception | None = None

    async def jobs(self) -> tuple[JobState, ...]:
        return self.states

    async def parked(self) -> Parked:
        return self.given_up

    async def requeue(self) -> tuple[int, int]:
        counts = self.given_up.listings.count, self.given_up.posts.count
        self.given_up = Parked(ParkedRows(0), ParkedRows(0))
        return counts

    async def sources(self) -> tuple[SourceHealth, ...]:
        if self.error:
            raise self.error
        return self.health

    async def commands_hash(self, application_id: int) -> str | None:
        return self.hashes.get(application_id)

    async def remember_commands(self, application_id: int, digest: str) -> None:
        self.hashes[application_id] = digest


class MemoryPosts(PostService):
    """Hands out each wanted post once; what became of it stands in `told` and `unsent`."""

    def __init__(self, clock: StepClock) -> None:
        self.clock = clock
        self.wanted: deque[Post] = deque()
        self.told: dict[int, tuple[object, ...]] = {}
        self.unsent: dict[int, bool] = {}
        self.error: Exception | None = None

    async def claim(self, limit: int = 10) -> tuple[Post, ...]:
        return tuple(self._tried(self.wanted.popleft()) for _ in range(min(limit, len(self.wanted))))

    async def shown(self, post_id: int, *, rev: int, message_id: int, sent_at: datetime) -> None:
        if self.error:
            raise self.error
        self.told[post_id] = ("shown", rev, message_id, sent_at)

    async def failed(
        self,
        post_id: int,
        reason: str,
        *,
        retry_after_s: float | None = None,
        is_certainly_unsent: bool = False,
    ) -> None:
        self.told[post_id] = ("failed", reason, retry_after_s)
        self.unsent[post_id] = is_certainly_unsent

    async def park(self, post_id: int, reason: str, *, is_certainly_unsent: bool = False) -> None:
        self.told[post_id] = ("parked", reason)
        self.unsent[post_id] = is_certainly_unsent

    def _tried(self, post: Post) -> Post:
        first = post.first_try_at or self.clock.now()
        tried = msgspec.structs.replace(post, attempts=post.attempts + 1, first_try_at=first)
        return msgspec.structs.replace(tried, maybe_sent=post.maybe_sent + 1)


class MemorySources(SourceService):
    def __init__(self) -> None:
        self.views: tuple[SourceView, ...] = ()

    async def all(self) -> tuple[SourceView, ...]:
        return self.views


class HintsNotTold(HintService):
    """No cog tells of the chain."""

    def __init__(self) -> None:
        """Needs nothing."""


class Memory:
    """All of them, as a test looks at them, and as the bot is handed them."""

    def __init__(self, clock: StepClock) -> None:
        self.deals = MemoryDeals()
        self.guilds = MemoryGuilds()
        self.operations = MemoryOperations()
        self.posts = MemoryPosts(clock)
        self.sources = MemorySources()
        self.hints = HintsNotTold()
        self.services = Services(
            self.deals, self.guilds, self.hints, self.operations, self.posts, self.sources
        )
