"""One listing for a thousand servers, timed: python -m tests.benchmarks.fanout [DATABASE_URL].

Decided for fifty policies and asked for in one transaction; then shown by the real client at the look-alike
with Discord's own limits, while a GOLD deal comes in the middle of it.
"""

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import event

from cogs.client import point_at
from cogs.publisher import Publisher
from core.domain.posts import Destination, Rank
from core.events import Bus
from core.services.posts import PostService
from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.discord.guilds import Channel
from core.simulator.discord.messages import Message
from core.simulator.discord.population import GUILD_ID
from db import posts as outbox
from db.deals import VerdictRow
from db.engine import Database
from db.posts import PostRow, Wish
from tests.cogs.conftest import TOKEN, Stage, staged
from tests.cogs.deal_posts import GOOD_DEAL
from tests.cogs.memory import Memory, StepClock
from tests.databases import make_ready
from tests.services.crowd import CHANNELS, gather, policies
from tests.services.house import House
from tests.services.reports import by_alt, listed

SERVERS, POLICIES = 1_000, 50
GOLD_AFTER = SERVERS // 2
GRANTED_A_SECOND = 50
PATIENCE_S = 600.0


async def decide(db: Database) -> None:
    """One listing through the line."""
    house = House(db)
    await gather(db, SERVERS, policies(POLICIES), house.clock.now())
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    counted: Counter[str] = Counter()
    engine = db._writer.sync_engine
    event.listen(engine, "commit", lambda _: counted.update(["transactions"]))
    event.listen(engine, "before_cursor_execute", lambda *_: counted.update(["statements"]))
    begun = time.perf_counter()
    await house.appraisal.work_due()
    took_ms = (time.perf_counter() - begun) * 1_000
    evaluations, wanted = len(await house.rows(VerdictRow)), len(await house.rows(PostRow))
    print(
        f"{SERVERS} servers, {POLICIES} policies, one listing: {evaluations} evaluations, {wanted} posts, "
        f"{counted['transactions']} transactions, {counted['statements']} statements, {took_ms:.0f} ms",
        flush=True,
    )


async def show(db: Database) -> None:
    """All of it shown, with a GOLD deal wanted halfway."""
    clock = StepClock()
    config = SimulatorConfig(pace=0, cards=20, listings=5, bot_token=TOKEN, now=clock.now)
    async with open_simulator(config) as simulator:
        point_at(simulator.url)
        channels = simulator.discord.guilds[GUILD_ID].channels
        for channel_id in range(CHANNELS, CHANNELS + SERVERS + 1):
            channels[channel_id] = Channel(channel_id, f"deals-{channel_id}", GUILD_ID)
        async with staged(simulator, Memory(clock), clock) as stage:
            await _publish(stage, db)


async def _publish(stage: Stage, db: Database) -> None:
    services = replace(stage.bot.services, posts=PostService(db, stage.clock, Bus()))
    publisher = Publisher(stage.bot, services=services, clock=stage.clock, metrics=stage.bot.metrics)
    begun, channels = time.perf_counter(), range(CHANNELS, CHANNELS + SERVERS + 1)

    def written() -> list[Message]:
        return [message for channel_id in channels for message in stage.discord.messages.all_in(channel_id)]

    wanting = asyncio.create_task(_want_gold(stage, db, written))
    while len(written()) <= SERVERS:
        await publisher.publish_due()
    before, took_s = await wanting, time.perf_counter() - begun
    [gold] = stage.discord.messages.all_in(CHANNELS)
    sooner = sum(message.id < gold.id for message in written()) - before
    print(
        f"{SERVERS + 1} posts in {took_s:.1f} s: {(SERVERS + 1) / took_s:.0f} a second of Discord's "
        f"{GRANTED_A_SECOND}; GOLD was shown after {sooner} of the {SERVERS - before} wanted before it",
        flush=True,
    )


async def _want_gold(stage: Stage, db: Database, written: Callable[[], list[Message]]) -> int:
    """A GOLD deal is wanted when half of the others are shown; how many those were."""
    await stage.discord.watchers.until(lambda: len(written()) >= GOLD_AFTER, seconds=PATIENCE_S)
    wish = Wish("gold", Destination(CHANNELS, GUILD_ID), GOOD_DEAL, "gold", Rank.GOLD)
    async with db.write() as tx:
        await outbox.want(tx, wish, stage.clock.now())
    return len(written())


async def run(url: str, folder: Path) -> None:
    await make_ready(url, folder)
    db = Database(url)
    await decide(db)
    async with db.write() as tx:
        await tx.exec_driver_sql(f"UPDATE post SET guild_id = {GUILD_ID}, rank = {Rank.INFO.value}")
    await show(db)
    await db.close()


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/cartel.db"
        asyncio.run(run(url, Path(folder)))


if __name__ == "__main__":
    main()
