"""The queue: each row is one worker's, until it is done, given back, or its lease runs out."""

import asyncio
from datetime import timedelta

import msgspec

from db import work
from db.engine import Database
from db.work import Depth, Priority, Task
from tests.databases import on_postgres
from tests.db.market import NOW, SECOND, list_tokens

LEASE = timedelta(seconds=60)
ALL = Priority.BACKFILL + 1


async def queue(db: Database, count: int, *, priority: int = Priority.FRESH, prior: int = 0) -> list[int]:
    versions = await list_tokens(db, count)
    async with db.write() as tx:
        for id in versions:
            await work.add(tx, {id: prior}, priority=priority, now=NOW)
    return versions


async def claim(
    db: Database, owner: str = "me", *, limit: int = 100, below: int = ALL, after_s: float = 0
) -> list[Task]:
    async with db.write() as tx:
        now = NOW + SECOND * after_s
        return await work.claim(tx, owner, limit=limit, below=below, now=now, lease=LEASE)


async def depth(db: Database) -> Depth:
    async with db.read() as tx:
        return await work.depth(tx)


async def is_held(db: Database, task: Task, owner: str = "me") -> bool:
    async with db.write() as tx:
        return await work.holds(tx, task, owner)


async def test_a_row_is_one_workers_however_many_ask_at_once(db: Database) -> None:
    versions = await queue(db, 30)
    claims = await asyncio.gather(*(claim(db, f"worker-{n}", limit=5) for n in range(10)))
    taken = [task.version_id for tasks in claims for task in tasks]
    assert sorted(taken) == versions


@on_postgres
async def test_a_row_that_another_transaction_holds_is_passed_over_not_waited_for(db: Database) -> None:
    versions = await queue(db, 2)
    async with db.write() as tx:
        first = await work.claim(tx, "me", limit=1, below=ALL, now=NOW, lease=LEASE)
        second = await asyncio.wait_for(claim(db, "you"), timeout=10)
    assert [task.version_id for task in (*first, *second)] == versions


async def test_a_row_that_took_the_place_of_another_is_not_taken_for_it(db: Database) -> None:
    first, second = await list_tokens(db, 2)
    async with db.write() as tx:
        await work.add(tx, {first: 0}, priority=Priority.FRESH, now=NOW)
    [old] = await claim(db)
    async with db.write() as tx:
        await work.drop(tx, first)
        await work.add(tx, {second: 0}, priority=Priority.FRESH, now=NOW)
    [new] = await claim(db)
    assert not await is_held(db, old)
    async with db.write() as tx:
        await work.done(tx, [old.version_id])
    assert await is_held(db, new)


async def test_fresh_goes_before_backfill_and_the_smallest_prior_first(db: Database) -> None:
    slow, dear, cheap = await list_tokens(db, 3)
    async with db.write() as tx:
        await work.add(tx, {slow: 1}, priority=Priority.BACKFILL, now=NOW)
        await work.add(tx, {dear: 9_000}, priority=Priority.FRESH, now=NOW)
        await work.add(tx, {cheap: 2_000}, priority=Priority.FRESH, now=NOW)
    assert [task.version_id for task in await claim(db)] == [cheap, dear, slow]


async def test_backfill_can_be_left_out(db: Database) -> None:
    await queue(db, 1, priority=Priority.BACKFILL)
    async with db.read() as tx:
        assert not await work.is_any_due(tx, NOW, below=Priority.BACKFILL)
        assert await work.is_any_due(tx, NOW, below=ALL)
    assert await claim(db, below=Priority.BACKFILL) == []


async def test_a_version_is_queued_once(db: Database) -> None:
    [version] = await queue(db, 1)
    async with db.write() as tx:
        await work.add(tx, {version: 5}, priority=Priority.FRESH, now=NOW)
    assert (await depth(db)).waiting == 1


async def test_a_lease_that_ran_out_is_anyones_and_the_first_owner_holds_nothing_more(db: Database) -> None:
    await queue(db, 1)
    [mine] = await claim(db)
    assert await is_held(db, mine)
    assert await claim(db, "you", after_s=59) == []
    [yours] = await claim(db, "you", after_s=60)
    assert yours.attempts == 2
    assert not await is_held(db, mine)
    assert await is_held(db, yours, "you")


async def test_times_that_only_a_wrong_clock_can_have_set_hold_nothing_up(db: Database) -> None:
    await queue(db, 1)
    day_s = 86_400
    assert len(await claim(db, after_s=day_s)) == 1  # the clock was a day ahead, and is right again
    [task] = await claim(db, "you")
    async with db.write() as tx:
        await work.again(tx, task.id, at=NOW + SECOND * day_s, error="no answer")
    assert len(await claim(db)) == 1


async def test_a_priority_can_be_claimed_by_itself(db: Database) -> None:
    fresh, anew, old = await list_tokens(db, 3)
    async with db.write() as tx:
        await work.add(tx, {fresh: 0}, priority=Priority.FRESH, now=NOW)
        await work.add(tx, {anew: 0}, priority=Priority.RECHECK, now=NOW)
        await work.add(tx, {old: 0}, priority=Priority.BACKFILL, now=NOW)
    bounds = {"above": Priority.FRESH, "below": Priority.RECHECK + 1}
    async with db.write() as tx:
        assert await work.is_any_due(tx, NOW, **bounds)
        tasks = await work.claim(tx, "me", limit=5, now=NOW, lease=LEASE, **bounds)
        assert not await work.is_any_due(tx, NOW, **bounds)
    assert [task.version_id for task in tasks] == [anew]


async def test_of_many_claims_those_are_held_that_are_still_their_owners(db: Database) -> None:
    await queue(db, 4)
    lost, mine, again, gone = await claim(db)
    async with db.write() as tx:
        await work.release(tx, ["me"])
        await work.drop(tx, gone.version_id)
    [theirs] = await claim(db, "you", limit=1)
    ours = await claim(db)
    async with db.write() as tx:
        owners = {task.claim: "me" for task in (lost, mine, *ours, gone)} | {theirs.claim: "you"}
        held = await work.held(tx, owners, waits=True)
    assert held == {theirs.claim, *(task.claim for task in ours)}
    assert {task.version_id for task in ours} == {mine.version_id, again.version_id}


@on_postgres
async def test_a_claim_that_somebody_is_at_is_passed_over_and_not_waited_for(db: Database) -> None:
    await queue(db, 2)
    one, two = await claim(db)
    owners = {one.claim: "me", two.claim: "me"}
    async with db.write() as tx:
        await work.drop(tx, one.version_id)
        async with asyncio.timeout(10), db.write() as beside:
            assert await work.held(beside, owners, waits=False) == {two.claim}
    async with db.write() as tx:
        assert await work.held(tx, owners, waits=True) == {two.claim}


async def test_an_owner_that_claimed_a_row_again_does_not_hold_its_first_claim(db: Database) -> None:
    await queue(db, 1)
    [first] = await claim(db)
    [second] = await claim(db, after_s=60)
    assert not await is_held(db, first)
    assert await is_held(db, second)


async def test_a_row_that_is_done_or_dropped_is_gone(db: Database) -> None:
    one, two = await queue(db, 2)
    tasks = {task.version_id: task for task in await claim(db)}
    async with db.write() as tx:
        await work.done(tx, [tasks[one].version_id])
        await work.drop(tx, two)
    assert await depth(db) == Depth(0, 0, None)
    assert not await is_held(db, tasks[one])


async def test_a_row_that_waits_is_due_again_at_its_time(db: Database) -> None:
    await queue(db, 1)
    [task] = await claim(db)
    async with db.write() as tx:
        await work.again(tx, task.id, at=NOW + SECOND * 5, error="x" * 1_000)
    assert await claim(db, after_s=4.999) == []
    [again] = await claim(db, after_s=5)
    assert again == msgspec.structs.replace(task, attempts=2)


async def test_a_parked_row_waits_for_an_operator(db: Database) -> None:
    await queue(db, 2)
    task, _ = await claim(db)
    async with db.write() as tx:
        await work.park(tx, task.id, at=NOW, error="ValueError()")
    assert await depth(db) == Depth(1, 1, NOW)
    assert len(await claim(db, after_s=1_000_000)) == 1


async def test_what_a_dead_process_had_claimed_is_due_at_once(db: Database) -> None:
    await queue(db, 2)
    await claim(db, "dead", limit=1)
    [alive] = await claim(db, "alive", limit=1)
    async with db.write() as tx:
        await work.release(tx, ["dead"])
    assert len(await claim(db)) == 1
    assert await is_held(db, alive, "alive")


async def test_a_task_says_what_it_is_about(db: Database) -> None:
    [version] = await queue(db, 1, priority=Priority.BACKFILL)
    [task] = await claim(db)
    assert task == Task(task.id, version, 1, 0, NOW, Priority.BACKFILL, "mint-0")


async def test_bugs_are_counted_and_outages_are_not(db: Database) -> None:
    await queue(db, 1)
    for is_failure, failures in ((False, 0), (True, 1), (False, 1), (True, 2)):
        [task] = await claim(db)
        async with db.write() as tx:
            await work.again(tx, task.id, at=NOW, error="x", is_failure=is_failure)
        [task] = await claim(db)
        assert task.failures == failures
        async with db.write() as tx:
            await work.release(tx, ["me"])


async def test_parked_rows_say_why_and_begin_anew_when_they_are_queued_again(db: Database) -> None:
    await queue(db, 3)
    waiting, *parked = await claim(db)
    async with db.write() as tx:
        for n, task in enumerate(parked):
            await work.park(tx, task.id, at=NOW + SECOND * n, error=f"bug\x00 {n}")
        assert await work.parked_errors(tx, 5) == ["bug  1", "bug  0"]
        assert await work.parked_errors(tx, 1) == ["bug  1"]
        assert await work.requeue(tx, NOW + SECOND * 99) == 2
        assert await work.requeue(tx, NOW + SECOND * 99) == 0
    again = await claim(db, after_s=99)
    later = NOW + SECOND * 99
    assert [
        (task.id, task.attempts, task.failures, task.created_at) for task in again if task.id != waiting.id
    ] == [(task.id, 1, 0, later) for task in parked]
