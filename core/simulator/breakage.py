"""What a broken answer looks like on the wire: a reset, a page of HTML, half a body, wrong types."""

import json
import socket
import struct
from typing import Any, Final

from aiohttp import web

CLIENT_NEVER_SAW: Final = 499  # status recorded for an answer that was cut off

_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close() sends RST, not FIN
_HTML: Final = "<!doctype html><title>Just a moment...</title><p>Checking your browser</p>"


def reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection with RST. The returned answer never reaches anybody."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    return web.Response(status=CLIENT_NEVER_SAW)


def plain_rate_limited(seconds: float) -> web.StreamResponse:
    """A 429 as most vendors send it."""
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return web.json_response({"error": "Too many requests"}, status=429, headers=headers)


def plain_refused(status: int, code: int, seconds: float) -> web.StreamResponse:
    """An error as most vendors send it. A 429 says after how many seconds to come back."""
    body = json.dumps({"message": f"{status}: broken on purpose", "code": code}).encode()
    headers = {"Retry-After": str(max(1, round(seconds)))} if status == 429 else None
    return web.Response(body=body, content_type="application/json", status=status, headers=headers)


def html_page(status: int) -> web.StreamResponse:
    """A page for people where a program expected JSON."""
    return web.Response(text=_HTML, content_type="text/html", status=status)


def half(answer: web.StreamResponse) -> web.StreamResponse:
    """The answer, cut in the middle of its body."""
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
        answer.body = answer.body[: len(answer.body) // 2]
    return answer


def mistyped(answer: web.StreamResponse) -> web.StreamResponse:
    """The answer with wrong types in its JSON; plain text has none to be wrong."""
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes) and "json" in answer.content_type:
        answer.body = json.dumps(with_wrong_types(json.loads(answer.body or b"null"))).encode()
    return answer


def with_wrong_types(value: Any) -> Any:
    """The same JSON shape with every leaf of another type: numbers as text, text as a list, null as 0."""
    if isinstance(value, dict):
        return {key: with_wrong_types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(item) for item in value]
    if value is None:
        return 0
    return [value] if isinstance(value, str) else str(value)
