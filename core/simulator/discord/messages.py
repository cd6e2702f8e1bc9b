"""Messages of every channel, newest last, bounded; and the memory for nonces."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from .limits import CHANNEL_MESSAGES_KEPT, NONCE_REMEMBERED_S
from .wire import Json

_NONCES_KEPT: Final = 10_000


@dataclass(slots=True, eq=False)
class Message:
    """A message. payload is exactly what the API returns; ephemeral_to is its only reader, None for all."""

    id: int
    channel_id: int
    author_id: int
    created_at: datetime
    payload: Json
    ephemeral_to: int | None = None
    pinged: tuple[int, ...] = ()

    def to_view(self) -> Json:
        """For the page and for tests: the payload and who was pinged."""
        return self.payload | {"pinged": [str(person) for person in self.pinged]}


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a history is wanted. At most one of the anchors is set."""

    limit: int = 50
    before: int | None = None
    after: int | None = None
    around: int | None = None


@dataclass(slots=True)
class _Log:
    ids: list[int] = field(default_factory=list)
    by_id: dict[int, Message] = field(default_factory=dict)


class Messages:
    """The store. Ephemeral messages are kept beside the others, but only `all_in` shows them."""

    def __init__(self) -> None:
        self._logs: dict[int, _Log] = {}

    def add(self, message: Message) -> None:
        """Keep a message; drops the oldest of its channel when there are too many."""
        log = self._logs.setdefault(message.channel_id, _Log())
        log.ids.append(message.id)
        log.by_id[message.id] = message
        if len(log.ids) > CHANNEL_MESSAGES_KEPT:
            del log.by_id[log.ids.pop(0)]

    def remove(self, message: Message) -> None:
        """Forget a message."""
        log = self._logs[message.channel_id]
        if log.by_id.pop(message.id, None) is not None:
            log.ids.pop(bisect_left(log.ids, message.id))

    def get(self, channel_id: int, message_id: int) -> Message | None:
        """A message, ephemeral or not; None when unknown."""
        log = self._logs.get(channel_id)
        return None if log is None else log.by_id.get(message_id)

    def find(self, message_id: int) -> Message | None:
        """A message in any channel, None when unknown."""
        found = (log.by_id[message_id] for log in self._logs.values() if message_id in log.by_id)
        return next(found, None)

    def all_in(self, channel_id: int) -> list[Message]:
        """Oldest first, ephemeral ones included."""
        log = self._logs.get(channel_id)
        return [] if log is None else [log.by_id[message_id] for message_id in log.ids]

    def channel_ids(self) -> list[int]:
        """Every channel that has messages."""
        return list(self._logs)

    def history(self, channel_id: int, window: Window) -> list[Message]:
        """What everybody may read, newest first."""
        log = self._logs.get(channel_id, _Log())
        if window.after is not None:
            start = bisect_right(log.ids, window.after)
            return _take(log, range(start, len(log.ids)), window.limit)[::-1]
        if window.around is not None:
            middle = bisect_left(log.ids, window.around)
            older = _take(log, range(middle - 1, -1, -1), window.limit // 2)
            newer = _take(log, range(middle, len(log.ids)), window.limit - len(older))
            return newer[::-1] + older
        end = len(log.ids) if window.before is None else bisect_left(log.ids, window.before)
        return _take(log, range(end - 1, -1, -1), window.limit)


def _take(log: _Log, positions: range, limit: int) -> list[Message]:
    return [message for message, _ in zip(_public(log, positions), range(limit), strict=False)]


def _public(log: _Log, positions: range) -> Iterator[Message]:
    for position in positions:
        message = log.by_id[log.ids[position]]
        if message.ephemeral_to is None:
            yield message


class Nonces:
    """Which message an author's nonce made, remembered for about a minute."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[datetime, Message]] = {}

    def earlier(self, author_id: int, nonce: str, now: datetime) -> Message | None:
        """The message that this nonce made, None when there is none or it is forgotten."""
        made = self._made.get((author_id, nonce))
        if made is None or now - made[0] > timedelta(seconds=NONCE_REMEMBERED_S):
            return None
        return made[1]

    def remember(self, author_id: int, nonce: str, message: Message) -> None:
        """From now on this nonce means this message."""
        self._made.pop((author_id, nonce), None)
        self._made[author_id, nonce] = (message.created_at, message)
        while len(self._made) > _NONCES_KEPT:
            del self._made[next(iter(self._made))]
