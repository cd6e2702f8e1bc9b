"""Puts the simulator together: one loopback server for Discord, the vendors, the page and the controls."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web

from core.simulator.discord.routes import add_routes as add_discord_routes
from core.simulator.discord.world import DiscordWorld
from core.simulator.faults import Faults, add_fault_routes
from core.simulator.market.settings import InsuredNoise, WorldSettings
from core.simulator.market.world import World, world_from
from core.simulator.page.page import add_routes as add_page_routes
from core.simulator.saves import Saves
from core.simulator.vendors.desk import Desk
from core.simulator.vendors.stand_ins import VendorSettings, add_vendor_routes

HOST: Final = "127.0.0.1"
TICK_S: Final = 0.25
SAVE_EVERY_S: Final = 5.0
BODY_BYTES_MAX: Final = 30 * 1024 * 1024
SHUTDOWN_S: Final = 2.0

log = logging.getLogger("simulator")


def system_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """port 0: any free one. data None: nothing is saved. pace: market events a minute, 0 stands still.

    page_max: rows of a page of Scryfall's and Helius's, None for as many as theirs hold in life.
    """

    port: int = 0
    data: Path | None = None
    seed: int = 7
    pace: float = 12
    bot_token: str = "demo-bot-token"  # noqa: S105 - known to everybody, opens a toy
    cards: int = 2400
    listings: int = 320
    insured_noise: InsuredNoise = InsuredNoise.INFORMATIVE
    cc_cache_s: int = 0
    has_limits: bool = True
    alt_api_key: str | None = None
    page_max: int | None = None
    now: Callable[[], datetime] = system_now


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator. `url` has no slash at its end."""

    url: str
    discord: DiscordWorld
    market: World
    faults: Faults


@asynccontextmanager
async def open_simulator(config: SimulatorConfig) -> AsyncIterator[Simulator]:
    """Serve until the block ends. Raises OSError when the port is taken or the data is out of reach."""
    saves = Saves(config.data)
    with socket.create_server((HOST, config.port), backlog=512) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        discord = _open_discord(config, saves)
        discord.base_url = url
        simulator = Simulator(url, discord, open_market(config, saves), Faults())
        runner = web.AppRunner(_compose(simulator, config), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            async with _living(simulator, config, saves):
                yield simulator
        finally:
            await runner.cleanup()


def open_market(config: SimulatorConfig, saves: Saves) -> World:
    """The saved world when it was made with the same settings, else a new one. Raises OSError."""
    settings = WorldSettings(
        seed=config.seed, cards=config.cards, listings=config.listings, insured_noise=config.insured_noise
    )
    world = None
    snapshot = saves.load("market")
    if snapshot is not None:
        with suppress(msgspec.MsgspecError):
            world = world_from(snapshot, settings)
        if world is None:
            log.warning("the saved market is of another kind: a new one begins")
    world = world or World(settings, config.now(), pace=0)
    world.set_pace(config.pace, config.now())
    return world


def _open_discord(config: SimulatorConfig, saves: Saves) -> DiscordWorld:
    """The saved Discord when it can be read, else a new one."""
    snapshot = saves.load("discord")
    if snapshot is not None:
        try:
            saved = msgspec.json.decode(snapshot, type=dict[str, Any])
            return DiscordWorld.from_snapshot(saved, config.bot_token, config.now)
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError):
            log.warning("the saved Discord is of another kind: a new one begins")
    return DiscordWorld(config.bot_token, config.now)


def _compose(simulator: Simulator, config: SimulatorConfig) -> web.Application:
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    vendors = VendorSettings(
        config.cc_cache_s, config.has_limits, config.alt_api_key, page_max=config.page_max
    )
    add_fault_routes(app, simulator.faults)
    add_discord_routes(app, simulator.discord, simulator.faults)
    add_vendor_routes(app, Desk(simulator.market, simulator.faults, config.now), vendors)
    add_page_routes(app)
    return app


@asynccontextmanager
async def _living(simulator: Simulator, config: SimulatorConfig, saves: Saves) -> AsyncIterator[None]:
    """Let the market live and save the state meanwhile; save once more at the end."""
    tasks = [
        asyncio.create_task(_live(simulator.market, config.now), name="simulator life"),
        asyncio.create_task(_save_now_and_then(simulator, saves), name="simulator saves"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _save(simulator, saves)


async def _live(market: World, now: Callable[[], datetime]) -> None:
    while True:
        market.live(now())
        await asyncio.sleep(TICK_S)


async def _save_now_and_then(simulator: Simulator, saves: Saves) -> None:
    while True:
        await asyncio.sleep(SAVE_EVERY_S)
        try:
            await _save(simulator, saves)
        except OSError as error:
            log.warning("the state could not be saved: %s", error)


async def _save(simulator: Simulator, saves: Saves) -> None:
    if saves.is_on:
        await saves.save("market", simulator.market.snapshot())
        await saves.save("discord", msgspec.json.encode(simulator.discord.to_snapshot()))
