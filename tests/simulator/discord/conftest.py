"""A look-alike on a free port, and the unmodified discord.py that logs in to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from core.simulator.discord.routes import add_routes
from core.simulator.discord.world import DiscordWorld
from core.simulator.faults import Faults, add_fault_routes

TOKEN = "test-bot-token"
PATIENCE_S = 10


class StepClock:
    """Real time, plus what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def step(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A running look-alike and what a test may want to ask it."""

    url: str
    world: DiscordWorld
    faults: Faults
    clock: StepClock
    http: aiohttp.ClientSession

    async def api(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """One REST request with the bot's token, past discord.py's own checks: status and JSON."""
        headers = {"Authorization": f"Bot {TOKEN}"} | options.pop("headers", {})
        async with self.http.request(
            method, f"{self.url}/api/v10{path}", headers=headers, **options
        ) as answer:
            is_json = answer.headers.get("Content-Type") == "application/json"
            return answer.status, await answer.json() if is_json else None

    async def control(self, method: str, path: str, **options: Any) -> Any:
        """One request to the control API: its JSON."""
        async with self.http.request(method, f"{self.url}/sim{path}", **options) as answer:
            return await answer.json(content_type=None)


@asynccontextmanager
async def serve(
    world: DiscordWorld, clock: StepClock, listener: socket.socket | None = None
) -> AsyncIterator[LookAlike]:
    """Serve until the block ends, on any free port or where this one listens."""
    app, faults = web.Application(), Faults()
    add_routes(app, world, faults)
    add_fault_routes(app, faults)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    await web.SockSite(runner, listener or socket.create_server(("127.0.0.1", 0))).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    world.base_url = url
    async with aiohttp.ClientSession() as http:
        try:
            yield LookAlike(url, world, faults, clock, http)
        finally:
            await runner.cleanup()


@pytest.fixture
async def look_alike() -> AsyncIterator[LookAlike]:
    clock = StepClock()
    async with serve(DiscordWorld(TOKEN, clock.now), clock) as running:
        yield running


def point_discord_py_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two settings that a client needs to log in here instead of there."""
    monkeypatch.setattr(Route, "BASE", f"{url}/api/v10")
    gateway = yarl.URL(url.replace("http", "ws", 1) + "/gateway")
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)


class Bot(discord.Client):
    """A client with a command tree, which a test fills before it starts."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        asked = discord.Intents.default() if intents is None else intents
        super().__init__(intents=asked, guild_ready_timeout=0.05, **options)
        self.tree = discord.app_commands.CommandTree(self)
        self.seen: list[discord.Message] = []
        self._inbox: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.resumed = asyncio.Event()
        self.connects = 0

    async def on_connect(self) -> None:
        self.connects += 1

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)
        self._inbox.put_nowait(message)

    async def next_message(self) -> discord.Message:
        return await asyncio.wait_for(self._inbox.get(), PATIENCE_S)

    async def on_resumed(self) -> None:
        self.resumed.set()

    def channel(self, channel_id: int) -> discord.TextChannel:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel


StartBot = Callable[..., Awaitable[Bot]]


@pytest.fixture
async def start_bot(look_alike: LookAlike, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartBot]:
    """Log a bot in and wait until it is ready. Its commands are synced when it has any."""
    point_discord_py_at(look_alike.url, monkeypatch)
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def start(bot: Bot | None = None, *, token: str = TOKEN) -> Bot:
        bot = bot or Bot()
        await bot.login(token)
        if bot.tree.get_commands():
            await bot.tree.sync()
        task = asyncio.create_task(bot.connect())
        running.append((bot, task))
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({task, ready}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            ready.cancel()
            task.result()
        return bot

    yield start
    for bot, task in running:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def bot(start_bot: StartBot) -> Bot:
    """A plain bot, logged in."""
    return await start_bot()
