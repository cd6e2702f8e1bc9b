"""When a read of a whole market is whole, and when it is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.reconcile import DOUBTED_FOR_MAX, WholeRead, disbelief, shortfall

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "total", "is_whole"),
    [
        (0, 0, True),
        (10, 10, True),
        (12, 10, True),
        (8, 10, True),
        (7, 10, False),
        (0, 3, False),
        (10_441, 10_547, False),
        (10_442, 10_547, True),
        (10_547, None, False),
        (0, None, False),
    ],
)
def test_a_read_is_whole_when_it_is_as_long_as_the_vendor_says(
    rows: int, total: int | None, is_whole: bool
) -> None:
    assert (shortfall(WholeRead(rows, total)) is None) == is_whole


def test_a_short_read_says_by_how_much() -> None:
    assert shortfall(WholeRead(312, 10_547)) == "only 312 of 10,547 listings were on its pages"


@pytest.mark.parametrize(
    ("known", "missed", "is_believed"),
    [
        (0, 0, True),
        (3, 3, True),
        (4, 4, False),
        (10, 5, True),
        (10, 6, False),
        (10_000, 5_000, True),
        (10_000, 5_001, False),
        (10_000, 10_000, False),
    ],
)
def test_half_a_market_may_be_gone_at_once_and_no_more(known: int, missed: int, is_believed: bool) -> None:
    assert (disbelief(known, missed, doubted_at=None, now=NOW) is None) == is_believed


@pytest.mark.parametrize(
    ("ago", "is_believed"),
    [
        (timedelta(0), False),
        (DOUBTED_FOR_MAX - timedelta(seconds=1), False),
        (DOUBTED_FOR_MAX, True),
        (timedelta(days=-1), False),
    ],
)
def test_what_every_read_says_for_a_day_is_believed(ago: timedelta, is_believed: bool) -> None:
    assert (disbelief(100, 100, doubted_at=NOW - ago, now=NOW) is None) == is_believed


def test_disbelief_says_how_many() -> None:
    said = disbelief(10_547, 10_547, doubted_at=None, now=NOW)
    assert said == "10,547 of 10,547 listings would be gone at once"
