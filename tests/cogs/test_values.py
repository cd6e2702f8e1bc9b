"""/deals value: for administrators of the operator's server alone, with a form for the reason."""

import pytest

from core.domain.overrides import Wanted
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from tests.cogs.conftest import Stage

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


async def submitted(stage: Stage, opened: Interaction) -> Interaction:
    """The form that was opened, sent with a reason."""
    assert opened.modal is not None
    reason = {"reason": "seen at an auction"}
    return await stage.discord.people.submit_modal(ADA_ID, opened.modal["custom_id"], reason)


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
