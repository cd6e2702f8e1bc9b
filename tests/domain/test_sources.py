"""One vendor as its operator sees it, whichever processes ask it."""

from datetime import timedelta

import msgspec

from core.domain.allowances import Allowance
from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.domain.sources import Change, SourceCalls, SourcePlan, together, view
from tests.databases import NOW

ALT = SourceName.ALT
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
OURS = SourceCalls(
    ALT,
    told_at=NOW,
    calls=10,
    failures=2,
    changes=1,
    succeeded_at=NOW - 5 * SECOND,
    failed_at=NOW - 60 * SECOND,
    failure="HTTP 503",
    p50_ms=100,
    p95_ms=900,
    oldest_data_at=NOW - 90 * SECOND,
    newest_data_at=NOW - 5 * SECOND,
    change=Change(NOW - 70 * SECOND, "older"),
)
THEIRS = SourceCalls(
    ALT,
    told_at=NOW - 10 * SECOND,
    calls=5,
    failures=1,
    succeeded_at=NOW - 20 * SECOND,
    failed_at=NOW - 30 * SECOND,
    failure="HTTP 429",
    p50_ms=200,
    p95_ms=300,
    oldest_data_at=NOW - 40 * SECOND,
    newest_data_at=NOW - 20 * SECOND,
    change=Change(NOW - 50 * SECOND, "newer"),
)


def test_two_processes_are_added_up() -> None:
    assert together([OURS, THEIRS], NOW) == SourceCalls(
        ALT,
        told_at=NOW,
        calls=15,
        failures=3,
        changes=1,
        succeeded_at=NOW - 5 * SECOND,
        failed_at=NOW - 30 * SECOND,
        failure="HTTP 429",
        p50_ms=200,
        p95_ms=900,
        oldest_data_at=NOW - 90 * SECOND,
        newest_data_at=NOW - 5 * SECOND,
        change=Change(NOW - 50 * SECOND, "newer"),
    )
    assert together([], NOW) is None


def test_a_process_that_is_gone_counts_no_more_but_is_remembered() -> None:
    seen = together([OURS], NOW + HOUR)
    assert seen is not None
    assert (seen.calls, seen.failures, seen.p50_ms, seen.oldest_data_at) == (0, 0, None, None)
    assert (seen.succeeded_at, seen.failure) == (OURS.succeeded_at, OURS.failure)


def test_one_that_only_failed_or_only_answered() -> None:
    never = SourceCalls(ALT, told_at=NOW, calls=1)
    assert together([never], NOW) == never
    both = together([never, OURS], NOW)
    assert both is not None
    assert (both.failed_at, both.failure) == (OURS.failed_at, OURS.failure)


def test_what_is_left_of_a_day_is_told_where_the_vendor_counts_days() -> None:
    plan, asked = SourcePlan(SourceName.PSA, per_day=100), Allowance(NOW, NOW, used=30)
    assert view(plan, None, asked, (), NOW).left_today == 70
    assert view(plan, None, None, (), NOW).left_today == 100
    tomorrow = view(plan, None, asked, (), NOW + 24 * HOUR)
    assert (tomorrow.used_today, tomorrow.left_today) == (0, 100)
    uncounted = view(SourcePlan(ALT), None, asked, (), NOW)
    assert (uncounted.used_today, uncounted.left_today) == (30, None)


def test_down_is_what_the_breaker_says() -> None:
    down = SourceHealth("alt", True, NOW - HOUR, "5 failures")
    shown = view(SourcePlan(ALT), down, None, (), NOW)
    assert (shown.is_down, shown.down_since, shown.down_because) == (True, NOW - HOUR, "5 failures")
    up = view(SourcePlan(ALT), msgspec.structs.replace(down, is_down=False), None, (), NOW)
    assert (up.is_down, up.down_since, up.down_because) == (False, None, "")
