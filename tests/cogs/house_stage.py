"""The real client on the look-alike's stage, with the real services over a real database behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cogs.client import CartelBot, point_at
from cogs.publisher import Publisher
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.population import DEALS_ID, GUILD_ID
from tests.cogs.conftest import TOKEN, ready, run_bot
from tests.services.house import House


class HouseStage:
    """A server of the look-alike, and the house that serves it. Both have the same time."""

    def __init__(self, house: House, bot: CartelBot, simulator: Simulator) -> None:
        self.house = house
        self.bot = bot
        self.simulator = simulator

    @property
    def publisher(self) -> Publisher:
        """A new one each time, which remembers no other's haste: time stands still here."""
        return Publisher(
            self.bot, services=self.bot.services, clock=self.house.clock, metrics=self.house.metrics
        )

    async def work(self) -> None:
        """Judge what was told, and show what is wanted until nothing is."""
        await self.house.appraisal.work_due()
        while await self.publisher.publish_due():
            pass

    async def run(
        self,
        person_id: int,
        command: str,
        options: dict[str, str] | None = None,
        channel_id: int = DEALS_ID,
    ) -> Message:
        """The answer to a slash command."""
        people = self.simulator.discord.people
        interaction = await people.run_command(person_id, channel_id, command, options or {})
        return await self.simulator.discord.watchers.until(lambda: _answer(interaction))


def _answer(interaction: Interaction) -> Message | None:
    return interaction.original if interaction.is_settled else None


@asynccontextmanager
async def house_stage(house: House) -> AsyncIterator[HouseStage]:
    """From the bot's start to its stop. The server is joined, and has its deals channel."""
    config = SimulatorConfig(
        pace=0, cards=5, listings=1, bot_token=TOKEN, now=house.clock.now, has_limits=False
    )
    async with open_simulator(config) as simulator:
        point_at(simulator.url)
        bot = CartelBot(
            house.services,
            metrics=house.metrics,
            clock=house.clock,
            operator_guild_id=None,
            guild_ready_timeout_s=0.05,
        )
        running = asyncio.create_task(run_bot(bot, TOKEN))
        try:
            await ready(bot, running)
            await house.join(GUILD_ID, channel_id=DEALS_ID)
            yield HouseStage(house, bot, simulator)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
