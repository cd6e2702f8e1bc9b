"""The job table and its runner: APScheduler only asks "is it due?"; the answer is a row."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core.domain.operations import Outcome
from core.errors import DatabaseAway, SourceError
from core.events import Bus, Topic
from core.services.jobs import JobService
from core.settings import Role
from core.telemetry import Metrics

log = structlog.get_logger(__name__)

TICKS_PER_PERIOD = 4
TICK_MIN_S = 0.5
TICK_MAX_S = 30.0
MISFIRE_GRACE_S = 60
TICKS_AT_ONCE = 2
"""One that runs the job, and one that finds it running and goes; APScheduler would complain of it."""
STOP_PATIENCE_S = 1.5
CANCEL_EVERY_S = 0.5
"""A library may lose a cancellation, so who does not end is told again."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again. `run_max` ends a run that hangs; a topic runs it at once.

    A local job is every process's own (its heartbeat); any other runs in one process at a time.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]
    run_max: timedelta
    role: Role = Role.JOBS
    wakes_on: Topic | None = None
    is_local: bool = False


class JobRunner:
    """Runs due jobs: no overlap, a time limit, one log line when one breaks and one when it recovers.

    The same for the database under all of them: while it is away nothing runs, and nothing is logged.
    """

    def __init__(self, jobs: Sequence[Job], service: JobService, bus: Bus, metrics: Metrics) -> None:
        self.jobs = {job.name: job for job in jobs}
        self.service = service
        self.bus = bus
        self.metrics = metrics
        self._turns = {job.name: asyncio.Lock() for job in jobs}
        self._broken: dict[str, str] = {}
        self._away_since: datetime | None = None
        self._wakers: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[bool]] = set()
        self._is_stopping = False
        self._scheduler: AsyncIOScheduler | None = None

    async def plan(self) -> None:
        """Make the rows of the jobs, so that they can be due."""
        shared = [job for job in self.jobs.values() if not job.is_local]
        is_whole = any(job.role is Role.JOBS for job in shared)
        await self.service.plan([job.name for job in shared], forget_others=is_whole)

    async def start(self) -> None:
        """Begin to tick."""
        await self.plan()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": MISFIRE_GRACE_S,
                "max_instances": TICKS_AT_ONCE,
            },
        )
        for job in self.jobs.values():
            every = IntervalTrigger(seconds=_tick_s(job))
            at_once = datetime.now(UTC)
            self._scheduler.add_job(self.tick, every, [job.name], id=job.name, next_run_time=at_once)
        self._scheduler.start()
        self._wakers = [
            asyncio.create_task(self._wake(job, job.wakes_on), name=f"waker:{job.name}")
            for job in self.jobs.values()
            if job.wakes_on is not None
        ]

    async def stop(self) -> None:
        """End the ticking; runs under way get a moment, then they are cut."""
        self._is_stopping = True
        if self._scheduler is not None:
            self._scheduler.pause()
        for waker in self._wakers:
            waker.cancel()
        await asyncio.gather(*self._wakers, return_exceptions=True)
        late, patience_s = self._running, STOP_PATIENCE_S
        while late:
            _, late = await asyncio.wait(late, timeout=patience_s)
            for run in late:
                run.cancel()
            patience_s = CANCEL_EVERY_S
        await asyncio.sleep(0)  # the ticks end that waited for these runs: APScheduler would log their end
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    async def tick(self, name: str, *, is_woken: bool = False) -> bool:
        """Run the job if it is due (or was woken) and nobody else runs it; whether it ran."""
        turn = self._turns[name]
        if self._is_stopping or (turn.locked() and not is_woken):
            return False
        async with turn:
            run = asyncio.create_task(self._run_alone(self.jobs[name], is_woken=is_woken), name=f"job:{name}")
            self._running.add(run)
            run.add_done_callback(self._running.discard)
            await asyncio.wait({run})  # who is cancelled while waiting leaves the run to stop()
            return not run.cancelled() and run.result()

    async def _run_alone(self, job: Job, *, is_woken: bool) -> bool:
        """Run unless the database is away: nothing is worth doing that cannot be written down."""
        try:
            if self._away_since is not None:
                await self.service.reach()
                self._database_is_back()
            return await self._run_leased(job, is_woken=is_woken)
        except DatabaseAway as away:
            self._database_is_away(away)
            return False

    async def _run_leased(self, job: Job, *, is_woken: bool) -> bool:
        """Run under the job's lease; False when somebody else has it or it is not due."""
        if job.is_local:
            await self._run(job)
            return True
        fence = await self.service.lease(job.name, job.run_max, is_woken=is_woken, every=job.every)
        if fence is None:
            return False
        outcome, error = await self._run(job)
        await self.service.finish(job.name, fence, every=job.every, outcome=outcome, error=error)
        return True

    async def run_due(self) -> list[str]:
        """Run every job that is due now, once, in the order of the table: what a stepped clock calls."""
        return [name for name in self.jobs if await self.tick(name)]

    async def _run(self, job: Job) -> tuple[Outcome, str]:
        started = time.monotonic()
        outcome, error = await self._outcome(job)
        self.metrics.job_ran(job.name, outcome.value, time.monotonic() - started)
        self._tell_changes(job, error)
        return outcome, error

    async def _outcome(self, job: Job) -> tuple[Outcome, str]:
        try:
            async with asyncio.timeout(job.run_max.total_seconds()):
                await job.run()
        except TimeoutError:
            await self.service.reach()  # a failure while the database is away is the database's, told once
            return Outcome.TIMED_OUT, f"took longer than {job.run_max}"
        except SourceError as error:
            return Outcome.UNANSWERED, str(error)
        except Exception as error:
            await self.service.reach()
            if job.name not in self._broken:
                log.exception("a job failed", job=job.name)
            return Outcome.FAILED, repr(error)
        return Outcome.OK, ""

    def _tell_changes(self, job: Job, error: str) -> None:
        """Down once, recovered once."""
        before = self._broken.pop(job.name, None)
        if error:
            self._broken[job.name] = error
            if before is None:
                log.warning("a job is in trouble", job=job.name, error=error)
        elif before is not None:
            log.info("a job is well again", job=job.name)

    def _database_is_away(self, away: DatabaseAway) -> None:
        if self._away_since is None:
            self._away_since = self.service.clock.now()
            log.warning("the database does not answer", reason=str(away))

    def _database_is_back(self) -> None:
        since, self._away_since = self._away_since, None
        if since is not None:
            away_s = round((self.service.clock.now() - since).total_seconds())
            log.info("the database answers again", away_s=away_s)

    async def _wake(self, job: Job, topic: Topic) -> None:
        waiter = self.bus.waiter(topic)
        try:
            while True:
                await waiter.wait()
                waiter.clear()
                # a database that is away for a moment must not end the waking for good
                (ended,) = await asyncio.gather(self.tick(job.name, is_woken=True), return_exceptions=True)
                if isinstance(ended, BaseException):
                    log.warning("a job could not be woken", job=job.name, error=repr(ended))
        finally:
            self.bus.forget(topic, waiter)


def _tick_s(job: Job) -> float:
    """How often to ask whether a job is due: often enough to be hardly late."""
    if job.is_local:
        return job.every.total_seconds()
    return min(max(job.every.total_seconds() / TICKS_PER_PERIOD, TICK_MIN_S), TICK_MAX_S)
