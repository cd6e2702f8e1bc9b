"""A server is told of a role out of reach once for each version of its settings, by whoever notices first."""

import asyncio

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.domain.notices import NoticePost
from core.domain.posts import Destination
from db.posts import PostRow
from tests.services.house import CHANNEL, GUILD, House

ROLE, OTHER = 700, 701
HERE = Destination(CHANNEL + 1, GUILD)
PINGS = ServerSettings(channel_id=CHANNEL, ping_roles={DealTier.GOLD: ROLE, DealTier.HIGH: ROLE})


@pytest.fixture
async def pinging(house: House) -> House:
    await house.join()
    await choose(house, PINGS)
    return house


async def choose(house: House, settings: ServerSettings) -> None:
    await house.guilds.change(GUILD, lambda _: settings, by=1)


async def told(house: House) -> list[str]:
    return [row.payload.text for row in await house.rows(PostRow)]


async def test_it_is_told_once_however_many_notice_it_at_once(pinging: House) -> None:
    assert await pinging.pings.untold(GUILD, [ROLE, OTHER]) == {ROLE}
    await asyncio.gather(*(pinging.pings.tell(GUILD, ROLE, f"by {n}", where=HERE) for n in range(5)))
    [row] = await pinging.rows(PostRow)
    assert isinstance(row.payload, NoticePost)
    assert (row.channel_id, row.guild_id) == (HERE.channel_id, GUILD)
    assert await pinging.pings.untold(GUILD, [ROLE, OTHER]) == frozenset()


async def test_another_version_of_the_settings_is_told_of_again(pinging: House) -> None:
    await pinging.pings.tell(GUILD, ROLE, "first", where=HERE)
    await choose(pinging, msgspec.structs.replace(PINGS, posts_per_hour=7))
    assert await pinging.pings.untold(GUILD, [ROLE]) == {ROLE}
    await pinging.pings.tell(GUILD, ROLE, "again", where=HERE)
    assert await told(pinging) == ["first", "again"]


async def test_each_role_is_told_of_by_itself(pinging: House) -> None:
    both = msgspec.structs.replace(PINGS, ping_roles={DealTier.GOLD: ROLE, DealTier.HIGH: OTHER})
    await choose(pinging, both)
    await pinging.pings.tell(GUILD, ROLE, "one", where=HERE)
    assert await pinging.pings.untold(GUILD, [ROLE, OTHER]) == {OTHER}
    await pinging.pings.tell(GUILD, OTHER, "other", where=HERE)
    assert await told(pinging) == ["one", "other"]


async def test_a_role_that_was_given_up_meanwhile_is_nothing_to_tell_of(pinging: House) -> None:
    await choose(pinging, ServerSettings(channel_id=CHANNEL))
    assert await pinging.pings.untold(GUILD, [ROLE]) == frozenset()
    await pinging.pings.tell(GUILD, ROLE, "late", where=HERE)
    assert await told(pinging) == []


async def test_an_unknown_server_is_told_nothing(house: House) -> None:
    assert await house.pings.untold(404, [ROLE]) == frozenset()
    await house.pings.tell(404, ROLE, "who?", where=HERE)
    assert await told(house) == []
