"""Leases of jobs: one owner at a time, and a lease that was lost changes nothing any more."""

import asyncio
from datetime import timedelta

from core.domain.operations import JobState, Outcome
from db import jobs
from db.engine import Database
from tests.db.market import NOW, SECOND

LEASE = timedelta(seconds=60)


async def plan(db: Database, name: str = "poll", *, due_s: float = 0) -> None:
    async with db.write() as tx:
        await jobs.plan_job(tx, name, NOW + SECOND * due_s)


async def lease(
    db: Database, owner: str = "me", *, after_s: float = 0, even_early: bool = False
) -> int | None:
    async with db.write() as tx:
        now = NOW + SECOND * after_s
        return await jobs.lease_job(tx, "poll", owner, now=now, lease=LEASE, even_early=even_early)


async def finish(db: Database, fence: int | None, outcome: Outcome, *, after_s: float = 1) -> None:
    assert fence is not None
    error = "" if outcome is Outcome.OK else "x" * 1_000
    async with db.write() as tx:
        now = NOW + SECOND * after_s
        await jobs.finish_job(
            tx, "poll", fence, now=now, due_at=now + SECOND * 30, outcome=outcome, error=error
        )


async def job(db: Database) -> JobState:
    async with db.read() as tx:
        [found] = await jobs.jobs(tx)
    return found


async def test_a_job_is_planned_once_and_keeps_its_time(db: Database) -> None:
    await plan(db)
    await plan(db, due_s=1_000)
    assert await job(db) == JobState("poll", NOW, None, None, Outcome.NEVER, 0)


async def test_a_job_is_run_by_one_of_many_at_once(db: Database) -> None:
    await plan(db)
    fences = await asyncio.gather(*(lease(db, f"process-{n}") for n in range(10)))
    assert sorted(fence for fence in fences if fence is not None) == [1]


async def test_a_job_that_is_not_due_runs_only_when_it_was_woken(db: Database) -> None:
    await plan(db, due_s=10)
    assert await lease(db, after_s=9.999) is None
    assert await lease(db, after_s=10) == 1
    assert await lease(db, "you", after_s=10, even_early=True) is None


async def test_a_run_whose_end_could_not_be_written_down_holds_its_owner_up_no_longer(db: Database) -> None:
    await plan(db)
    mine = await lease(db)
    assert await lease(db, "you", after_s=1) is None
    assert await lease(db, after_s=1) == 2
    before = await job(db)
    await finish(db, mine, Outcome.FAILED, after_s=2)
    assert await job(db) == before


async def test_times_that_only_a_wrong_clock_can_have_set_hold_nothing_up(db: Database) -> None:
    await plan(db, due_s=3 * 86_400)  # the clock was days ahead when this was planned
    assert await lease(db) == 1
    assert await lease(db, after_s=-86_400, even_early=True) == 2  # and back again, in the middle of a run


async def test_a_woken_job_runs_before_it_is_due(db: Database) -> None:
    await plan(db, due_s=10)
    assert await lease(db, even_early=True) == 1


async def test_an_unknown_job_is_nobodys(db: Database) -> None:
    assert await lease(db, even_early=True) is None


async def test_a_finished_job_says_how_it_went_and_when_it_is_due(db: Database) -> None:
    await plan(db)
    await finish(db, await lease(db), Outcome.FAILED)
    failed = await job(db)
    assert (failed.outcome, failed.failures, len(failed.error)) == (Outcome.FAILED, 1, 300)
    assert (failed.due_at, failed.last_started_at, failed.lease_until) == (NOW + SECOND * 31, NOW, None)
    await finish(db, await lease(db, after_s=31), Outcome.TIMED_OUT, after_s=32)
    assert (await job(db)).failures == 2
    await finish(db, await lease(db, after_s=62), Outcome.OK, after_s=63)
    well = await job(db)
    assert (well.outcome, well.failures, well.error) == (Outcome.OK, 0, "")
    assert well.last_finished_at == NOW + SECOND * 63


async def test_a_lease_that_passed_on_is_left_alone_by_its_first_owner(db: Database) -> None:
    await plan(db)
    mine = await lease(db)
    assert await lease(db, "you", after_s=59.999) is None
    yours = await lease(db, "you", after_s=60)
    before = await job(db)
    await finish(db, mine, Outcome.FAILED, after_s=61)
    assert await job(db) == before
    await finish(db, yours, Outcome.OK, after_s=62)
    assert (await job(db)).outcome is Outcome.OK


async def test_what_a_dead_process_was_running_may_be_run_at_once(db: Database) -> None:
    await plan(db)
    await lease(db, "dead")
    async with db.write() as tx:
        await jobs.free(tx, ["somebody else"])
    assert await lease(db) is None
    async with db.write() as tx:
        await jobs.free(tx, ["dead"])
    assert await lease(db) == 2
