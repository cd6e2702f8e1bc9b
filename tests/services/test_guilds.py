"""Servers: what an admin chose is kept, and a pause ends when a channel is chosen."""

import pytest

from core.domain.deals import DEFAULT_POLICY
from core.domain.guilds import Guild, ServerSettings
from core.errors import NotFound
from db import guilds
from db.guilds import GuildRow
from tests.services.house import House
from tests.services.reports import at


async def test_a_server_that_joins_has_the_default_policy_and_no_channel(house: House) -> None:
    assert await house.guilds.joined(1, "Cartel") == Guild(1, "Cartel", ServerSettings(DEFAULT_POLICY), None)


async def test_a_server_that_comes_back_finds_its_choices(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    await house.guilds.choose_channel(1, 10, by=7)
    await house.guilds.left(1)
    async with house.db.read() as tx:
        assert await guilds.active_policies(tx) == {}
        assert await guilds.with_channel(tx) == []
    renamed = Guild(1, "Cartel renamed", ServerSettings(channel_id=10))
    assert await house.guilds.joined(1, "Cartel renamed") == renamed
    async with house.db.read() as tx:
        assert list(await guilds.active_policies(tx)) != []
        assert await guilds.with_channel(tx) == [renamed]


async def test_choosing_a_channel_ends_a_pause_and_says_who_chose(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    await house.guilds.choose_channel(1, 10, by=7)
    await house.guilds.pause(1, "I may not post in the channel for deals." + "x" * 500)
    paused = await house.guilds.get(1)
    assert paused is not None
    assert paused.paused_because is not None
    assert len(paused.paused_because) == 300
    house.pass_time(5)
    chosen = await house.guilds.choose_channel(1, 11, by=8)
    assert (chosen.deals_channel_id, chosen.paused_because) == (11, None)
    [row] = await house.rows(GuildRow)
    assert (row.chosen_by, row.chosen_at) == (8, at(5))


async def test_an_unknown_server_cannot_choose(house: House) -> None:
    with pytest.raises(NotFound, match="not known yet"):
        await house.guilds.choose_channel(1, 10, by=7)
    assert await house.guilds.get(1) is None


async def test_a_long_name_is_cut(house: House) -> None:
    assert len((await house.guilds.joined(1, "x" * 500)).name) == 100
    assert len((await house.guilds.joined(1, "y" * 500)).name) == 100


async def test_the_largest_ids_of_discord_fit(house: House) -> None:
    largest = 2**63 - 1
    await house.guilds.joined(largest, "Cartel")
    assert (await house.guilds.choose_channel(largest, largest, by=largest)).deals_channel_id == largest
