"""The look-alike is not written for discord.py alone: an unmodified hikari logs in and answers people."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from typing import Any

import hikari
import pytest

from core.simulator.discord.population import BOT_ID, DEALS_ID, GUILD_ID, TOM_ID
from tests.simulator.discord.conftest import PATIENCE_S, LookAlike

# hikari reads the bot's id out of the first part.
TOKEN = f"{base64.b64encode(str(BOT_ID).encode()).decode()}.x.y"
TOM = {"person": str(TOM_ID), "channel": str(DEALS_ID)}


async def greet(event: hikari.CommandInteractionCreateEvent) -> None:
    """Answer with a button."""
    row = event.interaction.app.rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "again", label="Again")
    (option,) = event.interaction.options or ()
    await event.interaction.create_initial_response(
        hikari.ResponseType.MESSAGE_CREATE, f"hello {option.value}", component=row
    )


async def greet_again(event: hikari.ComponentInteractionCreateEvent) -> None:
    """Answer to the button so that only who pressed it sees it, in two steps."""
    await event.interaction.create_initial_response(
        hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=hikari.MessageFlag.EPHEMERAL
    )
    await event.interaction.edit_initial_response(f"{event.interaction.custom_id}, {event.interaction.user}")


@pytest.fixture
async def bot(look_alike: LookAlike, caplog: pytest.LogCaptureFixture) -> AsyncIterator[hikari.GatewayBot]:
    """A hikari bot that has its guild. It is told an address, no more, and in the end has no complaint."""
    look_alike.world.bot_token = TOKEN
    bot = hikari.GatewayBot(
        TOKEN,
        banner=None,
        logs=None,
        suppress_optimization_warning=True,
        rest_url=f"{look_alike.url}/api/v10",
    )
    bot.subscribe(hikari.CommandInteractionCreateEvent, greet)
    bot.subscribe(hikari.ComponentInteractionCreateEvent, greet_again)
    arrived = asyncio.Event()

    async def arrive(_: hikari.GuildAvailableEvent) -> None:
        arrived.set()

    bot.subscribe(hikari.GuildAvailableEvent, arrive)
    await asyncio.wait_for(bot.start(check_for_updates=False), PATIENCE_S)
    try:
        await asyncio.wait_for(arrived.wait(), PATIENCE_S)
        yield bot
    finally:
        await bot.close()
    complaints = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert complaints == []
    await look_alike.world.watchers.until(lambda: look_alike.world.sessions.all() == [])


async def test_it_logs_in_and_knows_itself_and_its_guild(
    look_alike: LookAlike, bot: hikari.GatewayBot
) -> None:
    me, guild = bot.get_me(), bot.cache.get_guild(GUILD_ID)
    assert me is not None
    assert guild is not None
    assert (me.id, me.username, guild.name) == (BOT_ID, "cards-cartel", "Cards Cartel Demo")
    assert {channel.name for channel in guild.get_channels().values()} == {"deals", "general", "trace"}
    assert [(mine.id, mine.approximate_member_count) async for mine in bot.rest.fetch_my_guilds()] == [
        (GUILD_ID, 4)
    ]
    assert look_alike.world.sessions.is_online


async def test_it_syncs_a_command_and_answers_it_and_its_button(
    look_alike: LookAlike, bot: hikari.GatewayBot
) -> None:
    async def act(**given: Any) -> Any:
        return await look_alike.control("POST", "/discord/interactions", json=TOM | {"settle": True} | given)

    name = hikari.CommandOption(
        type=hikari.OptionType.STRING, name="name", description="Whom to greet", is_required=True
    )
    command = bot.rest.slash_command_builder("hello", "Says hello").add_option(name)
    await bot.rest.set_application_commands(BOT_ID, [command])
    greeted = await act(type="command", name="hello", options={"name": "Tom"})
    assert (greeted["state"], greeted["message"]["content"]) == ("answered", "hello Tom")
    ((button,),) = [row["components"] for row in greeted["message"]["components"]]
    assert button["label"] == "Again"
    pressed = await act(type="component", message=greeted["message"]["id"], custom_id=button["custom_id"])
    assert (pressed["state"], pressed["message"]["content"]) == ("answered", "again, tom")
    assert pressed["message"]["flags"] & hikari.MessageFlag.EPHEMERAL


async def test_it_posts_and_hears_what_people_write(look_alike: LookAlike, bot: hikari.GatewayBot) -> None:
    sent = await bot.rest.create_message(DEALS_ID, "a deal", embed=hikari.Embed(title="t"))
    assert [message.id for message in look_alike.world.messages.all_in(DEALS_ID)] == [sent.id]
    with bot.stream(hikari.GuildMessageCreateEvent, timeout=PATIENCE_S) as events:
        written = look_alike.world.people.write(TOM_ID, DEALS_ID, "nice")
        heard = await events.filter(lambda event: event.author_id == TOM_ID).next()
    assert heard.message_id == written.id
