"""kill -9 around the sending of a post: whatever the moment, one message and never two."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Venue
from db.engine import Database
from tests.e2e.community import Community, environment, settings_of
from tests.recovery.machine import BotProcess, offline, online, post_about, posts_about
from tests.recovery.rows import age_first_try, arrived, posts_cannot_change, shown

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SENDING = "discord:POST /channels/{channel_id}/messages"


class MovableClock:
    """Discord's clock, which a test may put forward so that nonces are forgotten."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, slots=True)
class Scene:
    """A bot that is set up and online, a market, and a second hand on the database."""

    simulator: Simulator
    bot: BotProcess
    db: Database
    discord_clock: MovableClock

    def list_deal(self, venue: Venue = Venue.CC) -> str:
        now = self.discord_clock()
        return self.simulator.market.list_deal(now, discount_bps=4_000, venue=venue).mint

    async def start_again(self) -> None:
        await offline(self.simulator)
        await self.bot.start()
        await online(self.simulator)


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = MovableClock()
    config = SimulatorConfig(pace=0, cards=80, listings=4, has_limits=False, now=clock)
    async with open_simulator(config) as simulator:
        bot = BotProcess(environment(simulator.url, database_url, tmp_path), tmp_path / "bot.log")
        db = Database(database_url)
        try:
            await bot.start()
            await online(simulator)
            await arrived(db)
            await Community(simulator, settings_of(simulator, database_url, tmp_path)).setup()
            yield Scene(simulator, bot, db, clock)
        finally:
            await bot.kill()
            await db.close()


async def test_killed_before_discord_took_the_message(scene: Scene) -> None:
    fault = scene.simulator.faults.add(SENDING, "hold_before")
    mint = scene.list_deal()
    await fault.hit()
    await scene.bot.kill()
    scene.simulator.faults.clear()
    await scene.start_again()
    await post_about(scene.simulator, mint)
    assert await shown(scene.db) == len(posts_about(scene.simulator, mint)) == 1


async def test_killed_after_discord_took_it_and_before_the_answer(scene: Scene) -> None:
    fault = scene.simulator.faults.add(SENDING, "hold_after")
    mint = scene.list_deal()
    await fault.hit()
    assert len(posts_about(scene.simulator, mint)) == 1
    await scene.bot.kill()
    scene.simulator.faults.clear()
    await scene.start_again()
    assert await shown(scene.db) == len(posts_about(scene.simulator, mint)) == 1


async def test_killed_between_the_answer_and_the_mark(scene: Scene) -> None:
    fault = scene.simulator.faults.add(SENDING, "hold_after")
    mint = scene.list_deal()
    await fault.hit()
    async with posts_cannot_change(scene.db):
        scene.simulator.faults.clear()
        await answered(scene.simulator)
        await scene.bot.kill()
    await scene.start_again()
    assert await shown(scene.db) == len(posts_about(scene.simulator, mint)) == 1


async def test_killed_and_started_after_discord_forgot_the_nonce(scene: Scene) -> None:
    fault = scene.simulator.faults.add(SENDING, "hold_after")
    mint = scene.list_deal()
    await fault.hit()
    await scene.bot.kill()
    scene.simulator.faults.clear()
    scene.discord_clock.ahead = timedelta(minutes=5)
    await age_first_try(scene.db, timedelta(minutes=5))
    await scene.start_again()
    assert await shown(scene.db) == len(posts_about(scene.simulator, mint)) == 1


async def test_killed_after_sending_and_sold_before_the_start(scene: Scene) -> None:
    """The closing edit is wanted before the bot knows of the message it closes."""
    fault = scene.simulator.faults.add(SENDING, "hold_after")
    mint = scene.list_deal(Venue.ME)
    await fault.hit()
    await scene.bot.kill()
    scene.simulator.faults.clear()
    scene.simulator.market.sell(mint, scene.discord_clock())
    scene.discord_clock.ahead = timedelta(minutes=5)
    await age_first_try(scene.db, timedelta(minutes=5))
    await scene.start_again()
    await scene.simulator.discord.watchers.until(
        lambda: "Sold" in str(posts_about(scene.simulator, mint)), seconds=30
    )
    assert await shown(scene.db) == len(posts_about(scene.simulator, mint)) == 1


async def answered(simulator: Simulator) -> None:
    """Wait until Discord's answer to the sending went out, and a little longer for it to arrive."""
    ledger, route = simulator.discord.ledger, "/channels/{channel_id}/messages"
    async with asyncio.timeout(20):
        while not ledger.requests("POST", route):  # noqa: ASYNC110  # nobody is woken by the ledger
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
