"""Values set by hand: what an operator may set, for how long, and the evidence that it is."""

from datetime import datetime, timedelta

import msgspec

from core.domain.money import USD_MICROS
from core.domain.valuation import Evidence, EvidenceKind
from core.errors import InvalidInput

CONFIDENCE = 90
DAYS, DAYS_MAX = 30, 365
REASON_LENGTH_MIN, REASON_LENGTH_MAX = 3, 300
USD_MAX = 10_000_000
"""No card of ours is worth as much; a price in another unit is."""


BY_TIME = 0
"""In the place of whoever cleared a value that has expired."""


class Wanted(msgspec.Struct, frozen=True):
    """What somebody wants a kind to be worth, not looked at yet. Dollars are whole units."""

    usd: float
    reason: str
    low_usd: float | None = None
    high_usd: float | None = None
    confidence: int = CONFIDENCE
    days: int = DAYS


class Setting(msgspec.Struct, frozen=True):
    """A value that may stand: its bounds are in order and everything is within its limits."""

    value_usd_micros: int
    low_usd_micros: int | None
    high_usd_micros: int | None
    confidence: int
    reason: str
    expires_at: datetime


class Override(msgspec.Struct, frozen=True):
    """A value as it stands for `subject` (`kind:7`, or `slab:9` without a kind), and who set it."""

    id: int
    subject: str
    title: str
    setting: Setting
    by: int
    at: datetime
    cleared_by: int | None = None
    cleared_at: datetime | None = None


def checked(wanted: Wanted, now: datetime) -> Setting:
    """Raises InvalidInput, with the sentence for the person."""
    value, low, high = (_micros(usd) for usd in (wanted.usd, wanted.low_usd, wanted.high_usd))
    reason = " ".join(wanted.reason.split())
    if value is None or not (low or value) <= value <= (high or value):
        raise InvalidInput("The lowest value must not be above the value, nor the highest below it.")
    if not 1 <= wanted.confidence <= 100:
        raise InvalidInput("The confidence is a number from 1 to 100.")
    if not 1 <= wanted.days <= DAYS_MAX:
        raise InvalidInput(f"It may stand for 1 to {DAYS_MAX} days.")
    if not REASON_LENGTH_MIN <= len(reason) <= REASON_LENGTH_MAX:
        raise InvalidInput(f"Give a reason of {REASON_LENGTH_MIN} to {REASON_LENGTH_MAX} letters.")
    return Setting(value, low, high, wanted.confidence, reason, now + timedelta(days=wanted.days))


def override_evidence(setting: Setting) -> Evidence:
    """What the line makes of it: it decides alone."""
    return Evidence(
        EvidenceKind.OVERRIDE,
        setting.value_usd_micros,
        setting.confidence,
        low_usd_micros=setting.low_usd_micros,
        high_usd_micros=setting.high_usd_micros,
    )


def _micros(usd: float | None) -> int | None:
    """None for None. Raises InvalidInput."""
    if usd is None:
        return None
    if not 0.01 <= usd <= USD_MAX:
        raise InvalidInput(f"A value is between $0.01 and ${USD_MAX:,}.")
    return round(usd * USD_MICROS)
