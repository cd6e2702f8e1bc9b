"""A few posts in flight, one a channel: who must wait holds up nobody, and the best goes next."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from cogs.publisher import IN_FLIGHT_MAX, SLOW_AFTER_S, TRIES_MAX, Publisher
from cogs.ui.pacing import EDITS_MAX, EVERYTHING_A_SECOND, SENDS_MAX, WINDOW_S, Pacing
from core.domain.posts import Destination, Rank, Resting
from core.events import Bus
from core.services.posts import PostService
from core.simulator.discord.guilds import Channel
from core.simulator.discord.population import DEALS_ID, GUILD_ID
from core.simulator.faults import FaultKind
from db import posts as outbox
from db.engine import Database
from db.posts import Wish
from tests.cogs.conftest import Stage
from tests.cogs.deal_posts import GOOD_DEAL, a_post

SEND = "discord:POST /channels/{channel_id}/messages"
FIRST, CHANNELS = DEALS_ID + 10_000, 70


@dataclass(frozen=True, slots=True)
class Town:
    """A server with many channels for deals."""

    stage: Stage
    publisher: Publisher

    def want(self, count: int, *, channels: int) -> None:
        """So many posts, in turn in so many channels."""
        posts = [a_post(n + 1, FIRST + n % channels, GUILD_ID) for n in range(count)]
        self.stage.memory.posts.wanted.extend(posts)

    @property
    def told(self) -> dict[int, tuple[object, ...]]:
        return self.stage.memory.posts.told

    def written(self) -> int:
        """How many messages stand in all the channels."""
        return sum(len(self.stage.discord.messages.all_in(FIRST + n)) for n in range(CHANNELS))

    def found(self, channels: int) -> None:
        guild = self.stage.discord.guilds[GUILD_ID]
        for n in range(channels):
            guild.channels[FIRST + n] = Channel(FIRST + n, f"deals-{n}", GUILD_ID)


@pytest.fixture
async def town(stage: Stage) -> Town:
    town = Town(stage, stage.publisher)
    town.found(CHANNELS)
    return town


async def test_only_a_few_are_in_flight(town: Town) -> None:
    hold = town.stage.simulator.faults.add(SEND, FaultKind.HOLD_BEFORE, times=None)
    town.want(20, channels=20)
    publishing = asyncio.create_task(town.publisher.publish_due())
    await hold.hit(IN_FLIGHT_MAX)
    assert len(town.stage.memory.posts.wanted) == 20 - IN_FLIGHT_MAX
    town.stage.simulator.faults.clear()
    assert await publishing == 20
    assert all(told[0] == "shown" for told in town.told.values())


async def test_a_channel_that_keeps_us_waiting_holds_up_nobody(town: Town) -> None:
    hold = town.stage.simulator.faults.add(SEND, FaultKind.HOLD_BEFORE)
    town.want(1, channels=1)
    publishing = asyncio.create_task(town.publisher.publish_due())
    await hold.hit()
    town.stage.memory.posts.wanted.extend(a_post(n, FIRST + n, GUILD_ID) for n in range(2, 32))
    town.stage.memory.posts.told_of.set()
    await town.stage.discord.watchers.until(lambda: town.written() == 30 or None)
    assert 1 not in town.told
    town.stage.simulator.faults.clear()
    assert await publishing == 31


async def test_slow_tries_give_up_their_slots_but_not_without_end(town: Town) -> None:
    hold = town.stage.simulator.faults.add(SEND, FaultKind.HOLD_BEFORE, times=None)
    town.want(60, channels=60)
    publishing = asyncio.create_task(town.publisher.publish_due())
    for taken in range(IN_FLIGHT_MAX, TRIES_MAX + 1, IN_FLIGHT_MAX):
        await hold.hit(taken)
        town.stage.clock.step(SLOW_AFTER_S)
        town.stage.memory.posts.told_of.set()
    assert len(town.stage.memory.posts.wanted) == 60 - TRIES_MAX
    town.stage.simulator.faults.clear()
    assert await publishing == 60


async def test_the_posts_of_a_channel_come_in_their_order(town: Town) -> None:
    hold = town.stage.simulator.faults.add(SEND, FaultKind.HOLD_BEFORE)
    town.want(4, channels=1)
    publishing = asyncio.create_task(town.publisher.publish_due())
    await hold.hit()
    assert len(town.stage.memory.posts.wanted) == 3
    town.stage.simulator.faults.clear()
    assert await publishing == 4
    assert list(town.told) == [1, 2, 3, 4]


async def test_a_channel_that_had_its_share_rests_and_the_others_go_on(town: Town) -> None:
    town.want(SENDS_MAX + 2, channels=1)
    town.stage.memory.posts.wanted.append(a_post(99, FIRST + 1, GUILD_ID))
    assert await town.publisher.publish_due() == SENDS_MAX + 1
    assert (len(town.stage.memory.posts.wanted), 99 in town.told) == (2, True)
    town.stage.clock.step(WINDOW_S)
    assert await town.publisher.publish_due() == 2


async def test_a_channel_that_discord_tells_to_wait_rests_as_long(town: Town) -> None:
    town.stage.simulator.faults.add(SEND, FaultKind.RATE_LIMIT, seconds=120)
    town.want(3, channels=1)
    assert await town.publisher.publish_due() == 1
    town.stage.clock.step(120)
    assert await town.publisher.publish_due() == 2


async def test_a_stop_calls_off_what_is_in_flight(town: Town) -> None:
    hold = town.stage.simulator.faults.add(SEND, FaultKind.HOLD_BEFORE, times=None)
    town.want(3, channels=3)
    publishing = asyncio.create_task(town.publisher.publish_due())
    await hold.hit(3)
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    assert town.told == {}


def a_wish(n: int, rank: Rank, channel_id: int) -> Wish:
    return Wish(f"deal:{n}", Destination(channel_id, GUILD_ID), GOOD_DEAL, f"n{n}", rank)


@pytest.mark.slow
async def test_gold_that_is_wanted_during_a_long_run_is_sent_next_under_discords_own_limits(
    town: Town, db: Database
) -> None:
    posts = PostService(db, town.stage.clock, Bus())
    services = replace(town.stage.bot.services, posts=posts)
    publisher = Publisher(
        town.stage.bot, services=services, clock=town.stage.clock, metrics=town.stage.bot.metrics
    )
    now = town.stage.clock.now()
    async with db.write() as tx:
        await outbox.want_all(tx, [a_wish(n, Rank.INFO, FIRST + n) for n in range(60)], now)
    publishing = asyncio.create_task(publisher.publish_due())
    messages = town.stage.discord.messages
    await town.stage.discord.watchers.until(lambda: messages.all_in(FIRST + 9))
    async with db.write() as tx:
        await outbox.want(tx, a_wish(99, Rank.GOLD, FIRST + 69), now)
    before = town.written()
    while await publishing:
        town.stage.clock.step(1)
        publishing = asyncio.create_task(publisher.publish_due())
    [gold] = messages.all_in(FIRST + 69)
    sooner = [m for n in range(60) for m in messages.all_in(FIRST + n) if m.id < gold.id]
    assert len(sooner) <= before + IN_FLIGHT_MAX
    assert town.written() == 61


def test_pacing_keeps_below_what_discord_grants() -> None:
    pacing = Pacing()
    for n in range(EVERYTHING_A_SECOND):
        assert pacing.room(0.5) == EVERYTHING_A_SECOND - n
        pacing.sent(n, 0.5, is_edit=False)
    assert (pacing.room(1.4), pacing.room(1.5)) == (0, EVERYTHING_A_SECOND)
    assert (pacing.pause_s(1.25), pacing.pause_s(1.5)) == (0.25, 0.0)


def test_edits_of_a_channel_do_not_keep_its_new_posts_back() -> None:
    pacing = Pacing()
    for _ in range(EDITS_MAX):
        pacing.sent(1, 0.0, is_edit=True)
    assert pacing.resting(1.0) == Resting(edits=frozenset({1}))
    pacing.wait(2, 9.0, is_edit=False)
    pacing.wait(3, 9.0, is_edit=True)
    assert pacing.resting(WINDOW_S) == Resting(frozenset({2}), frozenset({3}))
    assert pacing.resting(9.0) == Resting()
