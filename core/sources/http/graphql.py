"""GraphQL: one question in a POST, and errors that come in a 200."""

from typing import Generic, TypeVar

import msgspec

from core.domain.slabs import plain
from core.errors import SourceError, SourceUnavailable
from core.sources.http.cache import Fetched
from core.sources.http.calls import changed
from core.sources.http.parsing import decode, peek

REASON_LENGTH_MAX = 120

_NOT_UNDERSTOOD = frozenset({"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"})

T = TypeVar("T")


class _About(msgspec.Struct):
    code: str | int | None = None


class Error(msgspec.Struct):
    """What went wrong with a part of the question, or with all of it."""

    message: str | None = None
    extensions: _About | None = None

    @property
    def is_ours(self) -> bool:
        """The question was wrong."""
        return self.extensions is not None and self.extensions.code in _NOT_UNDERSTOOD


class _Failed(msgspec.Struct):
    errors: list[Error] | None = None


class Answer(_Failed, Generic[T]):
    """What was asked for; with errors it may be a part of it, which is not believed."""

    data: T | None = None


def data_of(fetched: Fetched, kind: type[Answer[T]]) -> T:
    """Raises SourceError."""
    answer = decode(fetched, kind)
    if (failure := _failure(fetched, answer)) is not None:
        raise failure
    if answer.errors:
        said = plain(answer.errors[0].message, REASON_LENGTH_MAX)
        raise changed(fetched.source, f"our question was wrong: {said}", path="$.errors[0]")
    if answer.data is None:
        raise SourceUnavailable(fetched.source, "answered with an error: no data")
    return answer.data


def failure_in(fetched: Fetched) -> SourceError | None:
    """The error in a 200 that is the vendor's own: no answer, whatever was asked."""
    said = peek(fetched, _Failed)
    return None if said is None else _failure(fetched, said)


def _failure(fetched: Fetched, said: _Failed) -> SourceError | None:
    if not said.errors or said.errors[0].is_ours:
        return None
    reason = plain(said.errors[0].message, REASON_LENGTH_MAX) or "none told"
    return SourceUnavailable(fetched.source, f"answered with an error: {reason}")
