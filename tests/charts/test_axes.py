"""Axes: where a price lies, and what is written beside it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts.axes import (
    DOLLAR_TICKS_MAX,
    MICROS,
    TIME_TICKS_MAX,
    dollar_axis,
    dollar_ticks,
    dollars,
    time_axis,
    time_ticks,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def price_labels(*prices: float) -> list[str]:
    axis = dollar_axis([round(price * MICROS) for price in prices], start=400, end=0)
    return [tick.label for tick in dollar_ticks(axis)]


def time_labels(before: timedelta) -> list[str]:
    return [tick.label for tick in time_ticks(time_axis(NOON - before, NOON, start=0, end=800))]


@pytest.mark.parametrize(
    ("prices", "labels"),
    [
        ((80, 180), ["$75", "$100", "$125", "$150", "$175"]),
        ((100,), ["$90", "$95", "$100", "$105", "$110"]),
        ((14, 21), ["$14", "$16", "$18", "$20"]),
        ((21, 32), ["$22.50", "$25", "$27.50", "$30", "$32.50"]),
        ((0.31, 0.49), ["$0.30", "$0.35", "$0.40", "$0.45", "$0.50"]),
        ((45_000, 61_000), ["$45k", "$50k", "$55k", "$60k"]),
        ((1_000_000, 1_300_000), ["$1M", "$1.1M", "$1.2M", "$1.3M"]),
        ((12, 900, 9_000), ["$10", "$100", "$1,000", "$10k"]),
        ((3, 100), ["$5", "$10", "$20", "$50", "$100"]),
    ],
)
def test_prices_are_labelled_in_round_dollars(prices: tuple[float, ...], labels: list[str]) -> None:
    assert price_labels(*prices) == labels


@pytest.mark.parametrize(
    ("before", "labels"),
    [
        (timedelta(days=88), ["11 Dec", "1 Jan", "22 Jan", "12 Feb"]),
        (timedelta(days=9), ["22 Feb", "24 Feb", "26 Feb", "28 Feb"]),
        (timedelta(days=1), ["12:00", "18:00", "1 Mar", "06:00", "12:00"]),
        (timedelta(hours=1), ["11:00", "11:15", "11:30", "11:45", "12:00"]),
        (timedelta(days=800), ["Apr 2024", "Oct 2024", "Mar 2025", "Aug 2025", "Jan 2026"]),
    ],
)
def test_moments_are_labelled_in_round_hours_or_days(before: timedelta, labels: list[str]) -> None:
    assert time_labels(before) == labels


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.5, "$0.50"),
        (12.5, "$12.50"),
        (80, "$80"),
        (1_234.56, "$1,235"),
        (12_345, "$12.3k"),
        (999_999, "$1,000k"),
        (2_500_000, "$2.5M"),
        (9_000_000_000, "$9,000M"),
    ],
)
def test_a_price_is_said_in_at_most_three_digits_or_whole_dollars(amount: float, said: str) -> None:
    assert dollars(amount * MICROS) == said


@given(st.lists(st.integers(1, 2**63 - 1), min_size=1, max_size=20))
def test_any_prices_lie_on_their_axis_under_few_labels_that_differ(prices: list[int]) -> None:
    axis = dollar_axis(prices, start=400, end=0)
    assert all(0 < axis.at(price) < 400 for price in prices)
    ticks = dollar_ticks(axis)
    assert len(ticks) <= DOLLAR_TICKS_MAX
    assert all(0 <= tick.at <= 400 for tick in ticks)
    assert all(lower.at > higher.at for lower, higher in pairwise(ticks))


@given(st.integers(0, 220 * 365), st.integers(3_600, 10**9))
def test_any_span_has_few_moments_in_order(days: int, seconds: int) -> None:
    until = datetime(1980, 1, 1, tzinfo=UTC) + timedelta(days=days, seconds=seconds % 1_000)
    axis = time_axis(until - timedelta(seconds=seconds), until, start=0, end=800)
    places = [tick.at for tick in time_ticks(axis)]
    assert 1 <= len(places) <= TIME_TICKS_MAX
    assert places == sorted(set(places))
    assert 0 <= places[0] <= places[-1] <= 800
