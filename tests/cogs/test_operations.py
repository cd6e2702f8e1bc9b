"""The owner's commands by mention: for the owner alone, at home when there is a home."""

from collections.abc import AsyncIterator

import discord
import discord.ext.test as dpytest
import pytest
from discord.ext import commands
from structlog.testing import capture_logs

from cogs.client import CartelBot
from cogs.ui.errors import OWNERS_ONLY
from cogs.ui.operations import held_text, parked_text
from core.domain.operations import JobState, Outcome, Parked, ParkedRows
from core.domain.quarantine import Asked, Doubt, Quarantined, Suspicion
from core.services.operations import PARKED_ERRORS_MAX
from core.services.quarantine import LISTED_MAX
from core.simulator.discord.population import ADA_ID, BOT_ID, GENERAL_ID
from tests.cogs.conftest import Stage, new_bot
from tests.cogs.memory import Memory, StepClock


@pytest.fixture
async def bot(memory: Memory, clock: StepClock) -> AsyncIterator[CartelBot]:
    """A bot in a toy Discord that knows prefix commands only."""
    bot = new_bot(memory, clock)
    await bot._async_setup_hook()
    await bot.load_extension("cogs.operations")
    # The toy finds its people in the cache of members, which a privileged intent fills.
    bot._connection._intents = discord.Intents.all()
    bot._connection.member_cache_flags = discord.MemberCacheFlags.all()
    dpytest.configure(bot)
    bot.owner_id = dpytest.get_config().members[0].id
    yield bot
    await dpytest.empty_queue()


async def mention(bot: CartelBot, words: str) -> None:
    assert bot.user is not None
    await dpytest.message(f"{bot.user.mention} {words}")


def answered() -> str:
    return str(dpytest.get_message().content)


async def test_jobs_shows_the_table_to_the_owner(bot: CartelBot, memory: Memory, clock: StepClock) -> None:
    memory.operations.states = (JobState("poll", clock.now(), None, None, Outcome.NEVER, 0),)
    await mention(bot, "jobs")
    assert "poll  never" in answered()


async def test_parked_shows_what_was_given_up_and_requeue_tries_it_again(
    bot: CartelBot, memory: Memory
) -> None:
    memory.operations.given_up = Parked(ParkedRows(1, ("KeyError('`a bug`')",)), ParkedRows(2, ("no", "")))
    await mention(bot, "parked")
    assert answered() == (
        "**1 listing parked**, the newest because of:\n- `KeyError('\u02bca bug\u02bc')`\n"
        "**2 posts parked**, the newest because of:\n- `no`\n- `–`\n"
        "`requeue` tries all of it again."
    )
    await mention(bot, "requeue")
    assert answered() == "Tried again now: 1 listing and 2 posts."
    await mention(bot, "requeue")
    assert answered() == "Nothing was parked."
    await mention(bot, "parked")
    assert answered() == "Nothing is parked."


def test_what_was_given_up_fits_one_message_however_long_the_reasons() -> None:
    rows = ParkedRows(99_999, ("x" * 300,) * PARKED_ERRORS_MAX)
    assert len(parked_text(Parked(rows, rows))) <= 2_000


async def test_held_shows_the_prices_that_are_kept_apart_and_release_believes_one(
    bot: CartelBot, memory: Memory, clock: StepClock
) -> None:
    suspicion = Suspicion(Doubt.MAGNITUDE, Asked(500_000), 160_000_000, is_against_value=True)
    price = Quarantined(7, "`mint`", suspicion, clock.now(), None, None)
    memory.quarantine.prices_held[7] = price
    await mention(bot, "held")
    assert answered() == (
        "- **7**: $0.50 against a value of $160.00, 0 s ago, `\u02bcmint\u02bc`\n"
        "`release` and the number believes a price."
    )
    await mention(bot, "release 7")
    assert answered() == "Believed; the listing is judged again now."
    assert memory.quarantine.released == [(7, f"owner {bot.owner_id}")]
    await mention(bot, "held")
    assert answered() == "No price is kept apart."


@pytest.mark.parametrize(
    ("words", "answer"),
    [("release 7", "No price is held under 7."), ("release 9" + "9" * 60, "No price is held under 9")],
)
async def test_what_is_not_held_is_not_released(bot: CartelBot, words: str, answer: str) -> None:
    with pytest.raises(commands.CommandInvokeError):
        await mention(bot, words)
    assert answer in answered()


def test_what_is_held_fits_one_message_however_much_it_is() -> None:
    suspicion = Suspicion(Doubt.MAGNITUDE, Asked(2**60), 2**60, is_against_value=False)
    price = Quarantined(2**62, "x" * 200, suspicion, StepClock().now(), None, None)
    assert len(held_text((price,) * LISTED_MAX, now=StepClock().now())) <= 2_000


@pytest.mark.parametrize("command", ["jobs", "parked", "requeue", "held", "release 7"])
async def test_nobody_else_sees_it(bot: CartelBot, command: str) -> None:
    bot.owner_id = 1
    with pytest.raises(commands.CheckFailure):
        await mention(bot, command)
    assert answered() == OWNERS_ONLY


async def test_the_owner_is_asked_to_go_home_when_there_is_one(bot: CartelBot) -> None:
    bot.operator_guild_id = 1
    with pytest.raises(commands.CheckFailure):
        await mention(bot, "jobs")
    assert answered() == OWNERS_ONLY


async def test_a_bug_behind_a_mention_is_logged_once_and_shown_as_its_reference(
    bot: CartelBot, memory: Memory
) -> None:
    memory.operations.states = (None,)  # type: ignore[assignment]  # what no job is
    with capture_logs() as logs, pytest.raises(commands.CommandInvokeError):
        await mention(bot, "jobs")
    (line,) = [entry for entry in logs if entry["event"] == "bug"]
    assert line["reference"] in answered()


async def test_words_that_are_no_command_get_no_answer(bot: CartelBot) -> None:
    with pytest.raises(commands.CommandNotFound):
        await mention(bot, "good morning")
    assert dpytest.verify().message().nothing()


async def test_sync_gives_discord_the_commands_again(stage: Stage) -> None:
    people = stage.discord.people
    before = len(stage.discord.ledger.requests("PUT", "/applications/{application_id}/commands"))
    people.write(ADA_ID, GENERAL_ID, "sync", (BOT_ID,))
    await stage.discord.watchers.until(lambda: stage.messages(GENERAL_ID) or None)
    (answer,) = stage.messages(GENERAL_ID)
    count = len(stage.bot.tree.get_commands())
    assert answer.payload["content"] == f"Discord has {count} commands now."
    after = len(stage.discord.ledger.requests("PUT", "/applications/{application_id}/commands"))
    assert after == before + 1
