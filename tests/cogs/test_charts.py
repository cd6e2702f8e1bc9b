"""The chart of a deal comes by an edit, stays, and holds nothing up."""

from datetime import timedelta
from struct import unpack
from typing import Any

import aiohttp
import msgspec
import pytest

from core.domain.charts import Series, Worth
from core.domain.guilds import Guild, ServerSettings
from core.domain.listings import Reported
from core.domain.posts import Closing, Post
from core.domain.valuation import Sale
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import DEALS_ID, GUILD_ID
from tests.cogs.conftest import Stage
from tests.cogs.deal_posts import DOLLAR, NOW, a_deal, a_post

CHART = Series(
    NOW,
    tuple(Sale(NOW - timedelta(days=day), (150 + day) * DOLLAR) for day in (30, 20, 10)),
    (Worth(NOW, 160 * DOLLAR, 150 * DOLLAR, 180 * DOLLAR),),
    80 * DOLLAR,
)


@pytest.fixture
async def sent(stage: Stage) -> Post:
    """A post that was seen for the first time, and whose chart is due."""
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=DEALS_ID))
    stage.memory.posts.charts[1] = CHART
    told = await publish(stage, a_post(1, DEALS_ID, GUILD_ID))
    _, rev, message_id, sent_at = told
    assert embed_of(stage).get("image") is None
    return a_post(1, DEALS_ID, GUILD_ID, message_id=message_id, sent_at=sent_at, shown_rev=rev, wanted_rev=2)


async def publish(stage: Stage, post: Post) -> tuple[Any, ...]:
    stage.memory.posts.wanted.append(post)
    assert await stage.publisher.publish_due() == 1
    return stage.memory.posts.told.pop(post.id)


def embed_of(stage: Stage) -> dict[str, Any]:
    (message,) = stage.messages()
    (embed,) = message.payload["embeds"]
    assert message.payload["attachments"] == []
    return dict(embed)


async def picture_of(stage: Stage) -> bytes:
    async with aiohttp.ClientSession() as http, http.get(embed_of(stage)["image"]["url"]) as answer:
        assert answer.content_type == "image/png"
        return await answer.read()


async def test_the_chart_is_inside_the_embed_after_the_first_edit(stage: Stage, sent: Post) -> None:
    assert (await publish(stage, sent))[:2] == ("shown", 2)
    assert unpack(">II", (await picture_of(stage))[16:24]) == (800, 400)
    assert embed_of(stage)["title"].startswith("[PSA 10]")


async def test_those_who_cannot_see_it_are_told_what_it_shows(stage: Stage, sent: Post) -> None:
    await publish(stage, sent)
    (file,) = stage.discord.files.newest()
    assert file.description == "Chart: 3 sales from $160 to $180, worth $160, asked $80"


async def test_the_footer_counts_to_the_message_and_not_to_the_edit(stage: Stage, sent: Post) -> None:
    assert sent.sent_at is not None
    deal = a_deal(
        listed_at=sent.sent_at - timedelta(seconds=6), observed_at=sent.sent_at - timedelta(seconds=2)
    )
    stage.clock.step(300)
    await publish(stage, msgspec.structs.replace(sent, payload=deal))
    assert embed_of(stage)["footer"]["text"].startswith("listed 6 s before this post · ours 2 s")


async def test_the_closing_edit_keeps_the_picture(stage: Stage, sent: Post) -> None:
    await publish(stage, sent)
    before = await picture_of(stage)
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    await publish(stage, msgspec.structs.replace(sent, payload=closed, shown_rev=2, wanted_rev=3))
    assert embed_of(stage)["description"].startswith("**Sold")
    assert await picture_of(stage) == before


async def test_chart_and_closing_may_come_in_one_edit(stage: Stage, sent: Post) -> None:
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    assert (await publish(stage, msgspec.structs.replace(sent, payload=closed, wanted_rev=3)))[:2] == (
        "shown",
        3,
    )
    assert embed_of(stage)["description"].startswith("**Sold")
    assert await picture_of(stage)


async def test_with_nothing_to_draw_an_edit_has_no_picture(stage: Stage, sent: Post) -> None:
    stage.memory.posts.charts.clear()
    await publish(stage, sent)
    assert embed_of(stage).get("image") is None


async def test_where_files_are_forbidden_the_edit_comes_without_its_picture(stage: Stage, sent: Post) -> None:
    await stage.deny(Permission.ATTACH_FILES)
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    assert (await publish(stage, msgspec.structs.replace(sent, payload=closed)))[0] == "shown"
    assert embed_of(stage)["description"].startswith("**Sold")
    assert embed_of(stage).get("image") is None
