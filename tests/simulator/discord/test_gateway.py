"""Lost connections: what the client does, and what the look-alike sends again."""

import asyncio
import json
import zlib
from typing import Any

import aiohttp
import pytest

from core.simulator.discord.compression import packing
from core.simulator.discord.population import DEALS_ID, TOM_ID
from core.simulator.discord.sessions import Session
from core.simulator.faults import GATEWAY, FaultKind
from tests.simulator.discord.conftest import PATIENCE_S, TOKEN, Bot, LookAlike


def only_session(look_alike: LookAlike) -> Session:
    (session,) = look_alike.world.sessions.all()
    return session


async def test_a_client_that_is_cut_off_resumes_and_misses_nothing(look_alike: LookAlike, bot: Bot) -> None:
    before = only_session(look_alike)
    look_alike.faults.add(GATEWAY, FaultKind.DROP_GATEWAY)
    await look_alike.world.watchers.until(lambda: not look_alike.world.sessions.is_online)
    missed = look_alike.world.people.write(TOM_ID, DEALS_ID, "while you were away")
    assert bot.seen == []
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)
    assert [message.id for message in bot.seen] == [missed.id]
    assert only_session(look_alike) is before
    assert bot.connects == 1


async def test_op_7_makes_the_client_resume(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.world.sessions.ask_to_reconnect()
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)
    assert look_alike.world.sessions.is_online


async def test_a_resumable_op_9_makes_the_client_resume(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.world.sessions.invalidate(is_resumable=True)
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)


class RawClient:
    """A client that says exactly what a test wants, uncompressed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, operation: int, payload: Any) -> None:
        await self.socket.send_json({"op": operation, "d": payload})

    async def hear(self) -> tuple[int, str | None, Any]:
        frame = await self.socket.receive_json(timeout=PATIENCE_S)
        return frame["op"], frame["t"], frame["d"]


@pytest.fixture
async def session_id(look_alike: LookAlike) -> str:
    """A session whose client was cut off after it had seen event 2."""
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(2, {"token": TOKEN, "intents": 1 | 1 << 9, "shard": [0, 1]})
        _, event, ready = await raw.hear()
        assert (event, ready["shard"]) == ("READY", [0, 1])
        assert (await raw.hear())[1] == "GUILD_CREATE"
        await socket.close(code=4000)
    await look_alike.world.watchers.until(lambda: not look_alike.world.sessions.is_online)
    return str(ready["session_id"])


async def test_resume_replays_exactly_what_came_after(look_alike: LookAlike, session_id: str) -> None:
    look_alike.world.people.write(TOM_ID, DEALS_ID, "missed")
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(6, {"token": TOKEN, "session_id": session_id, "seq": 2})
        assert [(await raw.hear())[1] for _ in range(2)] == ["MESSAGE_CREATE", "RESUMED"]
        await raw.say(1, None)
        assert (await raw.hear())[0] == 11


async def test_a_client_that_says_goodbye_leaves_no_session(look_alike: LookAlike, session_id: str) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(6, {"token": TOKEN, "session_id": session_id, "seq": 2})
        assert (await raw.hear())[1] == "RESUMED"
        await socket.close(code=1000)
    await look_alike.world.watchers.until(lambda: not look_alike.world.sessions.is_online)
    assert look_alike.world.sessions.all() == []


async def test_a_resume_from_too_long_ago_is_an_invalid_session(
    look_alike: LookAlike, session_id: str
) -> None:
    session = look_alike.world.sessions.get(session_id)
    assert session is not None
    session.events.popleft()
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(6, {"token": TOKEN, "session_id": session_id, "seq": 0})
        assert (await raw.hear())[::2] == (9, False)


async def test_a_resume_from_the_future_is_4007(look_alike: LookAlike, session_id: str) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(6, {"token": TOKEN, "session_id": session_id, "seq": 99})
        assert (await socket.receive()).data == 4007
    assert look_alike.world.sessions.all() == []


async def test_an_unknown_session_cannot_be_resumed(look_alike: LookAlike) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        raw = RawClient(socket)
        await raw.hear()
        await raw.say(6, {"token": TOKEN, "session_id": "nobody", "seq": 1})
        assert (await raw.hear())[::2] == (9, False)


async def test_zlib_stream_is_one_stream_with_a_flush_after_each_frame(look_alike: LookAlike) -> None:
    url = f"{look_alike.url}/gateway?v=10&encoding=json&compress=zlib-stream"
    async with look_alike.http.ws_connect(url) as socket:
        inflate = zlib.decompressobj()
        hello = await socket.receive_bytes()
        assert hello.endswith(b"\x00\x00\xff\xff")
        assert json.loads(inflate.decompress(hello))["op"] == 10
        await socket.send_json({"op": 1, "d": None})
        assert json.loads(inflate.decompress(await socket.receive_bytes()))["op"] == 11


async def test_zstd_stream_is_one_frame_of_raw_blocks(look_alike: LookAlike) -> None:
    url = f"{look_alike.url}/gateway?v=10&encoding=json&compress=zstd-stream"
    async with look_alike.http.ws_connect(url) as socket:
        start, hello = raw_blocks(await socket.receive_bytes(), header_bytes=6)
        assert (start, json.loads(hello)["op"]) == (b"\x28\xb5\x2f\xfd\x00\x38", 10)
        await socket.send_json({"op": 1, "d": None})
        _, ack = raw_blocks(await socket.receive_bytes(), header_bytes=0)
        assert json.loads(ack)["op"] == 11


def test_a_long_frame_is_packed_in_blocks_that_zstd_allows() -> None:
    pack, long = packing("zstd-stream"), b"x" * 300_000
    assert pack is not None
    assert raw_blocks(pack(long), header_bytes=6)[1] == long


def raw_blocks(packed: bytes, header_bytes: int) -> tuple[bytes, bytes]:
    """The header of a Zstandard frame and what its raw blocks hold, none of them the last."""
    content, rest = b"", packed[header_bytes:]
    while rest:
        header = int.from_bytes(rest[:3], "little")
        size = header >> 3
        assert header & 0b111 == 0
        assert 0 < size <= 128 * 1024
        content, rest = content + rest[3 : 3 + size], rest[3 + size :]
    return packed[:header_bytes], content


async def test_a_client_may_send_its_json_in_binary_frames(look_alike: LookAlike) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        for frame in (b'{"op": 1, "d": null}', zlib.compress(b'{"op": 1, "d": null}')):
            await socket.send_bytes(frame)
            assert (await socket.receive_json())["op"] == 11
        await socket.send_bytes(b"nonsense")
        assert (await socket.receive()).data == 4002
