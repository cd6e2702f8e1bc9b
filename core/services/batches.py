"""What several workers write at about the same time becomes one transaction; each learns its own outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from core.errors import DatabaseAway

ROWS_MAX = 25
WAIT_S = 0.02

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class _Entry(Generic[Item, Outcome]):
    """One item, and what became of it."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.ended = asyncio.Event()
        self.error: Exception | None = None
        self._outcomes: list[Outcome] = []

    def store(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self.ended.set()

    def fail(self, error: Exception) -> None:
        self.error = error
        self.ended.set()

    def outcome(self) -> Outcome:
        if self.error is not None:
            raise self.error
        [outcome] = self._outcomes
        return outcome


class Batches(Generic[Item, Outcome]):
    """Gathers items for `write`, which stores all of them in one transaction, or none.

    `write` may leave out some of several, and says so with None: each of these is written by itself.

    It has no task of its own: whoever waited long enough, or makes a batch full, writes for all who wait.
    When that one is cancelled meanwhile, the next does. An item that cannot be stored fails alone.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome | None]]]) -> None:
        self._write = write
        self._waiting: list[_Entry[Item, Outcome]] = []
        self._turn = asyncio.Lock()

    async def add(self, item: Item) -> Outcome:
        """Store the item, with others. Raises what storing this one raised."""
        entry = _Entry[Item, Outcome](item)
        self._waiting.append(entry)
        try:
            if len(self._waiting) < ROWS_MAX:
                with suppress(TimeoutError):
                    async with asyncio.timeout(WAIT_S):
                        await entry.ended.wait()
            while not entry.ended.is_set():
                async with self._turn:
                    if not entry.ended.is_set():
                        await self._store(self._waiting[:ROWS_MAX])
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return entry.outcome()

    async def _store(self, batch: Sequence[_Entry[Item, Outcome]]) -> None:
        try:
            outcomes = await self._write([entry.item for entry in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, DatabaseAway):
                for entry in batch:
                    await self._store([entry])
                return
            for entry in batch:
                entry.fail(error)
        else:
            await self._settle(batch, outcomes)
        self._waiting = [entry for entry in self._waiting if not entry.ended.is_set()]

    async def _settle(
        self, batch: Sequence[_Entry[Item, Outcome]], outcomes: Sequence[Outcome | None]
    ) -> None:
        left_out = []
        for entry, outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                left_out.append(entry)
            else:
                entry.store(outcome)
        assert len(batch) > 1 or not left_out, "one by itself is never left out"
        for entry in left_out:
            await self._store([entry])
