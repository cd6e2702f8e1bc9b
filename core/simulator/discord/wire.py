"""JSON as it travels: the alias for it, the exact Content-Type, and times in Discord's form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from aiohttp import web

Json: TypeAlias = dict[str, Any]


def encode(payload: object) -> bytes:
    """Compact JSON."""
    return msgspec.json.encode(payload)


def decode(raw: bytes | str) -> Any:
    """Any JSON value. Raises msgspec.DecodeError."""
    return msgspec.json.decode(raw)


def answer(payload: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer; None is an empty 204. Clients parse it only when Content-Type names no charset."""
    if payload is None:
        return web.Response(status=204, headers=headers)
    return web.Response(body=encode(payload), status=status, headers=headers, content_type="application/json")


def iso(at: datetime) -> str:
    """Discord's time format, microseconds always present."""
    return at.isoformat(timespec="microseconds")
