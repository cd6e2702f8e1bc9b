"""The event log: in commit order, never renumbered, read by cursor, forgotten after a while."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import delete, select, text

from core.domain.listings import Reported
from core.events import Event, ListingClosed, PostShown
from db import events, leftovers
from db.engine import Database
from db.events import EventRow, Fact, Stored
from tests.databases import on_sqlite
from tests.db.market import NOW

WRITERS = 12


def fact(post_id: int) -> Fact:
    return Fact("market", f"post:{post_id}", PostShown(post_id, 1, is_new=True))


async def append(db: Database, *post_ids: int, days: int = 0) -> None:
    async with db.write() as tx:
        await events.append(tx, [fact(id) for id in post_ids], NOW + timedelta(days=days))


async def subjects(db: Database, after: int = 0, limit: int = 100) -> list[str]:
    async with db.read() as tx:
        return [event.subject for event in await events.after(tx, after, limit)]


async def test_a_fact_is_read_back_with_its_type(db: Database) -> None:
    closed = ListingClosed(7, "mint", Reported.SOLD)
    async with db.write() as tx:
        await events.append(tx, [Fact("guild:5", "listing:7", closed)], NOW)
    async with db.read() as tx:
        [event] = await events.after(tx, 0, 10)
    stored = Stored(1, NOW, "listing.closed", "guild:5", "listing:7", event.payload)
    assert event == stored
    assert msgspec.json.decode(event.payload, type=Event) == closed


async def test_a_cursor_goes_on_where_it_was(db: Database) -> None:
    await append(db, 1, 2, 3)
    assert await subjects(db, limit=2) == ["post:1", "post:2"]
    assert await subjects(db, after=2) == ["post:3"]
    assert await subjects(db, after=3) == []


async def test_nothing_to_append_is_no_write(db: Database) -> None:
    await append(db)
    assert await subjects(db) == []


async def test_a_transaction_that_fails_leaves_no_event(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as tx:
            await events.append(tx, [fact(1)], NOW)
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await fail()
    assert await subjects(db) == []


async def test_a_reader_never_sees_a_later_event_before_an_earlier_one(db: Database) -> None:
    """Numbers are handed out before the commit; a reader that follows them must skip none."""
    seen: list[int] = []
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        async with db.write() as tx:
            await tx.execute(select(EventRow.seq).limit(1))
            await events.append(tx, [fact(number)], NOW)
            await asyncio.sleep(0.001 * (number % 3))

    async def look() -> None:
        async with db.read() as tx:
            batch = await events.after(tx, max(seen, default=0), WRITERS)
        seen.extend(event.seq for event in batch)

    async def follow() -> None:
        while not is_over.is_set():
            await look()
        await look()

    reader = asyncio.create_task(follow())
    await asyncio.gather(*map(write, range(WRITERS)))
    is_over.set()
    await reader
    assert seen == list(range(1, WRITERS + 1))


async def test_a_number_is_never_used_again_when_the_log_was_emptied(db: Database) -> None:
    await append(db, 1, 2)
    async with db.write() as tx:
        await tx.execute(delete(EventRow))
    await append(db, 3)
    assert await subjects(db, after=2) == ["post:3"]


async def test_the_oldest_events_are_forgotten_a_bounded_number_at_a_time(db: Database) -> None:
    await append(db, 1, 2, 3)
    await append(db, 4, days=1)
    for is_end, left in ((False, ["post:3", "post:4"]), (True, ["post:4"])):
        async with db.write() as tx:
            found = await leftovers.old_events(tx, NOW + timedelta(days=1), after=0, limit=2)
            await leftovers.forget(tx, leftovers.EVENTS, found.ids)
        assert (found.is_end, await subjects(db)) == (is_end, left)


async def test_a_new_reader_begins_with_what_happens_next_and_goes_on_where_it_was(db: Database) -> None:
    await append(db, 1)
    async with db.write() as tx:
        assert await events.cursor(tx, "analytics") is None
        assert await events.newest(tx) == 1
        await events.move_cursor(tx, "analytics", 1)
    await append(db, 2)
    async with db.write() as tx:
        assert await events.cursor(tx, "analytics") == 1
        await events.move_cursor(tx, "analytics", 2)
        assert await events.cursor(tx, "analytics") == 2


@on_sqlite
async def test_the_table_counts_by_itself_on_sqlite(db: Database) -> None:
    async with db.read() as tx:
        made = (await tx.execute(text("SELECT sql FROM sqlite_master WHERE name = 'event'"))).scalar_one()
    assert "AUTOINCREMENT" in made
