"""Servers and channels that change while the client is connected, as its cache and its requests see them."""

import asyncio

import discord
import pytest

from core.simulator.discord import places
from core.simulator.discord.guilds import Overwrite
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    BOT_ID,
    BOT_ROLE_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GENERAL_ID,
    GUILD_ID,
    TOM_ID,
    TRADER_ROLE_ID,
)
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


def may_call(bot: Bot) -> bool:
    """Whether those who have the role for deals hear the bot mention it."""
    channel = bot.channel(DEALS_ID)
    role = channel.guild.get_role(DEAL_PINGS_ROLE_ID)
    assert role is not None
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone


async def test_a_changed_role_reaches_the_cache(look_alike: LookAlike, bot: Bot) -> None:
    world, guild = look_alike.world, look_alike.world.guilds[GUILD_ID]
    called, own = guild.roles[DEAL_PINGS_ROLE_ID], guild.roles[BOT_ROLE_ID]
    assert may_call(bot)
    await heard(
        bot,
        "guild_role_update",
        lambda: places.change_role(world, guild, called, is_mentionable=False, permissions=0),
    )
    assert not may_call(bot)
    more = own.permissions | Permission.MENTION_EVERYONE
    await heard(
        bot,
        "guild_role_update",
        lambda: places.change_role(world, guild, own, is_mentionable=False, permissions=more),
    )
    assert may_call(bot)


async def test_a_deleted_role_is_gone_for_the_cache_for_requests_and_for_who_had_it(
    look_alike: LookAlike, bot: Bot
) -> None:
    world, guild = look_alike.world, look_alike.world.guilds[GUILD_ID]
    role = guild.roles[DEAL_PINGS_ROLE_ID]
    rule = Overwrite(role.id, is_member=False, deny=Permission.SEND_MESSAGES)
    world.channel(DEALS_ID).overwrites[role.id] = rule
    await heard(bot, "guild_role_delete", lambda: places.remove_role(world, guild, role))
    assert bot.channel(DEALS_ID).guild.get_role(role.id) is None
    _, roles = await look_alike.api("GET", f"/guilds/{GUILD_ID}/roles")
    assert str(role.id) not in {known["id"] for known in roles}
    assert guild.members[TOM_ID].role_ids == [TRADER_ROLE_ID]
    assert role.id not in world.channel(DEALS_ID).overwrites
    sent = await bot.channel(DEALS_ID).send(
        f"<@&{role.id}>", allowed_mentions=discord.AllowedMentions(roles=[discord.Object(role.id)])
    )
    stored = world.messages.get(DEALS_ID, sent.id)
    assert stored is not None
    assert stored.pinged == ()


async def test_a_client_hears_of_its_own_roles_and_of_nobody_elses(look_alike: LookAlike, bot: Bot) -> None:
    world, guild = look_alike.world, look_alike.world.guilds[GUILD_ID]
    places.give_roles(world, guild, TOM_ID, [])
    await heard(bot, "member_update", lambda: places.give_roles(world, guild, BOT_ID, [TRADER_ROLE_ID]))
    me = bot.channel(DEALS_ID).guild.me
    assert [role.id for role in me.roles] == [GUILD_ID, TRADER_ROLE_ID]
    assert bot.channel(DEALS_ID).guild.get_member(TOM_ID) is None
