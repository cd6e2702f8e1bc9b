"""The whole runtime beside the simulated market, in a time that a test steps: no Discord, no scheduler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from core.cli.demo.plan import vendor_addresses
from core.cli.run import market_jobs
from core.clock import ManualClock
from core.domain.deals import DEFAULT_POLICY
from core.domain.posts import DealPost
from core.jobs import JobRunner
from core.runtime import Runtime, open_runtime
from core.settings import load
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.world import Offered
from db import guilds
from db.posts import PostRow
from db.prices import PricePointRow
from tests.services.house import Stored
from tests.sources.conftest import START, Sleeper

MARKET = SimulatorConfig(data=None, pace=0, cards=60, listings=12, has_limits=False)


class Town:
    """A running bot without Discord, beside the market whose time is its own."""

    def __init__(self, simulator: Simulator, runtime: Runtime, clock: ManualClock) -> None:
        self.market = simulator.market
        self.faults = simulator.faults
        self.runtime = runtime
        self.clock = clock
        self.runner = JobRunner(market_jobs(runtime), runtime.leases, runtime.bus, runtime.metrics)

    async def live(self, seconds: int, *, step_s: int = 20) -> None:
        """Do what is due, again and again."""
        for _ in range(0, seconds, step_s):
            self.clock.advance(timedelta(seconds=step_s))
            await self.runner.run_due()

    async def post_of(self, offered: Offered) -> DealPost:
        async with self.runtime.db.read() as tx:
            payloads = list((await tx.execute(select(PostRow.payload))).scalars())
        deals = [payload for payload in payloads if isinstance(payload, DealPost)]
        [found] = [deal for deal in deals if deal.mint == offered.mint]
        return found

    async def show_posts(self) -> None:
        posts = self.runtime.services.posts
        for post in await posts.claim(100):
            now = self.clock.now()
            await posts.shown(post.id, rev=post.wanted_rev, message_id=1_000 + post.id, sent_at=now)

    async def sales(self) -> list[Stored]:
        """The price points of all sales, oldest first."""
        points = PricePointRow.__table__
        query = select(points).where(points.c.type == "sale").order_by(points.c.at)
        async with self.runtime.db.read() as tx:
            return list(await tx.execute(query))


@asynccontextmanager
async def town(
    url: str, folder: Path, market: SimulatorConfig = MARKET, /, **chosen: str
) -> AsyncIterator[Town]:
    """`chosen`: settings that differ from those of the free vendors and ALT."""
    clock = ManualClock(START)
    config = replace(market, now=clock.now)
    async with open_simulator(config) as simulator:
        place = {"DATABASE_URL": url, "DATA_DIR": str(folder), "WORLD": "demo"}
        settings = load(vendor_addresses(simulator.url) | place | chosen, env_file=None)
        async with open_runtime(settings, clock, sleep=Sleeper(clock).sleep) as runtime:
            await join(runtime, clock.now())
            there = Town(simulator, runtime, clock)
            await there.runner.plan()
            yield there


async def join(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        await guilds.join(tx, 50, "Guild", await guilds.keep_policy(tx, DEFAULT_POLICY, now), now)
    await runtime.services.guilds.choose_channel(50, 5_000, by=1)
