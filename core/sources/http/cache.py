"""Answers that are still true, and questions that are already being asked."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

import msgspec

from core.clock import Clock
from core.domain.listings import SourceName
from core.sources.base import Urgency, urgency

ENTRIES_MAX = 256
BYTES_MAX = 32 * 2**20


class Fetched(msgspec.Struct, frozen=True):
    """A vendor's answer. `at` is the age of what it says: when it was asked for, less the time it
    had already lain in a cache on the way."""

    source: SourceName
    body: bytes
    at: datetime


class Kept(msgspec.Struct, frozen=True):
    """An answer (None: the vendor has none), for how long it may be given again, and the name by which
    the vendor says after that whether it still holds (empty: it gave none)."""

    fetched: Fetched | None
    for_s: float = 0.0
    etag: str = ""


Ask: TypeAlias = Callable[[Kept | None], Awaitable[Kept]]
"""Asks the vendor; given what it said last by a name, only whether that still holds."""


class AnswerCache:
    """Bounded in number and bytes; the one used longest ago goes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Fetched, str]] = OrderedDict()
        self._bytes = 0
        self._flights: dict[tuple[str, Urgency], asyncio.Task[Fetched | None]] = {}

    async def fetch(self, key: str, ask: Ask, *, fresh: bool) -> Fetched | None:
        """The answer kept under `key` unless `fresh`, else the one on its way, else a new one.

        Nobody joins a question that is less urgent than the own: it may still queue behind everything.
        A caller that is cancelled leaves the question to the others who wait for it.
        """
        if not fresh and (kept := self._still_true(key)) is not None:
            return kept
        return await asyncio.shield(self._on_its_way(key) or self._start(key, ask))

    async def close(self) -> None:
        """Cancel what is still being asked."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _on_its_way(self, key: str) -> "asyncio.Task[Fetched | None] | None":
        flights = (self._flights.get((key, how)) for how in Urgency if how <= urgency())
        return next((flight for flight in flights if flight is not None), None)

    def _start(self, key: str, ask: Ask) -> "asyncio.Task[Fetched | None]":
        how = urgency()
        flight = asyncio.create_task(self._fly(key, how, ask))
        flight.add_done_callback(_retrieve)
        self._flights[key, how] = flight
        return flight

    async def _fly(self, key: str, how: Urgency, ask: Ask) -> Fetched | None:
        try:
            kept = await ask(self._named(key))
        finally:
            del self._flights[key, how]
        self._drop(key)
        if kept.fetched is not None and (kept.for_s > 0 or kept.etag):
            self._keep(key, kept.fetched, kept)
        return kept.fetched

    def _named(self, key: str) -> Kept | None:
        """What the vendor need not send again while it holds."""
        _, fetched, etag = self._kept.get(key, (0.0, None, ""))
        return Kept(fetched, etag=etag) if etag else None

    def _still_true(self, key: str) -> Fetched | None:
        until, fetched, _ = self._kept.get(key, (0.0, None, ""))
        if fetched is None or self._clock.monotonic() >= until:
            return None
        self._kept.move_to_end(key)
        return fetched

    def _keep(self, key: str, fetched: Fetched, kept: Kept) -> None:
        self._kept[key] = (self._clock.monotonic() + kept.for_s, fetched, kept.etag)
        self._bytes += len(fetched.body)
        while len(self._kept) > ENTRIES_MAX or self._bytes > BYTES_MAX:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        entry = self._kept.pop(key, None)
        if entry is not None:
            self._bytes -= len(entry[1].body)


def _retrieve(flight: "asyncio.Task[Fetched | None]") -> None:
    """Take note of a failure nobody waited for, so that asyncio does not complain about it."""
    if not flight.cancelled():
        flight.exception()
