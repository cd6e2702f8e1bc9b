"""What a process saw of each vendor: the last hour, the last calls, and the newest it did not understand."""

from datetime import datetime, timedelta

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.domain.sources import SAMPLE_BYTES_MAX, Change, SourceCalls
from core.errors import SourceChanged
from core.runtime.tally import LAST_CALLS, CallTally, Instruments
from core.sources.http import Call, CallOutcome
from core.telemetry import Metrics
from tests.databases import NOW

ALT = SourceName.ALT
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def tally(clock: ManualClock) -> CallTally:
    return CallTally(clock)


def answered(seconds: float = 0.1, *, data_at: datetime = NOW) -> Call:
    return Call(ALT, CallOutcome.ANSWERED, seconds, data_at=data_at)


def failed(reason: str = "HTTP 503", outcome: CallOutcome = CallOutcome.UNAVAILABLE) -> Call:
    return Call(ALT, outcome, 0.2, reason)


def only(tally: CallTally) -> SourceCalls:
    [told] = tally.told()
    return told


def test_a_vendor_nobody_asked_is_not_told_of(tally: CallTally) -> None:
    assert tally.told() == ()


def test_answers_and_failures_are_told_with_their_times(tally: CallTally, clock: ManualClock) -> None:
    tally.called(answered(data_at=NOW - 3 * MINUTE))
    clock.advance(MINUTE)
    tally.called(answered(0.5, data_at=NOW))
    tally.called(failed())
    assert only(tally) == SourceCalls(
        ALT,
        told_at=NOW + MINUTE,
        calls=3,
        failures=1,
        succeeded_at=NOW + MINUTE,
        failed_at=NOW + MINUTE,
        failure="HTTP 503",
        p50_ms=200,
        p95_ms=500,
        oldest_data_at=NOW - 3 * MINUTE,
        newest_data_at=NOW,
    )


def test_what_was_more_than_an_hour_ago_is_not_counted(tally: CallTally, clock: ManualClock) -> None:
    for _ in range(90):
        tally.called(failed())
        clock.advance(MINUTE)
    assert (only(tally).calls, only(tally).failures) == (59, 59)
    clock.advance(60 * MINUTE)
    assert (only(tally).calls, only(tally).failures) == (0, 0)
    assert only(tally).failed_at == NOW + 89 * MINUTE


def test_latencies_are_those_of_the_last_calls(tally: CallTally) -> None:
    for _ in range(LAST_CALLS):
        tally.called(answered(9.0))
    for n in range(LAST_CALLS):
        tally.called(answered((n + 1) / 1000))
    assert (only(tally).p50_ms, only(tally).p95_ms) == (100, 190)


def test_an_answer_not_understood_is_a_failure_with_a_bounded_sample(tally: CallTally) -> None:
    tally.called(answered())
    tally.changed(SourceChanged(ALT, "Expected `int`", path="$.price"), b"\xff" + b"x" * 2 * SAMPLE_BYTES_MAX)
    told = only(tally)
    assert (told.calls, told.failures, told.changes) == (1, 1, 1)
    assert told.change is not None
    assert told.change.reason == told.failure == "Expected `int` at $.price"
    assert len(told.change.sample.encode()) <= SAMPLE_BYTES_MAX + 2
    assert told.change.sample.startswith("�xxx")


def test_a_status_that_means_a_change_is_counted_once(tally: CallTally) -> None:
    tally.called(failed("HTTP 410", CallOutcome.CHANGED))
    told = only(tally)
    assert (told.calls, told.failures, told.changes) == (1, 1, 1)
    assert told.change == Change(NOW, "HTTP 410")


def test_the_metrics_hear_of_the_same(tally: CallTally) -> None:
    metrics = Metrics()
    instruments = Instruments(metrics, tally)
    instruments.called(answered())
    instruments.called(failed("HTTP 410", CallOutcome.CHANGED))
    instruments.changed(SourceChanged(ALT, "Expected `int`", path="$.price"), b"{}")
    exposed = metrics.exposition().decode()
    assert 'cartel_source_changes_total{source="alt"} 2.0' in exposed
    assert 'cartel_source_call_seconds_count{outcome="answered",source="alt"} 1.0' in exposed
    assert only(tally).changes == 2
