"""Numbers and times as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.format import amount, count, duration, percent, profit, relative, times, under, usd
from core.domain.money import Amount, Unit

MONEY = st.integers(min_value=-(2**62), max_value=2**62)


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (1_234_500_000, "$1,234.50"),
        (0, "$0.00"),
        (-5_000_000, "−$5.00"),
        (4_999, "<$0.01"),
        (-9_999, ">−$0.01"),
        (10_000, "$0.01"),
        (1_999_995_000, "$2,000.00"),
        (2**62, "$4,611,686,018,427.39"),
    ],
)
def test_dollars(micros: int, shown: str) -> None:
    assert usd(micros) == shown


@pytest.mark.parametrize(
    ("price", "against", "shown"),
    [(1, 40, "1/40 of"), (40, 1, "40 times"), (3_000, 2, "1,500 times"), (2, 2, "1 times")],
)
def test_how_far_a_price_is_off(price: int, against: int, shown: str) -> None:
    assert times(price, against) == shown


@given(MONEY)
def test_dollars_are_right_to_the_cent(micros: int) -> None:
    text = usd(micros).replace("−", "-").replace("$", "").replace(",", "")
    if text[0] not in "<>":
        assert abs(Decimal(text) - Decimal(micros) / 1_000_000) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (56_000_000, "+$56.00"),
        (-4_000_000, "−$4.00"),
        (10_000, "+$0.01"),
        (-10_000, "−$0.01"),
        (9_999, "break-even"),
        (0, "break-even"),
        (-9_999, "break-even"),
    ],
)
def test_a_profit_carries_its_sign_and_less_than_a_cent_is_none(micros: int, shown: str) -> None:
    assert profit(micros) == shown


@pytest.mark.parametrize(
    ("lamports", "shown"),
    [
        (412_000_000, "0.412 SOL"),
        (1_000_000_000, "1 SOL"),
        (1_234_567_890_123, "1,234.568 SOL"),
        (999_600_000, "1 SOL"),
        (1, "0.000000001 SOL"),
        (12_345, "0.0000123 SOL"),
        (0, "0 SOL"),
    ],
)
def test_coins_keep_three_digits(lamports: int, shown: str) -> None:
    assert amount(Amount(lamports, Unit.LAMPORTS)) == shown


def test_a_price_in_another_currency_says_what_it_is_in_dollars() -> None:
    assert amount(Amount(412_000_000, Unit.LAMPORTS), 61_200_000) == "0.412 SOL ($61.20)"
    assert amount(Amount(5_000_000, Unit.EUR_MICROS), 5_500_000) == "€5.00 ($5.50)"
    assert amount(Amount(80_000_000, Unit.USD_MICROS), 80_000_000) == "$80.00"


@given(st.integers(min_value=0, max_value=2**62))
def test_every_amount_of_coins_can_be_shown_within_half_a_percent(lamports: int) -> None:
    shown = Decimal(amount(Amount(lamports, Unit.LAMPORTS)).split()[0].replace(",", ""))
    exact = Decimal(lamports).scaleb(-9)
    assert abs(shown - exact) <= exact * Decimal("0.005")


@pytest.mark.parametrize(
    ("bps", "shown"),
    [(2_500, "25 %"), (-2_500, "−25 %"), (1_499, "14.99 %"), (2_550, "25.5 %"), (5, "0.05 %"), (0, "0 %"),
     (-123_456, "−1,234.56 %")],
)  # fmt: skip
def test_percent_without_needless_zeros(bps: int, shown: str) -> None:
    assert percent(bps) == shown


def test_a_price_stands_under_over_or_at_its_value() -> None:
    assert [under(bps) for bps in (5_000, -300, 0)] == ["50 % under", "3 % over", "at value"]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.8, "0.8 s"), (6, "6 s"), (9.97, "10 s"), (42.4, "42 s"), (192, "3 m 12 s"), (180, "3 m"),
     (18_060, "5 h 1 m"), (183_600, "2 d 3 h"), (-5, "0 s"), (59.96, "1 m")],
)  # fmt: skip
def test_durations_show_their_two_largest_units(seconds: float, shown: str) -> None:
    assert duration(timedelta(seconds=seconds)) == shown


def test_a_relative_time_is_left_to_the_readers_discord() -> None:
    assert relative(datetime(2026, 1, 1, tzinfo=UTC)) == "<t:1767225600:R>"


def test_one_sale_many_sales() -> None:
    assert count(1, "sale") == "1 sale"
    assert count(3_000, "copy", "copies") == "3,000 copies"
