"""The vendors as their operator sees them: whether they are asked, how they answer, what is left of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from core.domain.allowances import Allowance, left_today, used_today
from core.domain.listings import SourceName
from core.domain.operations import SourceHealth

COUNTED_FOR = timedelta(hours=1)
SAMPLE_BYTES_MAX = 4096


class SourcePlan(msgspec.Struct, frozen=True):
    """A vendor there could be; `off_because` is empty when it is asked. `per_day` None: no such limit."""

    name: SourceName
    off_because: str = ""
    per_day: int | None = None


class Change(msgspec.Struct, frozen=True):
    """An answer of another shape than documented, without keys; `sample` is how it began."""

    at: datetime
    reason: str
    sample: str = ""


class SourceCalls(msgspec.Struct, frozen=True):
    """What one process saw of one vendor, as of `told_at`.

    `calls`, `failures` and `changes` are those of the hour before; latencies and ages of data those of
    the last 200 calls. None: there was none.
    """

    source: SourceName
    told_at: datetime
    calls: int = 0
    failures: int = 0
    changes: int = 0
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    p50_ms: int | None = None
    p95_ms: int | None = None
    oldest_data_at: datetime | None = None
    newest_data_at: datetime | None = None
    change: Change | None = None


class SourceView(msgspec.Struct, frozen=True):
    """One vendor, whichever process asks it. `left_today` is None where the vendor counts no days."""

    plan: SourcePlan
    is_down: bool
    down_since: datetime | None
    down_because: str
    seen: SourceCalls | None
    used_today: int
    left_today: int | None


def view(
    plan: SourcePlan,
    health: SourceHealth | None,
    allowance: Allowance | None,
    told: Sequence[SourceCalls],
    now: datetime,
) -> SourceView:
    """What all processes know of a vendor, together."""
    is_down = health is not None and health.is_down
    left = None
    if plan.per_day is not None:
        left = plan.per_day if allowance is None else left_today(allowance, plan.per_day, now)
    return SourceView(
        plan=plan,
        is_down=is_down,
        down_since=health.since if is_down and health is not None else None,
        down_because=health.reason if is_down and health is not None else "",
        seen=together(told, now),
        used_today=0 if allowance is None else used_today(allowance, now),
        left_today=left,
    )


def together(told: Sequence[SourceCalls], now: datetime) -> SourceCalls | None:
    """Several processes' tallies of one vendor as one; the slowest tells the latency. None without any."""
    if not told:
        return None
    fresh = [calls for calls in told if now - calls.told_at < COUNTED_FOR]
    failed = max((calls for calls in told if calls.failed_at), key=_failed_at, default=told[0])
    changes = [calls.change for calls in told if calls.change is not None]
    return SourceCalls(
        source=told[0].source,
        told_at=max(calls.told_at for calls in told),
        calls=sum(calls.calls for calls in fresh),
        failures=sum(calls.failures for calls in fresh),
        changes=sum(calls.changes for calls in fresh),
        succeeded_at=_last(calls.succeeded_at for calls in told),
        failed_at=failed.failed_at,
        failure=failed.failure,
        p50_ms=max((calls.p50_ms for calls in fresh if calls.p50_ms is not None), default=None),
        p95_ms=max((calls.p95_ms for calls in fresh if calls.p95_ms is not None), default=None),
        oldest_data_at=min((c.oldest_data_at for c in fresh if c.oldest_data_at is not None), default=None),
        newest_data_at=_last(calls.newest_data_at for calls in told),
        change=max(changes, key=lambda change: change.at, default=None),
    )


def _last(times: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in times if at is not None), default=None)


def _failed_at(calls: SourceCalls) -> datetime:
    assert calls.failed_at is not None
    return calls.failed_at
