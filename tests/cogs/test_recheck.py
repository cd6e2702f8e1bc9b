"""/deals recheck, from the command to the result in its message, over a real database."""

import msgspec
import pytest

from core.domain.listings import Report
from core.simulator.app import Simulator
from core.simulator.discord.messages import Message
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from db.engine import Database
from db.revaluations import RevaluationRow
from tests.cogs.conftest import Stage, staged
from tests.cogs.guild_stage import Admin
from tests.cogs.memory import Memory, StepClock
from tests.cogs.wallet_house import house_behind, now_listed
from tests.databases import on_sqlite
from tests.services.house import House
from tests.services.reports import CARD, a_slab, by_alt

pytestmark = [on_sqlite, pytest.mark.slow]
CANCEL = "v1:recheck:1"


@pytest.fixture
async def house(memory: Memory, db: Database, clock: StepClock) -> House:
    """Three cards at $80: worth $160 (GOLD), $80 (nothing) and $100 (HIGH)."""
    house = house_behind(memory, db, clock)
    await house.join(GUILD_ID)
    for mint, value in {"sinks": 160, "wakes": 80, "rises": 100}.items():
        house.value(by_alt(value), mint)
        await house.tell(offered(house, mint))
    await house.appraisal.work_due()
    await house.show_posts()
    house.pass_time(60)
    return house


def offered(house: House, mint: str) -> Report:
    slab = a_slab(mint, card=msgspec.structs.replace(CARD, name=mint))
    return now_listed(house, mint=mint, slab=slab)


@pytest.fixture
def ada(house: House, stage: Stage) -> Admin:
    return Admin(stage)


async def goes_on(house: House, stage: Stage) -> None:
    """The jobs run, and the publisher shows."""
    await house.revaluations.work_due()
    await house.appraisal.work_due()
    house.pass_time(20)
    await house.revaluations.work_due()
    await stage.publisher.publish_due()


def shown(stage: Stage) -> Message:
    (message,) = stage.messages(GENERAL_ID)
    return message


def embed_of(message: Message) -> dict[str, str]:
    (embed,) = message.payload["embeds"]
    return dict(embed)


def buttons(message: Message) -> list[str]:
    return [item["custom_id"] for row in message.payload["components"] for item in row["components"]]


async def text_of(stage: Stage, person: int, message: Message, custom_id: str) -> str:
    interaction = await stage.discord.people.press(person, message.id, custom_id)
    (answer,) = await stage.answers(interaction)
    assert answer.ephemeral_to == person
    return str(answer.payload["content"])


async def test_every_listing_is_valued_anew_and_the_message_tells_what_that_changed(
    ada: Admin, house: House, stage: Stage
) -> None:
    await ada.type("deals recheck", span="all")
    assert ada.shown.ephemeral_to == ADA_ID
    assert "3 listings will be valued anew" in ada.read()
    await stage.publisher.publish_due()
    assert embed_of(shown(stage))["description"] == f"`{'░' * 20}` 0 of 3 listings"
    assert buttons(shown(stage)) == [CANCEL]

    for mint, value in {"sinks": 100, "wakes": 160, "rises": 160}.items():
        house.value(by_alt(value), mint)
    await goes_on(house, stage)

    result = embed_of(shown(stage))
    assert result["title"] == "Re-valued everything on sale"
    assert result["description"].startswith("**3 of 3 listings** valued anew.\n1 new · 1 raised · 1 fallen\n")
    names = [field["name"].partition(" · ")[0] for field in shown(stage).payload["embeds"][0]["fields"]]
    assert sorted(names) == ["GOLD", "HIGH → GOLD"]
    assert buttons(shown(stage)) == []


async def test_the_spans_are_offered_in_their_own_words(ada: Admin) -> None:
    recheck = ada.stage.bot.tree.get_command("deals").get_command("recheck")  # type: ignore[union-attr]
    (span,) = recheck.parameters  # type: ignore[union-attr]
    assert [choice.name for choice in span.choices] == ["1h", "2h", "6h", "12h", "1d", "7d", "30d", "all"]


async def test_cancelling_is_for_admins_and_works_once(ada: Admin, house: House, stage: Stage) -> None:
    await ada.type("deals recheck", span="1d")
    await stage.publisher.publish_due()
    refused = await text_of(stage, TOM_ID, shown(stage), CANCEL)
    assert refused.startswith("Only people who may manage this server")
    assert (await text_of(stage, ADA_ID, shown(stage), CANCEL)).startswith("Cancelled.")
    assert await text_of(stage, ADA_ID, shown(stage), CANCEL) == "This re-valuation is over."
    await goes_on(house, stage)
    assert embed_of(shown(stage))["title"] == "Re-valuing what was first seen in the last 1d was cancelled"


async def test_a_run_and_its_button_live_through_a_restart(
    house: House, simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as before:
        await Admin(before).type("deals recheck", span="all")
        await before.publisher.publish_due()
    async with staged(simulator, memory, clock) as after:
        said = await text_of(after, ADA_ID, shown(after), CANCEL)
    assert said.startswith("Cancelled.")


async def test_a_second_one_is_refused_with_how_far_the_first_is(ada: Admin) -> None:
    await ada.type("deals recheck", span="all")
    await ada.type("deals recheck", span="1h")
    assert f"is running for this server: 0 of 3, shown in <#{GENERAL_ID}>" in ada.read()


async def test_it_is_for_those_who_manage_the_server_where_the_bot_may_post(
    ada: Admin, house: House, stage: Stage
) -> None:
    tom = Admin(stage, TOM_ID)
    await tom.type("deals recheck", span="all")
    assert "Only people who may manage this server" in tom.read()
    await stage.deny(Permission.EMBED_LINKS, GENERAL_ID)
    await ada.type("deals recheck", span="all")
    assert "I cannot post in" in ada.read()
    assert await house.rows(RevaluationRow) == []
