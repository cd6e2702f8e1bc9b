"""The translator: nothing escapes what is guarded, and every kind of error has its sentence."""

from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.ext import commands
from structlog.testing import capture_logs

from cogs.ui.errors import AWAY, NOT_HERE, OWNERS_ONLY, STALE, UNTAKEN, Interaction, explain, guarded
from core.errors import DatabaseAway, LimitReached, SourceChanged, UserError
from core.simulator.discord.interactions import State
from core.simulator.discord.population import GENERAL_ID, TOM_ID
from core.simulator.faults import FaultKind
from tests.cogs.conftest import Stage
from tests.cogs.memory import Memory

CALLBACK = "discord:POST /interactions/{interaction_id}/{token}/callback"


def no_cards(current: str, /) -> list[app_commands.Choice[str]]:
    return []


class Broken(commands.Cog):
    """A command whose every part fails."""

    @app_commands.command()
    async def broken(self, interaction: discord.Interaction, card: str) -> None:
        """Fail."""
        raise LimitReached("Only three alerts fit.")

    @broken.autocomplete("card")
    @guarded(otherwise=no_cards)
    async def cards(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        raise RuntimeError("no catalogue")

    @guarded(otherwise=lambda: False)
    async def check(self, interaction: Interaction) -> bool:
        raise RuntimeError("no permissions")


@pytest.fixture
async def broken(stage: Stage) -> Stage:
    await stage.bot.add_cog(Broken())
    await stage.bot.sync_commands()
    return stage


async def test_a_person_reads_the_sentence_written_for_them(broken: Stage) -> None:
    people = broken.discord.people
    interaction = await people.run_command(TOM_ID, GENERAL_ID, "broken", {"card": "x"})
    (answer,) = await broken.answers(interaction)
    assert answer.payload["content"] == "Only three alerts fit."
    assert answer.ephemeral_to == TOM_ID


async def test_a_failing_autocomplete_is_logged_and_offers_nothing(broken: Stage) -> None:
    with capture_logs() as logs:
        people = broken.discord.people
        interaction = await people.autocomplete(TOM_ID, GENERAL_ID, "broken", {"card": "x"}, "card")
    assert interaction.choices == []
    assert [entry["subject"] for entry in logs if entry["event"] == "bug"] == ["broken"]


async def test_an_answer_that_discord_refuses_is_nobodys_bug(broken: Stage) -> None:
    broken.discord.first_answer_s = 0.05
    broken.simulator.faults.add(CALLBACK, FaultKind.STATUS, status=404)
    with capture_logs() as logs:
        people = broken.discord.people
        interaction = await people.run_command(TOM_ID, GENERAL_ID, "broken", {"card": "x"})
    assert interaction.state is State.FAILED
    assert [entry["event"] for entry in logs if entry["log_level"] != "info"] == ["answer lost"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UserError("x" * 5_000), "x" * 1_900),
        (UserError(""), NOT_HERE),
        (app_commands.CommandNotFound("old", []), STALE),
        (app_commands.NoPrivateMessage(), NOT_HERE),
        (commands.NotOwner(), OWNERS_ONLY),
        (commands.BadArgument("no *number*"),
         r"That command was not complete or not understood: no \*number\*"),
        (aiohttp.ServerDisconnectedError(), UNTAKEN),
        (SourceChanged("new_vendor", "no price", path="$.price"),
         r"new\_vendor does not answer right now. Nothing was lost; try again in a minute."),
        (DatabaseAway("Connection refused"), AWAY),
    ],
)  # fmt: skip
async def test_each_kind_of_error_has_its_sentence(memory: Memory, error: Exception, says: str) -> None:
    with capture_logs() as logs:
        assert await explain(error, memory.services, subject="test") == says
    assert "bug" not in [entry["event"] for entry in logs]


async def test_a_value_no_command_understands_is_named(memory: Memory) -> None:
    class Odd(app_commands.Transformer):
        async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
            raise NotImplementedError

    error = app_commands.TransformerError("`odd`", discord.AppCommandOptionType.string, Odd())
    assert "odd" in await explain(error, memory.services, subject="test")


async def test_a_check_that_fails_by_a_bug_does_not_let_anybody_through(broken: Stage) -> None:
    cog = broken.bot.get_cog("Broken")
    assert isinstance(cog, Broken)
    seen: list[Interaction] = []

    async def keep(interaction: Interaction) -> None:
        seen.append(interaction)

    broken.bot.add_listener(keep, "on_interaction")
    people = broken.discord.people
    await broken.answers(await people.run_command(TOM_ID, GENERAL_ID, "deals latest"))
    assert await cog.check(seen[0]) is False
