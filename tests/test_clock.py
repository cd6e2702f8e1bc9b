"""Time as our code knows it: the real one, and one that a test moves."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.clock import ManualClock, SystemClock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_real_clock_tells_utc_and_does_not_go_back() -> None:
    clock = SystemClock()
    before, first = clock.now(), clock.monotonic()
    assert before.utcoffset() == timedelta(0)
    assert clock.monotonic() >= first


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(START)
    assert clock.now() == clock.now() == START
    assert clock.monotonic() == 0.0
    clock.advance(timedelta(seconds=90))
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.monotonic() == 90.0


def test_a_manual_clock_tells_utc_wherever_it_was_started() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9))))
    assert clock.now() == START
    assert clock.now().tzinfo is UTC


def test_a_clock_needs_a_zone_and_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="with a zone"):
        ManualClock(datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="does not go back"):
        ManualClock(START).advance(timedelta(microseconds=-1))
