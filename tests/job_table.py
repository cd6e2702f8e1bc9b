"""Jobs that a test holds, fails and counts, and runners over a real database and a clock that it sets."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.clock import ManualClock
from core.domain.operations import JobState
from core.events import Bus
from core.jobs import Job, JobRunner
from core.services.jobs import JobService
from core.telemetry import Metrics
from db import jobs
from db.engine import Database
from tests.databases import NOW

EVERY = timedelta(seconds=30)
RUN_MAX = timedelta(seconds=60)
PATIENCE_S = 60


@dataclass
class Work:
    """What a job does: it counts, waits at its gate, and fails when it is told to."""

    runs: int = 0
    at_once: int = 0
    most_at_once: int = 0
    failure: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.gate.set()

    async def __call__(self) -> None:
        await self._count(1)
        try:
            await self.gate.wait()
        finally:
            await self._count(-1)
        if self.failure is not None:
            raise self.failure

    async def until_runs(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(lambda: self.runs >= count)

    async def _count(self, change: int) -> None:
        async with self.changed:
            self.runs += max(change, 0)
            self.at_once += change
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.changed.notify_all()


@dataclass
class Processes:
    """A database, a clock and a bus; runners are made on them as processes are."""

    db: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    bus: Bus = field(default_factory=Bus)
    metrics: Metrics = field(default_factory=Metrics)

    def runner(self, *table: Job, owner: str = "me") -> JobRunner:
        return JobRunner(table, JobService(self.db, self.clock, owner), self.bus, self.metrics)

    async def planned(self, *table: Job, owner: str = "me") -> JobRunner:
        runner = self.runner(*table, owner=owner)
        await runner.plan()
        return runner

    async def job(self, name: str = "poll") -> JobState:
        async with self.db.read() as tx:
            return next(job for job in await jobs.jobs(tx) if job.name == name)

    async def names(self) -> list[str]:
        async with self.db.read() as tx:
            return [job.name for job in await jobs.jobs(tx)]

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))


def a_job(run: Callable[[], Awaitable[object]], name: str = "poll", **otherwise: Any) -> Job:
    return Job(name, EVERY, run, **{"run_max": RUN_MAX, **otherwise})
