"""Price points: what was asked, paid or said of a subject, when, and how we know."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from core.domain.money import Amount, Unit, amount_within

RATE_AGE_MAX_S = 900
"""A rate older than this decides nothing."""
_MINUTE = timedelta(minutes=1)


class PriceType(StrEnum):
    """What a price is."""

    ASK = "ask"
    SALE = "sale"
    VALUATION = "valuation"
    RATE = "rate"
    CATALOGUE = "catalogue"


class Rate(msgspec.Struct, frozen=True):
    """Dollars per whole unit of a coin, from one source at one time."""

    pair: str
    usd: Decimal
    source: str
    at: datetime


class QuoteKind(StrEnum):
    """What a catalogue's price of a raw copy tells."""

    MARKET = "market"
    LOW = "low"
    MID = "mid"
    HIGH = "high"
    TREND = "trend"
    AVERAGE = "avg"
    AVERAGE_1_DAY = "avg1"
    AVERAGE_7_DAYS = "avg7"
    AVERAGE_30_DAYS = "avg30"


class Quote(msgspec.Struct, frozen=True):
    """A catalogue's price of a raw copy of one printing (`variant`: "Holofoil", "1st Edition" …)."""

    variant: str
    kind: QuoteKind
    amount: Amount


def quote_of(variant: str, kind: QuoteKind, price: str | Decimal | None, unit: Unit) -> Quote | None:
    """None for a price that is absent, zero or too large to be meant. Raises ValueError for no price."""
    amount = None if price is None else amount_within(price, unit)
    return Quote(variant, kind, amount) if amount is not None and amount.value else None


class CollectionStats(msgspec.Struct, frozen=True):
    """What a market place says of a whole collection; None is what it does not say."""

    at: datetime
    floor: Amount | None = None
    listed: int | None = None


class Candle(msgspec.Struct, frozen=True):
    """Dollars per whole coin over a stretch of time that begins at `at`."""

    pair: str
    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class PricePoint(msgspec.Struct, frozen=True):
    """One price. `key` makes it unique.

    `subject` is `kind:7`, `slab:9`, `token:3`, `pair:SOL/USD` or, with a catalogue's own name for a card, its
    printing and its kind of price, `catalogue:tcgdex:base1-4:Holofoil:market`.
    """

    subject: str
    source: str
    type: PriceType
    at: datetime
    known_at: datetime
    amount: Amount
    usd_micros: int
    key: str


def sale_key(mint: str, seller: str, at: datetime) -> str:
    """Names a sale at a marketplace, whoever tells of it: the same token and seller in the same minute."""
    return f"sale:{mint}:{seller}:{int(at.timestamp()) // 60}"


def sale_keys_near(mint: str, seller: str, at: datetime) -> tuple[str, ...]:
    """What else the same sale may be named: another's clock may put it into the minute before or after."""
    return tuple(sale_key(mint, seller, at + by) for by in (-_MINUTE, timedelta(0), _MINUTE))
