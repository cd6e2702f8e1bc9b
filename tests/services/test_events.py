"""Readers of the log see every event once, in order, and again only when they failed."""

from collections.abc import Sequence

import pytest

from core.events import PostShown
from core.services.events import BATCH, EventService, Stored
from db import events
from db.events import Fact, ReaderRow
from tests.databases import NOW
from tests.services.house import House
from tests.services.reports import listed


class Reader:
    """Takes events until it is told to fail."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.is_broken = False

    async def take(self, batch: Sequence[Stored]) -> None:
        if self.is_broken:
            raise RuntimeError("a bug")
        self.seen += [event.subject for event in batch]


@pytest.fixture
def log(house: House) -> EventService:
    return EventService(house.db)


async def test_a_new_reader_begins_with_what_happens_next(house: House, log: EventService) -> None:
    reader = Reader()
    await house.tell(listed(80, 0, mint="before"))
    assert await log.read("analytics", reader.take) == 0
    await house.tell(listed(80, 0, mint="after"))
    assert await log.read("analytics", reader.take) == 1
    assert await log.read("analytics", reader.take) == 0
    assert reader.seen == ["listing:2"]


async def test_reading_nothing_new_writes_nothing(house: House, log: EventService) -> None:
    reader = Reader()
    await log.read("analytics", reader.take)
    async with house.db.write() as tx:
        await events.move_cursor(tx, "analytics", -7)
    assert await log.read("analytics", reader.take) == 0
    assert [row.seq for row in await house.rows(ReaderRow)] == [-7]


async def test_a_reader_that_failed_sees_its_batch_again(house: House, log: EventService) -> None:
    reader = Reader()
    await log.read("analytics", reader.take)
    await house.tell(listed(80, 0))
    reader.is_broken = True
    with pytest.raises(RuntimeError):
        await log.read("analytics", reader.take)
    reader.is_broken = False
    assert await log.read("analytics", reader.take) == 1
    assert reader.seen == ["listing:1"]


async def test_readers_do_not_disturb_each_other(house: House, log: EventService) -> None:
    one, other = Reader(), Reader()
    await log.read("one", one.take)
    await log.read("other", other.take)
    await house.tell(listed(80, 0))
    await log.read("one", one.take)
    await log.read("other", other.take)
    assert one.seen == other.seen == ["listing:1"]


async def test_more_than_a_batch_is_read_to_its_end(house: House, log: EventService) -> None:
    reader = Reader()
    await log.read("analytics", reader.take)
    facts = [Fact("market", f"post:{n}", PostShown(n, 1, is_new=True)) for n in range(BATCH + 1)]
    async with house.db.write() as tx:
        await events.append(tx, facts, NOW)
    assert await log.read("analytics", reader.take) == BATCH + 1
    assert reader.seen == [fact.subject for fact in facts]
