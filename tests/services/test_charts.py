"""A deal that was seen gets its chart by one edit more, and the chart stays what it was."""

import pytest

from core.domain.charts import Worth
from core.domain.posts import PostState, Rank
from core.domain.valuation import Sale
from core.events import Topic
from db.posts import PostRow
from tests.services.house import House, Stored
from tests.services.reports import MINT, a_slab, at, by_alt, listed, sold, usd

pytestmark = pytest.mark.slow

OTHER = "mint-2"
CHEAP = "mint-3"


async def post_row(house: House) -> Stored:
    return (await house.rows(PostRow))[0]


async def sell_another(house: House, price: int = 150, second: float = 10) -> None:
    """A slab of the same kind came and went."""
    await house.tell(listed(price, second - 1, mint=OTHER), sold(price, second, mint=OTHER))


async def post_with_a_past(house: House) -> int:
    """A deal at second 100, in a market that has seen a sale of its kind."""
    await house.join()
    await sell_another(house)
    house.pass_time(100)
    return (await house.post_a_deal(second=100)).id


async def test_a_deal_with_a_past_is_shown_again_with_its_chart(house: House) -> None:
    post_id = await post_with_a_past(house)
    row = await post_row(house)
    assert (row.state, row.wanted_rev, row.shown_rev, row.rank) == (PostState.WANTED, 2, 1, Rank.CHART)
    drawn = await house.posts.chart(post_id)
    assert drawn is not None
    assert drawn.sales == (Sale(at(10), usd(150).value),)
    worth = row.payload
    own = Worth(at(100), worth.value_usd_micros, worth.low_usd_micros, worth.high_usd_micros)
    assert (drawn.values, drawn.ask_usd_micros, drawn.until) == ((own,), usd(80).value, at(100))


async def test_the_chart_is_asked_for_once(house: House) -> None:
    await post_with_a_past(house)
    assert len(await house.show_posts()) == 1
    row = await post_row(house)
    assert (row.state, row.wanted_rev, row.shown_rev) == (PostState.SHOWN, 2, 2)
    assert await house.show_posts() == []


async def test_the_publisher_is_woken_for_it(house: House) -> None:
    await house.join()
    await sell_another(house)
    house.value(by_alt())
    await house.tell(listed(80, 100))
    await house.appraisal.work_due()
    news = house.bus.waiter(Topic.POSTS)
    await house.show_posts()
    assert news.is_set()


async def test_a_deal_without_a_past_is_left_alone(house: House) -> None:
    await house.join()
    post = await house.post_a_deal()
    assert (await post_row(house)).state == PostState.SHOWN
    assert await house.posts.chart(post.id) is None
    assert await house.posts.chart(post.id + 1) is None


async def test_an_earlier_value_is_a_past_as_well(house: House) -> None:
    await house.join()
    house.value(by_alt(120), OTHER)
    await house.tell(listed(119, 0, mint=OTHER))
    await house.appraisal.work_due()
    house.pass_time(7_200)
    post = await house.post_a_deal(second=7_200)
    drawn = await house.posts.chart(post.id)
    assert drawn is not None
    assert [value.usd_micros for value in drawn.values] == [usd(120).value, usd(160).value]


async def test_a_crash_after_sending_loses_no_chart(house: House) -> None:
    await house.join()
    await sell_another(house)
    house.value(by_alt())
    await house.tell(listed(80, 100))
    await house.appraisal.work_due()
    await house.posts.claim()
    house.pass_time(60)
    await house.show_posts()
    assert (await post_row(house)).rank == Rank.CHART


async def test_an_end_in_the_meantime_makes_it_one_edit(house: House) -> None:
    await post_with_a_past(house)
    await house.tell(sold(80, 110))
    row = await post_row(house)
    assert (row.rank, row.wanted_rev, row.shown_rev) == (Rank.CLOSING, 3, 1)
    assert len(await house.show_posts()) == 1
    assert (await post_row(house)).state == PostState.SHOWN


async def test_a_deal_that_ended_while_it_was_sent_gets_one_edit_for_both(house: House) -> None:
    await house.join()
    await sell_another(house)
    house.value(by_alt())
    await house.tell(listed(80, 100))
    await house.appraisal.work_due()
    [post] = await house.posts.claim()
    await house.tell(sold(80, 105))
    await house.posts.shown(post.id, rev=1, message_id=7, sent_at=at(104))
    row = await post_row(house)
    assert (row.rank, row.wanted_rev, row.state) == (Rank.CLOSING, 2, PostState.WANTED)
    assert await house.posts.chart(post.id) is not None


async def test_what_happens_later_does_not_change_it(house: House) -> None:
    post_id = await post_with_a_past(house)
    before = await house.posts.chart(post_id)
    await sell_another(house, 90, second=500)
    await house.tell(sold(80, 600))
    assert await house.posts.chart(post_id) == before


async def test_other_deals_are_sent_before_a_chart(house: House) -> None:
    post_id = await post_with_a_past(house)
    house.value(by_alt(100), CHEAP)
    await house.tell(listed(84, 120, mint=CHEAP))
    await house.appraisal.work_due()
    claimed = await house.posts.claim()
    assert [post.id for post in claimed] == [post_id + 1, post_id]


async def test_a_slab_that_is_not_understood_has_a_past_of_its_own(house: House) -> None:
    await house.join()
    unnamed = a_slab(MINT, card=None)
    house.value(by_alt(120))
    await house.tell(listed(118, 0, slab=unnamed))
    await house.appraisal.work_due()
    house.pass_time(7_200)
    house.value(by_alt(160))
    await house.tell(listed(80, 7_200, slab=unnamed))
    await house.appraisal.work_due()
    [post] = await house.show_posts()
    drawn = await house.posts.chart(post.id)
    assert drawn is not None
    assert len(drawn.values) == 2
