"""Money as integers with their unit; conversion by a rate that is named."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum

import msgspec

USD_MICROS = 1_000_000
AMOUNT_MAX = 2**62  # fits a signed 64-bit column on both engines, with room to add two


class Unit(StrEnum):
    """What one of an amount is."""

    USD_MICROS = "usd_micros"
    EUR_MICROS = "eur_micros"
    LAMPORTS = "lamports"


DECIMALS: dict[Unit, int] = {Unit.USD_MICROS: 6, Unit.EUR_MICROS: 6, Unit.LAMPORTS: 9}


class Amount(msgspec.Struct, frozen=True):
    """A quoted amount: an integer and what one of it is."""

    value: int
    unit: Unit


class TooLargeError(ValueError):
    """A number, but more of the unit than there can be."""


def amount_within(text: str | int | float | Decimal, unit: Unit) -> Amount | None:
    """As amount_of, but None for what is too large to be meant: one such ask must not stop a feed."""
    try:
        return amount_of(text, unit)
    except TooLargeError:
        return None


def amount_of(text: str | int | float | Decimal, unit: Unit) -> Amount:
    """Turn a quoted number of whole units ("37.5" dollars) into an Amount.

    Digits finer than the unit are rounded half to even. Raises ValueError for what is not a
    finite, non-negative number that fits.
    """
    try:
        number = Decimal(str(text))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {str(text)[:40]!r}") from error
    if not number.is_finite() or number < 0:
        raise ValueError(f"not an amount: {str(text)[:40]!r}")
    if number.adjusted() > 18:
        raise TooLargeError(f"too large an amount: {str(text)[:40]!r}")
    value = int(number.scaleb(DECIMALS[unit]).to_integral_value(rounding=ROUND_HALF_EVEN))
    if value > AMOUNT_MAX:
        raise TooLargeError(f"too large an amount: {str(text)[:40]!r}")
    return Amount(value, unit)


def usd_micros(amount: Amount, usd_per_whole: Decimal) -> int:
    """The amount in micro-dollars at a rate in dollars per whole unit, rounded half to even."""
    exact = Decimal(amount.value).scaleb(-DECIMALS[amount.unit]) * usd_per_whole * USD_MICROS
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))
