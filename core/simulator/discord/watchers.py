"""Who watches the look-alike from outside: the page's live streams, and tests that wait for something."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from .limits import STREAM_QUEUE, STREAMS
from .wire import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to show: message_create, message_update, message_delete, interaction or presence."""

    event: str
    payload: Json


@dataclass(slots=True, eq=False)
class Stream:
    """One person's live view. None in the queue ends it; a view that falls behind is ended too."""

    person_id: int
    queue: asyncio.Queue[Happening | None] = field(default_factory=lambda: asyncio.Queue(STREAM_QUEUE))

    def push(self, happening: Happening | None) -> bool:
        """False when the reader is too far behind."""
        if self.queue.full():
            return False
        self.queue.put_nowait(happening)
        return True


class Watchers:
    """Tells every stream what its person may see, and wakes those who wait."""

    def __init__(self) -> None:
        self._streams: list[Stream] = []
        self._changed = asyncio.Event()

    def open(self, person_id: int) -> Stream:
        """A new live view; the oldest one ends when there are too many."""
        if len(self._streams) >= STREAMS:
            self._end(self._streams[0])
        stream = Stream(person_id)
        self._streams.append(stream)
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a view. Closing twice is fine."""
        if stream in self._streams:
            self._streams.remove(stream)

    def tell(self, happening: Happening, sees: Callable[[int], bool]) -> None:
        """Show it to everybody for whom `sees(person_id)` holds."""
        self.wake()
        for stream in list(self._streams):
            if sees(stream.person_id) and not stream.push(happening):
                self._end(stream)

    def wake(self) -> None:
        """Let everybody who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], T | None], *, seconds: float = 10.0) -> T:
        """Wait until the condition gives something other than None or False, and return it.

        Raises TimeoutError.
        """
        async with asyncio.timeout(seconds):
            while True:
                changed = self._changed
                found = condition()
                if found is not None and found is not False:
                    return found
                await changed.wait()

    def end_all(self) -> None:
        """End every view."""
        for stream in list(self._streams):
            self._end(stream)

    def _end(self, stream: Stream) -> None:
        self.close(stream)
        if not stream.push(None):
            stream.queue.get_nowait()
            stream.push(None)
