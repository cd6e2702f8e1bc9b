"""A control API of a few lines for tests of the page: what it shows and answers is set by the test."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

from core.simulator.page.page import add_routes
from tests.simulator.page import wire

Json: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[Json], Json]


class StandIn:
    """Serves the page and the part of the control API that it uses.

    `asked` keeps the path and body of every POST; `watched` is set once a page listens to the stream;
    what it asks for then is answered as it was at that moment, when `may_catch_up` is set.
    """

    def __init__(self) -> None:
        self.state = wire.state()
        self.messages: list[Json] = []
        self.commands: list[Json] = []
        self.faults: list[Json] = []
        self.listed = 310
        self.private_id = "1300000000000000400"
        self.asked: list[tuple[str, Json]] = []
        self.answer: Answer = lambda _interaction: wire.answered(None)
        self.watched = asyncio.Event()
        self.may_catch_up = asyncio.Event()
        self.may_catch_up.set()
        self._streams: list[asyncio.Queue[bytes | None]] = []
        self.server = TestServer(self._app())

    @property
    def url(self) -> str:
        return str(self.server.make_url("/"))

    def publish(self, event: str, payload: Json) -> None:
        """Send one event to every open stream."""
        for stream in self._streams:
            stream.put_nowait(f"event: {event}\ndata: {json.dumps(payload)}\n\n".encode())

    def post(self, message: Json) -> None:
        """A message appears in its channel."""
        self.messages.append(message)
        self.publish("message_create", message)

    def _show(self, message: Json | None) -> None:
        """Keep a message that is new or has changed, and tell the streams."""
        if message is None:
            return
        others = [known for known in self.messages if known["id"] != message["id"]]
        is_new = len(others) == len(self.messages)
        self.messages = [*others, message]
        self.publish("message_create" if is_new else "message_update", message)

    def drop_streams(self) -> None:
        """End every stream, as a restart of the simulator does."""
        for stream in self._streams:
            stream.put_nowait(None)

    def asked_at(self, path: str) -> list[Json]:
        return [body for asked_path, body in self.asked if asked_path == path]

    def _app(self) -> web.Application:
        app = web.Application()
        add_routes(app)
        app.router.add_get("/sim/discord/state", self._state)
        app.router.add_get("/sim/discord/channels/{id}/messages", self._messages)
        app.router.add_get("/sim/discord/commands", self._commands)
        app.router.add_get("/sim/discord/stream", self._stream)
        app.router.add_get("/sim/market", self._market)
        app.router.add_get("/sim/faults", self._faults)
        app.router.add_delete("/sim/faults/{id}", self._mend)
        app.router.add_delete("/sim/faults", self._mend_everything)
        app.router.add_post("/sim/{path:.*}", self._act)
        return app

    async def _state(self, request: web.Request) -> web.Response:
        person = request.query["person"]
        if person not in {each["id"] for each in self.state["people"]}:
            return web.json_response({"error": "no such person"}, status=404)
        text = json.dumps(wire.seen_by(self.state, person))
        if self.watched.is_set():
            await self.may_catch_up.wait()
        return web.json_response(text=text)

    async def _messages(self, request: web.Request) -> web.Response:
        channel = request.match_info["id"]
        before = int(request.query.get("before") or sys.maxsize)
        shown = [
            message
            for message in self.messages
            if message["channel_id"] == channel and int(message["id"]) < before
        ]
        return web.json_response({"messages": shown[-int(request.query["limit"]) :]})

    async def _commands(self, _request: web.Request) -> web.Response:
        return web.json_response({"commands": self.commands})

    async def _market(self, _request: web.Request) -> web.Response:
        return web.json_response({"counts": {"cards": 2400, "listed": self.listed}, "events_per_minute": 12})

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self.faults})

    async def _mend(self, request: web.Request) -> web.Response:
        self.faults = [fault for fault in self.faults if str(fault["id"]) != request.match_info["id"]]
        return web.json_response({"removed": True})

    async def _mend_everything(self, _request: web.Request) -> web.Response:
        self.faults = []
        return web.json_response({"removed": True})

    async def _act(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        self.asked.append((request.path, body))
        if request.path == "/sim/discord/interactions":
            answer = self.answer(body)
            self._show(answer["message"])
            return web.json_response(answer)
        if request.path == "/sim/market/list":
            return web.json_response(wire.LISTED)
        if request.path == "/sim/faults":
            self.faults.append({"id": 7 + len(self.faults), "hits": 0, **body})
            return web.json_response({"id": self.faults[-1]["id"]})
        if request.path == "/sim/discord/private":
            self.state["private"] = [{"id": self.private_id}]
        return web.json_response({})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"retry: 20\n\n")
        events: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.append(events)
        self.watched.set()
        try:
            while (event := await events.get()) is not None:
                await response.write(event)
        except ConnectionResetError:
            pass  # the page went away
        finally:
            self._streams.remove(events)
        return response
