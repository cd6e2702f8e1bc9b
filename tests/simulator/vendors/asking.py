"""What the fixtures of these tests hand out: a time that can be moved, and ways to ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

START = datetime(2026, 11, 1, 12, tzinfo=UTC)

Json: TypeAlias = Any
Get: TypeAlias = Callable[..., Awaitable[Json]]
Ask: TypeAlias = Callable[..., Awaitable[Json]]
Post: TypeAlias = Callable[..., Awaitable[Json]]
Sample: TypeAlias = Callable[[str], Json]


@dataclass(slots=True)
class Watch:
    """The time in the simulator."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self.now += timedelta(seconds=seconds)
