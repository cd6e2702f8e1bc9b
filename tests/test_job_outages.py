"""While the database is away the jobs rest; it is logged once that it went and once that it is back."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import StringIO

import pytest

from core.clock import ManualClock
from core.errors import DatabaseAway
from core.services.jobs import JobService
from db.engine import Database
from tests.databases import NOW, on_sqlite
from tests.job_table import Processes, Work, a_job
from tests.logs import written_logs
from tests.outages import Fragile, fragile


@pytest.fixture
async def fragile_db(migrated_url: str) -> AsyncIterator[Fragile]:
    async with fragile(migrated_url) as opened:
        yield opened


def told(stream: StringIO) -> list[tuple[str, str]]:
    lines = map(json.loads, stream.getvalue().splitlines())
    return [(line["event"], line["level"]) for line in lines]


async def test_an_outage_of_the_database_is_two_lines_however_long_it_lasts(fragile_db: Fragile) -> None:
    processes, poll, held = Processes(fragile_db.db), Work(), asyncio.Event()

    async def beat() -> None:
        async with fragile_db.db.write():
            pass

    async def long_run() -> None:
        await held.wait()
        await beat()

    runner = await processes.planned(
        a_job(poll), a_job(beat, "heartbeat", is_local=True), a_job(long_run, "long")
    )
    with written_logs() as stream:
        assert await runner.tick("poll", is_woken=True)
        under_way = asyncio.create_task(runner.tick("long"))
        async with fragile_db.away():
            assert not await runner.tick("heartbeat")
            held.set()
            assert not await under_way
            for _ in range(5):
                assert not await runner.tick("poll", is_woken=True)
                assert not await runner.tick("heartbeat")
            processes.pass_time(90)
        assert await runner.tick("poll", is_woken=True)
        assert await runner.tick("heartbeat")
    assert told(stream) == [
        ("the database does not answer", "warning"),
        ("the database answers again", "info"),
    ]
    assert '"away_s": 90' in stream.getvalue()
    assert poll.runs == 2


async def test_a_second_outage_is_told_of_too(fragile_db: Fragile) -> None:
    runner = await Processes(fragile_db.db).planned(a_job(Work()))
    with written_logs() as stream:
        for _ in range(2):
            async with fragile_db.away():
                await runner.tick("poll", is_woken=True)
            await runner.tick("poll", is_woken=True)
    assert len(told(stream)) == 4


async def test_a_job_that_fails_under_a_sound_database_is_not_taken_for_an_outage(
    fragile_db: Fragile,
) -> None:
    runner = await Processes(fragile_db.db).planned(a_job(Work(failure=OSError("disk full"))))
    with written_logs() as stream:
        assert await runner.tick("poll")
    assert told(stream) == [("a job failed", "error"), ("a job is in trouble", "warning")]


async def test_a_run_that_an_outage_ended_is_followed_by_the_next_as_soon_as_it_is_over(
    fragile_db: Fragile,
) -> None:
    work = Work()
    work.gate.clear()
    runner = await Processes(fragile_db.db).planned(a_job(work))
    with written_logs():
        under_way = asyncio.create_task(runner.tick("poll"))
        await work.until_runs(1)
        async with fragile_db.away():
            work.gate.set()
            assert not await under_way
        assert await runner.tick("poll")
    assert work.runs == 2


@on_sqlite
async def test_a_database_that_takes_no_more_bytes_is_away_until_it_does(db: Database) -> None:
    runner = await Processes(db).planned(a_job(Work()))
    full = "BEFORE UPDATE ON {0} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    with written_logs() as stream:
        async with db.write() as tx:
            for table in ("job", "house"):
                await tx.exec_driver_sql(f"CREATE TRIGGER full_{table} {full.format(table)}")
        for _ in range(5):
            assert not await runner.tick("poll", is_woken=True)
        async with db.write() as tx:
            for table in ("job", "house"):
                await tx.exec_driver_sql(f"DROP TRIGGER full_{table}")
        assert await runner.tick("poll", is_woken=True)
    assert len(told(stream)) == 2


async def test_an_outage_says_its_reason_in_half_a_sentence(fragile_db: Fragile) -> None:
    service = JobService(fragile_db.db, ManualClock(NOW), "me")
    await service.reach()
    async with fragile_db.away():
        with pytest.raises(DatabaseAway) as away:
            await service.reach()
    assert str(away.value) in {"database is locked", "Connection refused"}
