"""What the client tells of each request, and of each answer that had another shape than documented."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http.cache import Fetched


class CallOutcome(StrEnum):
    """How one request ended, for metrics."""

    ANSWERED = "answered"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    CHANGED = "changed"


OUTCOMES: Mapping[type[SourceError], CallOutcome] = {
    SourceUnavailable: CallOutcome.UNAVAILABLE,
    SourceRateLimited: CallOutcome.RATE_LIMITED,
    SourceRefused: CallOutcome.REFUSED,
    SourceChanged: CallOutcome.CHANGED,
}


class Call(msgspec.Struct, frozen=True):
    """One request that was sent. `reason` is empty, and `data_at` known, when it was answered."""

    source: SourceName
    outcome: CallOutcome
    seconds: float
    reason: str = ""
    data_at: datetime | None = None


OnCall: TypeAlias = Callable[[Call], None]
OnChange: TypeAlias = Callable[[SourceChanged, bytes], None]
"""Told of an answer that was not understood, without the keys it was asked with."""

_read_last: ContextVar[tuple[SourceName, bytes, OnChange] | None] = ContextVar("read_last", default=None)


def reading(
    fetched: Fetched | None, on_change: OnChange | None, *, is_secret: bool = False
) -> Fetched | None:
    """What the task that asked reads next: `changed` knows by it which answer is meant. Of a secret one,
    a token or a person's own, nothing is told but that it changed."""
    if on_change is None or fetched is None:
        _read_last.set(None)
    else:
        _read_last.set((fetched.source, b"" if is_secret else fetched.body, on_change))
    return fetched


def changed(source: SourceName, reason: str, *, path: str) -> SourceChanged:
    """The error for an answer of another shape, to be raised; the client's owner is told of it."""
    error = SourceChanged(source, reason, path=path)
    last = _read_last.get()
    if last is not None and last[0] == source:
        _, body, on_change = last
        on_change(error, body)
    return error
