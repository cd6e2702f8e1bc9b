"""The API on a free port with services that answer from memory, and a client that really asks it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from core.clock import ManualClock
from core.domain.catalog import Grade, GradeLabel, Grader
from core.domain.deals import DealTier
from core.domain.hints import Hint
from core.domain.listings import Venue
from core.domain.money import Amount, Unit
from core.domain.operations import Check, Readiness, SourceHealth
from core.domain.posts import DealPage, DealPost, DealView
from core.domain.valuation import Evidence, EvidenceKind
from core.services.deals import DealService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.operations import OperationService
from core.services.posts import PostService
from core.services.sources import SourceService
from core.settings import Settings, Tls
from core.telemetry import Metrics
from core.web.app import create_app
from core.web.connections import DoorLimits
from core.web.context import WebConfig
from core.web.server import serve
from tests.cogs.memory import Memory, StepClock

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
READY = Readiness((Check("database", is_ok=True, age_s=0.0, says="answers"),))
UNREADY = Readiness((*READY.checks, Check("gateway", is_ok=False, age_s=90.0, says="lost")))

DEAL = DealPost(
    tier=DealTier.GOLD,
    title="2002 #14 Slowbro 1st Edition",
    grader=Grader.PSA,
    grade=Grade(100, GradeLabel.GOLD),
    certificate="12345678",
    mint="9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
    venue=Venue.ME,
    seller="SellerWallet",
    price=Amount(2**60, Unit.LAMPORTS),
    price_usd_micros=65_000_000,
    value_usd_micros=100_000_000,
    low_usd_micros=90_000_000,
    high_usd_micros=110_000_000,
    confidence=80,
    discount_bps=3_500,
    net_profit_usd_micros=20_000_000,
    evidence=(Evidence(EvidenceKind.ALT, 100_000_000, 80, asset_name="Slowbro", asset_id="a/b", sales=4),),
    observed_at=NOW,
    listed_at=NOW,
    alt_asset_id="a/b",
)
VIEW = DealView(id=41, deal=DEAL, decided_at=NOW, is_open=True)


class DealsInMemory(DealService):
    """Answers with one page, or raises what it is told to; remembers what it was asked."""

    def __init__(self, page: DealPage) -> None:
        self.page = page
        self.asked: dict[str, object] = {}
        self.error: BaseException | None = None

    async def latest(
        self,
        *,
        tier: DealTier | None = None,
        guild_id: int | None = None,
        limit: int = 10,
        before: int | None = None,
    ) -> DealPage:
        self.asked = {"tier": tier, "guild_id": guild_id, "limit": limit, "before": before}
        if self.error is not None:
            raise self.error
        return self.page


class OperationsInMemory(OperationService):
    """Says what it is told to say about the house."""

    def __init__(self, readiness: Readiness) -> None:
        self.now_ready = readiness
        self.health: tuple[SourceHealth, ...] = ()
        self.error: BaseException | None = None

    async def readiness(self) -> Readiness:
        if self.error is not None:
            raise self.error
        return self.now_ready

    async def sources(self) -> tuple[SourceHealth, ...]:
        if self.error is not None:
            raise self.error
        return self.health


class PostsNotAsked(PostService):
    """No route asks for posts."""

    def __init__(self) -> None:
        """Needs nothing."""


class GuildsNotAsked(GuildService):
    """No route asks for servers."""

    def __init__(self) -> None:
        """Needs nothing."""


class HintsInMemory(HintService):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Hint] = []
        self.heard: asyncio.Queue[Hint] = asyncio.Queue()

    def tell(self, hint: Hint) -> None:
        self.told.append(hint)
        self.heard.put_nowait(hint)


class SourcesNotAsked(SourceService):
    """No route asks for vendors."""

    def __init__(self) -> None:
        """Needs nothing."""


@dataclass
class Api:
    """A running API: its address, a client, and what stands behind it."""

    url: str
    client: aiohttp.ClientSession
    deals: DealsInMemory
    operations: OperationsInMemory
    hints: HintsInMemory
    metrics: Metrics
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))

    async def get(self, path: str, **headers: str) -> "Answer":
        return await self.ask("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})

    async def ask(self, method: str, path: str, **more: object) -> "Answer":
        async with self.client.request(method, self.url + path, **more) as response:  # type: ignore[arg-type]
            return Answer(response.status, dict(response.headers), await response.read())


@dataclass(frozen=True)
class Answer:
    """One answer, read to its end. Header names are as they were sent."""

    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def running_api(
    config: WebConfig | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    settings: Settings | None = None,
    limits: DoorLimits | None = None,
    more_routes: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] | None = None,
) -> AsyncIterator[Api]:
    """Serve on a free port of this machine; `more_routes` are added by path."""
    clock, metrics = ManualClock(NOW), Metrics()
    deals, operations = DealsInMemory(DealPage((VIEW,), 41)), OperationsInMemory(READY)
    hints = HintsInMemory()
    services = replace(
        Memory(StepClock()).services,
        deals=deals,
        guilds=GuildsNotAsked(),
        hints=hints,
        operations=operations,
        posts=PostsNotAsked(),
        sources=SourcesNotAsked(),
    )
    app = create_app(services, metrics, config=config or WebConfig(), clock=clock)
    app.add_routes([web.get(path, handler) for path, handler in (more_routes or {}).items()])
    settings = settings or Settings(api_port=0, api_tls=Tls.OFF)
    async with aiohttp.ClientSession() as client, serve(app, settings, tls, limits) as url:
        yield Api(url, client, deals, operations, hints, metrics, clock)
