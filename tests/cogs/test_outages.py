"""While Discord is away one line says so, and one when it is back, however often discord.py tries."""

import asyncio
import json
import logging
from dataclasses import replace
from io import StringIO

import pytest

from cogs.client import CartelBot, point_at
from core.simulator.app import SimulatorConfig, open_simulator
from tests.cogs.conftest import PATIENCE_S, TOKEN, Stage, new_bot, ready, run_bot
from tests.cogs.memory import Memory, StepClock
from tests.logs import written_logs

LOST, BACK = ("Discord is lost", "warning"), ("Discord is back", "info")


class Tries(logging.Handler):
    """Sees what discord.py logs of its tries to connect, shown or not."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Attempting a reconnect"):
            self.failed.set()


def told(stream: StringIO) -> list[tuple[str, str]]:
    lines = map(json.loads, stream.getvalue().splitlines())
    return [(line["event"], line["level"]) for line in lines if line["event"] != "commands synced"]


async def back(bot: CartelBot, event: str) -> None:
    await bot.wait_for(event, timeout=PATIENCE_S)
    await asyncio.sleep(0)


async def test_a_gateway_that_drops_is_told_of_in_two_lines(stage: Stage) -> None:
    for _ in range(2):
        with written_logs() as stream:
            resumed = asyncio.create_task(back(stage.bot, "resumed"))
            await asyncio.sleep(0)
            stage.discord.sessions.drop()
            await resumed
        assert told(stream) == [LOST, BACK]


@pytest.mark.slow  # discord.py chooses how long it waits between two tries
@pytest.mark.usefixtures("_own_address")
async def test_a_discord_that_is_gone_for_a_while_is_told_of_in_two_lines(
    memory: Memory, clock: StepClock
) -> None:
    config = SimulatorConfig(pace=0, cards=20, listings=5, bot_token=TOKEN, now=clock.now)
    bot, tries = new_bot(memory, clock), Tries()
    logging.getLogger("discord.client").addHandler(tries)
    with written_logs() as stream:
        async with open_simulator(config) as simulator:
            point_at(simulator.url)
            port = int(simulator.url.rpartition(":")[2])
            running = asyncio.create_task(run_bot(bot, TOKEN))
            await ready(bot, running)
        async with asyncio.timeout(PATIENCE_S):
            await tries.failed.wait()
        clock.step(3_600)
        async with open_simulator(replace(config, port=port)):
            await back(bot, "ready")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    logging.getLogger("discord.client").removeHandler(tries)
    assert told(stream) == [("Discord is connected", "info"), LOST, BACK]
    assert '"lost": "1 h' in stream.getvalue()
