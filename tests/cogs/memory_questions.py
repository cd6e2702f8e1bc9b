"""The services behind questions, in memory: each answers what a test says, or fails as it says."""

import asyncio

import msgspec

from core.clock import Clock
from core.domain.deals import DealTier
from core.domain.filters import DealFilter
from core.domain.inspections import Inspection
from core.domain.overrides import Override, Wanted, checked
from core.domain.posts import BuyCheck, DealPage, DealPost, DigestPost
from core.domain.traces import Trace
from core.errors import NotFound
from core.services.deals import DealService
from core.services.inspections import InspectionService
from core.services.overrides import OverrideService
from core.services.traces import TraceService


class MemoryDeals(DealService):
    """`error` is raised by whatever is asked, when set; a check waits while `gate` is closed."""

    def __init__(self) -> None:
        self.page = DealPage(())
        self.deals: dict[int, DealPost] = {}
        self.checks: dict[int, BuyCheck] = {}
        self.error: Exception | None = None
        self.asked: list[tuple[DealTier | None, int | None]] = []
        self.filters: list[DealFilter] = []
        self.turns: list[tuple[int, int | None, int | None]] = []
        self.games: tuple[str, ...] = ()
        self.messages: dict[int, DealPost | DigestPost] = {}
        self.gate = asyncio.Event()
        self.gate.set()

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

    async def browse(
        self, where: DealFilter, *, guild_id: int | None, by: int
    ) -> tuple[DealPage, int | None]:
        self.filters.append(where)
        return await self.latest(tier=where.tier, guild_id=guild_id), self.page.next_before and 1

    async def turn(
        self,
        page_id: int,
        *,
        guild_id: int | None,
        by: int,
        before: int | None = None,
        after: int | None = None,
    ) -> tuple[DealPage, DealFilter]:
        self.turns.append((page_id, before, after))
        return await self.latest(guild_id=guild_id), DealFilter()

    async def categories(self) -> tuple[str, ...]:
        return self.games

    async def posted(self, post_id: int) -> DealPost:
        if self.error:
            raise self.error
        if post_id not in self.deals:
            raise NotFound("This post is not known any more.")
        return self.deals[post_id]

    async def said_in(self, message_id: int) -> DealPost | DigestPost:
        if message_id not in self.messages:
            raise NotFound("This is not a deal of mine.")
        return self.messages[message_id]

    async def check(self, post_id: int, *, by: int) -> BuyCheck:
        await self.gate.wait()
        await self.posted(post_id)
        return self.checks[post_id]


class MemoryInspections(InspectionService):
    def __init__(self) -> None:
        self.found: Inspection | Exception = NotFound("nothing")
        self.asked: list[tuple[str, int | None]] = []

    async def inspect(self, what: str, *, by: int, guild_id: int | None = None) -> Inspection:
        self.asked.append((what, guild_id))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class MemoryTraces(TraceService):
    def __init__(self) -> None:
        self.found: Trace | Exception = NotFound("nothing")
        self.asked: list[tuple[str, int | None]] = []

    async def why(self, what: str, *, guild_id: int | None = None) -> Trace:
        self.asked.append((what, guild_id))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class MemoryOverrides(OverrideService):
    """Values by hand, without the market behind them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: list[Override] = []

    async def set(self, what: str, wanted: Wanted, *, by: int) -> Override:
        now = self.clock.now()
        made = Override(len(self.kept) + 1, "kind:1", what, checked(wanted, now), by, now)
        self.kept.insert(0, made)
        return made

    async def clear(self, override_id: int, *, by: int) -> Override:
        for n, one in enumerate(self.kept):
            if one.id == override_id and one.cleared_by is None:
                self.kept[n] = msgspec.structs.replace(one, cleared_by=by, cleared_at=self.clock.now())
                return self.kept[n]
        raise NotFound("No value set by hand stands under this number any more.")

    async def standing(self) -> tuple[Override, ...]:
        return tuple(one for one in self.kept if one.cleared_by is None)

    async def history(self) -> tuple[Override, ...]:
        return tuple(self.kept)
