"""Amounts: what a quoted number becomes, what is refused, how it is converted."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.money import (
    AMOUNT_MAX,
    DECIMALS,
    Amount,
    TooLargeError,
    Unit,
    amount_of,
    amount_within,
    usd_micros,
)

whole_units = st.decimals(min_value=0, max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("37.5", Unit.USD_MICROS, 37_500_000),
        (37.5, Unit.USD_MICROS, 37_500_000),
        (37, Unit.EUR_MICROS, 37_000_000),
        (Decimal("0.1"), Unit.LAMPORTS, 100_000_000),
        ("1E-9", Unit.LAMPORTS, 1),
        ("0", Unit.LAMPORTS, 0),
        ("-0", Unit.USD_MICROS, 0),
    ],
)
def test_a_quoted_number_becomes_an_integer_of_its_unit(
    text: str | float | Decimal, unit: Unit, expected: int
) -> None:
    assert amount_of(text, unit) == Amount(expected, unit)


@pytest.mark.parametrize(
    ("text", "micros"), [("0.0000005", 0), ("0.0000015", 2), ("0.0000025", 2), ("0.00000251", 3)]
)
def test_digits_finer_than_the_unit_are_rounded_half_to_even(text: str, micros: int) -> None:
    assert amount_of(text, Unit.USD_MICROS).value == micros


@pytest.mark.parametrize("text", ["", "x", "1,5", "-1", "-0.000001", "NaN", "sNaN", "Infinity"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an? (number|amount)"):
        amount_of(text, Unit.USD_MICROS)


def test_the_largest_amount_is_accepted_and_one_more_is_not() -> None:
    largest = Decimal(AMOUNT_MAX).scaleb(-DECIMALS[Unit.LAMPORTS])
    assert amount_of(largest, Unit.LAMPORTS).value == AMOUNT_MAX
    with pytest.raises(ValueError, match="too large an amount"):
        amount_of(largest + Decimal("1e-9"), Unit.LAMPORTS)


@pytest.mark.parametrize("text", ["1e19", "1e999", str(AMOUNT_MAX)])
def test_more_than_there_can_be_is_told_apart_from_what_is_no_amount(text: str) -> None:
    assert amount_within(text, Unit.USD_MICROS) is None
    with pytest.raises(TooLargeError, match="too large an amount"):
        amount_of(text, Unit.USD_MICROS)
    with pytest.raises(ValueError, match="not an amount"):
        amount_within("-1", Unit.USD_MICROS)


def test_a_refusal_shows_only_the_beginning_of_a_long_text() -> None:
    with pytest.raises(ValueError, match="not a number") as refused:
        amount_of("x" * 5_000, Unit.USD_MICROS)
    assert len(str(refused.value)) < 100


@given(whole_units, st.sampled_from(Unit))
def test_an_amount_keeps_every_digit_its_unit_has(number: Decimal, unit: Unit) -> None:
    assert Decimal(amount_of(number, unit).value).scaleb(-DECIMALS[unit]) == number


@given(st.text() | st.floats() | st.integers() | st.decimals())
def test_any_number_or_text_is_an_amount_in_bounds_or_a_value_error(text: str | float | Decimal) -> None:
    try:
        amount = amount_of(text, Unit.LAMPORTS)
    except ValueError:
        return
    assert 0 <= amount.value <= AMOUNT_MAX


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [
        (Amount(37_500_000, Unit.USD_MICROS), "1", 37_500_000),
        (Amount(1_000_000_000, Unit.LAMPORTS), "142.37", 142_370_000),
        (Amount(1, Unit.LAMPORTS), "142.37", 0),
        (Amount(500, Unit.LAMPORTS), "1", 0),
        (Amount(1_500, Unit.LAMPORTS), "1", 2),
        (Amount(2_500, Unit.LAMPORTS), "1", 2),
        (Amount(0, Unit.LAMPORTS), "142.37", 0),
    ],
)
def test_dollars_are_rounded_half_to_even(amount: Amount, rate: str, expected: int) -> None:
    assert usd_micros(amount, Decimal(rate)) == expected


@given(st.integers(0, AMOUNT_MAX), st.decimals(min_value="0.000001", max_value=1_000, places=6))
def test_dollars_are_exact_to_half_a_micro(value: int, rate: Decimal) -> None:
    with localcontext(prec=60):
        exact = Decimal(value) * rate / 1_000
        assert abs(usd_micros(Amount(value, Unit.LAMPORTS), rate) - exact) <= Decimal("0.5")
