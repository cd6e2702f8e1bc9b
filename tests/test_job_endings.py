"""How the job runner ends: whoever was cut is gone, and nobody is told of an error."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from core.events import Topic
from db.engine import Database
from tests.job_table import Processes, Work, a_job

pytestmark = pytest.mark.slow


@pytest.fixture
def processes(db: Database) -> Processes:
    return Processes(db)


def losing_a_cancellation(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Goes on after the first cancellation, as some libraries do."""

    async def run() -> None:
        try:
            await work()
        except asyncio.CancelledError:
            await work()

    return run


async def test_runs_that_are_cut_are_no_errors(
    processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    ticked, woken = Work(), Work()
    ticked.gate.clear()
    runner = processes.runner(a_job(ticked, "poll"), a_job(woken, "appraise", wakes_on=Topic.WORK))
    await runner.start()
    await asyncio.gather(ticked.until_runs(1), woken.until_runs(1))
    woken.gate.clear()
    processes.bus.wake(Topic.WORK)
    await woken.until_runs(2)
    await runner.stop()
    assert (ticked.at_once, woken.at_once) == (0, 0)
    assert [record.message for record in caplog.records if record.levelname != "DEBUG"] == []


async def test_who_loses_a_cancellation_is_told_again(processes: Processes) -> None:
    work = Work()
    work.gate.clear()
    runner = processes.runner(a_job(losing_a_cancellation(work)))
    await runner.start()
    await work.until_runs(1)
    await runner.stop()
    assert (work.runs, work.at_once) == (2, 0)
