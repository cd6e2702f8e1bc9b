"""What became of the deals that were posted, as the follow-up finds it in the rows."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, delete, insert, select, update

from core.domain.listings import Reported, SourceName, Wallet
from core.errors import SourceUnavailable
from core.services.outcomes import ADOPTIONS_MAX, OutcomeService
from db.catalog import TokenSlabRow
from db.outcomes import OutcomeRow
from db.posts import PostRow
from db.showings import ShowingRow
from tests.databases import NOW
from tests.services.house import House
from tests.services.reports import MINT, at, by_alt, ended, listed, sold

pytestmark = pytest.mark.slow

DAY_S = 86_400
DOLLAR = 1_000_000


async def the_outcome(house: House) -> Row[tuple[Any, ...]]:
    """The only one, after whatever is due."""
    await house.outcomes.follow_up()
    [row] = await house.rows(OutcomeRow)
    return row


async def test_a_posted_deal_is_followed_from_the_moment_it_is_shown(house: House) -> None:
    await house.join()
    house.value(by_alt())
    await house.tell(listed(80))
    await house.appraisal.work_due()
    assert await house.rows(OutcomeRow) == []
    house.pass_time(7)
    await house.show_posts()
    row = await the_outcome(house)
    assert (row.tier, row.shown_at, row.price_usd_micros) == ("gold", at(7), 80 * DOLLAR)
    assert (row.ended_as, row.sold_at, row.is_hit) == (None, None, None)


async def test_the_same_call_in_two_servers_is_followed_once_and_known_to_both(house: House) -> None:
    for guild_id in (50, 51):
        await house.join(guild_id, channel_id=guild_id * 100)
    house.value(by_alt())
    await house.tell(listed(80))
    await house.appraisal.work_due()
    await house.show_posts()
    await house.show_posts()
    [outcome] = await house.rows(OutcomeRow)
    assert [(row.guild_id, row.outcome_id) for row in await house.rows(ShowingRow)] == [
        (50, outcome.id),
        (51, outcome.id),
    ]


async def test_a_sale_is_told_with_its_time_price_and_buyer(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(sold(80, 192))
    house.pass_time(200)
    row = await the_outcome(house)
    assert (row.ended_as, row.ended_at, row.sold_at) == ("sold", at(192), at(192))
    assert (row.sold_after_s, row.paid_usd_micros, row.buyer) == (192, 80 * DOLLAR, "buyer")


@pytest.mark.parametrize("said", [Reported.DELISTED, Reported.GONE])
async def test_a_listing_that_ends_otherwise_says_how_and_was_not_sold(house: House, said: Reported) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(said, 30))
    house.pass_time(60)
    row = await the_outcome(house)
    assert (row.ended_as, row.ended_at, row.sold_at, row.buyer) == (said.value, at(30), None, None)


async def test_late_word_of_a_sale_changes_what_was_taken_for_gone(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(Reported.GONE, 60))
    house.pass_time(90)
    assert (await the_outcome(house)).ended_as == "gone"
    await house.tell(sold(80, 50))
    row = await the_outcome(house)
    assert (row.ended_as, row.sold_at, row.paid_usd_micros) == ("sold", at(50), 80 * DOLLAR)


async def test_a_sale_of_unknown_price_is_a_sale(house: House) -> None:
    await house.price_sol("150")
    await house.join()
    await house.post_a_deal()
    house.pass_time(3_600)
    unknown = sold(None, 3_000)
    await house.tell(unknown)
    row = await the_outcome(house)
    assert (row.ended_as, row.sold_at) == ("sold", at(3_000))


async def test_a_repriced_deal_was_not_sold_at_its_price_and_its_later_sale_is_told(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(listed(120, 600))
    house.pass_time(700)
    row = await the_outcome(house)
    assert (row.ended_as, row.ended_at, row.sold_at) == ("repriced", at(600), None)
    await house.tell(sold(120, 900))
    house.pass_time(300)
    row = await the_outcome(house)
    assert (row.ended_as, row.sold_at, row.paid_usd_micros) == ("repriced", at(900), 120 * DOLLAR)


async def test_a_later_stay_of_the_same_listing_is_another_story(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(Reported.DELISTED, 60), listed(150, 4_000), sold(150, 5_000))
    house.pass_time(6_000)
    row = await the_outcome(house)
    assert (row.ended_as, row.sold_at) == ("delisted", None)


@pytest.mark.parametrize(("price", "ended_as"), [(80, "sold"), (79, "gone")])
async def test_a_deal_that_was_only_missed_and_is_back_is_sold_when_it_sells_at_its_price(
    house: House, price: float, ended_as: str
) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(Reported.GONE, 60), listed(price, 4_000))
    house.pass_time(4_100)
    assert (await the_outcome(house)).ended_as == "gone"
    await house.tell(sold(price, 5_000))
    house.pass_time(1_000)
    row = await the_outcome(house)
    assert row.ended_as == ended_as
    assert row.sold_after_s == (5_000 if ended_as == "sold" else None)


async def test_its_own_sale_proves_nothing_and_another_of_its_kind_does(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(sold(80, 100))
    house.pass_time(200)
    assert (await the_outcome(house)).sales == 0
    await house.tell(listed(100, 1_000, mint="mint-2"), sold(100, 2_000, mint="mint-2"))
    house.pass_time(DAY_S)
    row = await the_outcome(house)
    assert (row.sales, row.is_hit, row.judged_by) == (1, True, "sale")
    assert (row.proof_usd_micros, row.profit_usd_micros) == (100 * DOLLAR, 5 * DOLLAR)


async def test_what_its_buyer_sells_it_for_is_a_sale_of_its_kind(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    resold = msgspec.structs.replace(sold(150, 2_000, seller="buyer"), buyer=Wallet("next"))
    await house.tell(sold(80, 100), listed(150, 1_000, seller="buyer"), resold)
    house.pass_time(DAY_S)
    row = await the_outcome(house)
    assert (row.paid_usd_micros, row.is_hit, row.proof_usd_micros) == (80 * DOLLAR, True, 150 * DOLLAR)


async def test_after_weeks_off_each_value_is_still_the_one_of_its_day(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    for day, value in ((3, 120), (20, 90)):
        house.clock.advance(NOW + timedelta(days=day) - house.clock.now())
        house.value(by_alt(value), "mint-2")
        await house.tell(listed(200, day * DAY_S, mint="mint-2"))
        await house.appraisal.work_due()
        await house.tell(ended(Reported.DELISTED, day * DAY_S + 1, mint="mint-2"))
    house.clock.advance(timedelta(days=60))
    row = await the_outcome(house)
    values = (row.value_1d_usd_micros, row.value_7d_usd_micros, row.value_30d_usd_micros)
    assert values == (160 * DOLLAR, 120 * DOLLAR, 90 * DOLLAR)
    assert (row.is_hit, row.judged_by, row.due_at) == (False, "valuation", None)


async def test_posts_of_a_time_before_calls_were_followed_are_followed_from_the_next_start(
    house: House,
) -> None:
    await house.join()
    await house.post_a_deal()
    async with house.db.write() as tx:
        await tx.execute(delete(ShowingRow))
        await tx.execute(delete(OutcomeRow))
    row = await the_outcome(house)
    assert (row.tier, row.shown_at) == ("gold", NOW)


async def post_many(house: House, *mints: str) -> None:
    """Deals, shown one after the other: each has the same number as its token, version and post."""
    for mint in mints:
        house.value(by_alt(), mint)
        await house.tell(listed(80, mint=mint))
        await house.appraisal.work_due()
        while await house.show_posts():
            pass


async def forget_calls(house: House) -> None:
    """As in a database of a time before calls were followed."""
    async with house.db.write() as tx:
        await tx.execute(delete(ShowingRow))
        await tx.execute(delete(OutcomeRow))


def two_at_a_time(house: House) -> OutcomeService:
    """As a process begins."""
    return OutcomeService(house.db, house.clock, house.metrics, house.evidence, batch=2)


async def test_posts_that_cannot_be_followed_do_not_keep_others_from_being_followed(house: House) -> None:
    await house.join()
    await post_many(house, "a", "b", "c", "d", "e", "f")
    await forget_calls(house)
    async with house.db.write() as tx:
        await tx.execute(update(PostRow).where(PostRow.id <= 3).values(guild_id=None))
        unknown = update(TokenSlabRow).where(TokenSlabRow.token_id.between(2, 4))
        await tx.execute(unknown.values(until=house.clock.now()))
    await two_at_a_time(house).follow_up()
    assert {row.version_id for row in await house.rows(OutcomeRow)} == {1, 5, 6}
    assert [row.post_id for row in await house.rows(ShowingRow)] == [5, 6]


async def test_each_message_is_looked_at_once_over_restarts_too(house: House) -> None:
    await house.join()
    await post_many(house, "a", "b", "c")
    await forget_calls(house)
    await two_at_a_time(house).follow_up()
    assert len(await house.rows(OutcomeRow)) == 3
    await post_many(house, "d", "e", "f")
    await forget_calls(house)  # those of an older program, which ran in between, among them
    await two_at_a_time(house).follow_up()
    assert {row.version_id for row in await house.rows(OutcomeRow)} == {4, 5, 6}


async def test_a_long_past_is_looked_at_in_more_than_one_run(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    async with house.db.write() as tx:
        [[post]] = [await tx.execute(select(PostRow.__table__))]
        row = dict(post._mapping) | {"verdict_id": None, "version_id": None}
        copies = [row | {"id": n + 2, "dedupe_key": str(n)} for n in range(ADOPTIONS_MAX)]
        await tx.execute(insert(PostRow), copies)
        last = row | {"id": ADOPTIONS_MAX + 2, "dedupe_key": "last"}
        await tx.execute(insert(PostRow), [last | {"verdict_id": 1, "version_id": 1}])
    await forget_calls(house)
    async with house.db.write() as tx:
        await tx.execute(update(PostRow).where(PostRow.id == 1).values(message_id=None))
    slow = OutcomeService(house.db, house.clock, house.metrics, house.evidence, batch=1)
    await slow.follow_up()
    assert await house.rows(OutcomeRow) == []
    await slow.follow_up()
    assert len(await house.rows(OutcomeRow)) == 1


async def test_more_than_a_batch_is_followed_in_one_run(house: House) -> None:
    await house.join()
    mints = [f"{MINT}-{n}" for n in range(5)]
    for mint in mints:
        house.value(by_alt(), mint)
    await house.tell(*(listed(80, n / 1_000, mint=mint) for n, mint in enumerate(mints)))
    await house.appraisal.work_due()
    await house.show_posts()
    few_at_a_time = OutcomeService(house.db, house.clock, house.metrics, house.evidence, batch=2)
    assert await few_at_a_time.follow_up() == 5
    assert await few_at_a_time.follow_up() == 0


async def test_a_kind_is_valued_anew_in_the_hour_before_a_call_is_held_against_it(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.value(by_alt(90))
    house.pass_time(30 * DAY_S - 3_700)
    assert await house.outcomes.value_milestones() == 0
    house.pass_time(200)
    assert await house.outcomes.value_milestones() == 1
    assert await house.outcomes.value_milestones() == 0
    house.pass_time(3_600)
    row = await the_outcome(house)
    assert (row.is_hit, row.judged_by, row.proof_usd_micros) == (False, "valuation", 90 * DOLLAR)


async def test_a_vendor_that_is_down_leaves_the_value_that_is_known(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.alt.down = SourceUnavailable(SourceName.ALT, "away")
    house.pass_time(30 * DAY_S - 1_800)
    assert [await house.outcomes.value_milestones() for _ in range(2)] == [1, 0]
    house.alt.down = None
    house.value(by_alt(90))
    house.pass_time(1_300)
    assert await house.outcomes.value_milestones() == 1
    house.pass_time(600)
    assert (await the_outcome(house)).proof_usd_micros == 90 * DOLLAR
