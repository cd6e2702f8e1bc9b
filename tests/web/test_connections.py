"""The door: silent, slow and too many clients over real sockets; whoever asks is still answered."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from core.clock import ManualClock
from core.settings import Settings, Tls
from core.web.connections import Door, DoorLimits
from core.web.tls import server_tls
from tests.logs import written_logs
from tests.web.certificates import trusting, write_pair
from tests.web.peers import ALIVE, ASK, Peer, peer
from tests.web.serving import NOW, Api, running_api

HASTY = DoorLimits(silent_s_max=0.03)
FLOOD = 200


class Held:
    """A route that answers when it is told to."""

    def __init__(self) -> None:
        self.began = asyncio.Queue[None]()
        self.go_on = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.began.put_nowait(None)
        await self.go_on.wait()
        return web.Response(text="held until now")


@pytest.mark.parametrize(
    ("begun", "answered"),
    [
        (b"", b""),
        (b"GET /healthz HTTP/1.1\r\nHost: loc", b""),
        (ASK, b" 200 OK"),
        (ASK + b"GET /heal", b" 200 OK"),
        (b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", b" 405 "),
    ],
    ids=["nothing", "half a head", "nothing after an answer", "half a second head", "half a body"],
)
async def test_a_client_that_goes_silent_is_cut_off(begun: bytes, answered: bytes) -> None:
    async with running_api(limits=HASTY) as api, peer(api) as silent:
        silent.writer.write(begun)
        received = await silent.sent()
    assert answered in received
    assert received.count(b"HTTP/1.") == (1 if answered else 0)


async def test_a_head_that_trickles_gains_no_time() -> None:
    async with running_api(limits=HASTY) as api, peer(api) as slow:
        slow.writer.write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        ended = asyncio.create_task(slow.sent())
        while not ended.done():
            slow.writer.write(b"x")
            await asyncio.sleep(0.005)
        assert await ended == b""


async def test_an_answer_that_is_not_taken_is_dropped() -> None:
    cut = asyncio.Event()
    size = 2**25

    async def large(request: web.Request) -> web.Response:
        request.task.add_done_callback(lambda _: cut.set())
        return web.Response(body=b"x" * size)

    async with running_api(limits=HASTY, more_routes={"/large": large}) as api, peer(api) as deaf:
        deaf.writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await cut.wait()
        assert len(await deaf.sent()) < size


async def test_a_request_under_way_is_not_silence() -> None:
    held = Held()
    limits = DoorLimits(silent_s_max=0.03, connections_max=2)
    async with running_api(limits=limits, more_routes={"/held": held.answer}) as api, peer(api) as patient:
        patient.writer.write(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        await held.began.get()
        async with peer(api) as silent:
            assert await silent.sent() == b""
        held.go_on.set()
        assert b"held until now" in await patient.sent()


async def test_whoever_asks_is_answered_when_all_places_are_taken_by_the_silent() -> None:
    async with (
        running_api(limits=DoorLimits(connections_max=2)) as api,
        peer(api) as first,
        peer(api) as second,
        peer(api) as asking,
    ):
        assert ALIVE in await asking.told(ASK)
        assert await first.sent() == b""
        assert ALIVE in await second.told(ASK)


async def test_when_all_are_being_answered_the_next_is_turned_away() -> None:
    held = Held()
    ask = b"GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    limits = DoorLimits(connections_max=2)
    async with (
        running_api(limits=limits, more_routes={"/held": held.answer}) as api,
        peer(api) as first,
        peer(api) as second,
    ):
        for busy in (first, second):
            busy.writer.write(ask)
            await held.began.get()
        async with peer(api) as refused:
            assert await refused.sent() == b""
        held.go_on.set()
        assert [b"held until now" in await busy.sent() for busy in (first, second)] == [True, True]


async def test_one_address_takes_places_from_itself_alone() -> None:
    async with (
        running_api(limits=DoorLimits(connections_per_client_max=1)) as api,
        peer(api, at="127.0.0.1") as neighbour,
        peer(api, at="127.0.0.2") as first,
        peer(api, at="127.0.0.2") as second,
    ):
        assert await first.sent() == b""
        assert ALIVE in await second.told(ASK)
        assert ALIVE in await neighbour.told(ASK)


async def test_the_named_proxy_speaks_for_many() -> None:
    behind = Settings(api_port=0, api_tls=Tls.OFF, api_proxy="127.0.0.1")
    limits = DoorLimits(connections_per_client_max=1)
    async with running_api(settings=behind, limits=limits) as api, peer(api) as one, peer(api) as two:
        assert ALIVE in await one.told(ASK)
        assert ALIVE in await two.told(ASK)


async def flood(api: Api, stack: AsyncExitStack) -> list[Peer]:
    """More silent sockets of one address than it may have."""
    return [await stack.enter_async_context(peer(api)) for _ in range(FLOOD)]


async def test_a_flood_of_silent_sockets_neither_deafens_the_api_nor_delays_its_end() -> None:
    async with AsyncExitStack() as stack:
        async with running_api() as api:
            silent = await flood(api, stack)
            assert (await api.get("/healthz")).status == 200
        assert {await each.sent() for each in silent} == {b""}


async def test_a_flood_of_sockets_that_never_shake_hands_does_no_more(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate, key = write_pair(authority, tmp_path, "127.0.0.1")
    files = Settings(api_tls=Tls.FILES, api_tls_cert=certificate, api_tls_key=key)
    async with AsyncExitStack() as stack:
        async with running_api(tls=server_tls(files, ManualClock(NOW))) as api:
            silent = await flood(api, stack)
            answer = await api.ask("GET", "/healthz", ssl=trusting(authority))
        assert answer.status == 200
        assert {await each.sent() for each in silent} == {b""}


async def test_a_handshake_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    tls = server_tls(Settings(data_dir=tmp_path), ManualClock(NOW))
    async with running_api(tls=tls, limits=DoorLimits(handshake_s_max=0.03)) as api, peer(api) as silent:
        assert await silent.sent() == b""


async def test_a_socket_the_system_denies_is_told_of_once_and_tried_again() -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    assert runner.server is not None
    door = Door(runner.server, tls=None, proxy=None, limits=DoorLimits(accept_again_s=0.01))
    with socket.socket() as listener, written_logs() as stream:
        listener.setblocking(False)
        listener.bind(("127.0.0.1", 0))
        accepting = asyncio.create_task(door.let_in(listener))  # denied, for nobody listens yet
        await asyncio.sleep(0.05)
        listener.listen()
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(ASK)
        assert b" 404 " in await reader.readline()
        accepting.cancel()
        await asyncio.wait([accepting])
        writer.close()
        await writer.wait_closed()
        await door.close()
        await runner.cleanup()
    assert stream.getvalue().count("no connection can be accepted for now") == 1
