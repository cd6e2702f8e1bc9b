"""Who asks, and how long it may wait: told beside the question, not within it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum


class Urgency(IntEnum):
    """Who asks: lower goes first, and may use more of a vendor's burst."""

    CLICK = 0
    FRESH = 1
    RECHECK = 2
    BACKFILL = 3


_urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.FRESH)


def urgency() -> Urgency:
    """How urgent the question is that is being asked now."""
    return _urgency.get()


@contextmanager
def asking(how: Urgency) -> Iterator[None]:
    """Every question asked inside is so urgent."""
    token = _urgency.set(how)
    try:
        yield
    finally:
        _urgency.reset(token)
