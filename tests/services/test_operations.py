"""Readiness and what a process remembers, as rows that every process reads alike."""

import errno
import os
from datetime import timedelta

import pytest

from core.domain.operations import GATEWAY_PATIENCE_S, Check, Outcome, Parked, ParkedRows, SourceHealth
from core.services.appraisal import TRIES_MAX
from core.services.housekeeping import EVENTS_KEPT
from core.services.jobs import JobService
from core.services.operations import FAILURES_MEAN_TROUBLE, LATE_MEANS_TROUBLE
from db import processes, work
from db.engine import Database
from db.events import EventRow
from db.processes import ProcessRow
from db.work import WorkRow
from tests.databases import on_postgres
from tests.services.house import ME_ID, House
from tests.services.reports import a_slab, at, by_alt, listed

MINUTE = timedelta(minutes=1)


async def check(house: House, name: str) -> Check:
    [found] = [line for line in (await house.operations.readiness()).checks if line.name == name]
    return found


def jobs(house: House, owner: str = ME_ID) -> JobService:
    return JobService(house.db, house.clock, owner)


async def run(house: House, name: str, outcome: Outcome = Outcome.OK) -> None:
    fence = await jobs(house).lease(name, MINUTE, is_woken=True)
    assert fence is not None
    error = "" if outcome is Outcome.OK else "no answer"
    await jobs(house).finish(name, fence, every=MINUTE, outcome=outcome, error=error)


async def test_a_house_that_just_began_is_not_ready_and_says_why(house: House) -> None:
    readiness = await house.operations.readiness()
    assert not readiness.is_ready
    assert readiness.checks == (
        Check("database", is_ok=True, age_s=0.0, says="answers"),
        Check("gateway", is_ok=False, age_s=None, says="Discord was not reached yet"),
        Check("jobs", is_ok=False, age_s=None, says="none has run yet"),
        Check("vendors", is_ok=True, age_s=None, says="answer"),
    )


async def test_a_house_that_works_is_ready_and_says_how_old_that_is(house: House) -> None:
    await house.operations.begin()
    await house.operations.heartbeat(gateway_is_up=True)
    await jobs(house).plan(["poll"])
    await run(house, "poll")
    house.pass_time(20)
    readiness = await house.operations.readiness()
    assert readiness.is_ready
    assert [(line.name, line.age_s, line.says) for line in readiness.checks] == [
        ("database", 0.0, "answers"),
        ("gateway", 20.0, "connected"),
        ("jobs", 20.0, "run"),
        ("vendors", None, "answer"),
    ]


async def test_a_gateway_may_blink_for_a_minute(house: House) -> None:
    await house.operations.begin()
    await house.operations.heartbeat(gateway_is_up=True)
    for _ in range(GATEWAY_PATIENCE_S // 10):
        house.pass_time(10)
        await house.operations.heartbeat(gateway_is_up=False)
    assert (await check(house, "gateway")).is_ok
    house.pass_time(1)
    await house.operations.heartbeat(gateway_is_up=False)
    assert await check(house, "gateway") == Check("gateway", is_ok=False, age_s=61.0, says="lost")


async def test_a_process_that_stopped_beating_does_not_count(house: House) -> None:
    await house.operations.begin()
    await house.operations.heartbeat(gateway_is_up=True)
    house.pass_time(60)
    assert (await check(house, "gateway")).says == "Discord was not reached yet"


async def test_a_job_that_is_late_or_keeps_failing_is_named(house: House) -> None:
    await jobs(house).plan(["poll", "recheck", "well"])
    for _ in range(FAILURES_MEAN_TROUBLE):
        await run(house, "recheck", Outcome.FAILED)
    await run(house, "well")
    assert (await check(house, "jobs")).says == "failing: recheck"
    house.pass_time(LATE_MEANS_TROUBLE.total_seconds())
    assert (await check(house, "jobs")).says == "failing: recheck"
    house.pass_time(1)
    troubled = await check(house, "jobs")
    assert (troubled.is_ok, troubled.says) == (False, "late: poll; failing: recheck")


async def test_a_job_that_a_vendor_does_not_answer_is_named_and_makes_nothing_unready(house: House) -> None:
    await jobs(house).plan(["poll", "recheck"])
    for _ in range(FAILURES_MEAN_TROUBLE):
        await run(house, "poll", Outcome.UNANSWERED)
    waiting = await check(house, "jobs")
    assert (waiting.is_ok, waiting.says) == (True, "run; without a vendor's answer: poll")
    await run(house, "poll", Outcome.FAILED)
    assert not (await check(house, "jobs")).is_ok


async def test_a_job_that_runs_for_long_is_not_late(house: House) -> None:
    await jobs(house).plan(["poll", "well"])
    await jobs(house).lease("poll", MINUTE * 15, is_woken=False)
    house.pass_time(LATE_MEANS_TROUBLE.total_seconds() + 1)
    await run(house, "well")
    assert (await check(house, "jobs")).is_ok
    house.pass_time(15 * 60)
    await run(house, "well")
    assert (await check(house, "jobs")).says == "late: poll"


async def test_a_vendor_that_is_down_is_told_and_does_not_make_the_house_unready(house: House) -> None:
    await house.operations.source_changed(SourceHealth("alt", True, at(0), "5 failures in a row"))
    says = "down: alt since 2026-03-01T12:00:00Z"
    assert await check(house, "vendors") == Check("vendors", is_ok=True, age_s=None, says=says)
    await house.operations.source_changed(SourceHealth("alt", False, at(5)))
    assert (await check(house, "vendors")).says == "answer"
    assert await house.operations.sources() == (SourceHealth("alt", False, at(5)),)


async def test_a_vendors_state_does_not_disturb_how_far_it_was_read(house: House) -> None:
    await house.listings.poll_listings(house.vault)
    await house.operations.source_changed(SourceHealth(house.vault.name, True, at(0), "down"))
    await house.listings.poll_listings(house.vault)
    assert (await house.operations.sources())[0].is_down


async def test_a_database_that_does_not_answer_is_one_bad_line(unused_tcp_port: int) -> None:
    house = House(Database(f"postgresql://someone@127.0.0.1:{unused_tcp_port}/cartel"))
    readiness = await house.operations.readiness()
    await house.db.close()
    says = f"does not answer: {os.strerror(errno.ECONNREFUSED)}"
    assert readiness.checks == (Check("database", is_ok=False, age_s=None, says=says),)


async def test_what_a_process_that_ends_had_taken_is_free(house: House) -> None:
    other = house.process("other")
    await other.begin()
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    async with house.db.write() as tx:
        await work.claim(tx, "other", limit=1, below=99, now=at(0), lease=MINUTE)
    await jobs(house).plan(["poll"])
    await jobs(house, "other").lease("poll", MINUTE, is_woken=False)
    await other.end()
    assert await jobs(house).lease("poll", MINUTE, is_woken=False) == 2
    assert (await house.rows(WorkRow))[0].claimed_by is None
    assert await house.rows(ProcessRow) == []


async def test_a_process_that_begins_buries_those_that_died(house: House) -> None:
    await jobs(house).plan(["poll"])
    async with house.db.write() as tx:
        await processes.start_process(tx, house.process("dead").me)
    await jobs(house, "dead").lease("poll", MINUTE, is_woken=False)
    await house.operations.begin()
    assert [row.id for row in await house.rows(ProcessRow)] == [ME_ID]
    assert await jobs(house).lease("poll", MINUTE, is_woken=False) == 2


async def test_a_process_that_was_buried_alive_is_there_again_at_its_next_beat(house: House) -> None:
    await house.operations.begin()
    async with house.db.write() as tx:
        await processes.end_process(tx, ME_ID)
    await house.operations.heartbeat(gateway_is_up=None)
    assert [row.id for row in await house.rows(ProcessRow)] == [ME_ID]


async def test_an_outage_is_forgotten_with_the_last_process_that_knew_of_it(house: House) -> None:
    await house.operations.begin()
    await house.operations.source_changed(SourceHealth("alt", True, at(0), "5 failures in a row"))
    await house.operations.end()
    await house.process("next").begin()
    assert await house.operations.sources() == (SourceHealth("alt", False, None),)


@on_postgres
async def test_an_outage_that_a_living_process_knows_of_is_kept(house: House) -> None:
    other = House(Database(house.db.url.render_as_string(hide_password=False)))
    await other.process("other").begin()
    await other.operations.source_changed(SourceHealth("alt", True, at(0), "5 failures in a row"))
    await house.operations.begin()
    assert (await house.operations.sources())[0].is_down
    await other.db.close()


async def test_every_heartbeat_takes_over_from_those_that_died_since(house: House) -> None:
    await house.operations.begin()
    async with house.db.write() as tx:
        await processes.start_process(tx, house.process("dead").me)
    await house.operations.heartbeat(gateway_is_up=None)
    assert [row.id for row in await house.rows(ProcessRow)] == [ME_ID]


async def test_housekeeping_forgets_events_after_a_week(house: House) -> None:
    await house.tell(listed(80, 0))
    house.pass_time(EVENTS_KEPT.total_seconds())
    await house.operations.housekeep()
    assert len(await house.rows(EventRow)) == 1
    house.pass_time(1)
    await house.operations.housekeep()
    assert await house.rows(EventRow) == []


async def test_the_queue_says_how_much_waits_and_since_when(house: House) -> None:
    await house.tell(listed(80, 0, mint="a"), listed(80, 0, mint="b"))
    depth = await house.operations.queue()
    assert (depth.waiting, depth.parked, depth.oldest_at) == (2, 0, at(0))


async def test_what_was_given_up_is_told_and_tried_again_on_request(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    assert await house.operations.parked() == Parked(ParkedRows(0), ParkedRows(0))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    [post] = await house.posts.claim()
    await house.posts.park(post.id, "I may not post there.", is_certainly_unsent=True)
    house.alt.bug = KeyError("a bug")
    await house.tell(listed(80, 0, mint="b", slab=a_slab("b", card=None)))
    for _ in range(TRIES_MAX):
        await house.appraisal.work_due()
        house.pass_time(100)
    because = ("KeyError('a bug')",), ("I may not post there.",)
    assert await house.operations.parked() == Parked(*(ParkedRows(1, why) for why in because))
    house.alt.bug = None
    assert await house.operations.requeue() == (1, 1)
    assert await house.operations.parked() == Parked(ParkedRows(0), ParkedRows(0))
    assert await house.appraisal.work_due() == 1
    [again] = await house.posts.claim()
    assert (again.id, again.attempts, again.maybe_sent) == (post.id, 1, 1)


async def test_jobs_are_listed_as_they_stand(house: House) -> None:
    await jobs(house).plan(["poll", "appraise"])
    assert [job.name for job in await house.operations.jobs()] == ["appraise", "poll"]
    assert await jobs(house).due(["poll", "unknown"]) == {"poll": at(0)}


@pytest.mark.parametrize("digest", ["a" * 64, "b" * 64])
async def test_the_commands_last_told_to_discord_are_remembered(house: House, digest: str) -> None:
    assert await house.operations.commands_hash(1) is None
    await house.operations.remember_commands(1, "c" * 64)
    await house.operations.remember_commands(1, digest)
    assert await house.operations.commands_hash(1) == digest
    assert await house.operations.commands_hash(2) is None
