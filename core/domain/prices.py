"""Price points: what was asked, paid or said of a subject, when, and how we know."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from core.domain.money import Amount

RATE_AGE_MAX_S = 900
"""A rate older than this decides nothing."""


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


class PricePoint(msgspec.Struct, frozen=True):
    """One price. `subject` is `kind:7`, `slab:9`, `token:3` or `pair:SOL/USD`; `key` makes it unique."""

    subject: str
    source: str
    type: PriceType
    at: datetime
    known_at: datetime
    amount: Amount
    usd_micros: int
    key: str
