"""Leases of jobs: one process runs a job at a time, and its row tells how it went."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.operations import Outcome
from core.errors import DatabaseAway
from db import jobs, operations
from db.engine import DATABASE_FAILURES, Database, reason_of

REACH_LIMIT_S = 20
PUBLISH = "publish"
"""The bot role's job, which a process without that role does not know."""


class JobService:
    """What the job runner keeps in the database."""

    def __init__(self, db: Database, clock: Clock, owner: str) -> None:
        self.db = db
        self.clock = clock
        self.owner = owner

    async def plan(self, names: list[str], *, forget_others: bool = False) -> None:
        """Make the rows of jobs that are new; what is planned already keeps its time."""
        async with self.db.write() as tx:
            if forget_others:
                await jobs.forget_jobs(tx, but=[*names, PUBLISH])
            for name in names:
                await jobs.plan_job(tx, name, self.clock.now())

    async def due(self, names: list[str]) -> dict[str, datetime]:
        """When each of these jobs is due."""
        async with self.db.read() as tx:
            return {job.name: job.due_at for job in await jobs.jobs(tx) if job.name in names}

    async def lease(
        self, name: str, lasts: timedelta, *, is_woken: bool, every: timedelta = jobs.PERIOD_MAX
    ) -> int | None:
        """Take the job if nobody runs it and it is due, or was woken: its fence, or None.

        Raises DatabaseAway, as `finish` does.
        """
        with _away_is_told():
            async with self.db.write() as tx:
                now = self.clock.now()
                return await jobs.lease_job(
                    tx, name, self.owner, now=now, lease=lasts, even_early=is_woken, every=every
                )

    async def finish(self, name: str, fence: int, *, every: timedelta, outcome: Outcome, error: str) -> None:
        """Give the job back; due again after `every`."""
        with _away_is_told():
            async with self.db.write() as tx:
                now = self.clock.now()
                due_at = now + every
                await jobs.finish_job(tx, name, fence, now=now, due_at=due_at, outcome=outcome, error=error)

    async def reach(self) -> None:
        """Raise DatabaseAway when the database cannot be written to."""
        with _away_is_told():
            async with asyncio.timeout(REACH_LIMIT_S), self.db.write() as tx:
                await operations.touch(tx)


@contextmanager
def _away_is_told() -> Iterator[None]:
    try:
        yield
    except DATABASE_FAILURES as error:
        raise DatabaseAway(reason_of(error)) from error
