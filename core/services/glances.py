"""Glances: one fresh look at a listing serves everybody who asks for it within a few seconds.

Those who ask while the vendor is still thinking wait for the same answer: `core/sources/http` shares
what is on its way, and a caller who leaves takes it from nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.domain.listings import Mint, Venue
from core.sources.base import ListingStateSource, LiveListing

SERVES_S = 3.0
"""Many press Buy of a good deal at once: the vendor is asked once in so long, and each is told its age."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the marketplace said (None: not on sale), and when we heard it."""

    live: LiveListing | None
    at: datetime


class Glances:
    """The last answers of this process. What was no answer is not kept."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._kept: dict[tuple[Venue, Mint], tuple[float, Glance]] = {}

    async def at(self, source: ListingStateSource, venue: Venue, mint: Mint) -> Glance:
        """Raises SourceError."""
        self._forget()
        kept = self._kept.get((venue, mint))
        if kept is not None:
            return kept[1]
        glance = Glance(await source.live(mint), self.clock.now())
        self._kept[venue, mint] = (self.clock.monotonic(), glance)
        return glance

    def _forget(self) -> None:
        now_s = self.clock.monotonic()
        self._kept = {key: kept for key, kept in self._kept.items() if now_s - kept[0] < SERVES_S}
