"""A tick: a job runs when it is due or woken, never twice at once, never for ever."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.domain.operations import Outcome
from core.errors import SourceUnavailable
from core.jobs import Job
from core.settings import Role
from db import jobs
from db.engine import Database
from tests.databases import NOW
from tests.job_table import EVERY, RUN_MAX, Processes, Work, a_job


@pytest.fixture
def processes(db: Database) -> Processes:
    return Processes(db)


async def test_a_job_runs_when_it_is_due_and_only_then(processes: Processes) -> None:
    work = Work()
    runner = await processes.planned(a_job(work))
    assert await runner.tick("poll")
    assert not await runner.tick("poll")
    processes.pass_time(29.999)
    assert not await runner.tick("poll")
    processes.pass_time(0.001)
    assert await runner.tick("poll")
    assert work.runs == 2
    assert (await processes.job()).due_at == NOW + EVERY * 2


async def test_a_job_keeps_its_time_across_a_restart(processes: Processes) -> None:
    work = Work()
    await (await processes.planned(a_job(work))).tick("poll")
    assert not await (await processes.planned(a_job(work), owner="next")).tick("poll")


async def test_a_job_that_is_no_more_is_forgotten_and_not_late_for_ever(processes: Processes) -> None:
    await processes.planned(a_job(Work(), "poll-old"), a_job(Work(), "publish"), a_job(Work()))
    await processes.planned(a_job(Work(), "publish", role=Role.BOT), owner="bot only")
    assert await processes.names() == ["poll", "poll-old", "publish"]
    await processes.planned(a_job(Work()), owner="jobs only")
    assert await processes.names() == ["poll", "publish"]


async def test_a_job_that_runs_is_not_run_beside_itself(processes: Processes) -> None:
    work = Work()
    work.gate.clear()
    runner = await processes.planned(a_job(work))
    first = asyncio.create_task(runner.tick("poll"))
    await work.until_runs(1)
    processes.pass_time(45)
    assert not await runner.tick("poll")
    work.gate.set()
    assert await first
    assert work.most_at_once == 1


async def test_a_job_is_run_by_one_process_at_a_time(processes: Processes) -> None:
    mine, theirs = Work(), Work()
    mine.gate.clear()
    me = await processes.planned(a_job(mine))
    other = await processes.planned(a_job(theirs), owner="other")
    first = asyncio.create_task(me.tick("poll"))
    await mine.until_runs(1)
    assert not await other.tick("poll")
    assert not await other.tick("poll", is_woken=True)
    mine.gate.set()
    await first
    assert theirs.runs == 0


async def test_a_process_that_hangs_loses_its_job_and_its_say(
    processes: Processes,
) -> None:
    stuck, well = Work(), Work()
    stuck.gate.clear()
    stuck.failure = RuntimeError("too late")
    me = await processes.planned(a_job(stuck))
    other = await processes.planned(a_job(well), owner="other")
    late = asyncio.create_task(me.tick("poll"))
    await stuck.until_runs(1)
    processes.pass_time(RUN_MAX.total_seconds())
    assert await other.tick("poll")
    stuck.gate.set()
    await late
    assert ((await processes.job()).outcome, (await processes.job()).failures) == (Outcome.OK, 0)


async def test_a_woken_job_runs_at_once_though_it_is_not_due(processes: Processes) -> None:
    work = Work()
    runner = await processes.planned(a_job(work))
    await runner.tick("poll")
    assert await runner.tick("poll", is_woken=True)
    assert work.runs == 2


async def test_a_job_woken_while_it_runs_runs_once_more(processes: Processes) -> None:
    work = Work()
    work.gate.clear()
    runner = await processes.planned(a_job(work))
    first = asyncio.create_task(runner.tick("poll"))
    await work.until_runs(1)
    woken = asyncio.create_task(runner.tick("poll", is_woken=True))
    work.gate.set()
    assert await first
    assert await woken
    assert (work.runs, work.most_at_once) == (2, 1)


async def test_a_local_job_is_every_processs_own_and_has_no_row(processes: Processes) -> None:
    work = Work()
    runner = await processes.planned(a_job(work, "heartbeat", is_local=True))
    assert await runner.tick("heartbeat")
    assert await runner.tick("heartbeat")
    async with processes.db.read() as tx:
        assert await jobs.jobs(tx) == []


async def test_a_run_that_hangs_is_ended_by_its_time_limit(processes: Processes) -> None:
    work = Work()
    work.gate.clear()
    runner = await processes.planned(a_job(work, run_max=timedelta(milliseconds=1)))
    assert await runner.tick("poll")
    state = await processes.job()
    assert (state.outcome, state.failures, state.lease_until) == (Outcome.TIMED_OUT, 1, None)
    assert state.error == "took longer than 0:00:00.001000"
    assert work.at_once == 0


async def test_a_job_that_breaks_says_so_once_and_when_it_is_well(
    processes: Processes,
) -> None:
    work = Work(failure=SourceUnavailable("alt", "does not answer"))
    runner = await processes.planned(a_job(work))
    with capture_logs() as lines:
        for _ in range(3):
            await runner.tick("poll", is_woken=True)
        assert (await processes.job()).outcome is Outcome.UNANSWERED
        work.failure = None
        for _ in range(2):
            await runner.tick("poll", is_woken=True)
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("a job is in trouble", "warning"),
        ("a job is well again", "info"),
    ]
    assert lines[0]["error"] == "alt: does not answer"


async def test_a_bug_shows_its_traceback_once(processes: Processes) -> None:
    work = Work(failure=KeyError("a bug"))
    runner = await processes.planned(a_job(work))
    with capture_logs() as lines:
        for _ in range(3):
            await runner.tick("poll", is_woken=True)
    assert [line["event"] for line in lines] == ["a job failed", "a job is in trouble"]
    assert lines[0]["exc_info"]
    state = await processes.job()
    assert (state.outcome, state.failures, state.error) == (Outcome.FAILED, 3, "KeyError('a bug')")


async def test_a_job_that_fails_does_not_keep_the_others_back(processes: Processes) -> None:
    broken, well = Work(failure=KeyError("a bug")), Work()
    runner = await processes.planned(a_job(broken, "broken"), a_job(well, "well"))
    assert await runner.run_due() == ["broken", "well"]
    assert well.runs == 1


async def test_a_stepped_clock_runs_what_is_due_in_the_order_of_the_table(processes: Processes) -> None:
    order: list[str] = []

    def noting(name: str, every_s: float) -> Job:
        async def note() -> None:
            order.append(name)

        return Job(name, timedelta(seconds=every_s), note, RUN_MAX)

    runner = await processes.planned(noting("poll", 30), noting("appraise", 1), noting("recheck", 10))
    assert await runner.run_due() == ["poll", "appraise", "recheck"]
    assert await runner.run_due() == []
    processes.pass_time(1)
    assert await runner.run_due() == ["appraise"]
    processes.pass_time(29)
    assert await runner.run_due() == ["poll", "appraise", "recheck"]
    assert order == ["poll", "appraise", "recheck", "appraise", "poll", "appraise", "recheck"]


async def test_how_long_runs_take_is_measured(processes: Processes) -> None:
    await (await processes.planned(a_job(Work()))).tick("poll")
    assert b'cartel_job_run_seconds_count{job="poll",outcome="ok"} 1.0' in processes.metrics.exposition()
