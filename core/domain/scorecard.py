"""How good the calls were: every one that was shown, tier by tier, by one definition of a hit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_low

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.deals import BPS, DealTier
from core.domain.listings import Venue
from core.domain.outcomes import Called, JudgedBy, Outcome

MISSES_MAX = 5
DEFINITION = (
    "A hit: within 30 days of the post another slab of the same kind sold, or without any such sale our "
    "valuation on the 30th day says it would sell, for enough to bring the price back after payout and fees. "
    "Every deal that was posted counts, unsold and delisted ones too. What is younger than 30 days and no "
    "hit yet is open, and counts as none until then."
)


class Period(StrEnum):
    """The calls that were shown within so long."""

    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    ALL = "all"


_LASTS = {Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 90}


class TierScore(msgspec.Struct, frozen=True):
    """The calls of one tier. What is neither a hit nor a miss is still open to be judged.

    `profit_usd_micros` adds up, and `profit_median_usd_micros` is the middle of, what each judged call would
    have left; None without one. `sold` went at the price that was posted; `sold_after_median_s` is how long
    that took, None without one.
    """

    tier: DealTier
    posted: int = 0
    hits: int = 0
    misses: int = 0
    by_sale: int = 0
    by_valuation: int = 0
    sold: int = 0
    sold_after_median_s: int | None = None
    profit_usd_micros: int | None = None
    profit_median_usd_micros: int | None = None

    @property
    def open(self) -> int:
        return self.posted - self.hits - self.misses

    @property
    def judged(self) -> int:
        return self.hits + self.misses

    @property
    def rate_bps(self) -> int | None:
        """Hits among all that were posted, rounded down: what is open counts as none. None without a post."""
        return self.hits * BPS // self.posted if self.posted else None

    @property
    def rate_max_bps(self) -> int | None:
        """What the rate becomes if everything that is open turns out a hit."""
        return (self.hits + self.open) * BPS // self.posted if self.posted else None


class Message(msgspec.Struct, frozen=True):
    """Where a call can be read."""

    guild_id: int
    channel_id: int
    message_id: int


class Miss(msgspec.Struct, frozen=True):
    """A call that did not pay: what it was, what it cost, and what showed that it was wrong."""

    tier: DealTier
    title: str
    grader: Grader
    grade: Grade
    venue: Venue
    mint: str
    shown_at: datetime
    price_usd_micros: int
    proof_usd_micros: int
    by: JudgedBy
    profit_usd_micros: int
    message: Message | None = None


class Scorecard(msgspec.Struct, frozen=True):
    """Of a server's posts, or without one of everything this install posted. Every tier is in it."""

    guild_id: int | None
    period: Period
    since: datetime | None
    tiers: tuple[TierScore, ...]
    worst: tuple[Miss, ...] = ()

    @property
    def posted(self) -> int:
        return sum(score.posted for score in self.tiers)

    @property
    def hits(self) -> int:
        return sum(score.hits for score in self.tiers)

    @property
    def open(self) -> int:
        return sum(score.open for score in self.tiers)


def begins(period: Period, now: datetime) -> datetime | None:
    """Since when calls count; None for all of them."""
    days = _LASTS.get(period)
    return None if days is None else now - timedelta(days=days)


def score_of(tier: DealTier, calls: Sequence[tuple[Called, Outcome]]) -> TierScore:
    """The figures of one tier's calls; of two in the middle the lower."""
    judged = [outcome.judgement for _, outcome in calls if outcome.judgement is not None]
    after = [outcome.sold_after_s(called.shown_at) for called, outcome in calls]
    sold = sorted(seconds for seconds in after if seconds is not None)
    profits = sorted(judgement.profit_usd_micros for judgement in judged)
    return TierScore(
        tier,
        posted=len(calls),
        hits=sum(judgement.is_hit for judgement in judged),
        misses=sum(not judgement.is_hit for judgement in judged),
        by_sale=sum(judgement.by is JudgedBy.SALE for judgement in judged),
        by_valuation=sum(judgement.by is JudgedBy.VALUATION for judgement in judged),
        sold=len(sold),
        sold_after_median_s=median_low(sold) if sold else None,
        profit_usd_micros=sum(profits) if profits else None,
        profit_median_usd_micros=median_low(profits) if profits else None,
    )


def every_tier(found: Sequence[TierScore]) -> tuple[TierScore, ...]:
    """One line for each tier there is, best first: none can be left out for looking bad."""
    by_tier = {score.tier: score for score in found}
    return tuple(by_tier.get(tier, TierScore(tier)) for tier in DealTier)
