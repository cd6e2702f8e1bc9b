"""The event log for readers: each keeps a cursor, and sees every event once in commit order."""

from collections.abc import Awaitable, Callable, Sequence

from db import events
from db.engine import Database
from db.events import Stored

__all__ = ["EventService", "Stored"]

BATCH = 200


class EventService:
    """What happened, from where a reader stopped."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def read(self, reader: str, take: Callable[[Sequence[Stored]], Awaitable[None]]) -> int:
        """Hand the reader what it has not seen, a batch at a time; how many events that were.

        The cursor moves after the batch was taken: a reader that fails sees it again.
        """
        seen = await self._begin(reader)
        count = 0
        while True:
            async with self.db.read() as tx:
                batch = await events.after(tx, seen, BATCH)
            if batch:
                await take(batch)
                seen = batch[-1].seq
                async with self.db.write() as tx:
                    await events.move_cursor(tx, reader, seen)
            count += len(batch)
            if len(batch) < BATCH:
                return count

    async def _begin(self, reader: str) -> int:
        """How far the reader has come; a new one begins with what happens next, from now on."""
        async with self.db.read() as tx:
            seen = await events.cursor(tx, reader)
        if seen is not None:
            return seen
        async with self.db.write() as tx:
            seen = await events.newest(tx)
            await events.move_cursor(tx, reader, seen)
        return seen
