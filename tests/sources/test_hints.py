"""The chain's log over a real WebSocket: hints, and a connection that is made again whatever ends it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.hints import MARKETPLACE_PROGRAM, Hint
from core.domain.listings import Mint, SourceName
from core.sources.base import HintSource
from core.sources.hints import (
    BACKOFF_S,
    BACKOFF_S_MAX,
    MESSAGE_BYTES_MAX,
    STEADY_S,
    SolanaLogs,
    parse_hint,
)
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.payloads import MINT, Json
from tests.sources.payloads_elsewhere import LOG_LINES, log_notification

PATIENCE_S = 30
SUBSCRIBED = {"jsonrpc": "2.0", "result": 24_040, "id": 1}
KEY = "planted-key-0123456789"
Act: TypeAlias = Callable[[web.WebSocketResponse], Awaitable[None]]


def said(*messages: Json | str | bytes) -> Act:
    """The node says these and hangs up."""

    async def act(socket: web.WebSocketResponse) -> None:
        for message in messages:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_str(message if isinstance(message, str) else json.dumps(message))

    return act


@dataclass
class Node:
    """A Solana node that is scripted, one act for each connection; after the last it keeps silent."""

    acts: list[Act]
    clock: ManualClock
    url: str = ""
    asked: list[Json] = field(default_factory=list)
    told: list[Hint] = field(default_factory=list)
    slept_s: list[float] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    at_the_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.asked.append(json.loads((await socket.receive()).data))
        if not self.acts:
            self.at_the_end.set()
            await socket.receive()
            return socket
        await self.acts.pop(0)(socket)
        await socket.close()
        return socket

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.left.set()
        await asyncio.sleep(0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Node"]:
        app = web.Application()
        app.router.add_get("/{key}", self.serve)
        async with TestServer(app) as server:
            self.url = str(server.make_url(f"/{KEY}"))
            yield self

    async def hear_all(self, *, heartbeat_s: float = 20) -> None:
        """Listen until every act is over."""
        source: HintSource = SolanaLogs(
            self.clock, url=self.url, random=Random(7), sleep=self.sleep, heartbeat_s=heartbeat_s
        )
        listening = asyncio.create_task(source.listen(self.told.append))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.at_the_end.wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
def node(clock: ManualClock) -> Node:
    return Node([], clock)


def parsed(message: Json) -> Hint | None:
    return parse_hint(Fetched(SourceName.SOLANA, json.dumps(message).encode(), START))


def test_a_line_that_names_a_mint_names_the_token() -> None:
    assert parsed(log_notification()) == Hint("sig", START, Mint(MINT))


@pytest.mark.parametrize(
    "logs",
    [
        None,
        [],
        [*LOG_LINES[:2], *LOG_LINES[3:]],
        [f"Program data: mint: {MINT}"],
        [f"Program log: minted {MINT}"],
        ["Program log: mint: too-short"],
        [f"Program log: mint: {MINT}0"],
        [f"Program log: {'x' * 300} mint: {MINT}"],
        ["Program log: nothing"] * 200 + [LOG_LINES[2]],
    ],
)
def test_without_such_a_line_something_happened_to_some_token(logs: list[str] | None) -> None:
    assert parsed(log_notification(logs=logs)) == Hint("sig", START)


def test_what_failed_on_the_chain_and_what_is_no_notification_is_no_hint() -> None:
    assert parsed(log_notification(err={"InstructionError": [0, {"Custom": 1}]})) is None
    assert parsed(SUBSCRIBED) is None


async def test_the_marketplaces_program_is_subscribed_to_and_every_hint_told(node: Node) -> None:
    node.acts = [said(SUBSCRIBED, log_notification(), json.dumps(log_notification(signature="2")).encode())]
    async with node.open():
        await node.hear_all()
    assert node.told == [Hint("sig", START, Mint(MINT)), Hint("2", START, Mint(MINT))]
    assert node.asked[0] == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "logsSubscribe",
        "params": [{"mentions": [MARKETPLACE_PROGRAM]}, {"commitment": "confirmed"}],
    }


@pytest.mark.parametrize(
    "act",
    [
        said(),
        said("not JSON"),
        said(b"\xff\xfe"),
        said("null"),
        said({"jsonrpc": "2.0", "error": {"code": -32601, "message": f"{KEY} may not"}, "id": 1}),
        said(SUBSCRIBED, "{"),
        said(SUBSCRIBED, "x" * (MESSAGE_BYTES_MAX + 1)),
    ],
)
async def test_whatever_ends_a_connection_another_one_is_made(node: Node, act: Act) -> None:
    node.acts = [act, said(SUBSCRIBED, log_notification())]
    async with node.open():
        with capture_logs() as lines:
            await node.hear_all()
    assert [hint.signature for hint in node.told] == ["sig"]
    told = [line["event"] for line in lines]
    assert told.count("the chain's log is heard again") == 1
    assert KEY not in str(lines)


async def test_a_message_in_an_unknown_form_is_passed_over_and_told_once(node: Node) -> None:
    strange = {"method": "logsNotification", "params": {"result": {"value": 7}}}
    node.acts = [said(SUBSCRIBED, strange, strange, log_notification())]
    async with node.open():
        with capture_logs() as lines:
            await node.hear_all()
    assert len(node.told) == 1
    complaints = [line for line in lines if line["event"] == "the chain's log was not understood"]
    assert [line["path"] for line in complaints] == ["$.params.result.value"]


async def test_the_waits_grow_with_jitter_up_to_a_minute_and_are_told_once(node: Node) -> None:
    node.acts = [said(SUBSCRIBED) for _ in range(12)]
    async with node.open():
        with capture_logs() as lines:
            await node.hear_all()
    bounds = [min(BACKOFF_S * 2**n, BACKOFF_S_MAX) for n in range(12)]
    assert all(0 <= slept <= bound for slept, bound in zip(node.slept_s, bounds, strict=True))
    assert max(node.slept_s) > BACKOFF_S_MAX / 4
    assert len(set(node.slept_s)) == 12
    assert [line["event"] for line in lines] == ["the chain's log is not heard"]


async def test_a_node_that_says_one_thing_and_hangs_up_is_asked_ever_less_often(node: Node) -> None:
    node.acts = [said(SUBSCRIBED, log_notification()) for _ in range(12)]
    async with node.open():
        await node.hear_all()
    assert max(node.slept_s) > BACKOFF_S_MAX / 4


async def test_after_a_connection_that_held_the_waits_begin_anew(node: Node) -> None:
    async def held(socket: web.WebSocketResponse) -> None:
        await said(SUBSCRIBED)(socket)
        node.clock.advance(timedelta(seconds=STEADY_S))

    node.acts = [*(said(SUBSCRIBED) for _ in range(8)), held, said(SUBSCRIBED)]
    async with node.open():
        await node.hear_all()
    assert node.slept_s[8] <= BACKOFF_S * 2
    assert node.slept_s[9] <= BACKOFF_S * 4


async def test_a_node_that_answers_no_ping_is_left(node: Node) -> None:
    async def deaf(socket: web.WebSocketResponse) -> None:
        await said(SUBSCRIBED)(socket)
        await node.left.wait()  # what it does not read, it does not answer

    node.acts = [deaf, said(SUBSCRIBED, log_notification())]
    async with node.open():
        await node.hear_all(heartbeat_s=0.05)
    assert len(node.told) == 1


async def test_nobody_there_is_waited_for(node: Node) -> None:
    node.url = f"http://127.0.0.1:1/{KEY}"
    tried = asyncio.Event()

    async def sleep(_: float) -> None:
        tried.set()
        await asyncio.Event().wait()

    source = SolanaLogs(node.clock, url=node.url, random=Random(7), sleep=sleep)
    with capture_logs() as lines:
        listening = asyncio.create_task(source.listen(node.told.append))
        async with asyncio.timeout(PATIENCE_S):
            await tried.wait()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert [line["reason"] for line in lines] == ["ClientConnectorError"]
    assert KEY not in str(lines)
