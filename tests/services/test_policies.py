"""A policy chosen a moment ago judges what is on sale, asks no vendor, and posts nothing."""

import asyncio

import pytest

from core.domain.catalog import Grader
from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier, policy_hash
from core.domain.posts import DealView
from core.services.policies import PolicyService
from db.deals import VerdictRow
from db.guilds import PolicyRow
from db.policies import BacklogRow
from db.posts import PostRow
from tests.services.house import GUILD, House
from tests.services.reports import a_slab, by_alt, listed, sold

pytestmark = pytest.mark.slow

STRICT = DealPolicy(confidence_min=90)
ONLY_BGS = DealPolicy(graders=(Grader.BGS,))


async def verdicts(house: House, policy: DealPolicy) -> list[str]:
    """Tiers and reasons under the policy, oldest listing first."""
    rows = [row for row in await house.rows(VerdictRow) if row.policy_hash == policy_hash(policy)]
    return [row.tier or row.reason for row in sorted(rows, key=lambda row: int(row.version_id))]


async def open_for_sale(house: House, count: int = 3) -> None:
    for n in range(count):
        mint = f"mint{n}"
        house.know(mint, a_slab(mint))
        house.value(by_alt(), mint)
        await house.tell(listed(80, mint=mint))
    await house.appraisal.work_due()


async def catch_up(house: House) -> int:
    return await PolicyService(house.db, house.clock).catch_up()


async def test_what_is_on_sale_is_judged_at_once_without_vendors_and_posts(house: House) -> None:
    await open_for_sale(house)
    asked = len(house.alt.asked)
    await house.join(policy=STRICT)
    assert await verdicts(house, STRICT) == []
    assert await catch_up(house) == 3
    assert await verdicts(house, STRICT) == ["look"] * 3
    page = await house.deals.latest(guild_id=GUILD)
    assert [view.deal.tier for view in page.items] == [DealTier.LOOK] * 3
    assert len(house.alt.asked) == asked
    assert await house.rows(PostRow) == []
    assert await house.rows(BacklogRow) == []


async def test_a_second_look_gives_nothing_more(house: House) -> None:
    await open_for_sale(house)
    await house.join(policy=STRICT)
    await catch_up(house)
    await house.join(policy=STRICT)
    assert await catch_up(house) == 0
    assert await verdicts(house, STRICT) == ["look"] * 3


async def test_what_is_left_out_is_refused_with_its_reason(house: House) -> None:
    await open_for_sale(house, 1)
    await house.join(policy=ONLY_BGS)
    await catch_up(house)
    assert await verdicts(house, ONLY_BGS) == ["grader"]


async def test_what_ended_or_waits_for_its_first_verdict_is_left_alone(house: House) -> None:
    await open_for_sale(house)
    await house.tell(sold(second=9, mint="mint0"))
    await house.tell(listed(80, 9, mint="waits"))
    await house.join(policy=STRICT)
    assert await catch_up(house) == 2


async def test_the_default_policy_needs_no_catching_up(house: House) -> None:
    await house.join(policy=DEFAULT_POLICY)
    assert await house.rows(BacklogRow) == []


async def test_a_policy_that_nobody_wants_any_more_is_dropped(house: House) -> None:
    await open_for_sale(house)
    await house.join(policy=STRICT)
    await house.join(policy=DEFAULT_POLICY)
    assert await catch_up(house) == 0
    assert await house.rows(BacklogRow) == []
    assert len(await house.rows(PolicyRow)) == 2


async def test_a_server_that_returns_has_what_was_listed_meanwhile_judged(house: House) -> None:
    await house.join(policy=STRICT)
    await catch_up(house)
    await house.guilds.left(GUILD)
    await open_for_sale(house)
    await house.guilds.joined(GUILD, "Guild")
    assert await catch_up(house) == 3


async def test_a_market_larger_than_a_page_is_judged_page_by_page(house: House) -> None:
    await open_for_sale(house, 5)
    await house.join(policy=STRICT)
    assert await PolicyService(house.db, house.clock, page=2).catch_up() == 5
    assert [view.deal.mint for view in await latest(house)] == [f"mint{n}" for n in (4, 3, 2, 1, 0)]
    assert await house.rows(BacklogRow) == []


async def test_of_a_market_beyond_the_limit_the_newest_listings_are_judged(house: House) -> None:
    await open_for_sale(house, 5)
    await house.join(policy=STRICT)
    assert await PolicyService(house.db, house.clock, page=2, newest=3).catch_up() == 3
    assert [view.deal.mint for view in await latest(house)] == ["mint4", "mint3", "mint2"]


async def latest(house: House) -> tuple[DealView, ...]:
    return (await house.deals.latest(guild_id=GUILD)).items


async def test_two_processes_at_once_judge_everything_once(house: House) -> None:
    await open_for_sale(house, 5)
    await house.join(policy=STRICT)
    services = [PolicyService(house.db, house.clock, page=2) for _ in range(2)]
    assert sum(await asyncio.gather(*(service.catch_up() for service in services))) == 5
    assert await verdicts(house, STRICT) == ["look"] * 5
