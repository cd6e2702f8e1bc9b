"""The house's own health, and what a process must remember about itself."""

from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.operations import (
    GATEWAY_PATIENCE_S,
    Check,
    JobState,
    Outcome,
    Parked,
    ParkedRows,
    ProcessState,
    Readiness,
    SourceHealth,
)
from core.services.housekeeping import Housekeeping
from db import jobs, operations, pauses, processes, tries, work
from db.engine import DATABASE_FAILURES, Database, Tx, reason_of
from db.work import Depth

FAILURES_MEAN_TROUBLE = 3
LATE_MEANS_TROUBLE = timedelta(minutes=5)
PARKED_ERRORS_MAX = 5
PROCESS_IS_GONE_AFTER = timedelta(seconds=60)


class OperationService:
    """Rows that `/readyz`, doctor, `@Bot jobs` and the metrics read alike."""

    def __init__(self, db: Database, clock: Clock, me: ProcessState) -> None:
        self.db = db
        self.clock = clock
        self.me = me
        self._housekeeping = Housekeeping(db, clock)

    async def begin(self) -> None:
        """This process is there; what processes that are no more had taken, or knew, is gone with them."""
        await self.db.hold_sign_of_life(self.me.id)
        async with self.db.write() as tx:
            await processes.start_process(tx, self.me)
            await self._bury_the_dead(tx)
            if len(await processes.processes(tx)) == 1:
                await operations.forget_outages(tx)

    async def end(self) -> None:
        """This process goes; its leases and claims are free at once."""
        async with self.db.write() as tx:
            await processes.hand_over(tx, [self.me.id], self.clock.now())
            await processes.end_process(tx, self.me.id)

    async def heartbeat(self, *, gateway_is_up: bool | None) -> None:
        """This process lives, and takes over from those that do not; None: it does not run the bot role."""
        await self.db.hold_sign_of_life(self.me.id)
        async with self.db.write() as tx:
            await processes.start_process(tx, self.me)
            await processes.beat(tx, self.me.id, gateway_is_up=gateway_is_up, now=self.clock.now())
            await self._bury_the_dead(tx)

    async def housekeep(self) -> None:
        """Forget what is kept for a while only."""
        await self._housekeeping.run()

    async def readiness(self) -> Readiness:
        """Whether the work gets done: each check with the age of what it rests on."""
        try:
            async with self.db.read() as tx:
                running = await processes.processes(tx)
                planned = await jobs.jobs(tx)
                vendors = await operations.sources(tx)
        except DATABASE_FAILURES as error:
            says = f"does not answer: {reason_of(error)}"
            return Readiness((Check("database", is_ok=False, age_s=None, says=says),))
        return Readiness(
            (
                Check("database", is_ok=True, age_s=0.0, says="answers"),
                self._gateway(running),
                self._jobs(planned),
                _vendors(vendors),
            )
        )

    async def jobs(self) -> tuple[JobState, ...]:
        async with self.db.read() as tx:
            return tuple(await jobs.jobs(tx))

    async def sources(self) -> tuple[SourceHealth, ...]:
        async with self.db.read() as tx:
            return tuple(await operations.sources(tx))

    async def down_since(self, source: str) -> datetime | None:
        """Since when this vendor is down; None when it is not, or the database does not say."""
        try:
            known = await self.sources()
        except DATABASE_FAILURES:  # what is told of the vendor matters more than since when
            return None
        return next((vendor.since for vendor in known if vendor.name == source and vendor.is_down), None)

    async def queue(self) -> Depth:
        """How much waits for a verdict."""
        async with self.db.read() as tx:
            return await work.depth(tx)

    async def parked(self) -> Parked:
        """What was given up and waits for somebody: listings without a verdict, posts not shown, channels."""
        async with self.db.read() as tx:
            unjudged = await work.parked_errors(tx, PARKED_ERRORS_MAX)
            unshown = await tries.parked_errors(tx, PARKED_ERRORS_MAX)
            closed = await pauses.reasons(tx)
            return Parked(
                ParkedRows((await work.depth(tx)).parked, tuple(unjudged)),
                ParkedRows(await tries.count_parked(tx), tuple(unshown)),
                ParkedRows(len(closed), tuple(closed[:PARKED_ERRORS_MAX])),
            )

    async def requeue(self) -> tuple[int, int]:
        """Everything parked is tried again from the beginning: how many listings, and how many posts."""
        async with self.db.write() as tx:
            now = self.clock.now()
            return await work.requeue(tx, now), await tries.requeue(tx, now)

    async def source_changed(self, health: SourceHealth) -> None:
        """A vendor went down or came back: what waited for it is due."""
        async with self.db.write() as tx:
            await operations.keep_source(tx, health)
            if not health.is_down:
                await work.wake(tx, health.name, self.clock.now())

    async def commands_hash(self, application_id: int) -> str | None:
        """The hash of the slash commands last synced, or None."""
        async with self.db.read() as tx:
            return await operations.commands_digest(tx, application_id)

    async def remember_commands(self, application_id: int, digest: str) -> None:
        async with self.db.write() as tx:
            await operations.keep_commands(tx, application_id, digest, self.clock.now())

    async def _bury_the_dead(self, tx: Tx) -> None:
        dead = await processes.bury_the_dead(tx, but=self.me.id)
        await processes.hand_over(tx, dead, self.clock.now())

    def _gateway(self, processes: list[ProcessState]) -> Check:
        now = self.clock.now()
        alive = [p for p in processes if now - p.heartbeat_at < PROCESS_IS_GONE_AFTER and "bot" in p.roles]
        seen = [p.gateway_at for p in alive if p.gateway_at is not None]
        if not seen:
            return Check("gateway", is_ok=False, age_s=None, says="Discord was not reached yet")
        age_s = (now - max(seen)).total_seconds()
        is_ok = age_s <= GATEWAY_PATIENCE_S
        return Check("gateway", is_ok=is_ok, age_s=age_s, says="connected" if is_ok else "lost")

    def _jobs(self, jobs: list[JobState]) -> Check:
        now = self.clock.now()
        idle = [job for job in jobs if job.lease_until is None or job.lease_until <= now]
        late = [job.name for job in idle if now - job.due_at > LATE_MEANS_TROUBLE]
        troubled = [job for job in jobs if job.failures >= FAILURES_MEAN_TROUBLE]
        waiting = [job.name for job in troubled if job.outcome is Outcome.UNANSWERED]
        failing = [job.name for job in troubled if job.outcome is not Outcome.UNANSWERED]
        finished = [job.last_finished_at for job in jobs if job.last_finished_at is not None]
        age_s = (now - max(finished)).total_seconds() if finished else None
        if late or failing:
            says = "; ".join(
                f"{what}: {', '.join(names)}"
                for what, names in (("late", late), ("failing", failing))
                if names
            )
            return Check("jobs", is_ok=False, age_s=age_s, says=says)
        says = f"run; without a vendor's answer: {', '.join(waiting)}" if waiting else "run"
        return Check("jobs", is_ok=bool(finished), age_s=age_s, says=says if finished else "none has run yet")


def _vendors(sources: list[SourceHealth]) -> Check:
    """A vendor that is down is told, but does not make this house unready."""
    down = [f"{source.name}{_since(source)}" for source in sources if source.is_down]
    return Check("vendors", is_ok=True, age_s=None, says=f"down: {', '.join(down)}" if down else "answer")


def _since(source: SourceHealth) -> str:
    return f" since {source.since:%Y-%m-%dT%H:%M:%SZ}" if source.since else ""
