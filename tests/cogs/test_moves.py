"""From an admin's choice to the message: posts follow to the new channel, and outlast Discord's silence."""

from collections.abc import AsyncIterator

import pytest

from core.domain.posts import TRIED_FOR
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, DEALS_ID, GENERAL_ID, GUILD_ID
from core.simulator.faults import FaultKind
from db.engine import Database
from db.posts import PostRow
from tests.cogs.house_stage import HouseStage, house_stage
from tests.services.house import House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

SEND = "discord:POST /channels/{channel_id}/messages"
HOUR_S = 3_600


@pytest.fixture
async def stage(db: Database, _own_address: None) -> AsyncIterator[HouseStage]:
    async with house_stage(House(db)) as running:
        yield running


async def want_a_deal(stage: HouseStage) -> None:
    stage.house.value(by_alt(160))
    await stage.house.tell(listed(80, 0))
    await stage.house.appraisal.work_due()


def posted(stage: HouseStage, channel_id: int) -> list[Message]:
    found = stage.simulator.discord.messages.all_in(channel_id)
    return [message for message in found if message.ephemeral_to is None]


async def test_a_deal_that_discord_put_off_is_posted_in_the_channel_chosen_meanwhile(
    stage: HouseStage,
) -> None:
    stage.simulator.faults.add(SEND, FaultKind.RATE_LIMIT, seconds=120, times=1)
    await want_a_deal(stage)
    await stage.publisher.publish_due()
    assert posted(stage, DEALS_ID) == []
    await stage.house.guilds.choose_channel(GUILD_ID, GENERAL_ID, by=ADA_ID)
    await stage.work()
    assert (len(posted(stage, GENERAL_ID)), posted(stage, DEALS_ID)) == (1, [])


async def test_a_channel_that_is_gone_when_another_is_chosen_costs_no_deal(stage: HouseStage) -> None:
    gone = DEALS_ID + 1
    await stage.house.guilds.choose_channel(GUILD_ID, gone, by=ADA_ID)
    await want_a_deal(stage)
    [claimed] = await stage.house.posts.claim()
    await stage.house.guilds.choose_channel(GUILD_ID, DEALS_ID, by=ADA_ID)
    assert claimed.destination.channel_id == gone
    await stage.house.posts.park(claimed.id, "It does not exist.", is_certainly_unsent=True)
    await stage.work()
    assert len(posted(stage, DEALS_ID)) == 1


async def test_an_outage_of_most_of_a_day_ends_with_the_post(stage: HouseStage) -> None:
    fault = stage.simulator.faults.add(SEND, FaultKind.STATUS, status=503, times=None)
    await want_a_deal(stage)
    for _ in range(int(TRIED_FOR.total_seconds()) // HOUR_S - 1):
        await stage.publisher.publish_due()
        stage.house.pass_time(HOUR_S)
    [row] = await stage.house.rows(PostRow)
    assert (row.state, "503" in row.error) == ("wanted", True)
    assert row.attempts > 20
    stage.simulator.faults.remove(fault.id)
    await stage.work()
    assert len(posted(stage, DEALS_ID)) == 1
