"""The services in memory: what cogs ask and tell, without a database behind it."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec

from core.domain.charts import Series
from core.domain.guilds import Guild
from core.domain.operations import JobState, Parked, ParkedRows, SourceHealth
from core.domain.posts import Destination, Post, Resting
from core.domain.replays import Quick, Replay, Side
from core.domain.scorecard import Period, Scorecard, every_tier
from core.domain.sources import SourceView
from core.services import Services
from core.services.follows import FollowService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.operations import OperationService
from core.services.pings import PingService
from core.services.posts import PostService
from core.services.replays import ReplayService
from core.services.revaluations import RevaluationService
from core.services.scorecard import ScorecardService
from core.services.sources import SourceService
from tests.cogs.memory_quarantine import MemoryQuarantine
from tests.cogs.memory_questions import MemoryDeals, MemoryInspections, MemoryOverrides, MemoryTraces


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
        self.closed: list[tuple[int, int, str, Destination | None]] = []
        self.charts: dict[int, Series] = {}
        self.told_of = asyncio.Event()
        self.error: Exception | None = None

    @contextmanager
    def news(self) -> Iterator[asyncio.Event]:
        yield self.told_of

    async def chart(self, post_id: int) -> Series | None:
        return self.charts.get(post_id)

    async def claim(self, limit: int = 10, resting: Resting | None = None) -> tuple[Post, ...]:
        rests = set(resting.channels) if resting else set()
        taken: list[Post] = []
        for post in list(self.wanted):
            channel_id = post.destination.channel_id
            if len(taken) < limit and channel_id not in rests:
                rests |= {channel_id}
                self.wanted.remove(post)
                taken.append(self._tried(post))
        return tuple(taken)

    async def channel_closed(
        self, guild_id: int, channel_id: int, because: str, *, tell: Destination | None
    ) -> None:
        self.closed.append((guild_id, channel_id, because, tell))

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


class MemoryScorecard(ScorecardService):
    """Answers with `card`, and remembers what was asked."""

    def __init__(self) -> None:
        self.card = Scorecard(None, Period.ALL, None, every_tier(()))
        self.asked: list[tuple[int | None, Period]] = []

    async def score(self, guild_id: int | None, period: Period = Period.ALL, *, by: int) -> Scorecard:
        self.asked.append((guild_id, period))
        return self.card


class MemoryReplays(ReplayService):
    """Remembers what was asked; finds that nothing was posted."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int, Quick]] = []

    async def try_out(self, guild_id: int, user_id: int, days: int, quick: Quick) -> Replay:
        self.asked.append((guild_id, user_id, days, quick))
        none = Side(every_tier(()))
        since = datetime.now(UTC) - timedelta(days=days)
        return Replay(days, since, 0, 0, 0, False, quick != Quick(), none, none, 0, 0)


class HintsNotTold(HintService):
    """No cog tells of the chain."""

    def __init__(self) -> None:
        """Needs nothing."""


class FollowsNotAsked(FollowService):
    """Nobody follows anything: tests of that have a database."""

    def __init__(self) -> None:
        """Needs nothing."""

    async def channel_closed(self, channel_id: int, because: str, *, tell: Destination | None) -> None:
        """Nothing rests."""


class RevaluationsNotAsked(RevaluationService):
    """Tests of these have a database."""

    def __init__(self) -> None:
        """Needs nothing."""


class PingsNotTold(PingService):
    """Tests of these have a database."""

    def __init__(self) -> None:
        """Needs nothing."""

    async def untold(self, guild_id: int, role_ids: Collection[int]) -> frozenset[int]:
        """Whatever is lost was told."""
        return frozenset()


class Memory:
    """All of them, as a test looks at them, and as the bot is handed them."""

    def __init__(self, clock: StepClock) -> None:
        self.deals = MemoryDeals()
        self.guilds = MemoryGuilds()
        self.operations = MemoryOperations()
        self.posts = MemoryPosts(clock)
        self.sources = MemorySources()
        self.hints = HintsNotTold()
        self.scorecard = MemoryScorecard()
        self.replays = MemoryReplays()
        self.inspections = MemoryInspections()
        self.traces = MemoryTraces()
        self.overrides = MemoryOverrides(clock)
        self.quarantine = MemoryQuarantine()
        self.services = Services(
            deals=self.deals,
            guilds=self.guilds,
            hints=self.hints,
            operations=self.operations,
            posts=self.posts,
            sources=self.sources,
            scorecard=self.scorecard,
            replays=self.replays,
            follows=FollowsNotAsked(),
            revaluations=RevaluationsNotAsked(),
            inspections=self.inspections,
            traces=self.traces,
            overrides=self.overrides,
            quarantine=self.quarantine,
            pings=PingsNotTold(),
        )
