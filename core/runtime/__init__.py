"""The composition root: builds every long-lived object in order, closes them in reverse."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from random import SystemRandom

import structlog

from core.analytics import Analytics
from core.clock import Clock, SystemClock
from core.domain.deals import DEFAULT_POLICY
from core.domain.operations import ProcessState
from core.errors import StartError
from core.events import Bus
from core.runtime.board import SourceBoard
from core.runtime.sources import open_sources, plans
from core.runtime.tally import CallTally, Instruments
from core.services import Services
from core.services.allowances import AllowanceService
from core.services.appraisal import AppraisalService
from core.services.arrivals import ArrivalService
from core.services.backfill import BackfillService
from core.services.deals import DealService
from core.services.digests import DigestService
from core.services.events import EventService
from core.services.evidence import EvidenceService
from core.services.follows import FollowService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.identity import IdentityService
from core.services.inspections import InspectionService
from core.services.jobs import JobService
from core.services.line import Line
from core.services.listings import ListingService
from core.services.operations import OperationService
from core.services.outcomes import OutcomeService
from core.services.overrides import OverrideService
from core.services.pings import PingService
from core.services.policies import PolicyService
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
from core.settings import Settings
from core.sources.base import Sources
from core.sources.http import Sleep, SourceHttp
from core.telemetry import Metrics
from core.version import VERSION
from db import guilds, migrate, operations
from db.engine import DATABASE_FAILURES, Database, reason_of
from db.lock import hold_alone

__all__ = [
    "Runtime",
    "SourceBoard",
    "look_at_database",
    "open_database",
    "open_runtime",
    "open_sources",
    "plans",
]

log = structlog.get_logger(__name__)

CLOSE_LIMIT_S = 1.0
CANCEL_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything long-lived of one process."""

    settings: Settings
    clock: Clock
    db: Database
    bus: Bus
    metrics: Metrics
    tally: CallTally
    sources: Sources
    services: Services
    listings: ListingService
    prices: PriceService
    appraisal: AppraisalService
    rechecks: RecheckService
    reconcile: ReconcileService
    outcomes: OutcomeService
    arrivals: ArrivalService
    policies: PolicyService
    digests: DigestService
    backfill: BackfillService
    leases: JobService
    analytics: Analytics | None = None


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    clock: Clock | None = None,
    *,
    may_migrate: bool = True,
    sleep: Sleep = asyncio.sleep,
    vendors: Callable[[Settings, SourceHttp], Sources] = open_sources,
) -> AsyncIterator[Runtime]:
    """Open the database (migrated, stamped, alone on SQLite), the sources and the services.

    `sleep` is how the sources wait for their turn; `vendors` opens those that the settings switch on.

    Raises StartError with one sentence for what makes a start impossible.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(open_database(settings, clock, may_migrate=may_migrate))
        me = _process(settings, clock.now())
        operations_service = OperationService(db, clock, me)
        board = SourceBoard(operations_service)
        stack.push_async_callback(within_limit, board.close)
        instruments = Instruments(Metrics(), CallTally(clock))
        http = await stack.enter_async_context(
            SourceHttp(
                clock,
                random=SystemRandom(),
                sleep=sleep,
                memory=board,
                book=AllowanceService(db, clock),
                on_call=instruments.called,
                on_change=instruments.changed,
            )
        )
        runtime = _build(settings, instruments, vendors(settings, http), operations_service)
        if settings.posthog_key is not None:
            events = EventService(db)
            key = settings.posthog_key.reveal()
            analytics = Analytics(events, key=key, host=settings.posthog_host)
            stack.push_async_callback(within_limit, analytics.close)
            runtime = replace(runtime, analytics=analytics)
        await operations_service.begin()
        stack.push_async_callback(within_limit, operations_service.end)
        yield runtime


@asynccontextmanager
async def open_database(
    settings: Settings, clock: Clock, *, may_migrate: bool = True
) -> AsyncIterator[Database]:
    """The database, ready for this code and this world, and on SQLite for this process alone."""
    async with AsyncExitStack() as stack:
        db = Database(settings.database_url)
        stack.push_async_callback(within_limit, db.close)
        if db.file is not None:
            stack.enter_context(hold_alone(db.file))
        await db.reach()
        backups = settings.data_dir / "backups"
        try:
            await migrate.prepare(db, may_migrate=may_migrate, backups=backups, now=clock.now(), say=log.info)
            await _stamp(db, settings, clock.now())
        except DATABASE_FAILURES as error:
            raise StartError(f"The database cannot be made ready: {reason_of(error)}.") from error
        yield db


@asynccontextmanager
async def look_at_database(settings: Settings) -> AsyncIterator[Database | None]:
    """The database as it is, beside whoever works on it; None while its file is not made yet.

    Raises StartError.
    """
    db = Database(settings.database_url)
    try:
        if db.file is not None and not db.file.exists():
            yield None
            return
        await db.reach()
        try:
            yield db
        except DATABASE_FAILURES as error:
            raise StartError(f"The database cannot be read: {reason_of(error)}.") from error
    finally:
        await db.close()


async def within_limit(
    close: Callable[[], Coroutine[None, None, None]], limit_s: float = CLOSE_LIMIT_S
) -> None:
    """One step of closing; a database or vendor that does not answer must not hold up the rest.

    Who is late is called off until it ends: a driver takes its time over the first cancellation.
    """
    step = asyncio.create_task(close())
    _, late = await asyncio.wait({step}, timeout=limit_s)
    while late:
        step.cancel()
        _, late = await asyncio.wait({step}, timeout=CANCEL_EVERY_S)
    error = TimeoutError("no answer") if step.cancelled() else step.exception()
    if isinstance(error, DATABASE_FAILURES):  # TimeoutError is one
        log.warning("closing was cut short", step=close.__qualname__, error=repr(error))
    elif error is not None:
        raise error


async def _stamp(db: Database, settings: Settings, now: datetime) -> None:
    """An invented market and a real one never share a database."""
    async with db.write() as tx:
        world = await operations.world(tx)
        if world is None:
            await operations.stamp(tx, settings.world.value)
        elif world != settings.world.value:
            raise StartError(
                f"This database holds a {world} market, and this start is for a {settings.world} one: "
                "name another DATABASE_URL."
            )
        await guilds.keep_policy(tx, DEFAULT_POLICY, now)


def _build(
    settings: Settings, instruments: Instruments, sources: Sources, operations_service: OperationService
) -> Runtime:
    db, clock, me = operations_service.db, operations_service.clock, operations_service.me.id
    bus = Bus()
    prices = PriceService(db, clock, sources.rates)
    listings = ListingService(db, clock, bus, prices, instruments.metrics)
    rechecks = RecheckService(db, clock, listings, sources.states)
    hints = HintService(listings, rechecks, sources.states)
    held = QuarantineService(db, clock, bus, prices)
    line = Line(
        Stages(clock, instruments.metrics),
        IdentityService(db, clock, sources.slabs),
        EvidenceService(db, clock, sources.valuations, sources.sales),
        prices,
        held,
    )
    verdicts = VerdictService(db, clock, instruments.metrics)
    return Runtime(
        settings=settings,
        clock=clock,
        db=db,
        bus=bus,
        metrics=instruments.metrics,
        tally=instruments.tally,
        sources=sources,
        services=_services(settings, sources, operations_service, hints, held),
        listings=listings,
        prices=prices,
        appraisal=AppraisalService(db, clock, bus, line, verdicts, owner=me),
        rechecks=rechecks,
        reconcile=ReconcileService(db, clock, listings),
        outcomes=OutcomeService(db, clock, instruments.metrics, line.evidence),
        arrivals=ArrivalService(db, clock, bus),
        policies=PolicyService(db, clock),
        digests=DigestService(db, clock, bus),
        backfill=BackfillService(db, clock, prices, sources),
        leases=JobService(db, clock, me),
    )


def _services(
    settings: Settings, sources: Sources, ours: OperationService, hints: HintService, held: QuarantineService
) -> Services:
    db, clock, bus, prices = held.db, held.clock, held.bus, held.prices
    return Services(
        deals=DealService(db, clock, prices, sources.states),
        guilds=GuildService(db, clock),
        hints=hints,
        operations=ours,
        posts=PostService(db, clock, bus),
        sources=SourceService(db, clock, plans(settings)),
        follows=FollowService(db, clock, bus, prices, sources),
        revaluations=RevaluationService(db, clock, bus, prices),
        scorecard=ScorecardService(db, clock),
        replays=ReplayService(db, clock),
        inspections=InspectionService(db, clock, prices, sources),
        traces=TraceService(db),
        overrides=OverrideService(db, clock, bus),
        quarantine=held,
        pings=PingService(db, clock, bus),
    )


def _process(settings: Settings, now: datetime) -> ProcessState:
    return ProcessState(
        id=secrets.token_hex(8),
        roles=",".join(settings.roles),
        version=VERSION,
        started_at=now,
        heartbeat_at=now,
        gateway_at=None,
        gateway_is_up=False,
    )
