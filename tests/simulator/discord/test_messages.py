"""Messages by the real client: posting, editing, deleting, reading, mentions, nonces, files."""

import io
from datetime import timedelta

import discord
import pytest

from core.simulator.discord.population import (
    ADA_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GENERAL_ID,
    TOM_ID,
    TRADER_ROLE_ID,
    WES_ID,
)
from tests.simulator.discord.conftest import Bot, LookAlike

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x08\x00\x00\x00\x04"


async def test_a_message_is_posted_edited_and_deleted(look_alike: LookAlike, bot: Bot) -> None:
    message = await bot.channel(DEALS_ID).send("a deal", embed=discord.Embed(title="Charizard"))
    assert (message.content, message.embeds[0].title) == ("a deal", "Charizard")
    edited = await message.edit(content="sold", embed=None)
    assert (edited.content, edited.embeds, edited.edited_at is not None) == ("sold", [], True)
    await message.delete()
    with pytest.raises(discord.NotFound) as gone:
        await bot.channel(DEALS_ID).fetch_message(message.id)
    assert gone.value.code == 10008


async def test_the_client_hears_of_its_own_messages_and_those_of_people(
    look_alike: LookAlike, bot: Bot
) -> None:
    assert bot.user is not None
    sent = await bot.channel(DEALS_ID).send("first")
    written = look_alike.world.people.write(TOM_ID, DEALS_ID, "nice", mentions=(bot.user.id,))
    heard = [await bot.next_message(), await bot.next_message()]
    assert [message.id for message in heard] == [sent.id, written.id]
    assert isinstance(heard[1].author, discord.Member)
    assert heard[1].author.name == "tom"


async def test_without_the_content_intent_only_mentions_and_own_messages_can_be_read(
    look_alike: LookAlike, bot: Bot
) -> None:
    assert bot.user is not None
    look_alike.world.people.write(TOM_ID, DEALS_ID, "between us")
    look_alike.world.people.write(TOM_ID, DEALS_ID, "sync", mentions=(bot.user.id,))
    heard = [await bot.next_message(), await bot.next_message()]
    assert [message.content for message in heard] == ["", f"<@{bot.user.id}> sync"]


async def test_history_is_paged_from_any_side(look_alike: LookAlike, bot: Bot) -> None:
    channel = bot.channel(GENERAL_ID)
    ids = [(await channel.send(str(number))).id for number in range(7)]
    newest = [message.id async for message in channel.history(limit=3)]
    before = [message.id async for message in channel.history(limit=2, before=discord.Object(ids[4]))]
    after = [message.id async for message in channel.history(limit=2, after=discord.Object(ids[1]))]
    around = [message.id async for message in channel.history(limit=3, around=discord.Object(ids[3]))]
    assert newest == ids[:3:-1]
    assert before == [ids[3], ids[2]]
    assert after == [ids[2], ids[3]]
    assert sorted(around) == ids[2:5]


async def test_an_answer_names_what_it_answers(bot: Bot) -> None:
    first = await bot.channel(DEALS_ID).send("deal")
    reply = await first.reply("sold")
    assert reply.type is discord.MessageType.reply
    assert reply.reference is not None
    assert reply.reference.message_id == first.id


async def test_a_used_nonce_returns_the_first_message_for_about_a_minute(
    look_alike: LookAlike, bot: Bot
) -> None:
    channel = bot.channel(DEALS_ID)
    first = await channel.send("once", nonce="deal-1")
    look_alike.clock.step(55)
    again = await channel.send("once", nonce="deal-1")
    look_alike.clock.step(10)
    late = await channel.send("once", nonce="deal-1")
    assert first.id == again.id
    assert late.id != first.id
    assert [message.content async for message in channel.history()] == ["once", "once"]


async def test_a_nonce_that_is_not_enforced_does_nothing(look_alike: LookAlike) -> None:
    body = {"content": "twice", "nonce": "n"}
    ids = {(await look_alike.api("POST", f"/channels/{DEALS_ID}/messages", json=body))[1]["id"] for _ in "ab"}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("content", "allowed", "pinged"),
    [
        (f"<@{TOM_ID}>", None, (TOM_ID,)),
        (f"<@{TOM_ID}>", discord.AllowedMentions.none(), ()),
        (f"<@&{DEAL_PINGS_ROLE_ID}>", None, (TOM_ID,)),
        (f"<@&{DEAL_PINGS_ROLE_ID}>", discord.AllowedMentions(roles=[discord.Object(TRADER_ROLE_ID)]), ()),
        (f"<@&{TRADER_ROLE_ID}>", None, ()),
        ("@everyone", None, ()),
    ],
)
async def test_only_allowed_mentions_ping(
    look_alike: LookAlike,
    bot: Bot,
    content: str,
    allowed: discord.AllowedMentions | None,
    pinged: tuple[int, ...],
) -> None:
    sent = await bot.channel(DEALS_ID).send(content, allowed_mentions=allowed or discord.utils.MISSING)
    stored = look_alike.world.messages.get(DEALS_ID, sent.id)
    assert stored is not None
    assert stored.pinged == pinged
    mentioned = {user.id for user in sent.mentions} | {role.id for role in sent.role_mentions}
    assert bool(mentioned) == bool(pinged)


async def test_a_silent_message_pings_nobody(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send(f"<@{TOM_ID}>", silent=True)
    stored = look_alike.world.messages.get(DEALS_ID, sent.id)
    assert stored is not None
    assert stored.pinged == ()


async def test_attachments_are_stored_and_served(bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send(file=discord.File(io.BytesIO(b"a,b\n1,2\n"), "deals.csv"))
    assert await sent.attachments[0].read() == b"a,b\n1,2\n"
    fetched = await bot.channel(DEALS_ID).fetch_message(sent.id)
    assert [file.filename for file in fetched.attachments] == ["deals.csv"]


async def test_an_image_in_an_embed_is_not_listed_beside_it(look_alike: LookAlike, bot: Bot) -> None:
    embed = discord.Embed(title="chart").set_image(url="attachment://chart.png")
    sent = await bot.channel(DEALS_ID).send(embed=embed, file=discord.File(io.BytesIO(PNG), "chart.png"))
    assert sent.attachments == []
    url = sent.embeds[0].image.url
    assert url is not None
    async with look_alike.http.get(url) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PNG)


async def test_a_picture_that_comes_by_an_edit_stays_until_it_is_dropped(bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send(embed=discord.Embed(title="deal"))
    chart = discord.Embed(title="deal").set_image(url="attachment://chart.png")
    edited = await sent.edit(embed=chart, attachments=[discord.File(io.BytesIO(PNG), "chart.png")])
    url = edited.embeds[0].image.url
    assert (edited.attachments, url and url.rpartition("/")[2]) == ([], "chart.png")
    again = await edited.edit(embed=chart.copy().add_field(name="sold", value="yes"))
    assert (again.attachments, again.embeds[0].image.url) == ([], url)
    beside = await again.edit(embed=discord.Embed(title="deal"))
    assert [file.filename for file in beside.attachments] == ["chart.png"]
    bare = await beside.edit(attachments=[])
    assert (bare.attachments, bare.embeds[0].image.url) == ([], None)


async def test_an_edit_can_add_a_file_and_drop_another(bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("chart", file=discord.File(io.BytesIO(PNG), "old.png"))
    assert (sent.attachments[0].width, sent.attachments[0].height) == (8, 4)
    added = await sent.add_files(discord.File(io.BytesIO(b"x"), "new.txt"))
    assert [file.filename for file in added.attachments] == ["old.png", "new.txt"]
    left = await added.remove_attachments(added.attachments[0])
    assert [file.filename for file in left.attachments] == ["new.txt"]


async def test_a_private_message_reaches_only_its_person(look_alike: LookAlike, bot: Bot) -> None:
    tom = await bot.fetch_user(TOM_ID)
    sent = await tom.send("your alert")
    stored = look_alike.world.messages.find(sent.id)
    assert stored is not None
    assert look_alike.world.sees(TOM_ID, stored)
    assert not look_alike.world.sees(ADA_ID, stored)


async def test_a_person_who_takes_no_private_messages_is_50007(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.world.users[WES_ID].refuses_dms_with = 50007
    wes = await bot.fetch_user(WES_ID)
    with pytest.raises(discord.Forbidden) as refused:
        await wes.send("hello")
    assert refused.value.code == 50007


async def test_timestamps_and_ids_tell_the_same_time(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.clock.step(3600)
    sent = await bot.channel(DEALS_ID).send("later")
    assert abs(sent.created_at - look_alike.clock.now()) < timedelta(seconds=30)
    stored = look_alike.world.messages.get(DEALS_ID, sent.id)
    assert stored is not None
    assert abs(stored.created_at - sent.created_at) < timedelta(milliseconds=1)
