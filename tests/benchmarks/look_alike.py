"""How much the Discord look-alike carries on one core: `python -m tests.benchmarks.look_alike`.

The look-alike runs in a process of its own, bound to one core where the system can; bare clients drive it
from here, so that what is measured is the look-alike and not a client library.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp
from aiohttp import web

from core.simulator.discord.population import BOT_ID, DEALS_ID, TOM_ID
from core.simulator.discord.routes import add_routes
from core.simulator.discord.world import DiscordWorld
from core.simulator.faults import Faults

TOKEN: Final = "bench"
GENEROSITY: Final = 1_000_000
SECONDS: Final = 8.0
AT_ONCE: Final = 32
WANTED: Final = {"messages": 1000, "interactions": 200}


async def serve() -> None:
    """The look-alike, until its standard input ends. Prints its address."""
    world, app = DiscordWorld(TOKEN, generosity=GENEROSITY), web.Application()
    add_routes(app, world, Faults())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(world.base_url, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


async def repeat(act: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
    """Do it over and over, several at once: how many a second, and the median and 99th percentile in ms."""
    took: list[float] = []
    ends_at = time.perf_counter() + SECONDS

    async def worker() -> None:
        while (begun := time.perf_counter()) < ends_at:
            await act()
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    took.sort()
    return len(took) / SECONDS, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000


async def answer_all(socket: aiohttp.ClientWebSocketResponse, http: aiohttp.ClientSession) -> None:
    """The smallest bot: it answers every interaction and acknowledges nothing else."""
    answering: set[asyncio.Task[Any]] = set()
    async for frame in socket:
        event = frame.json()
        if event["t"] == "INTERACTION_CREATE":
            path = f"/api/v10/interactions/{event['d']['id']}/{event['d']['token']}/callback"
            task = asyncio.create_task(post(http, path, {"type": 4, "data": {"content": "x"}}))
            answering.add(task)
            task.add_done_callback(answering.discard)


async def post(http: aiohttp.ClientSession, path: str, body: object) -> Any:
    async with http.post(path, json=body) as response:
        raw = await response.read()
        if response.status >= 400:
            raise RuntimeError(f"{path}: {response.status} {raw[:200]!r}")
        return raw


async def drive(url: str) -> dict[str, tuple[float, float, float]]:
    headers = {"Authorization": f"Bot {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=4 * AT_ONCE)
    async with aiohttp.ClientSession(url, headers=headers, connector=connector) as http:
        command = [{"name": "price", "description": "d"}]
        async with http.put(f"/api/v10/applications/{BOT_ID}/commands", json=command) as response:
            response.raise_for_status()
        async with http.ws_connect("/gateway?v=10&encoding=json") as socket:
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1 | 1 << 9}})
            bot = asyncio.create_task(answer_all(socket, http))
            message = {"content": "a deal", "embeds": [{"title": "t" * 100, "description": "d" * 500}]}
            act = {"person": str(TOM_ID), "channel": str(DEALS_ID), "type": "command", "name": "price"}
            rates = {
                "messages": await repeat(
                    lambda: post(http, f"/api/v10/channels/{DEALS_ID}/messages", message)
                ),
                "interactions": await repeat(lambda: post(http, "/sim/discord/interactions", act)),
            }
            bot.cancel()
            await asyncio.gather(bot, return_exceptions=True)
            return rates


async def measure() -> bool:
    """Print the figures; whether all are as wanted."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.look_alike",
        "serve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    url = (await child.stdout.readline()).decode().strip()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(child.pid, {0})
    try:
        rates = await drive(url)
    finally:
        child.stdin.close()
        await child.wait()
    for name, (rate, median_ms, late_ms) in rates.items():
        print(
            f"{name}: {rate:.0f}/s (wanted {WANTED[name]}), median {median_ms:.1f} ms, 99 % {late_ms:.1f} ms"
        )
    return all(rate >= WANTED[name] for name, (rate, _, _) in rates.items())


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        sys.exit(0 if asyncio.run(measure()) else 1)
