"""All services over a real database and vendors that a test scripts, at a time that a test sets."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.orm import DeclarativeBase

from core.clock import ManualClock
from core.domain.catalog import SlabFacts
from core.domain.deals import DEFAULT_POLICY, DealPolicy
from core.domain.guilds import ServerSettings
from core.domain.listings import Report, SourceName, Venue
from core.domain.operations import ProcessState
from core.domain.posts import Post
from core.domain.prices import Rate
from core.domain.rates import SOL_USD
from core.domain.valuation import Evidence
from core.events import Bus, Event
from core.services import Services
from core.services.appraisal import AppraisalService
from core.services.arrivals import ArrivalService
from core.services.deals import DealService
from core.services.digests import DigestService
from core.services.evidence import EvidenceService
from core.services.follows import FollowService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.identity import IdentityService
from core.services.inspections import InspectionService
from core.services.line import Line
from core.services.listings import ListingService
from core.services.operations import OperationService
from core.services.outcomes import OutcomeService
from core.services.overrides import OverrideService
from core.services.pings import PingService
from core.services.posts import PostService
from core.services.prices import PriceService
from core.services.quarantine import QuarantineService
from core.services.rechecks import RecheckService
from core.services.reconcile import ReconcileService
from core.services.replays import ReplayService
from core.services.revaluations import RevaluationService
from core.services.scorecard import ScorecardService
from core.services.sources import SourceService
from core.services.stages import Stages
from core.services.traces import TraceService
from core.services.verdicts import VerdictService
from core.sources.base import Sources
from core.telemetry import Metrics
from db import events, listings, work
from db.engine import Database
from db.listings import Version, VersionRow
from db.work import Priority
from tests.databases import NOW
from tests.services.fakes import Appraiser, Market, Rates
from tests.services.reports import MINT, a_slab, by_alt, listed, page

GUILD, CHANNEL = 50, 5_000
ME_ID = "this process"
Stored = Row[tuple[Any, ...]]


@dataclass
class House:
    """What the runtime builds, with scripted vendors in place of the real ones."""

    db: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    bus: Bus = field(default_factory=Bus)
    metrics: Metrics = field(default_factory=Metrics)
    vault: Market = field(default_factory=lambda: Market(SourceName.COLLECTOR_CRYPT))
    eden: Market = field(default_factory=lambda: Market(SourceName.MAGIC_EDEN))
    alt: Appraiser = field(default_factory=Appraiser)
    rates: Rates = field(default_factory=Rates)
    has_alt: bool = True

    def __post_init__(self) -> None:
        db, clock = self.db, self.clock
        slabs = {self.vault.name: self.vault, self.eden.name: self.eden}
        states = {Venue.CC: self.vault, Venue.ME: self.eden}
        self.prices = PriceService(db, clock, (self.rates,))
        self.listings = ListingService(db, clock, self.bus, self.prices, self.metrics)
        self.identity = IdentityService(db, clock, slabs)
        self.evidence = EvidenceService(db, clock, (self.alt,) if self.has_alt else ())
        self.quarantine = QuarantineService(db, clock, self.bus, self.prices)
        self.rechecks = RecheckService(db, clock, self.listings, states)
        self.reconcile = ReconcileService(db, clock, self.listings)
        asked = Sources(slabs, states, valuations=(self.alt,), wallet_activities=(self.vault, self.eden))
        self.inspections = InspectionService(db, clock, self.prices, asked)
        self.traces = TraceService(db)
        self.overrides = OverrideService(db, clock, self.bus)
        self.follows = FollowService(db, clock, self.bus, self.prices, asked)
        self.revaluations = RevaluationService(db, clock, self.bus, self.prices)
        self.hints = HintService(self.listings, self.rechecks, states)
        self.posts = PostService(db, clock, self.bus)
        self.pings = PingService(db, clock, self.bus)
        self.digests = DigestService(db, clock, self.bus)
        self.arrivals = ArrivalService(db, clock, self.bus)
        self.scorecard = ScorecardService(db, clock)
        self.replays = ReplayService(db, clock)
        self.outcomes = OutcomeService(db, clock, self.metrics, self.evidence)
        self.deals = DealService(db, clock, self.prices, states)
        self.guilds = GuildService(db, clock)
        self.operations = OperationService(db, clock, self._process(ME_ID))
        self.appraisal = self.worker(ME_ID)

    @property
    def services(self) -> Services:
        """What the runtime would hand to cogs and routes."""
        return Services(
            deals=self.deals,
            guilds=self.guilds,
            hints=self.hints,
            operations=self.operations,
            posts=self.posts,
            sources=SourceService(self.db, self.clock, ()),
            follows=self.follows,
            revaluations=self.revaluations,
            scorecard=self.scorecard,
            replays=self.replays,
            inspections=self.inspections,
            traces=self.traces,
            overrides=self.overrides,
            quarantine=self.quarantine,
            pings=self.pings,
        )

    def worker(self, owner: str) -> AppraisalService:
        """The queue's worker of a process."""
        stages = Stages(self.clock, self.metrics)
        line = Line(stages, self.identity, self.evidence, self.prices, self.quarantine)
        verdicts = VerdictService(self.db, self.clock, self.metrics)
        return AppraisalService(self.db, self.clock, self.bus, line, verdicts, owner=owner)

    def process(self, id: str) -> OperationService:
        """Another process on the same database."""
        return OperationService(self.db, self.clock, self._process(id))

    def _process(self, id: str) -> ProcessState:
        now = self.clock.now()
        return ProcessState(id, "bot,jobs,api", "1.0", now, now, None, gateway_is_up=False)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def value(self, evidence: Evidence, mint: str = MINT) -> None:
        """What ALT says of a token's slab (its certificate is the token's own name here)."""
        self.alt.values[mint] = evidence

    def know(self, mint: str = MINT, slab: SlabFacts | None = None) -> None:
        """The vault's catalogue knows the token."""
        self.vault.slabs[mint] = slab or a_slab(mint)

    async def tell(self, *reports: Report, is_baseline: bool = False) -> int:
        """A vendor's page with these reports, as they happened."""
        return await self.listings.ingest(page(*reports), is_baseline=is_baseline)

    async def price_sol(self, dollars: str, *, age_s: float = 0) -> None:
        rate_at = self.clock.now() - timedelta(seconds=age_s)
        self.rates.now[SOL_USD] = Rate(SOL_USD, Decimal(dollars), self.rates.name, rate_at)
        await self.prices.poll_rates()

    async def join(
        self, guild_id: int = GUILD, *, channel_id: int = CHANNEL, policy: DealPolicy = DEFAULT_POLICY
    ) -> None:
        """A server that chose where its deals go."""
        await self.guilds.joined(guild_id, "Guild")
        chosen = ServerSettings(policy, channel_id)
        await self.guilds.change(guild_id, lambda _: chosen, by=1)

    async def show_posts(self) -> list[Post]:
        """What a publisher does when all goes well."""
        claimed = await self.posts.claim(100)
        for post in claimed:
            message_id = post.message_id or 1_000 + post.id
            sent_at = post.sent_at or self.clock.now()
            await self.posts.shown(post.id, rev=post.wanted_rev, message_id=message_id, sent_at=sent_at)
        return list(claimed)

    async def post_a_deal(self, mint: str = MINT, price: float = 80, second: float = 0) -> Post:
        """A token half as dear as its value, all the way to its message."""
        self.value(by_alt(), mint)
        await self.tell(listed(price, second, mint=mint))
        await self.appraisal.work_due()
        [post] = await self.show_posts()
        return post

    async def revalue(self, *version_ids: int) -> None:
        """These versions are valued anew."""
        async with self.db.write() as tx:
            wanted = dict.fromkeys(version_ids, 0)
            await work.add(tx, wanted, priority=Priority.RECHECK, now=self.clock.now())
        await self.appraisal.work_due()

    async def rows(self, table: type[DeclarativeBase]) -> list[Stored]:
        """Everything a table holds, oldest first."""
        columns = table.__table__
        async with self.db.read() as tx:
            return list(await tx.execute(select(columns).order_by(*columns.primary_key)))

    async def version(self, version_id: int = 1) -> Version:
        async with self.db.read() as tx:
            found = await listings.version(tx, version_id)
        assert found is not None
        return found

    async def asks(self) -> list[int]:
        """The prices of all versions, in whole units of a millionth."""
        return [row.ask_amount for row in await self.rows(VersionRow)]

    async def events(self) -> list[Event]:
        async with self.db.read() as tx:
            return [msgspec.json.decode(e.payload, type=Event) for e in await events.after(tx, 0, 1_000)]
