"""What became of a call: how its listing ended, what the card was worth later, and whether it was a hit.

docs/values.md says what a hit is; `judge` is that sentence.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_low

import msgspec

from core.domain.deals import BPS
from core.domain.money import USD_MICROS

JUDGED_AFTER = timedelta(days=30)
LATE_WORD = timedelta(days=7)
"""Sales are sometimes told of late: a call is looked at once more this long after it was judged."""
VALUED_AFTER = (timedelta(days=1), timedelta(days=7), JUDGED_AFTER)
LOOK_EVERY = timedelta(days=1)
PROFIT_MAX_USD_MICROS = 10_000_000 * USD_MICROS
"""So much for one card is an absurd price, and a hundred thousand such sums must fit a column."""


class Ending(StrEnum):
    """How the offer that was posted ended. Repriced: that price is gone, the listing went on at another."""

    SOLD = "sold"
    DELISTED = "delisted"
    GONE = "gone"
    REPRICED = "repriced"


class JudgedBy(StrEnum):
    """What a call was held against: what others paid for the same kind, or what we thought it worth."""

    SALE = "sale"
    VALUATION = "valuation"


class Called(msgspec.Struct, frozen=True):
    """A call that was shown, with the rates of the policy that made it."""

    shown_at: datetime
    price_usd_micros: int
    value_usd_micros: int
    payout_bps: int
    fees_usd_micros: int


class OwnSale(msgspec.Struct, frozen=True):
    """The sale of the listing itself, None for what nobody told. It may be at a later price."""

    at: datetime
    usd_micros: int | None = None
    buyer: str | None = None


class Known(msgspec.Struct, frozen=True):
    """What is known of a call so far.

    `sales` are others' of the same kind, in micro-dollars with their times; `values` our own valuations
    after the call with the times they became known, oldest first.
    """

    ending: Ending | None = None
    ended_at: datetime | None = None
    sale: OwnSale | None = None
    sales: Sequence[tuple[datetime, int]] = ()
    values: Sequence[tuple[datetime, int]] = ()


class Judgement(msgspec.Struct, frozen=True):
    """`proof_usd_micros` decided; `profit_usd_micros` is what buying it and selling at a middling sale
    (or at the value) would have left."""

    is_hit: bool
    by: JudgedBy
    proof_usd_micros: int
    profit_usd_micros: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of a call, as of one look. `values_usd_micros` follow VALUED_AFTER, None not yet due."""

    known: Known
    values_usd_micros: tuple[int | None, ...]
    sales: int
    judgement: Judgement | None
    look_again_at: datetime | None

    def sold_after_s(self, shown_at: datetime) -> int | None:
        """None unless it was sold as it was posted; 0 when that was before anybody saw the post."""
        sale = self.known.sale
        if sale is None or self.known.ending is not Ending.SOLD:
            return None
        return max(0, int((sale.at - shown_at).total_seconds()))


def outcome_of(called: Called, known: Known, now: datetime) -> Outcome:
    """Everything that can be said of a call now."""
    due = [called.shown_at + after for after in VALUED_AFTER]
    values = tuple(value_then(called, known, at) if at <= now else None for at in due)
    sales = [usd for at, usd in known.sales if called.shown_at <= at <= called.shown_at + JUDGED_AFTER]
    return Outcome(known, values, len(sales), judge(called, sales, values[-1]), next_look(called, now))


def judge(called: Called, sales: Sequence[int], value_30d: int | None) -> Judgement | None:
    """A hit: a sale of the same kind (another one) within 30 days pays; without any such sale our valuation
    on that day does. None while that is open: a hit is one at once, a miss is none before the 30 days end."""
    if sales:
        best = max(sales)
        if value_30d is None and not pays(called, best):
            return None
        return Judgement(pays(called, best), JudgedBy.SALE, best, profit(called, median_low(sales)))
    if value_30d is None:
        return None
    return Judgement(pays(called, value_30d), JudgedBy.VALUATION, value_30d, profit(called, value_30d))


def pays(called: Called, usd_micros: int) -> bool:
    """Whether selling for so much brings the price back after payout and fees: no rounding decides."""
    return usd_micros * called.payout_bps >= (called.price_usd_micros + called.fees_usd_micros) * BPS


def profit(called: Called, usd_micros: int) -> int:
    """What selling for so much would have left, in micro-dollars; absurd sums are cut."""
    left = usd_micros * called.payout_bps // BPS - called.price_usd_micros - called.fees_usd_micros
    return max(-PROFIT_MAX_USD_MICROS, min(left, PROFIT_MAX_USD_MICROS))


def value_then(called: Called, known: Known, at: datetime) -> int:
    """Our valuation as it was known at that time; the one of the call when there was no newer one."""
    return next((usd for told, usd in reversed(known.values) if told <= at), called.value_usd_micros)


def next_look(called: Called, now: datetime) -> datetime | None:
    """Once a day until it is judged, once more for late word, and then only when the listing changes."""
    judged_at = called.shown_at + JUDGED_AFTER
    if now < called.shown_at:
        return called.shown_at + LOOK_EVERY
    if now < judged_at:
        return called.shown_at + LOOK_EVERY * ((now - called.shown_at) // LOOK_EVERY + 1)
    return judged_at + LATE_WORD if now < judged_at + LATE_WORD else None
