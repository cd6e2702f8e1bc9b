"""Apps that people carry with them, private chats, files as options, and languages."""

import base64
from typing import Any

import discord
import pytest
from discord import app_commands

from core.simulator.discord.guilds import Channel, Guild, Member, Role
from core.simulator.discord.options import PersonError
from core.simulator.discord.permissions import PEOPLE
from core.simulator.discord.population import BOT_ID, DEALS_ID, GUILD_ID, TOM_ID, WES_ID
from tests.simulator.discord.conftest import Bot, LookAlike, StartBot

ELSEWHERE_ID = GUILD_ID + 5000
TALK_ID = ELSEWHERE_ID + 1
Json = dict[str, Any]


@pytest.fixture
def elsewhere(look_alike: LookAlike) -> Channel:
    """A channel of a server that Tom is in and the bot is not."""
    world = look_alike.world
    guild = Guild(ELSEWHERE_ID, "Elsewhere", owner_id=WES_ID)
    guild.roles[ELSEWHERE_ID] = Role(ELSEWHERE_ID, "@everyone", PEOPLE, 0)
    guild.channels[TALK_ID] = Channel(TALK_ID, "talk", ELSEWHERE_ID)
    guild.members[TOM_ID] = Member(world.users[TOM_ID], [], world.now())
    world.guilds[guild.id] = guild
    return guild.channels[TALK_ID]


@pytest.fixture
async def carried(look_alike: LookAlike, start_bot: StartBot) -> Bot:
    """A bot with one command for people who carry it along and one for servers only."""
    bot = Bot()

    @bot.tree.command(description="d")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def anywhere(interaction: discord.Interaction, count: int = 0) -> None:
        owners = (interaction.is_guild_integration(), interaction.is_user_integration())
        await interaction.response.send_message(str(owners))
        for number in range(count):
            await interaction.followup.send(str(number))

    @bot.tree.command(description="d")
    async def here(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{interaction.locale} {interaction.guild_locale}")

    look_alike.world.installed_by.add(TOM_ID)
    return await start_bot(bot)


async def run(look_alike: LookAlike, channel_id: int, name: str, **options: Any) -> Any:
    outcome = await look_alike.world.people.run_command(TOM_ID, channel_id, name, options)
    return None if outcome.original is None else outcome.original.payload["content"]


async def test_an_app_of_a_person_works_where_the_bot_is_not(
    look_alike: LookAlike, elsewhere: Channel, carried: Bot
) -> None:
    assert carried.get_guild(ELSEWHERE_ID) is None
    assert await run(look_alike, TALK_ID, "anywhere") == "(False, True)"
    assert await run(look_alike, DEALS_ID, "anywhere") == "(True, True)"
    with pytest.raises(PersonError):
        await run(look_alike, TALK_ID, "here")


async def test_without_the_app_there_is_no_command_there(
    look_alike: LookAlike, elsewhere: Channel, carried: Bot
) -> None:
    look_alike.world.installed_by.clear()
    with pytest.raises(PersonError):
        await run(look_alike, TALK_ID, "anywhere")
    assert await run(look_alike, DEALS_ID, "anywhere") == "(True, False)"


async def follow_up(look_alike: LookAlike, channel_id: int, count: int) -> None:
    people = look_alike.world.people
    outcome = await people.run_command(TOM_ID, channel_id, "anywhere", {"count": count})
    await look_alike.world.watchers.until(lambda: len(outcome.followups) == count)


async def test_a_guest_may_follow_up_five_times_and_a_member_as_often_as_it_likes(
    look_alike: LookAlike, elsewhere: Channel, carried: Bot
) -> None:
    for channel_id, allowed in ((TALK_ID, 5), (DEALS_ID, 6)):
        await follow_up(look_alike, channel_id, allowed)
    guest = look_alike.world.interactions.all()[0]
    path = f"/webhooks/{BOT_ID}/{guest.token}"
    status, body = await look_alike.api("POST", path, json={"content": "one more"})
    assert (status, body["code"]) == (400, 40094)
    status, _ = await look_alike.api("PATCH", f"{path}/messages/@original", json={"content": "edited"})
    assert status == 200


async def test_the_bot_sees_and_may_nothing_else_there(
    look_alike: LookAlike, elsewhere: Channel, carried: Bot
) -> None:
    look_alike.world.people.write(TOM_ID, TALK_ID, "not for bots")
    post = await look_alike.api("POST", f"/channels/{TALK_ID}/messages", json={"content": "x"})
    guild = await look_alike.api("GET", f"/guilds/{ELSEWHERE_ID}")
    _, mine = await look_alike.api("GET", "/users/@me/guilds")
    assert [(status, body["code"]) for status, body in (post, guild)] == [(403, 50001)] * 2
    assert [found["id"] for found in mine] == [str(GUILD_ID)]
    seen = look_alike.world.people.write(TOM_ID, DEALS_ID, "for everybody")
    assert (await carried.next_message()).id == seen.id


async def test_commands_work_in_private_where_their_context_allows(
    look_alike: LookAlike, carried: Bot
) -> None:
    private = look_alike.world.private_channel(TOM_ID)
    # discord.py calls it a server's app only where there is a server.
    assert await run(look_alike, private.id, "anywhere") == "(False, True)"
    (asked,) = [item for item in look_alike.world.interactions.all() if item.channel is private]
    assert asked.owners() == {"0": "0", "1": str(TOM_ID)}


async def test_the_languages_of_the_person_and_of_the_server_arrive(
    look_alike: LookAlike, carried: Bot
) -> None:
    look_alike.world.users[TOM_ID].locale = "de"
    look_alike.world.guilds[GUILD_ID].locale = "fr"
    assert await run(look_alike, DEALS_ID, "here") == "de fr"


async def test_a_file_can_be_an_option(look_alike: LookAlike, start_bot: StartBot) -> None:
    bot = Bot()

    @bot.tree.command(description="d")
    async def load(interaction: discord.Interaction, file: discord.Attachment) -> None:
        content = await file.read()
        await interaction.response.send_message(f"{file.filename} {file.size} {content.decode()}")

    await start_bot(bot)
    file = {"filename": "cards.csv", "content": base64.b64encode(b"a,b").decode()}
    assert await run(look_alike, DEALS_ID, "load", file=file) == "cards.csv 3 a,b"
    for wrong in ("text", {"filename": "x"}, {"filename": "x", "content": "!"}):
        with pytest.raises(PersonError):
            await run(look_alike, DEALS_ID, "load", file=wrong)


COMMANDS = f"/applications/{BOT_ID}/commands"


async def test_single_commands_are_made_overwritten_changed_and_deleted(look_alike: LookAlike) -> None:
    status, made = await look_alike.api("POST", COMMANDS, json={"name": "price", "description": "d"})
    assert (status, made["description"]) == (201, "d")
    status, again = await look_alike.api("POST", COMMANDS, json={"name": "price", "description": "e"})
    assert (status, again["id"], again["description"]) == (200, made["id"], "e")
    path = f"{COMMANDS}/{made['id']}"
    status, changed = await look_alike.api("PATCH", path, json={"name": "value"})
    assert (status, changed["name"], changed["description"]) == (200, "value", "e")
    assert changed["version"] != again["version"]
    assert (await look_alike.api("DELETE", path))[0] == 204
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        status, refused = await look_alike.api(method, path, json=body)
        assert (status, refused["code"]) == (404, 10063)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"description": "d"}, ["name"]),
        ({"name": "Not A Name", "description": "d"}, ["name"]),
        ({"name": "price"}, ["description"]),
    ],
)
async def test_a_single_command_is_checked_like_many(
    look_alike: LookAlike, body: Json, place: list[str]
) -> None:
    status, refused = await look_alike.api("POST", COMMANDS, json=body)
    assert (status, refused["code"], list(refused["errors"])) == (400, 50035, place)


async def test_a_command_cannot_take_the_name_of_another(look_alike: LookAlike) -> None:
    _, first = await look_alike.api("POST", COMMANDS, json={"name": "one", "description": "d"})
    await look_alike.api("POST", COMMANDS, json={"name": "two", "description": "d"})
    status, _ = await look_alike.api("PATCH", f"{COMMANDS}/{first['id']}", json={"name": "two"})
    assert status == 400


async def test_the_hundred_and_first_command_is_30032(look_alike: LookAlike) -> None:
    many = [{"name": f"c{number}", "description": "d"} for number in range(100)]
    await look_alike.api("PUT", COMMANDS, json=many)
    status, body = await look_alike.api("POST", COMMANDS, json={"name": "more", "description": "d"})
    assert (status, body["code"]) == (400, 30032)
    status, _ = await look_alike.api("POST", COMMANDS, json={"name": "c5", "description": "e"})
    assert status == 200


async def test_the_real_client_changes_and_deletes_its_commands(look_alike: LookAlike, carried: Bot) -> None:
    found = {command.name: command for command in await carried.tree.fetch_commands()}
    edited = await found["here"].edit(description="better")
    assert edited.description == "better"
    await found["here"].delete()
    assert [command["name"] for command in look_alike.world.commands.of(None)] == ["anywhere"]
