"""Prices that cannot be meant: another currency's number, or a slip of the decimal point.

docs/values.md says when a price is kept apart, docs/decisions.md why these bounds.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from core.domain.money import Amount, Unit

OFF_MIN = 10
"""As it stands, a suspect price is more than so many times off."""
FITS_WITHIN = 4
"""In the other currency it is no more than so many times off."""
SLIP_MIN = 100
"""A price more than so many times too low is a slip, whatever was asked before."""
OTHER_UNIT = {Unit.USD_MICROS: Unit.LAMPORTS, Unit.LAMPORTS: Unit.USD_MICROS}
"""The two currencies of one marketplace, that a report may confuse."""
BY_OWNER = "owner "
"""Begins the name of a person who vouched for a price; who that is, is nobody else's business."""
_WHOLE = {Unit.USD_MICROS: 10**6, Unit.LAMPORTS: 10**9}


class Doubt(StrEnum):
    """Why a price cannot be meant."""

    OTHER_CURRENCY = "other_currency"
    MAGNITUDE = "magnitude"


class Asked(msgspec.Struct, frozen=True):
    """What a listing asks, as dollars. `otherwise`: the same number in the other currency, None when that
    cannot be said; `before`: what the listing asked last, None for its first price."""

    usd_micros: int
    otherwise_usd_micros: int | None = None
    before_usd_micros: int | None = None


class Suspicion(msgspec.Struct, frozen=True):
    """A price that is kept apart, beside what it was held against: a value, or the listing's last price."""

    doubt: Doubt
    asked: Asked
    against_usd_micros: int
    is_against_value: bool


class Quarantined(msgspec.Struct, frozen=True):
    """What is suspected of a version, since when, and who let it go."""

    version_id: int
    mint: str
    suspicion: Suspicion
    held_at: datetime
    released_at: datetime | None
    released_by: str | None


def in_other_currency(ask: Amount) -> Amount | None:
    """The same number of whole units in the other currency: 80 SOL for 80 USDC."""
    other = OTHER_UNIT.get(ask.unit)
    return None if other is None else Amount(ask.value * _WHOLE[other] // _WHOLE[ask.unit], other)


def suspect(asked: Asked, value_usd_micros: int | None) -> Suspicion | None:
    """Whether the price is to be kept apart; None believes it. What is as good as the value never is."""
    against = asked.before_usd_micros if value_usd_micros is None else value_usd_micros
    if against is None or not is_off(asked.usd_micros, against, OFF_MIN):
        return None
    otherwise = asked.otherwise_usd_micros
    if otherwise is not None and not is_off(otherwise, against, FITS_WITHIN):
        doubt = Doubt.OTHER_CURRENCY
    elif _is_slip(asked, value_usd_micros):
        doubt = Doubt.MAGNITUDE
    else:
        return None
    return Suspicion(doubt, asked, against, is_against_value=value_usd_micros is not None)


def is_off(price: int, against: int, times: int) -> bool:
    """Whether one is more than so many times the other."""
    return price * times < against or price > against * times


def _is_slip(asked: Asked, value: int | None) -> bool:
    """Only downwards: a price far too high is an everyday way of not selling."""
    if value is not None and asked.usd_micros * SLIP_MIN < value:
        return True
    before = asked.before_usd_micros
    return before is not None and asked.usd_micros * OFF_MIN < before
