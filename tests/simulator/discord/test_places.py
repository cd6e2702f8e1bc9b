"""Servers and channels that change while the client is connected, as its cache and its requests see them."""

import asyncio

import discord
import pytest

from core.simulator.discord import places
from core.simulator.discord.guilds import Overwrite
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import BOT_ROLE_ID, DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike, StartBot


async def heard(bot: Bot, event: str, act: object) -> None:
    """Start to listen, let it happen, and wait until the client has heard of it."""
    waiting = asyncio.ensure_future(bot.wait_for(event, timeout=PATIENCE_S))
    await asyncio.sleep(0)
    assert callable(act)
    act()
    await waiting


async def test_a_bot_that_is_removed_is_told_and_has_no_access(look_alike: LookAlike, bot: Bot) -> None:
    world, guild, channel = look_alike.world, look_alike.world.guilds[GUILD_ID], bot.channel(DEALS_ID)
    await heard(bot, "guild_remove", lambda: places.leave(world, guild))
    assert bot.get_guild(GUILD_ID) is None
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("deal")
    assert refused.value.code == 50001
    world.people.write(TOM_ID, DEALS_ID, "without the bot")
    assert world.commands.visible(GUILD_ID, 0, world.installs(TOM_ID, GUILD_ID)) == []
    await heard(bot, "guild_join", lambda: places.join(world, guild))
    assert (await bot.channel(DEALS_ID).send("back")).content == "back"
    assert [message.content for message in bot.seen] == []


async def test_an_outage_keeps_the_guild_in_the_cache_as_unavailable(look_alike: LookAlike, bot: Bot) -> None:
    world, guild = look_alike.world, look_alike.world.guilds[GUILD_ID]
    await heard(bot, "guild_unavailable", lambda: places.begin_outage(world, guild))
    known = bot.get_guild(GUILD_ID)
    assert known is not None
    assert known.unavailable
    await heard(bot, "guild_available", lambda: places.end_outage(world, guild))
    assert bot.channel(DEALS_ID).name == "deals"


async def test_who_logs_in_during_an_outage_gets_the_guild_when_it_is_over(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    world, guild = look_alike.world, look_alike.world.guilds[GUILD_ID]
    world.unavailable.add(GUILD_ID)
    bot = await start_bot()
    assert bot.get_channel(DEALS_ID) is None
    assert [known.unavailable for known in bot.guilds] == [True]
    await heard(bot, "guild_available", lambda: places.end_outage(world, guild))
    assert bot.channel(DEALS_ID).name == "deals"


async def test_changed_permissions_reach_the_cache(look_alike: LookAlike, bot: Bot) -> None:
    world = look_alike.world
    rule = Overwrite(BOT_ROLE_ID, is_member=False, deny=Permission.SEND_MESSAGES)
    channel = bot.channel(DEALS_ID)
    assert channel.permissions_for(channel.guild.me).send_messages
    await heard(bot, "guild_channel_update", lambda: places.overwrite(world, world.channel(DEALS_ID), rule))
    assert not bot.channel(DEALS_ID).permissions_for(channel.guild.me).send_messages


async def test_a_deleted_channel_is_gone_for_the_cache_and_for_requests(
    look_alike: LookAlike, bot: Bot
) -> None:
    world, channel = look_alike.world, bot.channel(GENERAL_ID)
    gone = world.channel(GENERAL_ID)
    await heard(bot, "guild_channel_delete", lambda: places.remove_channel(world, gone))
    assert bot.get_channel(GENERAL_ID) is None
    with pytest.raises(discord.NotFound) as refused:
        await channel.send("deal")
    assert refused.value.code == 10003
