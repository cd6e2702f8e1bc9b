"""Re-valuing what is on sale because somebody asked: how far back, what it changed, and the post of it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.deals import RANK, DealTier
from core.domain.listings import Mint, SourceName, Venue
from core.domain.money import Amount

BEST_MAX = 5


class Span(StrEnum):
    """How long ago the listings were first seen, at most."""

    HOUR = "1h"
    TWO_HOURS = "2h"
    SIX_HOURS = "6h"
    HALF_DAY = "12h"
    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def length(self) -> timedelta | None:
        """None for everything that is on sale."""
        return _LENGTHS.get(self)


_LENGTHS: dict[Span, timedelta] = {
    Span.HOUR: timedelta(hours=1),
    Span.TWO_HOURS: timedelta(hours=2),
    Span.SIX_HOURS: timedelta(hours=6),
    Span.HALF_DAY: timedelta(hours=12),
    Span.DAY: timedelta(days=1),
    Span.WEEK: timedelta(days=7),
    Span.MONTH: timedelta(days=30),
}


class RevaluationState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of one listing."""

    SAME = "same"
    NEW = "new"
    """A deal now, and none before."""
    RAISED = "raised"
    FALLEN = "fallen"
    CLOSED = "closed"
    """No longer on sale at that price."""
    UNANSWERED = "unanswered"
    """No vendor's word came in time, or it was given up."""


class Revaluation(msgspec.Struct, frozen=True):
    """One run for a server. `total` listings, and `cut` more that were too many."""

    id: int
    guild_id: int
    channel_id: int
    asked_by: int
    span: Span
    policy_hash: str
    state: RevaluationState
    total: int
    cut: int
    created_at: datetime
    ended_at: datetime | None = None


class Found(msgspec.Struct, frozen=True):
    """A listing whose tier the run raised."""

    tier: DealTier
    before: DealTier | None
    title: str
    grader: Grader
    grade: Grade
    mint: Mint
    venue: Venue
    price: Amount
    price_usd_micros: int
    value_usd_micros: int
    discount_bps: int


class Progress(msgspec.Struct, frozen=True):
    """How far a run is. `waiting` listings wait for the vendors `waits_for`."""

    counts: dict[Outcome, int] = {}
    waiting: int = 0
    waits_for: tuple[SourceName, ...] = ()
    best: tuple[Found, ...] = ()

    @property
    def ended(self) -> int:
        """Listings that the run is through with."""
        return sum(self.counts.values())

    @property
    def revalued(self) -> int:
        """Listings that have a new verdict."""
        return self.ended - self.counts.get(Outcome.CLOSED, 0) - self.counts.get(Outcome.UNANSWERED, 0)


class RevaluationPost(msgspec.Struct, frozen=True, tag="revaluation", tag_field="post"):
    """A run as its channel sees it. `goes_on_below`: a later message shows what comes."""

    revaluation_id: int
    span: Span
    state: RevaluationState
    total: int
    cut: int
    created_at: datetime
    progress: Progress = Progress()
    ended_at: datetime | None = None
    goes_on_below: bool = False
    because: str = ""
    """Why it was cancelled, when nobody asked for that."""


def outcome_of(before: DealTier | None, after: DealTier | None) -> Outcome:
    """What a new verdict changed; None is no deal."""
    if before is None:
        return Outcome.SAME if after is None else Outcome.NEW
    if after is None or RANK[after] < RANK[before]:
        return Outcome.FALLEN
    return Outcome.RAISED if RANK[after] > RANK[before] else Outcome.SAME
