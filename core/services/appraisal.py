"""The line from a queued version to its verdict: verify, value, decide, and one transaction at the end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.clock import Clock
from core.domain.deals import (
    DEFAULT_POLICY,
    Candidate,
    Deal,
    DealPolicy,
    Reason,
    Rejection,
    appraise,
    policy_hash,
    screen,
)
from core.errors import SourceError, SourceRateLimited
from core.events import Bus, Topic
from core.services.evidence import EvidenceService
from core.services.identity import Identity, IdentityService
from core.services.prices import Dollars, PriceService
from core.services.verdicts import Finding, VerdictService
from core.sources.base import Urgency, asking
from core.telemetry import bind_correlation
from db import guilds, listings, work
from db.engine import Database
from db.listings import Version
from db.work import Priority, Task

log = structlog.get_logger(__name__)

SLOTS = 10
SLOTS_BACKFILL = 1
LEASE = timedelta(seconds=180)
"""Longer than the slowest answers to all questions of one version take."""
START_FOR_S = 60.0
"""A run of the job begins no more work after this, and ends: a long queue is many runs."""
TRIES_MAX = 5
BACK_OFF_MAX_S = 300
EXPIRES_AFTER = timedelta(hours=24)
URGENCY = {
    Priority.FRESH: Urgency.FRESH,
    Priority.RECHECK: Urgency.RECHECK,
    Priority.BACKFILL: Urgency.BACKFILL,
}
"""Who waits longest in our queue waits longest at the vendors too."""


@dataclass(frozen=True, slots=True)
class Line:
    """The parts an appraisal passes through."""

    identity: IdentityService
    evidence: EvidenceService
    prices: PriceService
    verdicts: VerdictService


class AppraisalService:
    """Works the queue. A vendor's outage makes a version wait; it never becomes a verdict."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, line: Line, owner: str) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.line = line
        self.owner = owner
        self._was_cut = False

    async def work_due(self) -> int:
        """Work what is due until nothing is; how many versions were looked at."""
        running: dict[asyncio.Task[None], Task] = {}
        news = self.bus.waiter(Topic.WORK)
        looked_at, began = 0, self.clock.monotonic()
        try:
            await self._give_back()
            while True:
                news.clear()  # before the look: what is told during it is not missed
                if self.clock.monotonic() - began < START_FOR_S:
                    looked_at += await self._start_due(running)
                if not running:
                    return looked_at
                await _one_ends_or(news, running)
                for ended in [task for task in running if task.done()]:
                    ended.result()
                    del running[ended]
        finally:
            self.bus.forget(Topic.WORK, news)
            self._was_cut = self._was_cut or bool(running)
            for cut in running:
                cut.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _give_back(self) -> None:
        """What the run before had claimed when it was cut off need not wait until its lease ends."""
        if self._was_cut:
            async with self.db.write() as tx:
                await work.release(tx, [self.owner])
            self._was_cut = False

    async def _start_due(self, running: dict[asyncio.Task[None], Task]) -> int:
        """Begin with what is due as far as slots are free; how many that were."""
        started = 0
        while tasks := await self._claim(list(running.values())):
            started += len(tasks)
            for task in tasks:
                running[asyncio.create_task(self._work(task))] = task
        return started

    async def _claim(self, running: list[Task]) -> list[Task]:
        """Claim for the free slots; back-fill may hold only some, so that a fresh listing finds one."""
        free = SLOTS - len(running)
        free_for_backfill = SLOTS_BACKFILL - sum(task.priority == Priority.BACKFILL for task in running)
        if free_for_backfill > 0:
            below, limit = Priority.BACKFILL + 1, min(free, free_for_backfill)
        else:
            below, limit = Priority.BACKFILL, free
        if limit <= 0:
            return []
        async with self.db.read() as tx:
            if not await work.is_any_due(tx, self.clock.now(), below=below):
                return []
        async with self.db.write() as tx:
            now = self.clock.now()
            return await work.claim(tx, self.owner, limit=limit, below=below, now=now, lease=LEASE)

    async def _work(self, task: Task) -> None:
        with bind_correlation(task.mint), asking(URGENCY[task.priority]):
            try:
                await self._appraise(task)
            except SourceError as error:
                await self._wait(task, error)
            except Exception as error:
                await self._try_again_or_park(task, error)  # raises, unlogged, while the database is away
                log.exception("a version could not be worked", failures=task.failures + 1)

    async def _appraise(self, task: Task) -> None:
        version, policies = await self._look(task)
        if version is None or not version.is_current:
            await self.line.verdicts.drop(task)
            return
        if self.clock.now() - task.created_at > EXPIRES_AFTER:
            await self.line.verdicts.expire(task)
            return
        identity = await self.line.identity.of(version)
        price = await self.line.prices.dollars_or_wait(version.ask)
        finding = await self._find(version, identity, price, policies)
        await self.line.verdicts.record(task, self.owner, finding)
        self.bus.wake(Topic.POSTS, Topic.EVENTS)

    async def _look(self, task: Task) -> tuple[Version | None, dict[str, DealPolicy]]:
        async with self.db.read() as tx:
            version = await listings.version(tx, task.version_id)
            policies = await guilds.active_policies(tx)
        return version, policies | {policy_hash(DEFAULT_POLICY): DEFAULT_POLICY}

    async def _find(
        self, version: Version, identity: Identity, price: Dollars, policies: dict[str, DealPolicy]
    ) -> Finding:
        """What every active policy makes of the version; valued only when one of them lets it through."""
        finding = Finding(version, identity, price)
        if identity.slab is None:
            reason = Rejection(identity.reason or Reason.NOT_A_SLAB)
            return finding.with_results(None, dict.fromkeys(policies, reason))
        candidate = Candidate(price.usd_micros, version.key.seller, identity.slab.facts)
        valuation = None
        if any(screen(candidate, policy) is None for policy in policies.values()):
            valuation = await self.line.evidence.value(identity.slab)
        results: dict[str, Deal | Rejection] = {
            digest: appraise(candidate, valuation, policy) for digest, policy in policies.items()
        }
        return finding.with_results(valuation, results)

    async def _wait(self, task: Task, error: SourceError) -> None:
        wait_s, said = min(2.0 ** min(task.attempts, 9), BACK_OFF_MAX_S), str(error)
        if isinstance(error, SourceRateLimited):
            wait_s = min(max(wait_s, error.retry_after_s), BACK_OFF_MAX_S)
            said = f"not yet: {error}"  # told to wait, as against given no answer
        log.info("a version waits for a source", source=error.source, wait_s=wait_s)
        async with self.db.write() as tx:
            if await work.holds(tx, task, self.owner):
                later = self.clock.now() + timedelta(seconds=wait_s)
                await work.again(tx, task.id, at=later, error=said)

    async def _try_again_or_park(self, task: Task, error: Exception) -> None:
        """A bug of ours must not stop the line: a few tries, then an operator looks at it."""
        now, failures = self.clock.now(), task.failures + 1
        async with self.db.write() as tx:
            if not await work.holds(tx, task, self.owner):
                return
            if failures >= TRIES_MAX:
                await work.park(tx, task.id, at=now, error=repr(error))
            else:
                later = now + timedelta(seconds=2.0**failures)
                await work.again(tx, task.id, at=later, error=repr(error), is_failure=True)


async def _one_ends_or(news: asyncio.Event, running: Iterable[asyncio.Task[None]]) -> None:
    """Wait until a slot is free, or there may be something fresh for one that is."""
    told = asyncio.create_task(news.wait())
    try:
        await asyncio.wait([told, *running], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
