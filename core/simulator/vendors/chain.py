"""What happens on the chain, the moment it happens: whoever listens is told of each deed in the market."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import web

from core.simulator.market.things import Activity, Asset, Deed, Standard, Venue
from core.simulator.vendors.desk import Desk

LOOK_S: Final = 0.05
UNTOLD_MAX: Final = 500

PROGRAMS: Final = {
    Venue.CC: "CcmRKTuZCGJBWQwMHvDYApBRvSZNHqGJXkznqpDTSQUr",
    Venue.ME: "M2mx93ekt1fmXSVkTrUL9xVFHkmME8HTUi5Cyc5aF7K",
}
VERBS: Final = {Deed.LIST: "List", Deed.REPRICE: "UpdateListing", Deed.DELIST: "Cancel", Deed.SALE: "Buy"}


class Chain:
    """Looks at the market's book, and hands what is new to every listener."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._listeners: set[asyncio.Queue[Activity]] = set()

    def add_to(self, app: web.Application) -> None:
        """Follow the market for as long as the application lives."""
        app.cleanup_ctx.append(self._following)

    @contextmanager
    def listener(self) -> Iterator[asyncio.Queue[Activity]]:
        """A queue of what happens from now on; what does not fit is lost."""
        queue: asyncio.Queue[Activity] = asyncio.Queue(UNTOLD_MAX)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def asset(self, activity: Activity) -> Asset:
        """What it happened to."""
        return self._desk.world.token(activity.mint)

    async def _following(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._follow(self._newest()), name="simulator chain")
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _follow(self, last: Activity | None) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            newest = self._newest()
            if newest is not last:
                for activity in self._since(last):
                    self._tell(activity)
                last = newest

    def _newest(self) -> Activity | None:
        activities = self._desk.world.book.activities
        return activities[-1] if activities else None

    def _since(self, last: Activity | None) -> list[Activity]:
        """Oldest first, and no more than a listener could keep."""
        found: list[Activity] = []
        for activity in reversed(self._desk.world.book.activities):
            if activity is last or len(found) == UNTOLD_MAX:
                break
            found.append(activity)
        return found[::-1]

    def _tell(self, activity: Activity) -> None:
        for queue in self._listeners:
            if not queue.full():
                queue.put_nowait(activity)


def instruction(activity: Activity, asset: Asset) -> str:
    """The name of what the marketplace's program was told to do."""
    return f"{VERBS[activity.deed]}{'Core' if asset.standard is Standard.CORE else 'Pnft'}"
