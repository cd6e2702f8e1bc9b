"""A role that the settings ping is out of reach: told once where somebody reads it, and deals go on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.simulator.app import Simulator
from core.simulator.discord import places
from core.simulator.discord.guilds import Guild, Overwrite
from core.simulator.discord.messages import Message
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    ADA_ID,
    BOT_ID,
    BOT_ROLE_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GUILD_ID,
    TOM_ID,
    TRACE_ID,
    TRADER_ROLE_ID,
)
from core.simulator.discord.world import DiscordWorld
from core.simulator.faults import FaultKind
from db.engine import Database
from tests.cogs.conftest import PATIENCE_S, Stage, staged
from tests.cogs.memory import Memory, StepClock
from tests.cogs.wallet_house import house_behind, now_listed
from tests.databases import on_sqlite
from tests.services.house import House
from tests.services.reports import by_alt

pytestmark = [on_sqlite, pytest.mark.slow]

ROLE = DEAL_PINGS_ROLE_ID
GOLD, HIGH = DealTier.GOLD, DealTier.HIGH
PINGS = ServerSettings(channel_id=DEALS_ID, trace_channel_id=TRACE_ID, ping_roles={GOLD: ROLE, HIGH: ROLE})
EVERYONE = Permission.MENTION_EVERYONE
Act = Callable[[DiscordWorld, Guild], None]


def change(role_id: int, *, is_mentionable: bool = False, without: int = 0, more: int = 0) -> Act:
    """A role's word: who may mention it, and what it allows."""

    def act(world: DiscordWorld, guild: Guild) -> None:
        role = guild.roles[role_id]
        permissions = role.permissions & ~without | more
        places.change_role(world, guild, role, is_mentionable=is_mentionable, permissions=permissions)

    return act


def delete(role_id: int) -> Act:
    return lambda world, guild: places.remove_role(world, guild, guild.roles[role_id])


def roles_of_bot(*role_ids: int) -> Act:
    return lambda world, guild: places.give_roles(world, guild, BOT_ID, list(role_ids))


def overwrite(allow: int = 0, deny: int = 0) -> Act:
    rule = Overwrite(BOT_ID, is_member=True, allow=allow, deny=deny)
    return lambda world, guild: places.overwrite(world, guild.channels[DEALS_ID], rule)


DELETED, CHANGED, MEMBER, CHANNEL = (
    "guild_role_delete", "guild_role_update", "member_update", "guild_channel_update",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """A server that pings a role, with a bot in it and the house behind that."""

    stage: Stage
    house: House

    async def happens(self, event: str, act: Act) -> None:
        """Something changes, and all that the bot does about it is done."""
        bot, world = self.stage.bot, self.stage.discord
        heard = asyncio.create_task(bot.wait_for(event, timeout=PATIENCE_S))
        await asyncio.sleep(0)
        act(world, world.guilds[GUILD_ID])
        await heard
        await at_rest()

    async def choose(self, settings: ServerSettings) -> None:
        await self.house.guilds.change(GUILD_ID, lambda _: settings, by=ADA_ID)

    async def said(self, channel_id: int = TRACE_ID) -> list[str]:
        """What stands in a channel by now, oldest first."""
        while await self.stage.publisher.publish_due():
            pass
        return [str(m.payload["embeds"][0]["description"]) for m in self.stage.messages(channel_id)]

    async def offer(self, mint: str) -> Message:
        """A GOLD deal, as the channel shows it."""
        self.house.value(by_alt(), mint)
        await self.house.tell(now_listed(self.house, 80, mint=mint))
        await self.house.appraisal.work_due()
        await self.stage.publisher.publish_due()
        await at_rest()
        return self.stage.messages()[-1]


async def at_rest() -> None:
    """Until nothing is left that the bot began when it was told of something."""
    while begun := [t for t in asyncio.all_tasks() if t.get_name().startswith("discord.py: on_")]:
        await asyncio.wait(begun, timeout=PATIENCE_S)


@pytest.fixture
def house(memory: Memory, db: Database, clock: StepClock) -> House:
    house = house_behind(memory, db, clock)
    memory.services = replace(memory.services, pings=house.pings)
    return house


@pytest.fixture
async def server(house: House, stage: Stage) -> Server:
    await at_rest()
    server = Server(stage, house)
    await server.choose(PINGS)
    return server


async def test_a_deleted_role_is_told_once_and_deals_go_on_without_its_name(server: Server) -> None:
    before = await server.offer("mint-1")
    assert (before.payload["content"], before.pinged) == (f"<@&{ROLE}>", (TOM_ID,))
    await server.happens(DELETED, delete(ROLE))
    [notice] = await server.said()
    assert notice.startswith("**I cannot ping a role**\nThe role that I ping for GOLD and HIGH is gone.")
    assert "`/settings`" in notice
    after = await server.offer("mint-2")
    assert (after.payload["content"], after.pinged) == ("", ())
    assert after.payload["embeds"]
    world, guild = server.stage.discord, server.stage.discord.guilds[GUILD_ID]
    places.begin_outage(world, guild)
    await server.happens("guild_available", places.end_outage)
    assert await server.said() == [notice]


LOSSES: list[tuple[Act | None, str, Act]] = [
    (None, CHANGED, change(ROLE)),
    (change(BOT_ROLE_ID, more=EVERYONE), CHANGED, change(BOT_ROLE_ID, without=EVERYONE)),
    (change(TRADER_ROLE_ID, more=EVERYONE), MEMBER, roles_of_bot(BOT_ROLE_ID)),
    (overwrite(allow=EVERYONE), CHANNEL, overwrite()),
    (change(BOT_ROLE_ID, more=EVERYONE), CHANNEL, overwrite(deny=EVERYONE)),
]
"""What let the bot ping the role (None: everybody may), and how that ends."""


@pytest.mark.parametrize(("granted_by", "event", "loss"), LOSSES)
async def test_whatever_takes_a_role_out_of_reach_is_told_with_the_way_back(
    server: Server, granted_by: Act | None, event: str, loss: Act
) -> None:
    world, guild = server.stage.discord, server.stage.discord.guilds[GUILD_ID]
    if granted_by is not None:
        await server.happens(MEMBER, roles_of_bot(BOT_ROLE_ID, TRADER_ROLE_ID))
        granted_by(world, guild)
        await server.happens(CHANGED, change(ROLE))
    assert await server.said() == []
    assert (await server.offer("mint-1")).pinged == (TOM_ID,)
    await server.happens(event, loss)
    [notice] = await server.said()
    assert f"<@&{ROLE}>, which I ping for GOLD and HIGH, hears nothing of it in <#{DEALS_ID}>." in notice
    assert "allow anyone to mention it, or grant me Mention Everyone" in notice
    silent = await server.offer("mint-2")
    assert (silent.payload["content"], silent.pinged) == (f"<@&{ROLE}>", ())
    assert await server.said() == [notice]


async def test_what_was_lost_while_the_bot_was_away_is_told_when_it_is_back(
    house: House, simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as before:
        await at_rest()
        await Server(before, house).choose(PINGS)
    world = simulator.discord
    places.remove_role(world, world.guilds[GUILD_ID], world.guilds[GUILD_ID].roles[ROLE])
    for _ in range(2):
        async with staged(simulator, memory, clock) as after:
            await at_rest()
            assert len(await Server(after, house).said()) == 1


async def test_two_processes_tell_it_once(
    server: Server, simulator: Simulator, memory: Memory, clock: StepClock
) -> None:
    async with staged(simulator, memory, clock) as other:
        heard = asyncio.create_task(other.bot.wait_for(DELETED, timeout=PATIENCE_S))
        await asyncio.sleep(0)
        await server.happens(DELETED, delete(ROLE))
        await heard
        await at_rest()
        assert len(await server.said()) == 1


async def test_settings_that_were_saved_since_are_told_of_anew(server: Server) -> None:
    await server.happens(CHANGED, change(ROLE))
    await server.choose(msgspec.structs.replace(PINGS, posts_per_hour=7))
    await server.happens(CHANGED, change(BOT_ROLE_ID, without=Permission.ADD_REACTIONS))
    assert len(await server.said()) == 2


QUIET: list[tuple[ServerSettings, str, Act]] = [
    (PINGS, DELETED, delete(TRADER_ROLE_ID)),
    (PINGS, CHANGED, change(TRADER_ROLE_ID)),
    (PINGS, CHANGED, change(ROLE, is_mentionable=True, more=EVERYONE)),
    (msgspec.structs.replace(PINGS, channel_id=None), DELETED, delete(ROLE)),
    (msgspec.structs.replace(PINGS, tiers_hidden=(GOLD, HIGH)), CHANGED, change(ROLE)),
]


@pytest.mark.parametrize(("settings", "event", "act"), QUIET)
async def test_what_takes_no_ping_away_is_nobodys_business(
    server: Server, settings: ServerSettings, event: str, act: Act
) -> None:
    await server.choose(settings)
    await server.happens(event, act)
    assert await server.said() == []


async def test_a_channel_that_is_closed_to_the_bot_is_told_of_as_such_alone(server: Server) -> None:
    await server.happens(CHANNEL, overwrite(deny=Permission.SEND_MESSAGES))
    await server.happens(CHANGED, change(ROLE))
    assert await server.said() == []


async def test_where_nobody_could_be_told_the_next_deal_tries_again(server: Server) -> None:
    await server.choose(msgspec.structs.replace(PINGS, trace_channel_id=None))
    opening = "discord:POST /users/@me/channels"
    server.stage.simulator.faults.add(opening, FaultKind.STATUS, status=403, code=50007)
    await server.happens(DELETED, delete(ROLE))
    server.stage.simulator.faults.clear()
    assert (await server.offer("mint-1")).payload["content"] == ""
    assert len(await server.said(server.stage.discord.private_channel(ADA_ID).id)) == 1
