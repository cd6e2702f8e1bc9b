"""The job table under the real scheduler: ticks, wakes, and what a stop does to runs under way."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.operations import Outcome
from core.events import Topic
from core.jobs import Job
from db import jobs
from db.engine import Database
from tests.job_table import RUN_MAX, Processes, Work, a_job

pytestmark = pytest.mark.slow

OFTEN = timedelta(milliseconds=10)


@pytest.fixture
def processes(db: Database) -> Processes:
    return Processes(db)


async def test_the_scheduler_ticks_until_it_is_stopped(processes: Processes) -> None:
    slow, beat = Work(), Work()
    slow.gate.clear()
    runner = processes.runner(
        Job("slow", OFTEN, slow, RUN_MAX, is_local=True), Job("beat", OFTEN, beat, RUN_MAX, is_local=True)
    )
    await runner.start()
    await beat.until_runs(10)
    assert slow.runs == 1
    slow.gate.set()
    await slow.until_runs(3)
    await runner.stop()
    after = beat.runs
    assert not await runner.tick("beat")
    assert (slow.most_at_once, beat.runs) == (1, after)


async def test_the_scheduler_runs_a_job_at_once_and_again_when_it_is_due(processes: Processes) -> None:
    async def time_passes() -> None:
        processes.pass_time(0.1)

    work = Work()
    clock = Job("clock", OFTEN, time_passes, RUN_MAX, is_local=True)
    runner = processes.runner(clock, Job("poll", timedelta(seconds=1), work, RUN_MAX))
    await runner.start()
    await work.until_runs(2)
    await runner.stop()
    assert (await processes.job()).lease_until is None


async def test_a_wake_of_the_bus_runs_a_job_at_once(processes: Processes) -> None:
    work = Work()
    runner = processes.runner(a_job(work, "appraise", wakes_on=Topic.WORK))
    await runner.start()
    await work.until_runs(1)
    processes.bus.wake(Topic.WORK)
    await work.until_runs(2)
    processes.bus.wake(Topic.POSTS)
    processes.bus.wake(Topic.WORK)
    await work.until_runs(3)
    await runner.stop()
    assert work.runs == 3


async def test_a_stop_lets_what_runs_end(processes: Processes) -> None:
    work = Work()
    work.gate.clear()
    runner = processes.runner(a_job(work))
    await runner.start()
    await work.until_runs(1)
    stopping = asyncio.create_task(runner.stop())
    await asyncio.sleep(0)
    work.gate.set()
    await stopping
    assert (await processes.job()).outcome is Outcome.OK


async def test_a_stop_cuts_what_does_not_end_and_another_may_run_it(
    processes: Processes,
) -> None:
    work = Work()
    work.gate.clear()
    runner = processes.runner(a_job(work))
    await runner.start()
    await work.until_runs(1)
    await runner.stop()
    assert work.at_once == 0
    assert (await processes.job()).outcome is Outcome.NEVER
    async with processes.db.write() as tx:
        await jobs.free(tx, ["me"])
    work.gate.set()
    assert await (await processes.planned(a_job(work), owner="next")).tick("poll")


async def test_a_runner_that_never_started_can_be_stopped(processes: Processes) -> None:
    await processes.runner(a_job(Work())).stop()
