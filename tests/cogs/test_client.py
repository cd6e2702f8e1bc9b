"""The client starts, keeps its word to Discord, and says in one sentence why it cannot start."""

import asyncio
import socket

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from structlog.testing import capture_logs

from cogs.client import SESSIONS_LEFT_MIN, point_at
from core.errors import StartError
from core.simulator.app import Simulator
from core.simulator.discord.population import BOT_ID, GUILD_ID
from core.simulator.faults import FaultKind
from tests.cogs.conftest import TOKEN, Stage, new_bot, run_bot, staged
from tests.cogs.memory import Memory, StepClock

SYNC = "/applications/{application_id}/commands"


def syncs(simulator: Simulator) -> int:
    return len(simulator.discord.ledger.requests("PUT", SYNC))


async def test_the_bot_asks_discord_for_nothing_privileged(stage: Stage) -> None:
    assert stage.bot.intents == discord.Intents.default()


async def test_every_server_is_remembered_when_the_bot_arrives(stage: Stage) -> None:
    assert stage.memory.guilds.guilds[GUILD_ID].name == "Cards Cartel Demo"


async def test_a_server_that_throws_the_bot_out_is_left(stage: Stage) -> None:
    stage.discord.sessions.dispatch("GUILD_DELETE", {"id": str(GUILD_ID)}, guild_id=GUILD_ID)
    await stage.bot.wait_for("guild_remove", timeout=10)
    assert stage.memory.guilds.gone == [GUILD_ID]


async def test_commands_are_synced_only_when_they_changed(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    for _ in range(2):
        async with staged(simulator, memory, clock):
            assert syncs(simulator) == 1
    memory.operations.hashes[BOT_ID] = "of other commands"
    async with staged(simulator, memory, clock):
        assert syncs(simulator) == 2


async def test_the_gateway_is_up_while_the_bot_is_connected(stage: Stage) -> None:
    assert stage.bot.gateway_is_up
    dropped = asyncio.create_task(stage.bot.wait_for("disconnect", timeout=10))
    resumed = asyncio.create_task(stage.bot.wait_for("resumed", timeout=10))
    await asyncio.sleep(0)
    stage.discord.sessions.drop()
    await dropped
    await resumed
    assert stage.bot.gateway_is_up


async def test_before_and_after_its_time_the_gateway_is_down(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    assert not new_bot(memory, clock).gateway_is_up
    async with staged(simulator, memory, clock) as stage:
        bot = stage.bot
    assert (bot.gateway_is_up, bot.is_closed()) == (False, True)


async def test_an_event_that_arrives_after_the_end_is_let_go(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as stage:
        bot = stage.bot
    bot.dispatch("disconnect")
    bot.dispatch("ready")


async def start(memory: Memory, clock: StepClock, token: str = TOKEN) -> str:
    """The sentence with which a start ends that cannot succeed."""
    with pytest.raises(StartError) as caught:
        await run_bot(new_bot(memory, clock), token)
    return str(caught.value)


async def test_a_wrong_token_is_one_sentence(simulator: Simulator, memory: Memory, clock: StepClock) -> None:
    sentence = await start(memory, clock, "not-the-token")
    assert sentence == "Discord does not accept DISCORD_TOKEN: copy it again from the developer portal."


async def test_too_few_sessions_left_are_not_spent(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    simulator.discord.identifies_left = SESSIONS_LEFT_MIN - 1
    assert "only 49 more starts (of 1000)" in await start(memory, clock)
    assert simulator.discord.identifies_left == SESSIONS_LEFT_MIN - 1


def an_unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


@pytest.mark.usefixtures("_own_address")
async def test_an_unreachable_discord_is_one_sentence(memory: Memory, clock: StepClock) -> None:
    point_at(f"http://127.0.0.1:{an_unused_port()}")
    assert "Discord cannot be reached at http://127.0.0.1:" in await start(memory, clock)


async def test_an_unreachable_gateway_is_one_sentence(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{an_unused_port()}/gateway")
    assert "the gateway does not answer" in await start(memory, clock)


async def test_a_discord_that_only_fails_is_one_sentence(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    simulator.faults.add("discord:GET /users/@me", FaultKind.STATUS, times=None, status=503)
    assert "Discord cannot be reached" in await start(memory, clock)


@pytest.mark.usefixtures("_own_address")
def test_discords_own_address_changes_nothing() -> None:
    before = Route.BASE
    point_at("https://discord.com/")
    assert before == Route.BASE
    point_at("http://127.0.0.1:8777/")
    assert Route.BASE == "http://127.0.0.1:8777/api/v10"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:8777/gateway"


async def test_an_error_in_an_event_is_logged_once_with_a_reference(stage: Stage) -> None:
    reached = asyncio.Event()

    async def on_broken() -> None:
        reached.set()
        raise RuntimeError("boom")

    stage.bot.add_listener(on_broken)
    with capture_logs() as logs:
        stage.bot.dispatch("broken")
        await reached.wait()
    (line,) = [entry for entry in logs if entry["event"] == "bug"]
    assert line["subject"] == "on_broken"
    assert len(line["reference"]) == 8
