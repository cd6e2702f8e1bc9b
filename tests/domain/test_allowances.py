"""A vendor's allowance as pure arithmetic: spacing, burst, days, pauses and clocks that were wrong."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.allowances import Allowance, Pace, left_today, pause, take, untouched

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
S = timedelta(seconds=1)


def test_a_turn_taken_puts_the_next_one_an_interval_later() -> None:
    left, wait_s = take(untouched(NOW), Pace(2.0), NOW)
    assert wait_s == 0
    assert take(left, Pace(2.0), NOW + 1.5 * S) == (left, 0.5)
    assert take(left, Pace(2.0), NOW + 2 * S)[1] == 0


def test_who_may_take_ahead_goes_before_who_may_not() -> None:
    left, _ = take(untouched(NOW), Pace(1.0), NOW)
    assert take(left, Pace(1.0), NOW)[1] == 1
    assert take(left, Pace(1.0, slack_s=1.0), NOW)[1] == 0


def test_the_day_ends_at_midnight_and_begins_anew() -> None:
    pace, left = Pace(0.001, slack_s=100, per_day=3), untouched(NOW)
    for _ in range(3):
        left, wait_s = take(left, pace, NOW)
        assert wait_s == 0
    assert take(left, pace, NOW + timedelta(hours=11)) == (left, 3600)
    assert left_today(left, 3, NOW) == 0
    left, wait_s = take(left, pace, NOW + timedelta(hours=12))
    assert (wait_s, left_today(left, 3, NOW + timedelta(hours=12))) == (0, 2)


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_end_it() -> None:
    left = pause(pause(untouched(NOW), NOW, 60), NOW, 5)
    assert take(left, Pace(1.0, slack_s=3), NOW)[1] == 57


def test_a_clock_that_was_far_ahead_is_not_waited_for() -> None:
    left = Allowance(NOW + timedelta(days=400), NOW + timedelta(days=400))
    assert take(left, Pace(1.0), NOW)[1] == 0


@given(
    st.lists(st.floats(0, 5), min_size=1, max_size=60),
    st.floats(0.1, 5),
    st.integers(0, 5),
)
def test_no_window_holds_more_than_its_share_and_the_burst(
    gaps: list[float], interval_s: float, ahead: int
) -> None:
    left, at, taken = untouched(NOW), NOW, []
    for gap in gaps:
        at += timedelta(seconds=gap)
        left, wait_s = take(left, Pace(interval_s, interval_s * ahead), at)
        if not wait_s:
            taken.append(at)
    for start in taken:
        for width in (interval_s, 3 * interval_s, 20.0):
            inside = sum(start <= t < start + timedelta(seconds=width) for t in taken)
            assert inside <= 1 + ahead + width / interval_s + 1e-6
