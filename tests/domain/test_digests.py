"""Digests: which deals stand in one, and when it is due, wall clocks that jump included."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.deals import DealTier
from core.domain.digests import LINES_MAX, digest, hour_ends_at, quiet_until, with_closing, without
from core.domain.guilds import QuietHours
from core.domain.listings import Reported
from core.domain.posts import Closing
from tests.cogs.deal_posts import DOLLAR, NOW, a_deal

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(22 * 60, 7 * 60, "Europe/Berlin")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = st.integers(0, 3 * 365 * 86_400).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
CLOSING = Closing(Reported.SOLD, NOW)


def berlin(*parts: int) -> datetime:
    """The clock on a wall in Berlin."""
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def test_the_best_deals_stand_first_and_the_rest_is_counted() -> None:
    found = {n: a_deal(tier=DealTier.LOOK, net_profit_usd_micros=n * DOLLAR) for n in range(1, 20)}
    found[50] = a_deal(tier=DealTier.INFO, net_profit_usd_micros=DOLLAR)
    made = digest(found, NOW)
    assert [line.version_id for line in made.lines] == [50, *range(19, 19 - LINES_MAX + 1, -1)]
    assert made.more == 20 - LINES_MAX


def test_a_line_is_closed_once_and_one_that_nobody_saw_is_left_out() -> None:
    made = digest({1: a_deal(), 2: a_deal()}, NOW)
    closed = with_closing(made, 2, CLOSING)
    assert {line.version_id: line.closing for line in closed.lines} == {1: None, 2: CLOSING}
    assert with_closing(closed, 2, Closing(Reported.GONE, NOW)) == closed
    assert [line.version_id for line in without(made, 2).lines] == [1]


@given(st.integers(0, 2**63), DAYS)
def test_an_hour_of_a_channel_ends_within_the_hour_and_always_at_the_same_minute(
    channel_id: int, now: datetime
) -> None:
    ends_at = hour_ends_at(channel_id, now)
    assert timedelta(0) < ends_at - now <= timedelta(hours=1)
    assert hour_ends_at(channel_id, ends_at) == ends_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("here", "quiet", "until"),
    [
        (berlin(2026, 1, 10, 21, 59), NIGHT, None),
        (berlin(2026, 1, 10, 22, 0), NIGHT, berlin(2026, 1, 11, 7, 0)),
        (berlin(2026, 1, 11, 6, 59), NIGHT, berlin(2026, 1, 11, 7, 0)),
        (berlin(2026, 1, 11, 7, 0), NIGHT, None),
        (berlin(2026, 3, 28, 23, 0), NIGHT, berlin(2026, 3, 29, 7, 0)),  # summer time begins in between
        (berlin(2026, 10, 24, 23, 0), NIGHT, berlin(2026, 10, 25, 7, 0)),  # and ends
        (berlin(2026, 1, 10, 13, 0), QuietHours(780, 840, "Europe/Berlin"), berlin(2026, 1, 10, 14, 0)),
        (berlin(2026, 1, 10, 23, 0), QuietHours(1_320, 0, "Europe/Berlin"), berlin(2026, 1, 11, 0, 0)),
        (berlin(2026, 1, 10, 23, 0), QuietHours(600, 600, "Europe/Berlin"), None),
        (berlin(2026, 1, 10, 23, 0), None, None),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(
    here: datetime, quiet: QuietHours | None, until: datetime | None
) -> None:
    assert quiet_until(quiet, here) == until


def test_a_night_that_ends_in_the_hour_that_is_skipped_ends_when_it_would_have() -> None:
    quiet = QuietHours(22 * 60, 2 * 60 + 30, "Europe/Berlin")
    before = datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN).astimezone(UTC)
    assert quiet_until(quiet, before) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert quiet_until(quiet, before + timedelta(minutes=1)) is None


def test_a_night_that_ends_in_the_hour_that_comes_twice_ends_twice() -> None:
    quiet = QuietHours(22 * 60, 2 * 60 + 30, "Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert quiet_until(quiet, first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet_until(quiet, first + timedelta(minutes=20)) is None
    assert quiet_until(quiet, first + timedelta(hours=1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC"]),
    DAYS,
)
def test_quiet_hours_end_later_than_now_and_within_a_day(
    starts: int, ends: int, zone: str, now: datetime
) -> None:
    until = quiet_until(QuietHours(starts, ends, zone), now)
    assert until is None or timedelta(0) < until - now <= timedelta(hours=25)


@pytest.mark.parametrize("zone", ["", "Nowhere/Atall", "../etc/passwd", "\x00"])
def test_a_zone_that_is_not_known_here_is_utc(zone: str) -> None:
    now = datetime(2026, 1, 10, 23, 0, tzinfo=UTC)
    assert quiet_until(QuietHours(22 * 60, 7 * 60, zone), now) == datetime(2026, 1, 11, 7, 0, tzinfo=UTC)
