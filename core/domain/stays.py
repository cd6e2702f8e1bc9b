"""Stays on sale put together from a listing's events in the order of time: asks, then an end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.domain.history import Address, LineError, ListingLine, State
from core.domain.listings import Venue

OPEN_MAX: Final = 200_000
ASKS_MAX: Final = 500


class StayKey(msgspec.Struct, frozen=True):
    """One seller's offer of one token at one venue."""

    venue: Venue
    mint: Address
    seller: Address


class Stay(msgspec.Struct, frozen=True):
    """One continuous stay on sale that has ended; without asks only its end is known."""

    key: StayKey
    asks: Sequence[ListingLine]
    end: ListingLine

    @property
    def opened_at(self) -> datetime:
        return self.asks[0].at if self.asks else self.end.at


def overlap(a: tuple[datetime, datetime | None], b: tuple[datetime, datetime | None]) -> bool:
    """Whether two stays share a moment; None is still open. What ends as the other begins does not."""
    if a[0] == b[0]:
        return True
    return (a[1] is None or b[0] < a[1]) and (b[1] is None or a[0] < b[1])


class Stays:
    """The stays that are under way while events are read. Bounded by OPEN_MAX and ASKS_MAX."""

    def __init__(self) -> None:
        self._asks: dict[StayKey, list[ListingLine]] = {}

    def __len__(self) -> int:
        return len(self._asks)

    def take(self, line: ListingLine) -> Stay | None:
        """The stay that this event ends, if it ends one. Raises LineError at a bound."""
        key = StayKey(line.venue, line.mint, line.seller)
        if line.state is not State.LISTED:
            return Stay(key, self._asks.pop(key, ()), line)
        asks = self._asks.get(key)
        if asks is None:
            if len(self._asks) >= OPEN_MAX:
                raise LineError(f"more than {OPEN_MAX:,} listings are open at once")
            self._asks[key] = [line]
        elif (asks[-1].amount, asks[-1].unit) != (line.amount, line.unit):
            if len(asks) >= ASKS_MAX:
                raise LineError(f"the listing has more than {ASKS_MAX} prices")
            asks.append(line)
        return None
