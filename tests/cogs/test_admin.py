"""/admin: in the operator's server alone, for its administrators alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.domain.listings import SourceName
from core.domain.sources import SourcePlan, SourceView
from core.simulator.app import Simulator
from core.simulator.discord.messages import Message
from core.simulator.discord.options import PersonError
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from tests.cogs.conftest import TOKEN, Stage, new_bot, ready, run_bot
from tests.cogs.memory import Memory, StepClock

HOME_SYNC = "/applications/{application_id}/guilds/{guild_id}/commands"
ELSEWHERE = 77


@asynccontextmanager
async def at_home(
    simulator: Simulator, memory: Memory, clock: StepClock, home: int = GUILD_ID
) -> AsyncIterator[Stage]:
    """A bot that was told which server is its operator's."""
    bot = new_bot(memory, clock, operator_guild_id=home)
    running = asyncio.create_task(run_bot(bot, TOKEN))
    await ready(bot, running)
    yield Stage(bot, simulator, memory, clock)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def home(simulator: Simulator, memory: Memory, clock: StepClock) -> AsyncIterator[Stage]:
    async with at_home(simulator, memory, clock) as stage:
        yield stage


async def ask(stage: Stage, person: int = ADA_ID) -> Message:
    interaction = await stage.discord.people.run_command(person, GENERAL_ID, "admin sources", {})
    (answer,) = await stage.answers(interaction)
    return answer


async def test_an_administrator_sees_every_vendor_for_himself(home: Stage) -> None:
    since = home.clock.now() - timedelta(hours=2)
    home.memory.sources.views = (
        SourceView(SourcePlan(SourceName.PSA), True, since, "HTTP 503", None, 0, 70),
        SourceView(SourcePlan(SourceName.ALT, "ALT_URL is not set"), False, None, "", None, 0, None),
    )
    answer = await ask(home)
    assert answer.ephemeral_to == ADA_ID
    [embed] = answer.payload["embeds"]
    assert embed["description"].splitlines() == [
        f"**psa** down for 2 h (since {since:%Y-%m-%d %H:%M} UTC): HTTP 503",
        "-# 70 left today",
        "**alt** off: ALT\\_URL is not set",
    ]


async def test_others_do_not_see_it_and_are_refused_where_an_admin_showed_it_to_them(home: Stage) -> None:
    home.discord.guilds[GUILD_ID].owner_id = TOM_ID
    home.discord.guilds[GUILD_ID].members[ADA_ID].role_ids.clear()
    with pytest.raises(PersonError, match="there is no command 'admin sources' here"):
        await ask(home)
    [command] = home.discord.commands.of(GUILD_ID)
    command["default_member_permissions"] = None
    answer = await ask(home)
    assert answer.payload["content"] == "Only administrators of this server can see that."


async def test_it_exists_in_the_operators_server_alone(home: Stage) -> None:
    assert len(home.discord.ledger.requests("PUT", HOME_SYNC)) == 1
    assert [command.name for command in home.bot.tree.get_commands(guild=home.bot.home)] == ["admin"]
    assert "admin" not in {command.name for command in home.bot.tree.get_commands()}


async def test_it_is_synced_once_and_again_when_another_server_is_named(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    for _ in range(2):
        async with at_home(simulator, memory, clock):
            assert len(simulator.discord.ledger.requests("PUT", HOME_SYNC)) == 1
    with capture_logs() as lines:
        async with at_home(simulator, memory, clock, home=ELSEWHERE):
            pass
    assert [line["guild"] for line in lines if line["log_level"] == "warning"] == [ELSEWHERE]


async def test_a_bot_without_an_operators_server_has_none_of_it(stage: Stage) -> None:
    assert stage.discord.ledger.requests("PUT", HOME_SYNC) == []
    assert "admin" not in {command.name for command in stage.bot.tree.get_commands()}
