"""/deals value: for administrators of the operator's server alone, with a form for the reason."""

from datetime import timedelta

import pytest

from core.domain.overrides import Wanted
from core.domain.questions import LENGTH_MAX
from core.simulator.app import Simulator
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from tests.cogs.conftest import Stage, staged
from tests.cogs.memory import Memory, StepClock

WHAT = "PSA 12345678"
REFUSED = "Values are set by those who run this bot, as administrators in their own server."


@pytest.fixture
def home(stage: Stage) -> Stage:
    """The server of the tests is the operator's."""
    stage.bot.operator_guild_id = GUILD_ID
    return stage


async def run(stage: Stage, command: str, person: int = ADA_ID, **options: object) -> Interaction:
    return await stage.discord.people.run_command(person, GENERAL_ID, f"deals value {command}", options)


def said(message: Message) -> str:
    embeds = message.payload["embeds"]
    return str(message.payload["content"] or embeds[0]["description"])


async def submitted(stage: Stage, opened: Interaction, **fields: str) -> Interaction:
    """The form that was opened, sent with a reason."""
    assert opened.modal is not None
    entered = {"reason": "seen at an auction", **fields}
    return await stage.discord.people.submit_modal(ADA_ID, opened.modal["custom_id"], entered)


async def answered(stage: Stage, interaction: Interaction) -> str:
    (answer,) = await stage.answers(interaction)
    assert answer.ephemeral_to == interaction.person.id
    return said(answer)


async def test_a_value_is_set_once_its_reason_is_given(home: Stage) -> None:
    opened = await run(home, "set", what=WHAT, dollars=160.5, low=150, confidence=80, days=7)
    assert opened.modal is not None
    assert home.memory.overrides.kept == []
    sent = await submitted(home, opened)
    told = await answered(home, sent)
    [made] = home.memory.overrides.kept
    assert (made.title, made.by, made.setting.reason) == (WHAT, ADA_ID, "seen at an auction")
    assert (made.setting.value_usd_micros, made.setting.confidence) == (160_500_000, 80)
    assert "**$160.50** ($150.00 – $160.50), confidence 80" in told


async def test_what_is_out_of_order_is_told_after_the_form(home: Stage) -> None:
    opened = await run(home, "set", what=WHAT, dollars=100, low=150)
    sent = await submitted(home, opened)
    assert "lowest value must not be above" in await answered(home, sent)


async def test_two_forms_that_are_open_at_once_are_not_confused(home: Stage) -> None:
    first = await run(home, "set", what="PSA 1111", dollars=1)
    second = await run(home, "set", what="PSA 2222", dollars=2)
    for opened in (first, second):
        await answered(home, await submitted(home, opened))
    kept = [(one.title, one.setting.value_usd_micros) for one in home.memory.overrides.kept]
    assert kept == [("PSA 2222", 2_000_000), ("PSA 1111", 1_000_000)]


async def test_the_form_outlives_a_restart_with_all_that_was_asked_for(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as before:
        before.bot.operator_guild_id = GUILD_ID
        figures = {"low": 0.01, "high": 9_999_999.99, "confidence": 100, "days": 365}
        opened = await run(before, "set", ADA_ID, what=WHAT, dollars=160.5, **figures)
    async with staged(simulator, memory, clock) as after:
        after.bot.operator_guild_id = GUILD_ID
        await answered(after, await submitted(after, opened))
    [made] = memory.overrides.kept
    setting = made.setting
    assert (made.title, setting.reason, setting.confidence) == (WHAT, "seen at an auction", 100)
    assert (setting.value_usd_micros, setting.low_usd_micros) == (160_500_000, 10_000)
    assert (setting.high_usd_micros, setting.expires_at - made.at) == (9_999_999_990_000, timedelta(days=365))


async def test_the_longest_link_fits_into_the_form_and_may_be_changed_there(home: Stage) -> None:
    link = "https://collectorcrypt.com/" + "x" * (LENGTH_MAX - 27)
    opened = await run(home, "set", what=link, dollars=1)
    await answered(home, await submitted(home, opened))
    await answered(home, await submitted(home, opened, what=WHAT))
    assert [one.title for one in home.memory.overrides.kept] == [WHAT, link]


@pytest.mark.parametrize("custom_id", ["v1:value:1234567890", "v1:value:1:2:3:4:5:6", "v1:value::::1:1"])
async def test_a_form_of_another_version_says_to_open_it_again(home: Stage, custom_id: str) -> None:
    opened = await run(home, "set", what=WHAT, dollars=1)
    assert opened.modal is not None
    opened.modal["custom_id"] = custom_id
    assert "open it again with `/deals value set`" in await answered(home, await submitted(home, opened))
    assert home.memory.overrides.kept == []


async def test_who_is_no_administrator_any_more_sets_nothing_with_a_form_that_is_open(home: Stage) -> None:
    opened = await run(home, "set", what=WHAT, dollars=1)
    home.bot.operator_guild_id = GUILD_ID + 1
    assert await answered(home, await submitted(home, opened)) == REFUSED
    assert home.memory.overrides.kept == []


async def test_values_are_listed_and_cleared(home: Stage) -> None:
    assert await answered(home, await run(home, "list")) == "No value is set by hand."
    await home.memory.overrides.set(WHAT, Wanted(160, "seen at an auction"), by=ADA_ID)
    typed = await home.discord.people.autocomplete(
        ADA_ID, GENERAL_ID, "deals value clear", {"number": "1"}, "number"
    )
    assert [choice["name"] for choice in typed.choices or []] == [f"#1 $160.00 {WHAT}"]
    assert f"**#1** {WHAT}: **$160.00**" in await answered(home, await run(home, "clear", number=1))
    assert "No value set by hand stands" in await answered(home, await run(home, "clear", number=1))
    assert await answered(home, await run(home, "list")) == "No value is set by hand."
    assert f"cleared by <@{ADA_ID}>" in await answered(home, await run(home, "list", history=True))


async def test_a_value_shows_its_card_as_posts_do(home: Stage) -> None:
    kept = "[PSA 10] 2000 #131 Squirtle PSA 10 Gym Heroes"
    await home.memory.overrides.set(kept, Wanted(160, "seen at an auction"), by=ADA_ID)
    shown = "[PSA 10] 2000 #131 Squirtle Gym Heroes"
    assert f"{shown}: **$160.00**" in await answered(home, await run(home, "list"))


@pytest.mark.parametrize(
    ("command", "options"), [("set", {"what": WHAT, "dollars": 1}), ("list", {}), ("clear", {"number": 1})]
)
async def test_nobody_else_may(home: Stage, command: str, options: dict[str, object]) -> None:
    assert await answered(home, await run(home, command, TOM_ID, **options)) == REFUSED
    assert home.memory.overrides.kept == []


async def test_nobody_else_is_told_what_stands(home: Stage) -> None:
    await home.memory.overrides.set(WHAT, Wanted(160, "seen at an auction"), by=ADA_ID)
    typed = await home.discord.people.autocomplete(
        TOM_ID, GENERAL_ID, "deals value clear", {"number": "1"}, "number"
    )
    assert not typed.choices


async def test_nobody_may_in_another_server_than_the_operators(stage: Stage) -> None:
    assert await answered(stage, await run(stage, "list")) == REFUSED
