"""Prices that cannot be meant: only what no honest seller asks is kept apart."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.money import USD_MICROS, Amount, Unit, usd_micros
from core.domain.quarantine import FITS_WITHIN, OFF_MIN, SLIP_MIN, Asked, Doubt, in_other_currency, suspect

VALUE = 160
SOL = 150
"""Dollars, as everything in this table."""
OTHER, SLIP = Doubt.OTHER_CURRENCY, Doubt.MAGNITUDE


def doubt(
    asked: float, otherwise: float | None = None, before: float | None = None, value: float | None = VALUE
) -> Doubt | None:
    found = suspect(Asked(micros(asked), micros_of(otherwise), micros_of(before)), micros_of(value))
    return None if found is None else found.doubt


def micros(dollars: float) -> int:
    return round(dollars * USD_MICROS)


def micros_of(dollars: float | None) -> int | None:
    return None if dollars is None else micros(dollars)


@pytest.mark.parametrize(
    ("asked", "otherwise", "before", "value", "expected"),
    [
        (80 * SOL, 80, None, VALUE, OTHER),
        (160 * SOL, 160, None, VALUE, OTHER),
        (40 * SOL, 40, None, VALUE, OTHER),
        (39 * SOL, 39, None, VALUE, None),
        (640 * SOL, 640, None, VALUE, OTHER),
        (641 * SOL, 641, None, VALUE, None),
        (0.8, 0.8 * SOL, None, VALUE, OTHER),
        (16, 16 * SOL, None, VALUE, None),
        (16, 160, None, VALUE, None),
        (15.99, 160, None, VALUE, OTHER),
        (24, 24 * SOL, None, VALUE, None),
        (24, 160, None, VALUE, None),
        (1.6, None, None, VALUE, None),
        (1.59, None, None, VALUE, SLIP),
        (16_000, None, None, VALUE, None),
        (15.99, None, 160, VALUE, SLIP),
        (15.99, None, 159, VALUE, None),
        (16, None, 10**6, VALUE, None),
        (80, 80 * SOL, 12_000, VALUE, None),
        (80 * SOL, 80, 90, None, OTHER),
        (8.99, None, 90, None, SLIP),
        (9, None, 90, None, None),
        (9_000, None, 90, None, None),
        (80, 80 * SOL, None, None, None),
    ],
)
def test_a_price_is_kept_apart_when_it_cannot_be_meant(
    asked: float, otherwise: float | None, before: float | None, value: float | None, expected: Doubt | None
) -> None:
    assert doubt(asked, otherwise, before, value) is expected


def test_the_number_stays_the_same_in_the_other_currency() -> None:
    dollars, coins = Amount(80 * USD_MICROS, Unit.USD_MICROS), Amount(80 * 10**9, Unit.LAMPORTS)
    assert in_other_currency(dollars) == coins
    assert in_other_currency(coins) == dollars
    assert in_other_currency(Amount(80, Unit.EUR_MICROS)) is None


values = st.integers(USD_MICROS, 10**6 * USD_MICROS)
prices = st.none() | st.integers(1, 10**13)


@given(values, st.integers(1_000, 20_000), prices, prices)
def test_what_a_seller_may_mean_is_never_kept_apart(
    value: int, share_bps: int, otherwise: int | None, before: int | None
) -> None:
    """From a tenth of the value to twice it, whatever the rate is and whatever was asked before."""
    price = -(-value * share_bps // 10_000)
    assert suspect(Asked(price, otherwise, before), value) is None


@given(values, st.integers(4_000, 20_000), st.integers(20, 1_000))
def test_an_ordinary_price_read_in_the_wrong_currency_is_kept_apart(
    value: int, share_bps: int, rate: int
) -> None:
    meant = value * share_bps // 10_000
    as_coins = Asked(meant * rate, meant)
    assume(meant * rate > value * OFF_MIN)
    found = suspect(as_coins, value)
    assert found is not None
    assert found.doubt is OTHER
    in_sol = Amount(meant * 1_000 // rate, Unit.LAMPORTS)
    as_dollars = in_other_currency(in_sol)
    assert as_dollars is not None
    asked = Asked(max(1, as_dollars.value), usd_micros(in_sol, Decimal(rate)))
    assume(asked.usd_micros * OFF_MIN < value)
    assert suspect(asked, value) is not None


@given(values, prices.filter(bool), prices, prices)
def test_whatever_is_kept_apart_is_far_from_the_value_and_either_fits_otherwise_or_fell(
    value: int, asked: int, otherwise: int | None, before: int | None
) -> None:
    found = suspect(Asked(asked, otherwise, before), value)
    if found is None:
        return
    assert asked * OFF_MIN < value or asked > value * OFF_MIN
    if found.doubt is OTHER:
        assert otherwise is not None
        assert value <= otherwise * FITS_WITHIN <= value * FITS_WITHIN**2
    else:
        assert asked * SLIP_MIN < value or (before is not None and asked * OFF_MIN < before)
