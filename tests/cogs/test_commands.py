"""What every command keeps: it answers in time, stays short, and describes itself."""

import ast
import inspect
import textwrap
from collections.abc import Iterator

import pytest
from discord import app_commands
from discord.ext import commands

from cogs.client import EXTENSIONS, CartelBot
from tests.cogs.conftest import new_bot
from tests.cogs.memory import Memory, StepClock

BODY_LINES_MAX = 15
SlashCommand = app_commands.Command[commands.Cog, ..., object]


@pytest.fixture
async def bot(memory: Memory, clock: StepClock) -> CartelBot:
    bot = new_bot(memory, clock)
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    return bot


def slash_commands(bot: CartelBot) -> Iterator[SlashCommand]:
    for command in bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def body_of(callback: object) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(callback))).body  # type: ignore[arg-type]
    assert isinstance(function, ast.AsyncFunctionDef)
    return function.body[1:] if ast.get_docstring(function) else function.body


def lines(body: list[ast.stmt]) -> int:
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


async def test_no_command_hides_a_use_case(bot: CartelBot) -> None:
    bodies = {c.qualified_name: body_of(c.callback) for c in slash_commands(bot)}
    bodies |= {f"@Bot {c.qualified_name}": body_of(c.callback) for c in bot.walk_commands()}
    assert len(bodies) >= 6
    assert {name: lines(body) for name, body in bodies.items() if lines(body) > BODY_LINES_MAX} == {}


async def test_every_slash_command_defers_privately_or_opens_a_form_before_anything_else(
    bot: CartelBot,
) -> None:
    firsts = {c.qualified_name: ast.unparse(body_of(c.callback)[0]) for c in slash_commands(bot)}
    opens = {name for name, first in firsts.items() if "await interaction.response.send_modal(" in first}
    assert {first for name, first in firsts.items() if name not in opens} == {
        "await interaction.response.defer(ephemeral=True)",
        "await interaction.response.defer(ephemeral=not public)",
    }


async def test_every_command_and_option_describes_itself(bot: CartelBot) -> None:
    for command in slash_commands(bot):
        assert command.description != "…"
        for option in command.parameters:
            assert option.description != "…", f"/{command.qualified_name} {option.name}"


async def test_the_digest_is_the_content_of_the_commands(bot: CartelBot) -> None:
    before = bot.commands_digest()
    assert before == bot.commands_digest()
    bot.tree.remove_command("setup")
    assert bot.commands_digest() != before


async def test_setup_is_offered_to_those_who_may_manage_the_server(bot: CartelBot) -> None:
    setup = next(command for command in slash_commands(bot) if command.name == "setup")
    assert setup.guild_only
    assert setup.default_permissions is not None
    assert setup.default_permissions.manage_guild
