"""The queue's worker: versions pass the line side by side, and each ends with its verdict, or waits."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import structlog

from core.clock import Clock
from core.errors import SourceError, SourceRateLimited
from core.events import Bus, Topic
from core.services.line import Line, Policies
from core.services.policy_book import PolicyBook
from core.services.stages import Stage
from core.services.verdicts import VerdictService
from core.sources.base import Urgency, asking
from core.telemetry import bind_correlation
from db import listings, work
from db.engine import Database
from db.listings import Version
from db.work import Priority, Task

log = structlog.get_logger(__name__)

SLOTS = 10
SLOTS_RECHECK = 5
SLOTS_BACKFILL = 1
"""Of the slots, as many may hold what is not fresh: a vendor that hangs leaves some to a new listing."""
RECORDING_MAX = 50
"""What has its finding needs no slot any more; no more than so many wait to be written down."""
LEASE = timedelta(seconds=180)
"""Longer than the slowest answers to all questions of one version take."""
START_FOR_S = 60.0
"""A run of the job begins no more work after this, and ends: a long queue is many runs."""
TRIES_MAX = 5
BACK_OFF_MAX_S = 300
STORED, OVER = "stored", "over"
EXPIRES_AFTER = timedelta(hours=24)
URGENCY = {
    Priority.FRESH: Urgency.FRESH,
    Priority.RECHECK: Urgency.RECHECK,
    Priority.BACKFILL: Urgency.BACKFILL,
}
"""Who waits longest in our queue waits longest at the vendors too."""


class AppraisalService:
    """Works the queue. A vendor's outage makes a version wait; it never becomes a verdict."""

    def __init__(
        self, db: Database, clock: Clock, bus: Bus, line: Line, verdicts: VerdictService, *, owner: str
    ) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.line = line
        self.verdicts = verdicts
        self.owner = owner
        self._policies = PolicyBook()
        self._recording: set[int] = set()
        self._freed = asyncio.Event()
        self._was_cut = False

    async def work_due(self) -> int:
        """Work what is due until nothing is; how many versions were looked at."""
        running: dict[asyncio.Task[None], Task] = {}
        news = self._freed = self.bus.waiter(Topic.WORK)
        looked_at, began = 0, self.clock.monotonic()
        try:
            await self._give_back()
            while True:
                news.clear()  # before the look: what is told, or free, during it is not missed
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
        async with self.db.read() as tx:
            if not await work.is_any_due(tx, self.clock.now(), below=Priority.BACKFILL + 1):
                return 0
        started = 0
        for above, priority in pairwise((-1, Priority.FRESH, Priority.RECHECK, Priority.BACKFILL)):
            for task in await self._claim(above, priority, self._room(priority, running.values())):
                running[asyncio.create_task(self._work(task))] = task
                started += 1
        return started

    def _room(self, priority: int, running: Collection[Task]) -> int:
        """How many more of a priority may begin; what is not fresh has only some of the slots."""
        in_slots = [task.priority for task in running if task.id not in self._recording]
        free = min(SLOTS - len(in_slots), SLOTS + RECORDING_MAX - len(running))
        most = {Priority.RECHECK: SLOTS_RECHECK, Priority.BACKFILL: SLOTS_BACKFILL}.get(priority, SLOTS)
        return min(free, most - in_slots.count(priority))

    async def _claim(self, above: int, priority: int, limit: int) -> list[Task]:
        """Claim what is due of a priority, and not of the better one above."""
        if limit <= 0:
            return []
        below, now = priority + 1, self.clock.now()
        async with self.db.read() as tx:
            if not await work.is_any_due(tx, now, above=above, below=below):
                return []
        async with self.db.write() as tx:
            return await work.claim(
                tx, self.owner, limit=limit, above=above, below=below, now=now, lease=LEASE
            )

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
            await self.verdicts.drop(task)
            return
        if self.clock.now() - task.created_at > EXPIRES_AFTER:
            await self.verdicts.expire(task)
            return
        finding = await self.line.find(task, version, policies)
        with self._recorded(task), self.line.stages.passing(Stage.RECORD, task.created_at) as passage:
            count = await self.verdicts.record(task, self.owner, finding)
            passage.outcome = STORED if count else OVER
        self.bus.wake(Topic.POSTS, Topic.EVENTS)

    @contextmanager
    def _recorded(self, task: Task) -> Iterator[None]:
        """The slot is free for the next while the finding waits to be written down."""
        self._recording.add(task.id)
        self._freed.set()
        try:
            yield
        finally:
            self._recording.discard(task.id)

    async def _look(self, task: Task) -> tuple[Version | None, Policies]:
        async with self.db.read() as tx:
            return await listings.version(tx, task.version_id), await self._policies.active(tx)

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
            if failures < TRIES_MAX:
                later = now + timedelta(seconds=2.0**failures)
                await work.again(tx, task.id, at=later, error=repr(error), is_failure=True)
                return
            await work.park(tx, task.id, at=now, error=repr(error))
        log.error("a version is parked until an operator looks at it", version=task.version_id)


async def _one_ends_or(news: asyncio.Event, running: Iterable[asyncio.Task[None]]) -> None:
    """Wait until a slot is free, or there may be something fresh for one that is."""
    told = asyncio.create_task(news.wait())
    try:
        await asyncio.wait([told, *running], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
