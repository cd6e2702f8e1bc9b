"""What must be remembered between calls. The runtime implements it: a source never sees the database."""

from datetime import datetime
from typing import Protocol

import msgspec

from core.domain.allowances import Pace
from core.domain.listings import SourceName


class Breaker(msgspec.Struct, frozen=True):
    """A vendor's circuit as other processes and people may see it."""

    is_open: bool
    failures: int
    since: datetime | None
    reason: str = ""


class VendorMemory(Protocol):
    """What the HTTP client tells the rest of the house about a vendor; must return at once."""

    def record(self, source: SourceName, breaker: Breaker, *, at: datetime) -> None:
        """A vendor went down or came back."""
        ...


class BudgetBook(Protocol):
    """Keeps what is used of the vendors' allowances: across restarts, and shared by all processes."""

    async def take(self, source: SourceName, pace: Pace) -> float:
        """Take one turn: 0, or the seconds to wait when there is none yet."""
        ...

    async def pause(self, source: SourceName, seconds: float) -> None:
        """No turn before that: the vendor said "later"."""
        ...
