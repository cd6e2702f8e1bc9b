"""From a vendor's bytes to typed payloads, and from a value that makes no sense to SourceChanged."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from core.domain.listings import SourceName
from core.errors import SourceUnavailable
from core.sources.http.cache import Fetched
from core.sources.http.calls import changed

REASON_LENGTH_MAX = 200

T = TypeVar("T")

_ADDRESS = re.compile(r"[A-Za-z0-9]{1,64}")
_WHOLE = re.compile(r"-?[0-9]{1,400}")
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def decode(fetched: Fetched, kind: type[T]) -> T:
    """Read an answer as `kind`.

    Raises SourceChanged with the path of the field that has another type, SourceUnavailable when the
    bytes are not whole JSON (an answer that was cut off says nothing about the vendor's format).
    A NUL in a text is read as a space: PostgreSQL stores none, and one must not cost the others' rows.
    """
    try:
        return msgspec.json.decode(_NUL.sub(rb"\1\\u0020", fetched.body), type=kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        raise changed(fetched.source, reason[:REASON_LENGTH_MAX], path=path.strip("`") or "$") from error
    except RecursionError as error:
        raise changed(fetched.source, "nested too deeply", path="$") from error
    except ValueError as error:
        reason = f"the answer is not whole JSON ({str(error)[:REASON_LENGTH_MAX]})"
        raise SourceUnavailable(fetched.source, reason) from error


def peek(fetched: Fetched, kind: type[T]) -> T | None:
    """The answer as `kind`; None where it is something else: who reads it in earnest says what is wrong."""
    try:
        return msgspec.json.decode(fetched.body, type=kind)
    except (ValueError, RecursionError):
        return None


@contextmanager
def parsing(source: SourceName, path: str) -> Iterator[None]:
    """A value that cannot be what the vendor documents makes the whole answer a SourceChanged."""
    try:
        yield
    except (ValueError, ArithmeticError) as error:
        reason = str(error)[:REASON_LENGTH_MAX] or type(error).__name__
        raise changed(source, reason, path=path) from error


def utc(at: datetime) -> datetime:
    """In UTC; vendors that name no zone mean it. Raises OverflowError at the ends of time."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def whole(number: str | int) -> int:
    """A number that some write as a text. Raises ValueError, also for "1_000" and for other scripts."""
    if isinstance(number, str) and not _WHOLE.fullmatch(number):
        raise ValueError("not a whole number")
    return int(number)


def address_of(text: str | None) -> str | None:
    """The text when it can be a chain address (and so is safe in a link), else None."""
    return text if text is not None and _ADDRESS.fullmatch(text) else None
