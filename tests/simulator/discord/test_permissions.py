"""Who may do what where, as the real client and as people meet it."""

import io

import discord
import pytest

from core.simulator.discord.errors import ApiError
from core.simulator.discord.guilds import Channel, Overwrite
from core.simulator.discord.options import PersonError
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    ADA_ID,
    BOT_ID,
    BOT_ROLE_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GUILD_ID,
    TOM_ID,
    TRACE_ID,
    TRADER_ROLE_ID,
    WES_ID,
)
from tests.simulator.discord.conftest import Bot, LookAlike


def deny(look_alike: LookAlike, permission: int, *, allow: int = 0, target: int = BOT_ROLE_ID) -> Channel:
    """Take something from a role or member in #deals."""
    channel = look_alike.world.channel(DEALS_ID)
    is_member = target in look_alike.world.users
    channel.overwrites[target] = Overwrite(target, is_member, allow=allow, deny=permission)
    return channel


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Permission.SEND_MESSAGES, 50013),
        (Permission.EMBED_LINKS, 50013),
        (Permission.VIEW_CHANNEL, 50001),
    ],
)
async def test_the_bot_may_not_post_what_it_lacks_the_permission_for(
    look_alike: LookAlike, bot: Bot, denied: int, code: int
) -> None:
    deny(look_alike, denied)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.channel(DEALS_ID).send("deal", embed=discord.Embed(title="deal"))
    assert refused.value.code == code


async def test_without_read_history_the_past_is_empty_not_forbidden(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    deny(look_alike, Permission.READ_MESSAGE_HISTORY)
    assert [message async for message in bot.channel(DEALS_ID).history()] == []
    with pytest.raises(discord.Forbidden):
        await bot.channel(DEALS_ID).fetch_message(sent.id)


async def test_a_file_by_an_edit_needs_its_permission_too(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    deny(look_alike, Permission.ATTACH_FILES)
    with pytest.raises(discord.Forbidden) as refused:
        await sent.edit(attachments=[discord.File(io.BytesIO(b"x"), "chart.png")])
    assert refused.value.code == 50013
    assert (await sent.edit(content="no chart")).content == "no chart"


async def test_the_bot_edits_its_own_messages_only(look_alike: LookAlike, bot: Bot) -> None:
    written = look_alike.world.people.write(TOM_ID, DEALS_ID, "mine")
    message = bot.channel(DEALS_ID).get_partial_message(written.id)
    with pytest.raises(discord.Forbidden) as refused:
        await message.edit(content="yours")
    assert refused.value.code == 50005
    with pytest.raises(discord.Forbidden) as kept:
        await message.delete()
    assert kept.value.code == 50013


async def test_the_bot_hears_nothing_from_channels_it_cannot_see(look_alike: LookAlike, bot: Bot) -> None:
    deny(look_alike, Permission.VIEW_CHANNEL)
    hidden = look_alike.world.people.write(TOM_ID, DEALS_ID, "unseen")
    heard = await bot.get_partial_messageable(TRACE_ID).send("seen")
    assert (await bot.next_message()).id == heard.id != hidden.id


async def test_mention_everyone_lets_the_bot_ping_any_role(look_alike: LookAlike, bot: Bot) -> None:
    deny(look_alike, 0, allow=Permission.MENTION_EVERYONE)
    sent = await bot.channel(DEALS_ID).send(f"<@&{TRADER_ROLE_ID}> @everyone")
    stored = look_alike.world.messages.get(DEALS_ID, sent.id)
    assert stored is not None
    assert stored.pinged == (ADA_ID, TOM_ID, WES_ID)


def test_people_see_what_their_roles_let_them_see(look_alike: LookAlike) -> None:
    world = look_alike.world
    deals, trace = world.channel(DEALS_ID), world.channel(TRACE_ID)

    def may(person: int, channel: Channel, permission: int) -> bool:
        return bool(world.permissions(person, channel) & permission)

    assert [may(person, deals, Permission.SEND_MESSAGES) for person in (ADA_ID, TOM_ID, WES_ID)] == [
        True, True, False
    ]  # fmt: skip
    assert [may(person, trace, Permission.VIEW_CHANNEL) for person in (ADA_ID, TOM_ID, WES_ID, BOT_ID)] == [
        True, False, False, True
    ]  # fmt: skip


def test_a_member_overwrite_wins_over_roles_and_allow_over_deny_among_roles(look_alike: LookAlike) -> None:
    world = look_alike.world
    channel = deny(look_alike, Permission.SEND_MESSAGES, target=TRADER_ROLE_ID)
    assert not world.permissions(TOM_ID, channel) & Permission.SEND_MESSAGES
    deny(look_alike, 0, allow=Permission.SEND_MESSAGES, target=DEAL_PINGS_ROLE_ID)
    assert world.permissions(TOM_ID, channel) & Permission.SEND_MESSAGES
    deny(look_alike, Permission.SEND_MESSAGES, target=TOM_ID)
    assert not world.permissions(TOM_ID, channel) & Permission.SEND_MESSAGES
    assert world.permissions(ADA_ID, channel) & Permission.SEND_MESSAGES


async def test_a_watcher_cannot_write_but_may_run_commands(look_alike: LookAlike) -> None:
    with pytest.raises(ApiError):
        look_alike.world.people.write(WES_ID, DEALS_ID, "hello")
    with pytest.raises(PersonError, match="no such channel"):
        look_alike.world.people.write(WES_ID, TRACE_ID, "hello")
    bits = look_alike.world.permissions(WES_ID, look_alike.world.channel(DEALS_ID))
    assert bits & Permission.USE_APPLICATION_COMMANDS


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/channels/5", 404, 10003),
        ("/channels/five", 400, 50035),
        (f"/channels/{DEALS_ID}/messages/5", 404, 10008),
        ("/guilds/5", 404, 10004),
        (f"/guilds/{GUILD_ID}/members/5", 404, 10007),
        ("/users/5", 404, 10013),
        ("/applications/5", 404, 10002),
        ("/applications/5/commands", 404, 10002),
        (f"/applications/{BOT_ID}/guilds/5/commands", 403, 50001),
        (f"/applications/{BOT_ID}/commands/5", 404, 10063),
        ("/nothing/here", 404, 0),
    ],
)
async def test_what_is_not_there_is_refused_with_its_code(
    look_alike: LookAlike, path: str, status: int, code: int
) -> None:
    answered, body = await look_alike.api("GET", path)
    assert (answered, body["code"]) == (status, code)
