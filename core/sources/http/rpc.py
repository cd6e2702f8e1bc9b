"""JSON-RPC 2.0: one question in a POST, and an error that may come in a 200."""

from collections.abc import Collection, Sequence
from typing import Generic, TypeAlias, TypeVar

import msgspec

from core.errors import SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http.answers import LATER_S_DEFAULT
from core.sources.http.cache import Fetched
from core.sources.http.calls import changed
from core.sources.http.parsing import decode, peek

NOT_FOUND = -32004
BAD_PARAMETERS = -32602

_REFUSED = frozenset({-32001, -32003})
_LATER = frozenset({-32005, -32029})
_NOT_UNDERSTOOD = frozenset({-32600, -32601, BAD_PARAMETERS, -32700})

T = TypeVar("T")
Params: TypeAlias = msgspec.Struct | Sequence[str | msgspec.Struct]


class Call(msgspec.Struct):
    """One question."""

    method: str
    params: Params
    jsonrpc: str = "2.0"
    id: str = "1"


class RpcError(msgspec.Struct):
    """What came instead of a result. Its text is the vendor's and may echo anything: the code says enough."""

    code: int


class Reply(msgspec.Struct, Generic[T]):
    """A result or an error, whatever the HTTP status."""

    result: T | msgspec.UnsetType | None = msgspec.UNSET
    error: RpcError | None = None


def result_of(fetched: Fetched, kind: type[Reply[T]], *, missing: Collection[int] = (NOT_FOUND,)) -> T | None:
    """None when the vendor says that it has none, by one of the `missing` codes. Raises SourceError.

    A result that is null says nothing: it is not "none".
    """
    reply = decode(fetched, kind)
    if reply.error is not None:
        if reply.error.code in missing:
            return None
        raise _error_of(fetched, reply.error.code)
    if reply.result is None or isinstance(reply.result, msgspec.UnsetType):
        raise changed(fetched.source, "neither a result nor an error", path="$")
    return reply.result


def failure_in(fetched: Fetched) -> SourceError | None:
    """The error in a 200 that is the vendor's own: no answer, whatever was asked."""
    reply = peek(fetched, Reply[msgspec.Raw])
    error = reply.error if reply is not None else None
    if error is None or error.code in {NOT_FOUND, *_NOT_UNDERSTOOD}:
        return None
    return _error_of(fetched, error.code)


def _error_of(fetched: Fetched, code: int) -> SourceError:
    said = f"RPC error {code}"
    if code in _REFUSED:
        return SourceRefused(fetched.source, said)
    if code in _LATER:
        return SourceRateLimited(fetched.source, said, retry_after_s=LATER_S_DEFAULT)
    if code in _NOT_UNDERSTOOD:
        return changed(fetched.source, said, path="$.error")
    return SourceUnavailable(fetched.source, said)
