"""Two real processes on one PostgreSQL make the digests of many servers, and the one at it is killed."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text, update

from core.clock import SystemClock
from core.domain.guilds import ServerSettings
from core.services.guilds import GuildService
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.population import ADA_ID, BOT_ID
from core.simulator.market.things import Venue
from db.catalog import TokenRow
from db.deals import VerdictRow
from db.digests import DigestLineRow
from db.engine import Database
from db.guilds import GuildRow
from db.jobs import JobRow
from db.listings import ListingRow
from db.processes import ProcessRow
from tests.e2e.community import environment
from tests.recovery.machine import WAIT_S, BotProcess, online
from tests.recovery.rows import arrived, posts_cannot_change, shown, watching
from tests.recovery.servers import found_servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
SERVERS, DEALS = 6, 3
MAKING = "make-digests"
WAITING_FOR_A_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@dataclass(frozen=True, slots=True)
class House:
    """The bot, and a second process for its jobs alone, by their roles."""

    simulator: Simulator
    db: Database
    processes: dict[str, BotProcess]
    channels: list[int]

    async def list_deals(self) -> None:
        """Until so many lines wait in every server, and no deal is on its way. What is GOLD is posted."""
        market, listed = self.simulator.market, list[str]()
        async with asyncio.timeout(WAIT_S):
            while len(await self.waiting()) < DEALS:
                offered = market.list_deal(datetime.now(UTC), discount_bps=2_200, venue=Venue.ME)
                listed.append(offered.mint)
                await self.judged(listed)

    async def judged(self, mints: list[str]) -> None:
        """Wait until all of these have their verdict."""
        query = (
            select(TokenRow.address)
            .join(ListingRow, ListingRow.token_id == TokenRow.id)
            .join(VerdictRow, VerdictRow.version_id == ListingRow.version_id)
            .where(TokenRow.address.in_(mints))
        )
        while True:
            async with self.db.read() as tx:
                if set((await tx.execute(query)).scalars()) == set(mints):
                    return
            await asyncio.sleep(0.05)

    async def waiting(self) -> Counter[int]:
        """How many servers have each version on their next digest."""
        async with self.db.read() as tx:
            query = select(DigestLineRow.version_id).where(DigestLineRow.post_id.is_(None))
            return Counter((await tx.execute(query)).scalars())

    async def make_due(self) -> None:
        now = datetime.now(UTC)
        async with self.db.write() as tx:
            await tx.execute(update(DigestLineRow).values(due_at=now - timedelta(seconds=1)))
            await tx.execute(update(JobRow).where(JobRow.name == MAKING).values(due_at=now))

    async def who_is_at_it(self) -> str:
        """The roles of the process that is in the middle of the digests."""
        query = select(ProcessRow.roles).join(JobRow, JobRow.leased_by == ProcessRow.id)
        async with asyncio.timeout(WAIT_S):
            while True:
                async with self.db.read() as tx:
                    at_it = (await tx.execute(query.where(JobRow.name == MAKING))).scalar_one_or_none()
                    if at_it and (await tx.execute(WAITING_FOR_A_LOCK)).scalar_one():
                        return str(at_it)
                await asyncio.sleep(0.02)

    def messages(self) -> Counter[tuple[int, str]]:
        """How often each line stands in a digest of each channel."""
        found: Counter[tuple[int, str]] = Counter()
        for channel_id in self.channels:
            for message in self.simulator.discord.messages.all_in(channel_id):
                if message.author_id == BOT_ID and re.search(r"'digest \d+'", str(message.payload)):
                    lines = re.findall(r"item-details/(\w+)", str(message.payload))
                    found.update((channel_id, mint) for mint in lines)
        return found


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_simulator(SimulatorConfig(pace=0, cards=200, listings=4, has_limits=False)) as simulator:
        channels = found_servers(simulator.discord, SERVERS)
        settings = environment(simulator.url, database_url, tmp_path)
        processes = {
            roles: BotProcess(settings, tmp_path / f"{len(roles)}.log", roles=roles)
            for roles in ("bot,jobs,api", "jobs")
        }
        try:
            async with watching(database_url) as db:
                await processes["bot,jobs,api"].start()
                await online(simulator)
                await arrived(db)
                await processes["jobs"].start()
                await choose(db, channels)
                yield House(simulator, db, processes, channels)
        finally:
            for process in processes.values():
                await process.kill()


async def choose(db: Database, channels: list[int]) -> None:
    """Every server has room for nothing but GOLD."""
    guilds = GuildService(db, SystemClock())
    async with db.read() as tx:
        ids = sorted((await tx.execute(select(GuildRow.id))).scalars())
    for guild_id, channel_id in zip(ids, sorted(channels), strict=True):
        await guilds.change(guild_id, partial(only_gold, channel_id), by=ADA_ID)


def only_gold(channel_id: int, settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, channel_id=channel_id, posts_per_hour=1)


@on_postgres
async def test_whoever_makes_the_digests_is_killed_and_each_is_posted_once(house: House) -> None:
    await house.list_deals()
    waiting = await house.waiting()
    async with posts_cannot_change(house.db):
        await house.make_due()
        roles = await house.who_is_at_it()
        await house.processes[roles].kill()
    await house.processes[roles].start()
    async with asyncio.timeout(WAIT_S):
        while await house.waiting():  # noqa: ASYNC110  # other processes' rows
            await asyncio.sleep(0.05)
    await shown(house.db)
    lines = house.messages()
    assert set(lines.values()) == {1}
    assert Counter(channel_id for channel_id, _ in lines) == dict.fromkeys(house.channels, len(waiting))
