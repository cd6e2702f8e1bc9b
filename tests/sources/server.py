"""A tiny vendor on a real socket: gives the scripted replies in order and remembers what it was asked."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

import msgspec
from aiohttp import web

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class How(Enum):
    """What happens on the wire."""

    WHOLE = auto()
    RESET = auto()
    CUT_OFF = auto()
    SILENT = auto()


@dataclass(frozen=True)
class Reply:
    """One answer. CUT_OFF promises the whole body and sends half of it."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    how: How = How.WHOLE


WEB_PAGE = Reply(b"<!doctype html><title>Just a moment...</title>", content_type="text/html")
RESET = Reply(how=How.RESET)
SILENCE = Reply(how=How.SILENT)
CUT_OFF = Reply(b'{"a": [1, 2, 3]}', how=How.CUT_OFF)


def data(value: object, *, status: int = 200, **headers: str) -> Reply:
    """A reply with this value as JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(msgspec.json.encode(value), status, named)


LENT = data({"access_token": "lent-token", "expires_in": 7200, "token_type": "bearer"})


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class ScriptedServer:
    """Replies in order, the last one again and again. Below `lending` a token is lent to all who ask."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.got_request = asyncio.Event()
        self.hold: asyncio.Event | None = None
        self._replies = [Reply()]
        self._is_closing = asyncio.Event()

    @property
    def lending(self) -> str:
        return f"{self.url}/lending"

    def says(self, *replies: Reply) -> None:
        self._replies = list(replies)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["ScriptedServer"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            await web.SockSite(runner, listener).start()
            try:
                yield self
            finally:
                self._is_closing.set()
                await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(
            request.method, request.raw_path, dict(request.query), dict(request.headers), await request.read()
        )
        self.asked.append(asked)
        self.got_request.set()
        reply = LENT if _asks_for_a_token(asked) else self._next_reply()
        if self.hold is not None:
            await self.hold.wait()
        return await self._give(request, reply)

    def _next_reply(self) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    async def _give(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.how is How.SILENT:
            await self._is_closing.wait()
        if reply.how in {How.SILENT, How.RESET}:
            _reset(request)
            return web.Response()
        if reply.how is How.CUT_OFF:
            return await _cut_off(request, reply)
        headers = {**reply.headers, "Content-Type": reply.content_type}
        return web.Response(status=reply.status, body=reply.body, headers=headers)


def _asks_for_a_token(asked: Asked) -> bool:
    return asked.path.startswith("/lending/") and asked.path.endswith("/token")


def _reset(request: web.Request) -> None:
    assert request.transport is not None
    raw = request.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    request.transport.abort()


async def _cut_off(request: web.Request, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(reply.body))})
    response.content_type = reply.content_type
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    _reset(request)
    return response
