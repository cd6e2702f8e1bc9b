"""Batches: few writes for many items, each with its own outcome, whoever is called off meanwhile."""

import asyncio
from collections.abc import Sequence

import pytest

from core.errors import DatabaseAway
from core.services.batches import ROWS_MAX, Batches

PATIENCE_S = 10


class Store:
    """Keeps numbers, all of a batch or none; refuses some, and waits at a gate while it is closed."""

    def __init__(self) -> None:
        self.kept: list[list[int]] = []
        self.refused: dict[int, Exception] = {}
        self.only_alone: set[int] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_writing = asyncio.Event()
        self.batches = Batches(self.write)

    async def write(self, numbers: Sequence[int]) -> list[str | None]:
        self.is_writing.set()
        await self.gate.wait()
        for number in numbers:
            if number in self.refused:
                raise self.refused[number]
        left_out = self.only_alone if len(numbers) > 1 else set()
        self.kept.append([number for number in numbers if number not in left_out])
        return [None if number in left_out else f"number {number}" for number in numbers]

    def begin(self, *numbers: int) -> list[asyncio.Task[str]]:
        return [asyncio.create_task(self.batches.add(number)) for number in numbers]

    @property
    def all_kept(self) -> list[int]:
        return sorted(number for batch in self.kept for number in batch)


async def outcomes(tasks: list[asyncio.Task[str]]) -> list[str | BaseException]:
    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_comes_together_is_written_together_and_each_learns_its_own_outcome() -> None:
    store = Store()
    assert await outcomes(store.begin(1, 2, 3)) == ["number 1", "number 2", "number 3"]
    assert store.kept == [[1, 2, 3]]


async def test_a_burst_of_a_hundred_is_four_writes_of_twenty_five() -> None:
    store = Store()
    told = await outcomes(store.begin(*range(100)))
    assert told == [f"number {number}" for number in range(100)]
    assert [len(batch) for batch in store.kept] == [ROWS_MAX] * 4


async def test_one_that_cannot_be_written_fails_alone() -> None:
    store = Store()
    store.refused[2] = KeyError("a bug")
    assert await outcomes(store.begin(1, 2, 3)) == ["number 1", store.refused[2], "number 3"]
    assert store.all_kept == [1, 3]


async def test_what_is_left_out_of_a_batch_is_written_by_itself() -> None:
    store = Store()
    store.only_alone = {1, 3}
    assert await outcomes(store.begin(1, 2, 3)) == ["number 1", "number 2", "number 3"]
    assert store.kept == [[2], [1], [3]]


async def test_when_the_database_is_away_everybody_hears_it_and_nobody_waits_for_each() -> None:
    store = Store()
    store.refused = dict.fromkeys(range(50), DatabaseAway("gone"))
    told = await outcomes(store.begin(*range(50)))
    assert all(isinstance(error, DatabaseAway) for error in told)
    assert store.kept == []
    store.refused.clear()
    assert await outcomes(store.begin(7)) == ["number 7"]


async def test_when_the_writer_is_called_off_the_next_writes_for_all_who_wait() -> None:
    store = Store()
    store.gate.clear()
    first, *others = store.begin(1, 2, 3)
    await asyncio.wait_for(store.is_writing.wait(), PATIENCE_S)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    store.gate.set()
    assert await outcomes(others) == ["number 2", "number 3"]
    assert store.all_kept == [2, 3]


async def test_who_is_called_off_before_the_write_is_not_written() -> None:
    store = Store()
    waiting, other = store.begin(1, 2)
    await asyncio.sleep(0)
    waiting.cancel()
    assert isinstance((await outcomes([waiting]))[0], asyncio.CancelledError)
    assert await outcomes([other]) == ["number 2"]
    assert store.kept == [[2]]


async def test_what_comes_during_a_write_is_the_next_batch() -> None:
    store = Store()
    store.gate.clear()
    early = store.begin(1)
    await asyncio.wait_for(store.is_writing.wait(), PATIENCE_S)
    late = store.begin(2, 3)
    await asyncio.sleep(0.03)
    store.gate.set()
    await outcomes(early + late)
    assert store.kept == [[1], [2, 3]]


@pytest.mark.parametrize("called_off", range(0, 100, 9))
async def test_nothing_is_written_twice_or_lost_however_many_are_called_off(called_off: int) -> None:
    store = Store()
    store.gate.clear()
    tasks = store.begin(*range(100))
    await asyncio.wait_for(store.is_writing.wait(), PATIENCE_S)
    gone = tasks[:called_off]
    for task in gone:
        task.cancel()
    store.gate.set()
    await outcomes(tasks)
    assert len(store.all_kept) == len(set(store.all_kept))
    assert set(store.all_kept) >= set(range(called_off, 100))
