"""The real client against the Discord look-alike, with services in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cogs.client import CartelBot, logged_in, point_at, stay_connected
from cogs.publisher import Publisher
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.guilds import Overwrite
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import BOT_ID, DEALS_ID
from core.simulator.discord.world import DiscordWorld
from core.telemetry import Metrics
from tests.cogs.memory import Memory, StepClock

TOKEN = "test-bot-token"
PATIENCE_S = 20


@pytest.fixture
def clock() -> StepClock:
    return StepClock()


@pytest.fixture
def memory(clock: StepClock) -> Memory:
    return Memory(clock)


@pytest.fixture
def _own_address() -> Iterator[None]:
    """Discord's own address, given back to discord.py after the test."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def simulator(clock: StepClock, _own_address: None) -> AsyncIterator[Simulator]:
    config = SimulatorConfig(pace=0, cards=20, listings=5, bot_token=TOKEN, now=clock.now)
    async with open_simulator(config) as running:
        point_at(running.url)
        yield running
        running.faults.clear()


@dataclass(frozen=True, slots=True)
class Stage:
    """A connected bot, the Discord around it, and the services behind it."""

    bot: CartelBot
    simulator: Simulator
    memory: Memory
    clock: StepClock

    @property
    def discord(self) -> DiscordWorld:
        return self.simulator.discord

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.bot, services=self.bot.services, clock=self.clock, metrics=self.bot.metrics)

    def messages(self, channel_id: int = DEALS_ID) -> list[Message]:
        """What the bot wrote there for all to see."""
        written = self.discord.messages.all_in(channel_id)
        return [m for m in written if m.author_id == BOT_ID and m.ephemeral_to is None]

    async def deny(self, permission: Permission, channel_id: int = DEALS_ID) -> None:
        """Take a permission from the bot in a channel, and wait until it knows."""
        channel = self.discord.channel(channel_id)
        channel.overwrites[BOT_ID] = Overwrite(BOT_ID, is_member=True, deny=permission)
        known = asyncio.create_task(self.bot.wait_for("guild_channel_update", timeout=PATIENCE_S))
        await asyncio.sleep(0)
        self.discord.sessions.dispatch("CHANNEL_UPDATE", channel.to_json(), guild_id=channel.guild_id)
        await known

    async def answers(self, interaction: Interaction, count: int = 1) -> list[Message]:
        """What a person was answered: so many messages, and no spinner left."""

        def told() -> list[Message] | None:
            first = [interaction.original] if interaction.original else []
            found = first + [m for m in interaction.followups if m not in first]
            return found if interaction.is_settled and len(found) >= count else None

        return await self.discord.watchers.until(told)


def new_bot(memory: Memory, clock: StepClock, *, operator_guild_id: int | None = None) -> CartelBot:
    return CartelBot(
        memory.services,
        metrics=Metrics(),
        clock=clock,
        operator_guild_id=operator_guild_id,
        guild_ready_timeout_s=0.05,
    )


async def run_bot(bot: CartelBot, token: str) -> None:
    async with logged_in(bot, token):
        await stay_connected(bot)


@asynccontextmanager
async def staged(simulator: Simulator, memory: Memory, clock: StepClock) -> AsyncIterator[Stage]:
    """A bot of its own, from its start to its stop."""
    bot = new_bot(memory, clock)
    running = asyncio.create_task(run_bot(bot, TOKEN))
    await ready(bot, running)
    yield Stage(bot, simulator, memory, clock)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def stage(simulator: Simulator, memory: Memory, clock: StepClock) -> AsyncIterator[Stage]:
    async with staged(simulator, memory, clock) as running:
        yield running


async def ready(bot: CartelBot, running: asyncio.Task[None]) -> None:
    """Wait until the bot is ready, or raise what ended it before."""
    event = asyncio.Event()

    async def on_ready() -> None:
        event.set()

    bot.add_listener(on_ready)
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({running, waiting}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if running.done():
        running.result()
    assert event.is_set()
