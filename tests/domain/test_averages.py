"""What the sales of a kind tell: their mean, the Cartel average, and how far either may be off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.averages import (
    DAILY_WINDOW,
    POPULATION_LARGE,
    average_evidence,
    cartel_average,
    sales_evidence,
)
from core.domain.confidence import OLD_AFTER, SALES_WINDOW
from core.domain.valuation import Evidence, EvidenceKind, Sale

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
prices = st.integers(1, 10**12)


def sales(*prices: int) -> list[Sale]:
    """One sale a day, the last one today."""
    return [Sale(NOW - DAY * (len(prices) - n), price) for n, price in enumerate(prices, 1)]


def told(*prices: int) -> Evidence:
    found = sales_evidence(sales(*prices), NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("count", "confidence"),
    [(1, 40), (2, 50), (3, 60), (4, 60), (5, 65), (7, 65), (8, 70), (9, 70), (10, 75), (30, 75)],
)
def test_more_sales_are_trusted_more(count: int, confidence: int) -> None:
    found = told(*[100] * count)
    assert (found.confidence, found.sales, found.value_usd_micros) == (confidence, count, 100)


@pytest.mark.parametrize(
    ("prices", "confidence"), [((100, 100, 400), 60), ((100, 100, 401), 50), ((401, 100), 50)]
)
def test_sales_that_scatter_are_trusted_less(prices: tuple[int, ...], confidence: int) -> None:
    assert told(*prices).confidence == confidence


def test_sales_are_trusted_less_when_the_newest_is_old() -> None:
    at_the_bound = sales_evidence([Sale(NOW - OLD_AFTER, 100)], NOW)
    beyond = sales_evidence([Sale(NOW - OLD_AFTER - INSTANT, 100)], NOW)
    assert at_the_bound is not None
    assert beyond is not None
    assert (at_the_bound.confidence, beyond.confidence) == (40, 30)


def test_a_sale_counts_for_exactly_90_days_and_never_before_it_happens() -> None:
    assert sales_evidence([Sale(NOW - SALES_WINDOW, 100)], NOW) is not None
    assert sales_evidence([Sale(NOW - SALES_WINDOW - INSTANT, 100)], NOW) is None
    assert sales_evidence([Sale(NOW + INSTANT, 100)], NOW) is None
    assert sales_evidence([], NOW) is None


def test_later_sales_weigh_more() -> None:
    rising = sales_evidence([Sale(NOW - 60 * DAY, 100), Sale(NOW, 121)], NOW)
    falling = sales_evidence([Sale(NOW - 60 * DAY, 121), Sale(NOW, 100)], NOW)
    assert rising is not None
    assert falling is not None
    assert falling.value_usd_micros < 110 < rising.value_usd_micros


def test_an_outlier_does_not_move_the_value() -> None:
    found = told(9_000, 100, 110, 130, 120)
    assert (found.low_usd_micros, found.high_usd_micros) == (100, 130)
    assert found.value_usd_micros == told(100, 110, 130, 120).value_usd_micros


def test_sales_are_further_off_when_they_scatter_or_are_few_or_old() -> None:
    old = sales_evidence([Sale(NOW - 80 * DAY, 100)] * 3, NOW)
    assert old is not None
    spreads = [found.spread or 0 for found in (told(100, 100, 100), told(100, 100), told(80, 100, 125), old)]
    assert spreads[0] == min(spreads)
    assert len(set(spreads)) == 4


@given(st.lists(prices, min_size=1, max_size=12))
def test_the_value_of_sales_lies_between_the_lowest_and_the_highest(prices: list[int]) -> None:
    for found in (sales_evidence(sales(*prices), NOW), average_evidence(sales(*prices), None, NOW)):
        if found is not None:
            assert found.low_usd_micros is not None
            assert found.high_usd_micros is not None
            assert found.low_usd_micros <= found.value_usd_micros <= found.high_usd_micros


@given(st.lists(prices, min_size=2, max_size=12), st.integers(2, 1_000))
def test_the_average_scales_with_its_prices(prices: list[int], factor: int) -> None:
    """Twice the prices are twice the average, but for a rounding."""
    once, scaled = (cartel_average(sales(*(p * f for p in prices)), None, NOW) for f in (1, factor))
    assert (once is None) is (scaled is None)
    assert once is None or abs((scaled or 0) - once * factor) <= factor


@pytest.mark.parametrize("population", [None, 0, POPULATION_LARGE])
def test_the_average_of_a_rare_grade_is_the_mean_of_the_last_four(population: int | None) -> None:
    assert cartel_average(sales(90, 100, 110, 120, 130), population, NOW) == 115


def test_the_average_of_a_common_grade_is_the_mean_of_the_daily_means_of_15_days() -> None:
    told = [Sale(NOW, 100), Sale(NOW - timedelta(hours=1), 120), Sale(NOW - DAY, 130)]
    long_ago = [Sale(NOW - DAILY_WINDOW - INSTANT, 90)]
    assert cartel_average(long_ago + told, POPULATION_LARGE + 1, NOW) == 120
    assert cartel_average(long_ago + told, POPULATION_LARGE, NOW) == 110


def test_a_common_grade_without_sales_in_15_days_falls_back_on_the_last_four() -> None:
    old = [Sale(sale.at - DAILY_WINDOW - DAY, sale.usd_micros) for sale in sales(90, 100, 110, 120, 130)]
    assert cartel_average(old, POPULATION_LARGE + 1, NOW) == 115


def test_four_median_absolute_deviations_are_still_believed_and_more_are_not() -> None:
    assert cartel_average(sales(90, 100, 110, 100 + 4 * 10), None, NOW) == 110
    assert cartel_average(sales(90, 100, 100, 110, 100 + 41), None, NOW) == 100


@pytest.mark.parametrize("told", [sales(), sales(100)])
def test_of_fewer_than_two_sales_there_is_no_average(told: list[Sale]) -> None:
    assert cartel_average(told, None, NOW) is None
    assert average_evidence(told, None, NOW) is None


def test_an_average_is_as_sure_as_its_sales_and_says_whose_they_are() -> None:
    found = average_evidence(sales(100, 110, 120), None, NOW, vendor="alt")
    assert found is not None
    assert (found.kind, found.value_usd_micros, found.confidence) == (EvidenceKind.AVERAGE, 110, 60)
    assert (found.sales, found.vendor) == (3, "alt")
