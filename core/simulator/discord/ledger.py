"""What was asked of the look-alike, newest last, bounded: for tests to look at afterwards."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from .limits import LEDGER_KEPT
from .wire import Json, iso


@dataclass(frozen=True, slots=True)
class Asked:
    """One REST request. status 499: the answer was cut off. body: its JSON, None when it had none."""

    method: str
    path: str
    route: str
    status: int
    at: datetime
    body: object

    def to_json(self) -> Json:
        """For the control API."""
        return {
            "method": self.method,
            "path": self.path,
            "route": self.route,
            "status": self.status,
            "at": iso(self.at),
            "body": self.body,
        }


Reader: TypeAlias = Callable[[Asked], None]
_readers: list[Reader] = []


def read_along(reader: Reader) -> Callable[[], None]:
    """Show a reader every request to any look-alike of this process; call what is returned to stop."""
    _readers.append(reader)
    return lambda: _readers.remove(reader)


class Ledger:
    """The newest requests."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=LEDGER_KEPT)

    def note(self, asked: Asked) -> None:
        """Keep a request; the oldest goes when there are too many."""
        self._asked.append(asked)
        for reader in _readers:
            reader(asked)

    def requests(self, method: str | None = None, route: str | None = None) -> list[Asked]:
        """Oldest first; of this method and route (`/channels/{channel_id}/messages`) when given."""
        return [
            asked for asked in self._asked if method in (None, asked.method) and route in (None, asked.route)
        ]
