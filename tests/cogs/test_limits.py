"""Who asks all the time is told so in a sentence, and what they have before them still works."""

import pytest

from core.services.askers import ASKS_MAX
from core.services.deals import LISTS_MAX
from core.simulator.discord.messages import Message
from core.simulator.discord.population import DEALS_ID, TOM_ID, WES_ID
from db.engine import Database
from tests.cogs.house_stage import HouseStage, house_stage
from tests.services.house import House
from tests.services.reports import MINT, by_alt, listed, on_sale

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("_own_address")]


async def pressed(stage: HouseStage, post: Message, person: int = TOM_ID) -> str:
    """What a person is told who presses Buy."""
    world = stage.simulator.discord
    press = await world.people.press(person, post.id, "v1:buy:1")
    await world.watchers.until(lambda: press.is_settled and press.original is not None)
    assert press.original is not None
    payload = press.original.payload
    return str(payload["content"] or payload["embeds"][0]["description"])


async def test_who_presses_buy_all_the_time_has_the_links_and_nobody_else_is_held_up(db: Database) -> None:
    house = House(db)
    async with house_stage(house) as stage:
        house.value(by_alt())
        await house.tell(listed(80, 0))
        await stage.work()
        house.vault.on_sale[MINT] = on_sale(80)
        [post] = [m for m in stage.simulator.discord.messages.all_in(DEALS_ID) if not m.ephemeral_to]
        house.vault.asked.clear()
        said = [await pressed(stage, post) for _ in range(ASKS_MAX + 1)]
        assert all(text.startswith("**Still on sale**") for text in said[:-1])
        assert said[-1] == (
            "You pressed Buy 10 times within a minute, and the marketplaces answer all of us only so often. "
            "Try again in 60 s; the links below the post open the listing all the while."
        )
        assert house.vault.asked == [f"live {MINT}"]
        [row] = post.payload["components"]
        links = [button["url"] for button in row["components"] if "url" in button]
        assert links
        assert all(MINT in link for link in links if "alt" not in link)
        assert (await pressed(stage, post, WES_ID)).startswith("**Still on sale**")


async def test_who_lists_deals_all_the_time_is_told_when_to_go_on(db: Database) -> None:
    async with house_stage(House(db)) as stage:
        answers = [await stage.run(TOM_ID, "deals latest") for _ in range(LISTS_MAX + 1)]
        assert answers[-1].payload["content"] == (
            "Those were 20 pages of deals within a minute. Try again in 60 s."
        )
        assert not any(answer.payload["content"] for answer in answers[:-1])
