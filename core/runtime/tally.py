"""What this process sees of each vendor, counted in memory: the last hour, and the last 200 calls."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.listings import SourceName
from core.domain.sources import COUNTED_FOR, SAMPLE_BYTES_MAX, Change, SourceCalls
from core.errors import SourceChanged
from core.sources.http import Call, CallOutcome
from core.telemetry import Metrics

LAST_CALLS = 200
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class _Minute:
    """What happened in one minute."""

    at: datetime
    calls: int = 0
    failures: int = 0
    changes: int = 0


@dataclass(slots=True)
class _Seen:
    """One vendor."""

    minutes: deque[_Minute] = field(default_factory=lambda: deque(maxlen=COUNTED_FOR // _MINUTE))
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=LAST_CALLS))
    data_at: deque[datetime] = field(default_factory=lambda: deque(maxlen=LAST_CALLS))
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    change: Change | None = None

    def minute(self, now: datetime) -> _Minute:
        at = now.replace(second=0, microsecond=0)
        if not self.minutes or self.minutes[-1].at != at:
            self.minutes.append(_Minute(at))
        return self.minutes[-1]


class CallTally:
    """Fed by the HTTP client; `told` is what is written down now and then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[SourceName, _Seen] = {}

    def called(self, call: Call) -> None:
        now, seen = self._clock.now(), self._seen.setdefault(call.source, _Seen())
        minute = seen.minute(now)
        minute.calls += 1
        seen.seconds.append(call.seconds)
        if call.data_at is not None:
            seen.succeeded_at = now
            seen.data_at.append(call.data_at)
            return
        minute.failures += 1
        seen.failed_at, seen.failure = now, call.reason
        if call.outcome is CallOutcome.CHANGED:
            minute.changes += 1
            seen.change = Change(now, call.reason)

    def changed(self, error: SourceChanged, body: bytes) -> None:
        """An answer came, and was not understood: a failure, whatever the vendor thinks of it."""
        now, seen = self._clock.now(), self._seen.setdefault(SourceName(error.source), _Seen())
        minute = seen.minute(now)
        minute.failures += 1
        minute.changes += 1
        sample = body[:SAMPLE_BYTES_MAX].decode(errors="replace")
        seen.failed_at, seen.failure = now, error.reason
        seen.change = Change(now, error.reason, sample[:SAMPLE_BYTES_MAX])

    def told(self) -> tuple[SourceCalls, ...]:
        """Every vendor that was asked since the start."""
        return tuple(self._summed(source, seen) for source, seen in self._seen.items())

    def _summed(self, source: SourceName, seen: _Seen) -> SourceCalls:
        now = self._clock.now()
        minutes = [minute for minute in seen.minutes if now - minute.at < COUNTED_FOR]
        return SourceCalls(
            source=source,
            told_at=now,
            calls=sum(minute.calls for minute in minutes),
            failures=sum(minute.failures for minute in minutes),
            changes=sum(minute.changes for minute in minutes),
            succeeded_at=seen.succeeded_at,
            failed_at=seen.failed_at,
            failure=seen.failure,
            p50_ms=_percentile_ms(seen.seconds, 50),
            p95_ms=_percentile_ms(seen.seconds, 95),
            oldest_data_at=min(seen.data_at, default=None),
            newest_data_at=max(seen.data_at, default=None),
            change=seen.change,
        )


@dataclass(frozen=True, slots=True)
class Instruments:
    """Everything that is told of a call."""

    metrics: Metrics
    tally: CallTally

    def called(self, call: Call) -> None:
        self.metrics.source_called(call.source, call.outcome, call.seconds)
        self.tally.called(call)
        if call.outcome is CallOutcome.CHANGED:
            self.metrics.source_changed(call.source)

    def changed(self, error: SourceChanged, body: bytes) -> None:
        self.metrics.source_changed(error.source)
        self.tally.changed(error, body)


def _percentile_ms(seconds: deque[float], percent: int) -> int | None:
    """The smallest latency that so many of a hundred calls did not pass."""
    if not seconds:
        return None
    rank = -(-len(seconds) * percent // 100)
    return round(sorted(seconds)[rank - 1] * 1000)
