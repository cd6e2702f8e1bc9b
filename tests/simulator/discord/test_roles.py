"""Who may what by owning a server, by roles and by the rules of commands; and whom a text calls."""

from typing import Any

import discord
import pytest

from core.simulator.discord.commands import IN_GUILD
from core.simulator.discord.guilds import Overwrite
from core.simulator.discord.interactions import Interaction, Kind, State
from core.simulator.discord.options import PersonError
from core.simulator.discord.permissions import ALL, Permission
from core.simulator.discord.population import (
    ADA_ID,
    ADMIN_ROLE_ID,
    BOT_ID,
    DEALS_ID,
    GUILD_ID,
    TOM_ID,
    TRADER_ROLE_ID,
    WES_ID,
)
from core.simulator.discord.sessions import GUILD_PRESENCES
from tests.simulator.discord.conftest import Bot, LookAlike

COMMANDS = f"/applications/{BOT_ID}/commands"


def close_to_everybody(look_alike: LookAlike) -> None:
    channel = look_alike.world.channel(DEALS_ID)
    channel.overwrites[GUILD_ID] = Overwrite(GUILD_ID, is_member=False, deny=Permission.VIEW_CHANNEL)
    channel.overwrites[TOM_ID] = Overwrite(TOM_ID, is_member=True, deny=Permission.VIEW_CHANNEL)


def bits(look_alike: LookAlike, person_id: int) -> int:
    return look_alike.world.permissions(person_id, look_alike.world.channel(DEALS_ID))


def test_the_owner_may_everything_without_any_role(look_alike: LookAlike) -> None:
    guild = look_alike.world.guilds[GUILD_ID]
    close_to_everybody(look_alike)
    guild.owner_id = TOM_ID
    guild.members[TOM_ID].role_ids.clear()
    assert bits(look_alike, TOM_ID) == ALL


def test_an_administrator_may_everything_whatever_a_channel_says(look_alike: LookAlike) -> None:
    guild = look_alike.world.guilds[GUILD_ID]
    close_to_everybody(look_alike)
    assert bits(look_alike, TOM_ID) == 0
    guild.members[TOM_ID].role_ids.append(ADMIN_ROLE_ID)
    assert bits(look_alike, TOM_ID) == ALL


def test_who_may_not_write_may_not_embed_attach_or_call_everybody(look_alike: LookAlike) -> None:
    everything = Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE
    channel = look_alike.world.channel(DEALS_ID)
    channel.overwrites[WES_ID] = Overwrite(WES_ID, is_member=True, allow=everything)
    assert bits(look_alike, WES_ID) & everything == 0
    allowed = everything | Permission.SEND_MESSAGES
    channel.overwrites[WES_ID] = Overwrite(WES_ID, is_member=True, allow=allowed)
    assert bits(look_alike, WES_ID) & allowed == allowed


@pytest.mark.parametrize(
    ("rule", "in_guild", "for_admins", "in_private"),
    [
        ({}, True, True, True),
        ({"default_member_permissions": 0}, False, True, True),
        ({"default_member_permissions": 32}, False, True, True),
        ({"dm_permission": False}, True, True, False),
        ({"contexts": [0]}, True, True, False),
        ({"contexts": [1]}, False, False, True),
    ],
)
async def test_commands_are_found_where_and_by_whom_they_may_be_used(
    look_alike: LookAlike, rule: dict[str, Any], *, in_guild: bool, for_admins: bool, in_private: bool
) -> None:
    _, (made,) = await look_alike.api("PUT", COMMANDS, json=[{"name": "price", "description": "d"} | rule])
    assert isinstance(made["default_member_permissions"], str | None)
    found = look_alike.world.commands.visible
    assert bool(found(GUILD_ID, bits(look_alike, TOM_ID), IN_GUILD)) is in_guild
    assert bool(found(GUILD_ID, bits(look_alike, ADA_ID), IN_GUILD)) is for_admins
    assert bool(found(None, 0, IN_GUILD)) is in_private


async def test_commands_can_be_closed_to_a_person(look_alike: LookAlike) -> None:
    await look_alike.api("PUT", COMMANDS, json=[{"name": "price", "description": "d"}])
    rule = Overwrite(TOM_ID, is_member=True, deny=Permission.USE_APPLICATION_COMMANDS)
    look_alike.world.channel(DEALS_ID).overwrites[TOM_ID] = rule
    with pytest.raises(PersonError, match="not allowed"):
        await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "price")


async def test_who_is_answered_is_called_unless_the_bot_says_otherwise(
    look_alike: LookAlike, bot: Bot
) -> None:
    written = look_alike.world.people.write(TOM_ID, DEALS_ID, "is this good?")
    asked = bot.channel(DEALS_ID).get_partial_message(written.id)
    called = {}
    for wanted in (None, True, False):
        quiet = discord.utils.MISSING if wanted is None else discord.AllowedMentions(replied_user=wanted)
        sent = await asked.reply("yes", allowed_mentions=quiet)
        stored = look_alike.world.messages.get(DEALS_ID, sent.id)
        assert stored is not None
        called[wanted] = stored.pinged
    assert called == {None: (TOM_ID,), True: (TOM_ID,), False: ()}


async def test_an_answer_for_one_person_calls_nobody(look_alike: LookAlike) -> None:
    world = look_alike.world
    asked = Interaction(
        world.snowflakes.next(), Kind.COMMAND, world.users[WES_ID], world.channel(DEALS_ID), world.now()
    )
    world.interactions.add(asked)
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    said = {"content": f"<@{TOM_ID}> <@&{TRADER_ROLE_ID}>", "flags": 64}
    assert (await look_alike.api("POST", path, json={"type": 4, "data": said}))[0] == 204
    assert asked.state is State.ANSWERED
    assert asked.original is not None
    assert asked.original.pinged == ()


@pytest.mark.parametrize(("intents", "named"), [(1, 1), (1 | GUILD_PRESENCES, 4)])
async def test_without_the_presence_intent_a_guild_names_no_member_but_the_bot(
    look_alike: LookAlike, intents: int, named: int
) -> None:
    look_alike.world.privileged_intents = GUILD_PRESENCES
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        login = {"token": look_alike.world.bot_token, "intents": intents}
        await socket.send_json({"op": 2, "d": login})
        shown = [await socket.receive_json() for _ in range(2)]
        assert shown[1]["t"] == "GUILD_CREATE"
        assert len(shown[1]["d"]["members"]) == named
