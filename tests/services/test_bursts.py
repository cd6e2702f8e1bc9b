"""Bursts: many listings cost few transactions, many servers few evaluations, and nobody pays for another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert

from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier, policy_hash
from core.domain.guilds import ServerSettings
from core.services.batches import ROWS_MAX
from core.services.findings import Finding
from core.services.policy_book import PolicyBook
from core.services.verdicts import VerdictService
from db import guilds, work
from db.deals import VerdictRow
from db.engine import Database, Tx
from db.events import EventRow
from db.guilds import GuildRow, SettingsRow
from db.posts import PostRow
from db.work import Priority, Task, WorkRow
from tests.services.house import ME_ID, House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

BURST = 100
SERVERS = 1_000
LEASE = timedelta(seconds=60)


class CountedDatabase(Database):
    """Counts its transactions that may change something."""

    writes = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        self.writes += 1
        async with super().write() as tx:
            yield tx


@pytest.fixture
async def counted(migrated_url: str) -> AsyncIterator[House]:
    db = CountedDatabase(migrated_url)
    yield House(db)
    await db.close()


def writes(house: House) -> int:
    assert isinstance(house.db, CountedDatabase)
    return house.db.writes


async def tell(house: House, mints: Sequence[str]) -> None:
    for mint in mints:
        house.value(by_alt(160), mint)
    await house.tell(*(listed(80, 0, mint=mint) for mint in mints))


async def burst(house: House, count: int = BURST) -> list[tuple[Task, Finding]]:
    """So many listings, all claimed, with what was found of the first of them and goes for all."""
    mints = [f"mint-{n}" for n in range(count)]
    await tell(house, mints)
    async with house.db.write() as tx:
        tasks = await work.claim(
            tx, ME_ID, limit=count, below=Priority.FRESH + 1, now=house.clock.now(), lease=LEASE
        )
    line, policies = house.appraisal.line, {policy_hash(DEFAULT_POLICY): DEFAULT_POLICY}
    first = await line.find(tasks[0], await house.version(tasks[0].version_id), policies)
    versions = [await house.version(task.version_id) for task in tasks]
    found = [msgspec.structs.replace(first, version=version) for version in versions]
    return list(zip(tasks, found, strict=True))


def recorder(house: House) -> VerdictService:
    return house.appraisal.verdicts


async def record(house: House, found: list[tuple[Task, Finding]]) -> list[int | BaseException]:
    recorded = (recorder(house).record(task, ME_ID, finding) for task, finding in found)
    return await asyncio.gather(*recorded, return_exceptions=True)


async def test_a_burst_of_a_hundred_is_recorded_in_a_few_transactions(counted: House) -> None:
    found = await burst(counted)
    before = writes(counted)
    assert await record(counted, found) == [1] * BURST
    assert writes(counted) - before <= BURST // ROWS_MAX + 2
    assert len(await counted.rows(VerdictRow)) == BURST
    assert await counted.rows(WorkRow) == []


async def test_a_burst_through_the_whole_line_costs_less_than_a_transaction_each(counted: House) -> None:
    count = BURST // 4
    await tell(counted, [f"mint-{n}" for n in range(count)])
    before = writes(counted)
    assert await counted.appraisal.work_due() == count
    assert writes(counted) - before < count
    verdicts = await counted.rows(VerdictRow)
    assert {row.tier for row in verdicts} == {DealTier.GOLD}
    assert len(verdicts) == len({row.version_id for row in verdicts}) == count


async def test_events_of_a_batch_follow_each_other_in_the_order_of_its_findings(house: House) -> None:
    found = await burst(house, 30)
    await record(house, found)
    subjects = [row.subject for row in await house.rows(EventRow) if row.type == "deal.found"]
    ids = {row.version_id: row.id for row in await house.rows(VerdictRow)}
    assert subjects == [f"verdict:{ids[task.version_id]}" for task, _ in found]


async def test_a_finding_that_cannot_be_stored_fails_alone(house: House) -> None:
    found = await burst(house, 5)
    task, finding = found[2]
    nobodys = dict.fromkeys(["no such policy"], next(iter(finding.results.values())))
    found[2] = task, msgspec.structs.replace(finding, results=nobodys)
    told = await record(house, found)
    assert [number for number, one in enumerate(told) if isinstance(one, BaseException)] == [2]
    assert {row.version_id for row in await house.rows(VerdictRow)} == {1, 2, 4, 5}
    [left] = await house.rows(WorkRow)
    assert left.version_id == 3


async def test_what_is_called_off_leaves_its_work_to_the_next_and_nothing_is_recorded_twice(
    house: House,
) -> None:
    found = await burst(house, 40)
    recording = [asyncio.create_task(recorder(house).record(task, ME_ID, one)) for task, one in found]
    await asyncio.sleep(0)
    for cut in recording[:20]:
        cut.cancel()
    await asyncio.gather(*recording, return_exceptions=True)
    judged = {row.version_id for row in await house.rows(VerdictRow)}
    left = {row.version_id for row in await house.rows(WorkRow)}
    assert judged >= {task.version_id for task, _ in found[20:]}
    assert judged | left == {task.version_id for task, _ in found}
    assert judged & left == set()
    await record(house, found)
    assert len(await house.rows(VerdictRow)) == 40


async def test_two_findings_of_one_turn_are_one_verdict(house: House) -> None:
    [(task, finding)] = await burst(house, 1)
    await record(house, [(task, finding), (task, finding)])
    assert len(await house.rows(VerdictRow)) == 1
    assert len([event for event in await house.events() if type(event).__name__ == "DealFound"]) == 1


async def crowd(house: House, count: int, policies: Sequence[DealPolicy]) -> None:
    """So many servers, which share these policies evenly."""
    now = house.clock.now()
    async with house.db.write() as tx:
        hashes = [await guilds.keep_policy(tx, policy, now) for policy in policies]
        rows, versions = [], []
        for n in range(count):
            digest, settings = hashes[n % len(hashes)], ServerSettings(policies[n % len(policies)], n + 1)
            row = {"id": n + 1, "name": "", "settings_n": 1, "policy_hash": digest, "has_channel": True}
            rows.append(row | {"joined_at": now})
            version = {"guild_id": n + 1, "n": 1, "body": settings, "policy_hash": digest, "at": now}
            versions.append(version | {"what": ""})
        await tx.execute(insert(GuildRow), rows)
        await tx.execute(insert(SettingsRow), versions)


def evaluations(house: House) -> float:
    return sum(
        sample.value
        for metric in house.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "cartel_line_seconds_count" and sample.labels["stage"] == "decide"
    )


async def test_a_thousand_servers_with_fifty_policies_cost_fifty_evaluations_and_one_valuation(
    counted: House,
) -> None:
    policies = [msgspec.structs.replace(DEFAULT_POLICY, confidence_min=60 + n) for n in range(50)]
    await crowd(counted, SERVERS, policies)
    counted.value(by_alt(160, confidence=84))
    await counted.tell(listed(80, 0))
    before = writes(counted)
    await counted.appraisal.work_due()
    assert (evaluations(counted), len(counted.alt.asked)) == (50, 1)
    assert writes(counted) - before == 2
    verdicts = await counted.rows(VerdictRow)
    assert Counter(row.tier for row in verdicts) == {DealTier.GOLD: 25, DealTier.LOOK: 25}
    assert len(await counted.rows(PostRow)) == SERVERS


async def test_a_policy_is_read_once_however_many_listings_are_judged_by_it(house: House) -> None:
    book = PolicyBook()
    await crowd(house, 3, [DEFAULT_POLICY, DealPolicy(look_bps=2_000)])
    async with house.db.read() as tx:
        first, second = await book.active(tx), await book.active(tx)
    assert len(first) == 2
    assert all(first[digest] is second[digest] for digest in first)
