"""Either end starts again: the look-alike under a connected client, and the bot under people who wait."""

import asyncio
import json
import socket

import discord
import pytest

from core.simulator.discord.interactions import State
from core.simulator.discord.population import DEALS_ID, TOM_ID
from core.simulator.discord.world import DiscordWorld
from tests.simulator.discord.conftest import (
    PATIENCE_S,
    TOKEN,
    Bot,
    LookAlike,
    StartBot,
    StepClock,
    point_discord_py_at,
    serve,
)
from tests.simulator.discord.panels import CopyButton


class QuickBot(Bot):
    """Logs in again without the pause that Discord asks for between identifies."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return


async def test_a_client_comes_back_to_a_look_alike_that_was_restarted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, bot = StepClock(), QuickBot()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with serve(DiscordWorld(TOKEN, clock.now), clock, listener.dup()) as before:
            point_discord_py_at(before.url, monkeypatch)
            await bot.login(TOKEN)
            connecting = asyncio.create_task(bot.connect())
            await asyncio.wait_for(bot.wait_until_ready(), PATIENCE_S)
            sent = await bot.channel(DEALS_ID).send("before")
            saved = json.dumps(before.world.to_snapshot())
        world = DiscordWorld.from_snapshot(json.loads(saved), TOKEN, clock.now)
        async with serve(world, clock, listener.dup()) as after:
            await after.world.watchers.until(lambda: after.world.sessions.starts == 1)
            await asyncio.wait_for(bot.wait_until_ready(), PATIENCE_S)
            written = world.people.write(TOM_ID, DEALS_ID, "after")
            while (await bot.next_message()).id != written.id:
                pass
            assert (await sent.edit(content="edited")).content == "edited"
            assert (bot.connects, bot.resumed.is_set(), world.sessions.starts) == (2, False, 1)
            await bot.close()
            await asyncio.gather(connecting, return_exceptions=True)


async def started(start_bot: StartBot) -> Bot:
    bot = Bot()
    bot.add_dynamic_items(CopyButton)
    return await start_bot(bot)


async def test_a_button_waits_for_the_next_start_of_its_bot(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    people, view = look_alike.world.people, discord.ui.View(timeout=None).add_item(CopyButton(7))
    first = await started(start_bot)
    post = await first.channel(DEALS_ID).send("deal", view=view)
    await first.close()
    await look_alike.world.watchers.until(lambda: not look_alike.world.sessions.is_online)
    look_alike.world.first_answer_s = 0.05
    missed = await people.press(TOM_ID, post.id, "v1:copy:7")
    assert (missed.state, missed.to_outcome()["error"]) == (State.FAILED, "This interaction failed")
    people.write(TOM_ID, DEALS_ID, "while it was away")
    look_alike.world.first_answer_s = PATIENCE_S
    second = await started(start_bot)
    answered = await people.press(TOM_ID, post.id, "v1:copy:7")
    assert answered.original is not None
    assert answered.original.payload["content"] == "post 7"
    assert second.seen == []
