"""What survives a restart of the simulator."""

import io
import json

import discord

from core.simulator.discord.limits import CHANNEL_MESSAGES_KEPT, CHANNEL_MESSAGES_SAVED
from core.simulator.discord.messages import Message, Messages, Nonces
from core.simulator.discord.population import BOT_ID, DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID
from core.simulator.discord.snowflakes import Snowflakes
from core.simulator.discord.world import DiscordWorld
from tests.simulator.discord.conftest import TOKEN, Bot, LookAlike, StepClock, serve


async def test_messages_files_commands_and_private_chats_come_back(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("chart", file=discord.File(io.BytesIO(b"123"), "chart.txt"))
    await (await bot.fetch_user(TOM_ID)).send("alert")
    bot.tree.add_command(discord.app_commands.Command(name="price", description="d", callback=_price))
    await bot.tree.sync()
    snapshot = json.loads(json.dumps(look_alike.world.to_snapshot()))
    clock = StepClock()
    async with serve(DiscordWorld.from_snapshot(snapshot, TOKEN, clock.now), clock) as later:
        _, message = await later.api("GET", f"/channels/{DEALS_ID}/messages/{sent.id}")
        assert message["content"] == "chart"
        async with later.http.get(message["attachments"][0]["url"]) as file:
            assert await file.read() == b"123"
        private = later.world.private_channel(TOM_ID)
        assert [saved.payload["content"] for saved in later.world.messages.all_in(private.id)] == ["alert"]
        assert [command["name"] for command in later.world.commands.of(None)] == ["price"]
        assert later.world.snowflakes.next() > sent.id


async def _price(interaction: discord.Interaction) -> None:
    """Only registered, never run."""


async def test_only_the_newest_messages_are_saved_and_ephemeral_ones_are_not(look_alike: LookAlike) -> None:
    world = look_alike.world
    for number in range(CHANNEL_MESSAGES_SAVED + 1):
        world.people.write(TOM_ID, GENERAL_ID, str(number))
    last = world.messages.all_in(GENERAL_ID)[-1]
    last.ephemeral_to = TOM_ID
    saved = world.to_snapshot()["messages"]
    contents = [message["payload"]["content"] for message in saved]
    assert contents == [str(number) for number in range(CHANNEL_MESSAGES_SAVED)]


def test_a_snapshot_of_another_version_begins_anew() -> None:
    clock = StepClock()
    world = DiscordWorld.from_snapshot({"version": 99}, TOKEN, clock.now)
    assert list(world.guilds) == [GUILD_ID]
    assert world.messages.channel_ids() == []


def test_a_channel_keeps_a_bounded_number_of_messages() -> None:
    clock, messages = StepClock(), Messages()
    ids = Snowflakes(clock.now)
    for _ in range(CHANNEL_MESSAGES_KEPT + 5):
        messages.add(Message(ids.next(), DEALS_ID, BOT_ID, clock.now(), {}))
    kept = messages.all_in(DEALS_ID)
    assert len(kept) == CHANNEL_MESSAGES_KEPT
    assert kept == sorted(kept, key=lambda message: message.id)


def test_ids_grow_even_when_the_clock_goes_back() -> None:
    clock = StepClock()
    ids = Snowflakes(clock.now)
    first = ids.next()
    clock.step(-60)
    assert ids.next() > first


def test_the_memory_for_nonces_is_bounded() -> None:
    clock, nonces = StepClock(), Nonces()
    message = Message(1, DEALS_ID, BOT_ID, clock.now(), {})
    for number in range(10_001):
        nonces.remember(BOT_ID, str(number), message)
    assert nonces.earlier(BOT_ID, "0", clock.now()) is None
    assert nonces.earlier(BOT_ID, "10000", clock.now()) is message
