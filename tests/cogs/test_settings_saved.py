"""Settings are saved, disputed, undone and resumed, by those who may, across restarts."""

import asyncio

import pytest

from core.simulator.app import Simulator
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID
from db.engine import Database
from tests.cogs.conftest import Stage, staged
from tests.cogs.guild_stage import Admin, at_her_settings, keeping_guilds
from tests.cogs.memory import Memory, StepClock
from tests.databases import on_sqlite

pytestmark = [on_sqlite, pytest.mark.slow]
SAVE, DISCARD, HISTORY, OPEN = (f"v1:settings:{act}" for act in ("save", "discard", "history", "open"))


@pytest.fixture
def memory(clock: StepClock, db: Database) -> Memory:
    return keeping_guilds(clock, db)


@pytest.fixture
async def ada(stage: Stage) -> Admin:
    return await at_her_settings(stage)


async def test_a_draft_and_an_open_form_outlive_a_restart(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as before:
        ada = Admin(before)
        await ada.type("setup", channel=str(DEALS_ID))
        await ada.type("settings")
        await ada.enter("trust", confidence="75")
        await ada.sees("Not saved yet: 1 change")
        opened = await ada.press("v1:settings:part", "rhythm")
    async with staged(simulator, memory, clock) as after:
        ada.stage = after
        assert opened.modal is not None
        await ada.send(opened.modal, {"hourly": "5"})
        await ada.sees("Not saved yet: 2 changes")
        await ada.press(SAVE)
        await ada.sees("Saved.")
        settings = await ada.settings()
        assert (settings.posts_per_hour, settings.policy.confidence_min) == (5, 75)


async def test_history_says_who_changed_what_and_undo_takes_back_one_change(ada: Admin) -> None:
    for confidence in ("70", "75"):
        await ada.enter("trust", confidence=confidence)
        await ada.sees(f"{confidence} or more")
        await ada.press(SAVE)
        await ada.sees("Saved.")
    await ada.press(HISTORY)
    said = await ada.sees("Undo change 3")
    assert "3 · confidence" in said
    assert f"<@{ada.id}>, <t:" in said
    assert "**confidence**: 70 or more → 75 or more" in said
    again = Admin(ada.stage)
    await again.type("settings")
    await again.press(HISTORY)
    await asyncio.gather(ada.press("v1:settings:undo:3"), again.press("v1:settings:undo:3"))
    assert (await ada.history())[0].what == "undone: confidence"
    assert len(await ada.history()) == 4
    assert (await ada.settings()).policy.confidence_min == 70
    await ada.press(OPEN)
    await ada.sees("need a confidence of 70 or more")


async def test_an_undo_to_a_channel_that_is_closed_by_now_says_so(ada: Admin) -> None:
    await ada.enter("places", deals=[str(GENERAL_ID)])
    await ada.sees("Not saved yet")
    await ada.press(SAVE)
    await ada.sees("Saved.")
    await ada.stage.deny(Permission.SEND_MESSAGES, DEALS_ID)
    await ada.press(HISTORY)
    await ada.sees("Undo change 2")
    await ada.press("v1:settings:undo:2")
    await ada.sees(f"I cannot post in <#{DEALS_ID}>: I miss Send Messages")


async def test_of_two_admins_who_change_the_same_the_second_is_told(ada: Admin) -> None:
    tom = Admin(ada.stage, TOM_ID)
    members = ada.stage.discord.guilds[GUILD_ID].members
    members[TOM_ID].role_ids.extend(members[ada.id].role_ids)
    await tom.type("settings")
    await ada.enter("trust", confidence="75")
    await ada.sees("Not saved yet")
    await tom.enter("trust", confidence="80")
    await tom.sees("Not saved yet")
    await ada.press(SAVE)
    await ada.sees("Saved.")
    assert "Somebody else changed this meanwhile: confidence" in await tom.told(await tom.press(SAVE))
    assert (await ada.settings()).policy.confidence_min == 75
    await tom.sees("**confidence**: 75 or more → 80 or more")
    await tom.press(SAVE)
    await tom.sees("Saved.")
    assert (await ada.settings()).policy.confidence_min == 80


async def test_who_may_no_longer_manage_the_server_changes_nothing(ada: Admin) -> None:
    await ada.enter("trust", confidence="75")
    await ada.sees("Not saved yet")
    opened = await ada.press("v1:settings:part", "rhythm")
    guild = ada.stage.discord.guilds[GUILD_ID]
    guild.owner_id = TOM_ID
    guild.members[ada.id].role_ids.clear()
    assert opened.modal is not None
    refused = [await ada.press(SAVE), await ada.press(DISCARD), await ada.press(HISTORY)]
    refused.append(await ada.send(opened.modal, {"hourly": "5"}))
    for interaction in refused:
        assert "Only people who may manage this server" in await ada.told(interaction)
    assert len(await ada.history()) == 1


async def test_a_pause_is_told_and_ended_where_the_bot_may_post_again(ada: Admin) -> None:
    await ada.guilds.pause(GUILD_ID, "I may not post in the channel for deals.")
    await ada.type("settings")
    assert f"**Posting to <#{DEALS_ID}> is paused:** I may not post" in ada.read()
    await ada.press("v1:settings:resume")
    await ada.sees("Posting goes on.")
    assert "Post again" not in ada.read()
    assert await ada.guilds.paused_channels(GUILD_ID) == {}


async def test_a_channel_closed_to_the_bot_meanwhile_is_refused_when_saved(ada: Admin) -> None:
    await ada.enter("routes", gold=[str(GENERAL_ID)])
    await ada.sees("Not saved yet")
    await ada.stage.deny(Permission.SEND_MESSAGES, GENERAL_ID)
    assert "I miss: Send Messages" in await ada.told(await ada.press(SAVE))
    assert (await ada.settings()).tier_channels == {}


async def test_a_draft_can_be_thrown_away(ada: Admin) -> None:
    await ada.enter("trust", confidence="75")
    await ada.sees("Not saved yet: 1 change")
    await ada.press(DISCARD)
    said = await ada.sees("Thrown away")
    assert "need a confidence of 60 or more" in said
