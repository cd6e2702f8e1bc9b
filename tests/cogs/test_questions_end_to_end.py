"""One card through every question, with a real client and a real database: why, inspect, value, latest."""

from collections.abc import AsyncIterator

import pytest

from core.domain.listings import Mint
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID, TOM_ID
from db.engine import Database
from tests.cogs.house_stage import HouseStage, house_stage
from tests.services.house import House
from tests.services.reports import a_slab, by_alt, listed, on_sale

pytestmark = pytest.mark.slow

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
CERTIFICATE = "PSA 12345678"


@pytest.fixture
async def stage(db: Database, _own_address: None) -> AsyncIterator[HouseStage]:
    """A card for 150 that ALT values at 160: no deal. The server is the operator's."""
    house = House(db)
    house.alt.values["12345678"] = by_alt(160)
    house.vault.on_sale[TOKEN] = on_sale(150)
    async with house_stage(house) as running:
        running.bot.operator_guild_id = GUILD_ID
        await house.tell(listed(150, 0, mint=TOKEN, slab=a_slab("12345678")))
        await running.work()
        yield running


def said(message: Message) -> str:
    (embed,) = message.payload["embeds"]
    parts = [embed.get("title", ""), embed.get("description", "")]
    return "\n".join([*parts, *(field["name"] + "\n" + field["value"] for field in embed.get("fields", []))])


async def asked(stage: HouseStage, command: str, **options: str) -> str:
    return said(await stage.run(ADA_ID, f"deals {command}", options))


async def test_a_card_is_questioned_given_a_value_and_posted(stage: HouseStage) -> None:
    why = await asked(stage, "why", what=CERTIFICATE)
    assert "**No deal**: 6.25 % under its value, 15 % under is asked for" in why
    inspected = await asked(stage, "inspect", what=f"https://magiceden.io/item-details/{TOKEN}")
    assert "On sale at Collector Crypt for **$150.00**" in inspected
    assert "Worth **$160.00**" in inspected
    await set_value(stage)
    await stage.work()
    (post,) = [m for m in stage.simulator.discord.messages.all_in(DEALS_ID) if m.ephemeral_to is None]
    assert "**GOLD** · confidence 90 of 100: set by hand at $300.00" in said(post)
    again = await asked(stage, "why", what=TOKEN)
    assert "Posted in" in again
    assert "**GOLD**: 50 % under its value" in again
    assert "Set by hand: **$300.00**" in await asked(stage, "inspect", what=CERTIFICATE)
    assert "GOLD · [PSA 10]" in await asked(stage, "latest", text="nico robin", grader="PSA")
    assert "Somebody offers this card" in await explained(stage, post)


async def set_value(stage: HouseStage) -> None:
    people = stage.simulator.discord.people
    opened = await people.run_command(
        ADA_ID, DEALS_ID, "deals value set", {"what": CERTIFICATE, "dollars": 300}
    )
    assert opened.modal is not None
    reason = {"reason": "a stamp that nobody sees"}
    await people.settled(await people.submit_modal(ADA_ID, opened.modal["custom_id"], reason))


async def explained(stage: HouseStage, post: Message) -> str:
    people = stage.simulator.discord.people
    act = await people.settled(await people.use_menu(TOM_ID, DEALS_ID, "Explain this deal", post.id))
    assert act.original is not None
    return said(act.original)
