"""kill -9 of the real bot while it edits, values anew or answers: what people see after the restart."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from core.clock import SystemClock
from core.domain.deals import DEFAULT_POLICY
from core.services.guilds import GuildService
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.interactions import Interaction, State
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID
from core.simulator.discord.wire import Json
from core.simulator.market.things import Venue
from db.engine import Database
from db.jobs import JobRow
from db.outcomes import OutcomeRow
from db.tables import METADATA
from tests.e2e.community import Community, environment, settings_of
from tests.recovery.machine import WAIT_S, BotProcess, offline, online, post_about, posts_about
from tests.recovery.rows import arrived, shown, watching

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

EDITING = "discord:PATCH /channels/{channel_id}/messages/{message_id}"
ANSWERING = "discord:POST /webhooks/{application_id}/{token}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A bot that is set up and online, and a deal that it posted."""

    simulator: Simulator
    community: Community
    bot: BotProcess
    db: Database
    mint: str

    async def killed_and_started(self) -> None:
        await self.bot.kill()
        self.simulator.faults.clear()
        await offline(self.simulator)
        await self.bot.start()
        await online(self.simulator)

    async def typed(self, command: str, **options: str) -> Interaction:
        people = self.simulator.discord.people
        return await people.run_command(ADA_ID, DEALS_ID, command, options)

    async def run_now(self, job: str) -> None:
        """Its time has come."""
        async with self.db.write() as tx:
            await tx.execute(update(JobRow).where(JobRow.name == job).values(due_at=datetime.now(UTC)))

    async def leave_out_the_rest(self) -> None:
        """The server is not interested in who sells anything but the deal."""
        market = self.simulator.market
        seller = market.listing(self.mint).seller
        others = {order.seller for order in market.book.open_orders()} - {seller}
        policy = msgspec.structs.replace(DEFAULT_POLICY, sellers_blocked=tuple(sorted(others)))
        guilds = GuildService(self.db, SystemClock())
        await guilds.change(GUILD_ID, lambda now: msgspec.structs.replace(now, policy=policy), by=ADA_ID)

    def revaluing(self) -> list[Json]:
        """The messages of a re-valuation."""
        return [post for post in self.community.posts() if "re-valuation" in str(post["embeds"])]


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    config = SimulatorConfig(pace=0, cards=80, listings=4, has_limits=False)
    async with open_simulator(config) as simulator, watching(database_url) as db:
        bot = BotProcess(environment(simulator.url, database_url, tmp_path), tmp_path / "bot.log")
        community = Community(simulator, settings_of(simulator, database_url, tmp_path))
        try:
            await bot.start()
            await online(simulator)
            await arrived(db)
            await community.setup()
            now = simulator.discord.now()
            mint = simulator.market.list_deal(now, discount_bps=4_000, venue=Venue.ME).mint
            await post_about(simulator, mint)
            await shown(db)
            yield Scene(simulator, community, bot, db, mint)
        finally:
            await bot.kill()


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
async def test_killed_in_the_closing_edit(scene: Scene, moment: str) -> None:
    fault = scene.simulator.faults.add(EDITING, moment)
    scene.simulator.market.sell(scene.mint, scene.simulator.discord.now())
    await fault.hit()
    await scene.killed_and_started()
    await scene.community.until(lambda: "Sold" in str(posts_about(scene.simulator, scene.mint)))
    assert await shown(scene.db) == len(posts_about(scene.simulator, scene.mint)) == 1
    await scene.run_now("follow-up")
    assert await endings(scene.db) == ["sold"]


async def endings(db: Database) -> list[str | None]:
    """How the calls ended, as soon as it is known of all."""
    async with asyncio.timeout(WAIT_S):
        while True:
            async with db.read() as tx:
                found = list((await tx.execute(select(OutcomeRow.ended_as))).scalars())
            if found and None not in found:
                return found
            await asyncio.sleep(0.05)


async def test_a_recheck_goes_on_after_the_restart_and_ends_at_its_total(scene: Scene) -> None:
    await scene.leave_out_the_rest()
    fault = scene.simulator.faults.add("vendor:alt", "hold_before", times=None)
    await scene.simulator.discord.people.settled(await scene.typed("deals recheck", span="all"))
    await fault.hit()
    await scene.killed_and_started()
    await scene.community.until(lambda: "valued anew" in str(scene.revaluing()))
    [result] = scene.revaluing()
    said = str(result["embeds"][0]["description"])
    [(done, total)] = re.findall(r"\*\*(\d+) of (\d+) listings?\*\* valued anew", said)
    assert int(done) == int(total) >= 1
    assert not result["components"]


async def test_a_recheck_is_cancelled_with_its_button_after_the_restart(scene: Scene) -> None:
    fault = scene.simulator.faults.add("vendor:alt", "hold_before", times=None)
    await scene.simulator.discord.people.settled(await scene.typed("deals recheck", span="all"))
    await scene.community.until(lambda: bool(scene.revaluing()))
    await fault.hit()
    await scene.bot.kill()
    await offline(scene.simulator)
    await scene.bot.start()
    await online(scene.simulator)
    [post] = scene.revaluing()
    await scene.community.press(post, "Cancel", ADA_ID)
    await scene.community.until(lambda: "was cancelled" in str(scene.revaluing()))
    [result] = scene.revaluing()
    assert not result["components"]
    scene.simulator.faults.clear()


async def test_a_replay_leaves_nothing_behind_and_is_answered_when_asked_again(scene: Scene) -> None:
    fault = scene.simulator.faults.add(ANSWERING, "hold_before")
    before = await stored(scene.db)
    first = await scene.typed("deals replay", days="7")
    await fault.hit()
    await scene.killed_and_started()
    assert (first.state, first.is_settled) == (State.DEFERRED, False)  # Discord gives up after 15 minutes
    assert await stored(scene.db) == before
    again = await scene.simulator.discord.people.settled(await scene.typed("deals replay", days="7"))
    assert "settings" in str(again.to_outcome()["message"]), again.to_outcome()


async def stored(db: Database) -> dict[str, int]:
    """How many rows there are of what people asked for or chose."""
    names = ("guild_settings", "settings_draft", "page", "revaluation", "post", "outcome")
    async with db.read() as tx:
        return {
            name: len((await tx.execute(select(table))).all())
            for name, table in METADATA.tables.items()
            if name in names
        }
