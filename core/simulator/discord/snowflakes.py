"""Ids as Discord makes them: milliseconds since 2015 in the upper bits, always growing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def snowflake_at(at: datetime) -> int:
    """The smallest id of that millisecond."""
    return ((at - EPOCH) // _MILLISECOND) << 22


class Snowflakes:
    """Hands out ids. Never repeats or goes back, even when the clock does."""

    def __init__(self, now: Callable[[], datetime], last: int = 0) -> None:
        self._now = now
        self.last = last

    def next(self) -> int:
        """A new id, greater than every one before."""
        self.last = max(snowflake_at(self._now()), self.last + 1)
        return self.last
