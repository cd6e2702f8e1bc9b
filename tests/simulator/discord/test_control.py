"""The control API, as the demo page and the whole-process tests use it."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, GUILD_ID, TOM_ID, TRACE_ID, WES_ID
from core.simulator.discord.watchers import Stream
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike, StartBot

ACT = "/discord/interactions"


@pytest.fixture
async def bot(start_bot: StartBot) -> Bot:
    """A bot with one slow command, one command with autocomplete, and one that opens a form."""
    bot = Bot()

    @bot.tree.command(description="Slow")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("done")

    @bot.tree.command(description="Price")
    async def price(interaction: discord.Interaction, card: str) -> None:
        await interaction.response.send_message(card, ephemeral=True)

    @price.autocomplete("card")
    async def cards(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed, value=typed)]

    @bot.tree.context_menu(name="Look up")
    async def look_up(interaction: discord.Interaction, message: discord.Message) -> None:
        modal = discord.ui.Modal(title="Note", custom_id="note")
        modal.add_item(discord.ui.TextInput(label="Text", custom_id="text"))
        await interaction.response.send_modal(modal)

    return await start_bot(bot)


async def test_the_state_is_what_a_person_may_know(look_alike: LookAlike, bot: Bot) -> None:
    state = await look_alike.control("GET", f"/discord/state?person={WES_ID}")
    assert state["me"]["name"] == "Wes"
    assert [person["name"] for person in state["people"]] == ["Ada", "Tom", "Wes"]
    (guild,) = state["guilds"]
    shown = {channel["name"]: (channel["can_view"], channel["can_send"]) for channel in guild["channels"]}
    assert shown == {"deals": (True, False), "general": (True, False), "trace": (False, False)}
    assert state["bot"]["online"]


async def test_messages_are_oldest_first_and_ephemeral_ones_only_for_their_person(
    look_alike: LookAlike, bot: Bot
) -> None:
    await bot.channel(DEALS_ID).send("for all")
    body = {"person": str(TOM_ID), "channel": str(DEALS_ID), "type": "command", "name": "price"}
    await look_alike.control("POST", ACT, json=body | {"options": {"card": "for tom"}})

    async def seen(person: int) -> list[str]:
        path = f"/discord/channels/{DEALS_ID}/messages?person={person}"
        return [message["content"] for message in (await look_alike.control("GET", path))["messages"]]

    assert await seen(TOM_ID) == ["for all", "for tom"]
    assert await seen(ADA_ID) == ["for all"]
    hidden = await look_alike.control("GET", f"/discord/channels/{TRACE_ID}/messages?person={WES_ID}")
    assert hidden == {"messages": []}


async def test_commands_are_listed_for_guilds_and_private_chats(look_alike: LookAlike, bot: Bot) -> None:
    for place in (f"&guild={GUILD_ID}", ""):
        path = f"/discord/commands?person={TOM_ID}{place}"
        listed = (await look_alike.control("GET", path))["commands"]
        assert {command["name"] for command in listed} == {"slow", "price", "Look up"}


async def test_a_person_acts_and_may_wait_until_the_answer_has_settled(
    look_alike: LookAlike, bot: Bot
) -> None:
    person = {"person": str(TOM_ID), "channel": str(DEALS_ID)}
    slow = {"type": "command", "name": "slow", "settle": True}
    outcome = await look_alike.control("POST", ACT, json=person | slow)
    assert (outcome["state"], outcome["message"]["content"], outcome["error"]) == ("answered", "done", None)
    again = await look_alike.control("GET", f"{ACT}/{outcome['id']}?settle=1")
    assert again == outcome
    typing = {"type": "autocomplete", "name": "price", "options": {"card": "me"}, "focused": "card"}
    outcome = await look_alike.control("POST", ACT, json=person | typing)
    assert outcome["choices"] == [{"name": "me", "value": "me"}]


async def test_a_menu_opens_a_form_that_is_submitted(look_alike: LookAlike, bot: Bot) -> None:
    person = {"person": str(TOM_ID), "channel": str(DEALS_ID)}
    written = await look_alike.control("POST", "/discord/messages", json=person | {"content": "mine"})
    menu = {"type": "message_command", "name": "Look up", "target": written["message"]["id"]}
    outcome = await look_alike.control("POST", ACT, json=person | menu)
    assert (outcome["state"], outcome["modal"]["custom_id"]) == ("modal", "note")
    look_alike.world.first_answer_s = 0.05
    form = {"type": "modal", "custom_id": "note", "fields": {"text": "x"}}
    outcome = await look_alike.control("POST", ACT, json=person | form)
    assert (outcome["state"], outcome["error"]) == ("failed", "This interaction failed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"person": "1", "type": "command"},
        {"person": str(BOT_ID), "type": "command"},
        {"person": str(TOM_ID), "type": "nonsense", "channel": str(DEALS_ID)},
        {"person": str(TOM_ID), "type": "command", "channel": "5", "name": "slow"},
        {"person": str(TOM_ID), "type": "command", "channel": str(DEALS_ID), "name": "unknown"},
        {"person": str(TOM_ID), "type": "component", "message": "5", "custom_id": "x"},
    ],
)
async def test_a_request_that_makes_no_sense_is_answered_with_a_sentence(
    look_alike: LookAlike, body: dict[str, Any]
) -> None:
    assert "error" in await look_alike.control("POST", ACT, json=body)


async def test_the_ledger_shows_what_was_asked(look_alike: LookAlike, bot: Bot) -> None:
    await bot.channel(DEALS_ID).send("x", nonce="n")
    ledger = await look_alike.control("GET", "/discord/ledger")
    last = ledger["requests"][-1]
    assert (last["method"], last["path"], last["status"]) == ("POST", f"/channels/{DEALS_ID}/messages", 200)
    assert (last["route"], last["body"]["nonce"]) == ("/channels/{channel_id}/messages", "n")
    assert ledger["interactions"] == []


@pytest.mark.parametrize("trouble", ["reconnect", "invalidate_resumable", "drop"])
async def test_trouble_at_the_gateway_can_be_made_from_outside(
    look_alike: LookAlike, bot: Bot, trouble: str
) -> None:
    await look_alike.control("POST", "/discord/gateway", json={"do": trouble})
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)


async def test_an_invalidated_session_is_gone(look_alike: LookAlike, bot: Bot) -> None:
    await look_alike.control("POST", "/discord/gateway", json={"do": "invalidate"})
    assert look_alike.world.sessions.all() == []


class EventSource:
    """Reads server-sent events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> tuple[str, Any]:
        lines = [(await self._line()), (await self._line()), (await self._line())]
        assert lines[2] == ""
        return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))

    async def _line(self) -> str:
        line = await asyncio.wait_for(self._answer.content.readline(), PATIENCE_S)
        return line.decode().rstrip("\n")


async def test_the_stream_tells_a_person_what_happens(look_alike: LookAlike, bot: Bot) -> None:
    async with look_alike.http.get(f"{look_alike.url}/sim/discord/stream?person={TOM_ID}") as answer:
        events = EventSource(answer)
        assert await events.next() == ("presence", {"online": True})
        await bot.get_partial_messageable(TRACE_ID).send("hidden")
        sent = await bot.channel(DEALS_ID).send("deal")
        await sent.edit(content="sold")
        await sent.delete()
        heard = [await events.next() for _ in range(3)]
        assert [event for event, _ in heard] == ["message_create", "message_update", "message_delete"]
        assert [data.get("content") for _, data in heard] == ["deal", "sold", None]
        await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "price", {"card": "x"})
        assert [(await events.next())[0] for _ in range(2)] == ["message_create", "interaction"]
        look_alike.world.sessions.drop()
        assert await events.next() == ("presence", {"online": False})


async def test_a_stream_that_is_not_read_ends_and_holds_nobody_up(look_alike: LookAlike) -> None:
    stream = look_alike.world.watchers.open(TOM_ID)
    stream.queue = asyncio.Queue(2)
    for number in range(4):
        look_alike.world.people.write(TOM_ID, DEALS_ID, str(number))
    left = [stream.queue.get_nowait() for _ in range(stream.queue.qsize())]
    assert left[-1] is None


async def test_there_are_only_so_many_streams(look_alike: LookAlike) -> None:
    streams: list[Stream] = [look_alike.world.watchers.open(TOM_ID) for _ in range(101)]
    assert streams[0].queue.get_nowait() is None
    assert streams[1].queue.empty()
