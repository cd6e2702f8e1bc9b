"""/setup: from an invitation to a configured server in three steps, by those who may."""

import asyncio

import pytest
from msgspec.structs import replace

from core.domain.deals import DealTier
from core.domain.guild_presets import HIDDEN, Preset
from core.domain.guilds import DEFAULT_SETTINGS
from core.domain.listings import SourceName
from core.domain.sources import SourcePlan, SourceView
from core.simulator.app import Simulator
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GENERAL_ID,
    GUILD_ID,
    TOM_ID,
    TRADER_ROLE_ID,
)
from db.engine import Database
from tests.cogs.conftest import Stage, staged
from tests.cogs.guild_stage import Admin, keeping_guilds
from tests.cogs.memory import Memory, StepClock
from tests.databases import on_sqlite

pytestmark = [on_sqlite, pytest.mark.slow]
GOLD, HIGH = DealTier.GOLD, DealTier.HIGH
CHANNEL, ROLE, CALLS = "v1:setup:channel", "v1:setup:role", "v1:setup:calls"
NOBODY, BACK_TO_CHANNEL = "v1:setup:quiet:3", "v1:setup:step:1"


@pytest.fixture
def memory(clock: StepClock, db: Database) -> Memory:
    return keeping_guilds(clock, db)


@pytest.fixture
def ada(stage: Stage) -> Admin:
    return Admin(stage)


def plan(name: SourceName, *, off_because: str = "") -> SourceView:
    return SourceView(SourcePlan(name, off_because), False, None, "", None, 0, None)


async def test_three_choices_lead_from_an_invitation_to_done(ada: Admin) -> None:
    answer = await ada.type("setup")
    assert answer.ephemeral_to == ada.id
    said = ada.read()
    assert "Step 1 of 3 · Where shall deals go?" in said
    assert "Next: who is pinged." in said

    await ada.press(CHANNEL, str(DEALS_ID))
    said = await ada.sees("Step 2 of 3 · Who shall be pinged?")
    assert f"Deals go to <#{DEALS_ID}>" in said
    assert "What I miss" not in said

    await ada.press(ROLE, str(DEAL_PINGS_ROLE_ID))
    said = await ada.sees("Step 3 of 3 · What shall be posted?")
    assert f"Pinged: <@&{DEAL_PINGS_ROLE_ID}> for GOLD and HIGH" in said
    assert "Neither ALT nor PriceCharting is connected" in said
    assert "Until they reach the 60 that you ask for, a deal is a LOOK" in said
    assert "ALT's values" not in said
    assert "PriceCharting's values" not in said

    await ada.press(CALLS, Preset.BALANCED)
    said = await ada.sees("Ready")
    assert "Posted: GOLD, HIGH, INFO, LOOK\n" in said
    settings = await ada.settings()
    assert settings.channel_id == DEALS_ID
    assert settings.ping_roles == {GOLD: DEAL_PINGS_ROLE_ID, HIGH: DEAL_PINGS_ROLE_ID}
    assert settings.tiers_hidden == HIDDEN[Preset.BALANCED]
    assert [change.by for change in await ada.history()] == [ada.id] * 3


async def test_each_step_holds_at_once_and_the_next_one_works_after_a_restart(
    simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as before:
        ada = Admin(before)
        await ada.type("setup")
        await ada.press(CHANNEL, str(DEALS_ID))
        await ada.sees("Step 2 of 3")
    async with staged(simulator, memory, clock) as after:
        ada.stage = after
        assert (await ada.settings()).channel_id == DEALS_ID
        await ada.press(NOBODY)
        await ada.sees("Pinged: nobody")
        await ada.press(CALLS, Preset.BEST)
        await ada.sees("Ready")
        assert (await ada.settings()).tiers_hidden == HIDDEN[Preset.BEST]


async def test_a_second_run_shows_what_is_chosen_and_keeps_it(ada: Admin) -> None:
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("setup")
    assert f"Deals go to <#{DEALS_ID}>" in ada.read()
    await ada.press("v1:setup:step:2")
    await ada.sees("Step 2 of 3")
    await ada.press(BACK_TO_CHANNEL)
    await ada.sees("Step 1 of 3")
    assert len(await ada.history()) == 1


async def test_a_channel_given_with_the_command_is_chosen_at_once(ada: Admin) -> None:
    await ada.type("setup", channel=str(DEALS_ID))
    assert f"Deals go to <#{DEALS_ID}> from now on." in ada.read()
    assert (await ada.settings()).channel_id == DEALS_ID


async def test_a_channel_that_is_of_no_use_any_more_cannot_be_kept(ada: Admin) -> None:
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("setup")
    assert "Keep this channel" in ada.read()
    await ada.guilds.pause(GUILD_ID, "I may not post.")
    await ada.type("setup")
    assert "Posting is paused:** I may not post." in ada.read()
    assert "Keep this channel" not in ada.read()
    await ada.guilds.resume(GUILD_ID, by=1)
    await ada.stage.deny(Permission.VIEW_CHANNEL)
    await ada.type("setup")
    assert "I miss View Channel" in ada.read()
    assert "Keep this channel" not in ada.read()


async def test_steps_after_the_first_wait_for_a_channel(ada: Admin) -> None:
    await ada.type("setup")
    await ada.press(CHANNEL, str(DEALS_ID))
    await ada.sees("Step 2 of 3")
    await ada.guilds.change(GUILD_ID, lambda _: DEFAULT_SETTINGS, by=1)
    await ada.press(NOBODY)
    await ada.sees("Step 1 of 3")


async def test_who_may_no_longer_manage_the_server_is_refused_at_every_step(ada: Admin) -> None:
    await ada.type("setup")
    await ada.press(CHANNEL, str(DEALS_ID))
    await ada.sees("Step 2 of 3")
    guild = ada.stage.discord.guilds[GUILD_ID]
    guild.owner_id = TOM_ID
    guild.members[ada.id].role_ids.clear()
    for press in (ada.press(ROLE, str(DEAL_PINGS_ROLE_ID)), ada.press(NOBODY)):
        assert "Only people who may manage this server" in await ada.told(await press)
    assert len(await ada.history()) == 1


async def test_a_channel_where_the_bot_may_not_post_is_refused(ada: Admin) -> None:
    for denied, named in (
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ):
        await ada.stage.deny(denied)
        await ada.type("setup")
        said = await ada.told(await ada.press(CHANNEL, str(DEALS_ID)))
        assert f"I cannot post in <#{DEALS_ID}>. I miss: " in said
        assert named in said
        assert "Channel settings → Permissions" in said
        await ada.type("setup", channel=str(DEALS_ID))
        assert named in ada.read()
    assert await ada.history() == ()


async def test_a_channel_without_history_or_files_is_taken_with_a_warning(ada: Admin) -> None:
    await ada.stage.deny(Permission.READ_MESSAGE_HISTORY | Permission.ATTACH_FILES)
    await ada.type("setup")
    await ada.press(CHANNEL, str(DEALS_ID))
    said = await ada.sees("What I miss")
    assert f"I miss Attach Files, Read Message History in <#{DEALS_ID}>" in said
    assert "without their chart" in said
    assert (await ada.settings()).channel_id == DEALS_ID


async def test_a_role_that_hears_nothing_is_taken_with_a_warning(ada: Admin) -> None:
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("setup")
    await ada.press("v1:setup:step:2")
    await ada.sees("Step 2 of 3")
    await ada.press(ROLE, str(TRADER_ROLE_ID))
    said = await ada.sees("What I miss")
    assert f"<@&{TRADER_ROLE_ID}> hears nothing when I mention it. Server settings → Roles" in said


async def test_everyone_is_never_pinged(ada: Admin) -> None:
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("setup")
    await ada.press("v1:setup:step:2")
    await ada.sees("Step 2 of 3")
    assert "never ping everyone" in await ada.told(await ada.press(ROLE, str(GUILD_ID)))
    assert (await ada.settings()).ping_roles == {}


async def test_with_alt_and_pricecharting_setup_says_what_they_reach(ada: Admin) -> None:
    ada.stage.memory.sources.views = (
        plan(SourceName.ALT),
        plan(SourceName.PRICECHARTING),
        plan(SourceName.PSA, off_because="PSA_TOKEN is not set"),
    )
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("setup")
    await ada.press("v1:setup:step:2")
    await ada.sees("Step 2 of 3")
    await ada.press(NOBODY)
    said = await ada.sees("Step 3 of 3")
    assert "ALT's values: as sure as ALT says it is." in said
    assert "PriceCharting's values: 70." in said
    assert "60 once I saw 3 within 90 days, 75 from 10" in said
    assert "Neither" not in said
    assert "a deal is a LOOK" not in said


async def test_a_confidence_that_no_source_reaches_is_told_in_the_last_step(ada: Admin) -> None:
    await ada.guilds.change(
        GUILD_ID,
        lambda now: replace(now, channel_id=DEALS_ID, policy=replace(now.policy, confidence_min=90)),
        by=ada.id,
    )
    await ada.type("setup")
    await ada.press("v1:setup:step:2")
    await ada.sees("Step 2 of 3")
    await ada.press(NOBODY)
    said = await ada.sees("Step 3 of 3")
    assert "You ask for a confidence of 90; my sources reach 75 at most" in said
    await ada.press("v1:setup:step:4")
    assert "no GOLD, HIGH or INFO will come" in await ada.sees("Ready")


async def test_two_who_choose_at_once_leave_one_channel_and_two_versions(ada: Admin) -> None:
    again = Admin(ada.stage)
    await ada.type("setup")
    await again.type("setup")
    await asyncio.gather(ada.press(CHANNEL, str(DEALS_ID)), again.press(CHANNEL, str(GENERAL_ID)))
    assert (await ada.settings()).channel_id in {DEALS_ID, GENERAL_ID}
    assert len(await ada.history()) == 2
