"""What clients say at the gateway, read from the wire, and the codes that end a connection."""

import zlib
from typing import Any, Final, TypeVar

import msgspec

from .wire import decode

T = TypeVar("T")
_BYTES_MAX: Final = 4096


class Closed(Exception):  # noqa: N818  # the end of a connection, not always an error
    """The look-alike ends the connection with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Identify(msgspec.Struct, frozen=True):
    """A client begins a session. intents None: it named none, which is refused."""

    token: str = ""
    intents: int | None = None
    shard: tuple[int, int] | None = None


class Resume(msgspec.Struct, frozen=True):
    """A client comes back to a session after this event."""

    token: str = ""
    session_id: str = ""
    seq: int | None = None


class RequestMembers(msgspec.Struct, frozen=True):
    """A client asks for members by the beginning of their names, or by their ids. limit 0: all."""

    guild_id: str | int
    query: str | None = None
    limit: int = 0
    user_ids: list[str | int] | str | int | None = None
    nonce: str | None = None


def parsed(raw: str | bytes) -> tuple[int, Any]:
    """Operation and payload of a frame. Raises Closed with 4002."""
    if len(raw) > _BYTES_MAX:
        raise Closed(4002, "Decode error")
    try:
        # hikari sends plain JSON in binary frames.
        text = zlib.decompress(raw) if isinstance(raw, bytes) and not raw.startswith(b"{") else raw
        frame = decode(text)
        return int(frame["op"]), frame.get("d")
    except (msgspec.DecodeError, zlib.error, KeyError, TypeError, ValueError):
        raise Closed(4002, "Decode error") from None


def read(payload: object, kind: type[T]) -> T:
    """The payload as this kind. Raises Closed with 4002."""
    try:
        return msgspec.convert(payload, kind)
    except msgspec.ValidationError:
        raise Closed(4002, "Decode error") from None
