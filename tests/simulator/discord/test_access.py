"""What the application may not read or do although it is in the server, as its requests are told."""

import io

import discord
import pytest

from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import BOT_ID, DEALS_ID, GUILD_ID, TOM_ID, WES_ID
from core.simulator.discord.sessions import GUILD_MEMBERS, MESSAGE_CONTENT
from tests.simulator.discord.conftest import Bot, LookAlike
from tests.simulator.discord.test_permissions import deny


async def test_what_people_write_is_empty_for_an_application_without_the_content_intent(
    look_alike: LookAlike, bot: Bot
) -> None:
    world, channel = look_alike.world, bot.channel(DEALS_ID)
    written = world.people.write(TOM_ID, DEALS_ID, "between us")
    world.people.write(TOM_ID, DEALS_ID, "sync", mentions=(BOT_ID,))
    await channel.send("own")
    assert [message.content async for message in channel.history(oldest_first=True)] == [
        "", f"<@{BOT_ID}> sync", "own"
    ]  # fmt: skip
    assert (await channel.fetch_message(written.id)).content == ""
    world.privileged_intents = MESSAGE_CONTENT
    assert (await channel.fetch_message(written.id)).content == "between us"


async def test_what_is_written_in_private_can_be_read(look_alike: LookAlike, bot: Bot) -> None:
    private = await bot.create_dm(await bot.fetch_user(TOM_ID))
    look_alike.world.people.write(TOM_ID, private.id, "for you")
    assert [message.content async for message in private.history()] == ["for you"]
    assert (await bot.next_message()).content == "for you"


async def test_members_are_listed_for_applications_with_the_members_intent_only(
    look_alike: LookAlike,
) -> None:
    path = f"/guilds/{GUILD_ID}/members?limit=9"
    status, body = await look_alike.api("GET", path)
    assert (status, body["code"]) == (403, 50001)
    look_alike.world.privileged_intents = GUILD_MEMBERS
    assert len((await look_alike.api("GET", path))[1]) == 4
    assert (await look_alike.api("GET", f"/guilds/{GUILD_ID}/members/{TOM_ID}"))[0] == 200


async def test_a_file_needs_its_permission(look_alike: LookAlike, bot: Bot) -> None:
    deny(look_alike, Permission.ATTACH_FILES)
    channel = bot.channel(DEALS_ID)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("chart", file=discord.File(io.BytesIO(b"1"), "chart.txt"))
    assert refused.value.code == 50013
    assert (await channel.send("no chart")).content == "no chart"


async def test_a_reply_needs_the_permission_to_read_history(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    deny(look_alike, Permission.READ_MESSAGE_HISTORY)
    with pytest.raises(discord.Forbidden) as refused:
        await sent.reply("sold")
    assert refused.value.code == 160002


async def test_a_reply_to_nothing_is_refused_unless_that_may_be(look_alike: LookAlike, bot: Bot) -> None:
    channel = bot.channel(DEALS_ID)
    gone = discord.MessageReference(message_id=5, channel_id=DEALS_ID)
    with pytest.raises(discord.HTTPException) as refused:
        await channel.send("sold", reference=gone)
    assert refused.value.text == "Invalid Form Body\nIn message_reference: Unknown message"
    gone.fail_if_not_exists = False
    assert (await channel.send("sold", reference=gone)).reference is None


async def test_a_channel_that_was_closed_takes_no_edit_and_no_deletion(
    look_alike: LookAlike, bot: Bot
) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    deny(look_alike, Permission.VIEW_CHANNEL)
    for asking in (sent.edit(content="sold"), sent.delete(), bot.channel(DEALS_ID).typing().__aenter__()):
        with pytest.raises(discord.Forbidden) as refused:
            await asking
        assert refused.value.code == 50001


async def test_without_the_permission_to_write_the_bot_still_edits_but_does_not_type(
    look_alike: LookAlike, bot: Bot
) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    deny(look_alike, Permission.SEND_MESSAGES)
    assert (await sent.edit(content="sold")).content == "sold"
    status, body = await look_alike.api("POST", f"/channels/{DEALS_ID}/typing")
    assert (status, body["code"]) == (403, 50013)


async def test_others_messages_are_deleted_by_who_manages_messages_and_never_in_private(
    look_alike: LookAlike, bot: Bot
) -> None:
    written = look_alike.world.people.write(TOM_ID, DEALS_ID, "spam")
    deny(look_alike, 0, allow=Permission.MANAGE_MESSAGES)
    await bot.channel(DEALS_ID).get_partial_message(written.id).delete()
    assert look_alike.world.messages.all_in(DEALS_ID) == []
    private = await bot.create_dm(await bot.fetch_user(TOM_ID))
    written = look_alike.world.people.write(TOM_ID, private.id, "hello")
    with pytest.raises(discord.Forbidden) as refused:
        await private.get_partial_message(written.id).delete()
    assert refused.value.code == 50003


async def test_who_shares_no_server_gets_nothing_in_private_unless_the_app_is_theirs(
    look_alike: LookAlike, bot: Bot
) -> None:
    wes = await bot.fetch_user(WES_ID)
    del look_alike.world.guilds[GUILD_ID].members[WES_ID]
    with pytest.raises(discord.Forbidden) as refused:
        await wes.send("hello")
    assert refused.value.code == 50278
    look_alike.world.installed_by.add(WES_ID)
    assert (await wes.send("hello")).content == "hello"


async def test_more_than_ten_files_are_refused(look_alike: LookAlike, bot: Bot) -> None:
    form = [discord.File(io.BytesIO(b"1"), f"{number}.txt") for number in range(10)]
    assert len((await bot.channel(DEALS_ID).send(files=form)).attachments) == 10
    status, body = await look_alike.api("POST", f"/channels/{DEALS_ID}/messages", data=eleven())
    assert (status, body["code"], list(body["errors"])) == (400, 50035, ["attachments"])


def eleven() -> dict[str, io.BytesIO]:
    return {f"files[{number}]": io.BytesIO(b"1") for number in range(11)}
