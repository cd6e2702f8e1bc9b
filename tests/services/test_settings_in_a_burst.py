"""Admins save settings while a burst is valued, judged and posted: each deal is posted once in a server."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from random import Random

import msgspec
import pytest
from structlog.testing import capture_logs

from core.domain.catalog import Grader
from core.domain.deals import DEFAULT_POLICY, DealPolicy
from core.domain.guilds import ServerSettings
from core.errors import InvalidInput
from core.services.policies import PolicyService
from db.deals import VerdictRow
from db.engine import Database
from db.posts import PostRow
from tests.services.crowd import policies
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

STRICT = DealPolicy(confidence_min=90)
ONLY_BGS = DealPolicy(graders=(Grader.BGS,))


def to(policy: DealPolicy, settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, policy=policy)


async def choose(house: House, policy: DealPolicy, guild_id: int = GUILD) -> None:
    await house.guilds.change(guild_id, lambda settings: to(policy, settings), by=1)


async def valued_while(house: House, *chosen: DealPolicy) -> list[str]:
    """The tiers posted of a deal during whose valuing an admin saves these, one after the other."""
    house.value(by_alt(160))
    await house.tell(listed(80))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    for policy in chosen:
        await choose(house, policy)
    house.alt.gate.set()
    await working
    await PolicyService(house.db, house.clock).catch_up()
    return [row.payload.tier.value for row in await house.rows(PostRow)]


async def test_a_deal_that_is_valued_while_settings_are_saved_is_posted_by_the_new_ones(house: House) -> None:
    await house.join()
    assert await valued_while(house, STRICT) == ["look"]
    assert len(await house.rows(VerdictRow)) == 2


async def test_one_that_the_new_settings_leave_out_is_not_posted(house: House) -> None:
    await house.join(policy=STRICT)
    assert await valued_while(house, ONLY_BGS) == []


async def test_one_that_only_the_newest_settings_let_through_is_posted(house: House) -> None:
    await house.join(policy=ONLY_BGS)
    assert await valued_while(house, STRICT, DEFAULT_POLICY, DealPolicy(fees_usd_micros=7)) == ["gold"]


SERVERS = range(1, 5)
WAVES, OFFERED, SAVES = 4, 12, 12


@pytest.fixture
async def other(house: House, migrated_url: str) -> AsyncIterator[House]:
    """Another process on the same database; on SQLite the same one, where there may be no other."""
    db = Database(migrated_url) if migrated_url.startswith("postgres") else house.db
    yield House(db, clock=house.clock, alt=house.alt)
    if db is not house.db:
        await db.close()


async def admin(house: House, person: int, random: Random) -> None:
    """Saves now one policy and now another, at once or as a draft; each makes the same calls."""
    for _ in range(SAVES):
        guild_id, policy = random.choice(SERVERS), random.choice(policies(5))
        await asyncio.sleep(random.uniform(0, 0.03))
        if random.random() < 0.5:
            await choose(house, policy, guild_id)
            continue
        await house.guilds.edit_draft(guild_id, person, partial(to, policy))
        try:
            await house.guilds.save_draft(guild_id, person)
        except InvalidInput:  # the other one changed the same: saved again, it holds
            await house.guilds.save_draft(guild_id, person)


async def burst(house: House) -> None:
    for wave in range(WAVES):
        await house.tell(*(listed(80, wave, mint=f"{wave}-{number}") for number in range(OFFERED)))
        await asyncio.sleep(0.05)


async def work_and_show(house: House, is_over: asyncio.Event, worker: str) -> None:
    appraisal, policies = house.worker(worker), PolicyService(house.db, house.clock)
    while not is_over.is_set():
        await appraisal.work_due()
        await policies.catch_up()
        await house.show_posts()
        await asyncio.sleep(0.005)


async def test_two_admins_save_and_save_during_a_burst_and_no_deal_is_lost_or_posted_twice(
    house: House, other: House
) -> None:
    mints = [f"{wave}-{number}" for wave in range(WAVES) for number in range(OFFERED)]
    for mint in mints:
        house.value(by_alt(160), mint)
    for guild_id in SERVERS:
        await house.join(guild_id, channel_id=CHANNEL + guild_id)
    is_over = asyncio.Event()
    with capture_logs() as lines:
        workers = [
            asyncio.create_task(work_and_show(one, is_over, f"worker {n}"))
            for n, one in enumerate((house, other))
        ]
        admins = [admin(one, person, Random(person)) for person, one in ((1, house), (2, other))]
        await asyncio.gather(burst(house), *admins)
        is_over.set()
        await asyncio.gather(*workers)
        await house.appraisal.work_due()
    assert [line for line in lines if line["log_level"] in {"warning", "error"}] == []
    posted = Counter((row.guild_id, row.payload.mint) for row in await house.rows(PostRow))
    assert posted == {(guild_id, mint): 1 for guild_id in SERVERS for mint in mints}
