"""A thousand servers with fifty policies: fifty evaluations, one transaction, a post each."""

import pytest
from sqlalchemy import event

from core.domain.deals import DEFAULT_POLICY, policy_hash
from core.services.fanout import Call, want_posts
from db.deals import VerdictRow
from db.posts import PostRow
from tests.cogs.deal_posts import GOOD_DEAL
from tests.services.crowd import gather, policies
from tests.services.house import House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow
SERVERS, POLICIES = 1_000, 50
DIGEST = policy_hash(DEFAULT_POLICY)


async def test_one_listing_is_decided_fifty_times_for_a_thousand_servers(house: House) -> None:
    await gather(house.db, SERVERS, policies(POLICIES), house.clock.now())
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    rows = await house.rows(PostRow)
    assert (len(await house.rows(VerdictRow)), len(rows)) == (POLICIES, SERVERS)
    assert len(house.alt.asked) == 1
    assert {row.guild_id for row in rows} == set(range(1, SERVERS + 1))


async def test_a_batch_for_a_thousand_servers_takes_seven_statements(house: House) -> None:
    await gather(house.db, SERVERS, policies(1), house.clock.now())
    for n in range(3):
        house.value(by_alt(160), f"m{n}")
        await house.tell(listed(150, 0, mint=f"m{n}"))
    await house.appraisal.work_due()
    calls = [Call(n, DIGEST, await house.version(n), GOOD_DEAL) for n in range(1, 4)]
    statements: list[str] = []

    def told(*of_it: object) -> None:
        statements.append(str(of_it[2]))

    async with house.db.write() as tx:
        event.listen(tx.sync_connection, "before_cursor_execute", told)
        await want_posts(tx, calls, house.clock.now())
        event.remove(tx.sync_connection, "before_cursor_execute", told)
    assert len(await house.rows(PostRow)) == 3 * SERVERS
    assert len(statements) == 7
