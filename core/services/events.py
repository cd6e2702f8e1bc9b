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
        count = 0
        while True:
            async with self.db.read() as tx:
                seen = await events.cursor(tx, reader)
                batch = await events.after(tx, seen, BATCH)
            if batch:
                await take(batch)
            async with self.db.write() as tx:
                await events.move_cursor(tx, reader, batch[-1].seq if batch else seen)
            count += len(batch)
            if len(batch) < BATCH:
                return count
