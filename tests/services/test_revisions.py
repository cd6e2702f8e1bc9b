"""A version that is valued anew: its verdicts become what they are now, and what they were is kept."""

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealTier, Reason, policy_hash
from core.domain.listings import Reported
from core.domain.posts import DealPost
from core.errors import SourceUnavailable
from core.events import VerdictRevised
from db.deals import RevisionRow, VerdictRow
from db.posts import PostRow
from db.prices import ValuationRow
from db.work import WorkRow
from tests.services.house import House
from tests.services.reports import at, by_alt, ended, listed, usd

pytestmark = pytest.mark.slow

DEFAULT = policy_hash(DEFAULT_POLICY)
STRICT = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=90)


async def judge(house: House, price: float = 80, value: float = 160) -> None:
    house.value(by_alt(value))
    await house.tell(listed(price, 0))
    await house.appraisal.work_due()


async def again(house: House, value: float, *, after_s: float = 60) -> None:
    """The vendor says this by now, and the version is valued anew."""
    house.pass_time(after_s)
    house.value(by_alt(value))
    await house.revalue(1)


async def test_a_version_that_is_valued_anew_has_its_newest_verdict_and_keeps_the_one_before(
    house: House,
) -> None:
    await judge(house)
    await again(house, 100)
    [verdict] = await house.rows(VerdictRow)
    assert (verdict.tier, verdict.discount_bps, verdict.valuation_id) == (DealTier.HIGH, 2_000, 2)
    assert (verdict.decided_at, verdict.revised_at, verdict.ours_ms) == (at(0), at(60), 0)
    assert (verdict.deal.value_usd_micros, verdict.deal.was_revised) == (usd(100).value, True)
    [before] = await house.rows(RevisionRow)
    assert (before.tier, before.reason, before.discount_bps) == (DealTier.GOLD, None, 5_000)
    assert (before.version_id, before.policy_hash, before.valuation_id) == (1, DEFAULT, 1)
    assert before.decided_at == at(0)
    assert len(await house.rows(ValuationRow)) == 2


async def test_each_revision_is_kept_with_the_time_since_which_it_held(house: House) -> None:
    await judge(house)
    for value in (100, 82, 160):
        await again(house, value)
    kept = [(row.tier, row.reason, row.decided_at) for row in await house.rows(RevisionRow)]
    assert kept == [
        (DealTier.GOLD, None, at(0)),
        (DealTier.HIGH, None, at(60)),
        (None, Reason.TOO_DEAR, at(120)),
    ]
    [verdict] = await house.rows(VerdictRow)
    assert (verdict.tier, verdict.revised_at) == (DealTier.GOLD, at(180))


async def test_vendors_are_asked_anew_but_not_for_each_certificate_of_a_kind(house: House) -> None:
    house.value(by_alt(160), "a")
    house.value(by_alt(160), "b")
    await house.tell(listed(80, 0, mint="a"), listed(80, 0, mint="b"))
    await house.appraisal.work_due()
    asked = len(house.alt.asked)
    house.pass_time(60)
    await house.revalue(1)
    await house.revalue(2)
    assert len(house.alt.asked) == asked + 1


async def test_what_is_told_of_a_revision_is_that_the_tier_is_another(house: House) -> None:
    await judge(house)
    await again(house, 159)
    await again(house, 100)
    await again(house, 82)
    told = [event for event in await house.events() if isinstance(event, VerdictRevised)]
    assert [(event.tier, event.discount_bps) for event in told] == [(DealTier.HIGH, 2_000), (None, 243)]
    assert {(event.verdict_id, event.version_id) for event in told} == {(1, 1)}


async def test_a_deal_that_rose_is_posted_and_one_that_fell_is_left_as_it_was_shown(house: House) -> None:
    await house.join()
    await judge(house, value=100)
    await house.show_posts()
    await again(house, 90)
    await again(house, 100)
    [shown] = await house.rows(PostRow)
    assert (shown.payload.tier, shown.payload.value_usd_micros) == (DealTier.HIGH, usd(100).value)
    await again(house, 160)
    _, risen = await house.rows(PostRow)
    deal: DealPost = risen.payload
    assert (deal.tier, deal.was_revised, deal.ping_role_id) == (DealTier.GOLD, True, None)


async def test_a_listing_that_earned_nothing_and_is_a_deal_now_is_posted_once(house: House) -> None:
    await house.join()
    await judge(house, value=82)
    assert await house.rows(PostRow) == []
    await again(house, 160)
    await again(house, 161)
    [post] = await house.rows(PostRow)
    assert post.payload.was_revised


async def test_a_policy_that_is_newer_than_the_verdicts_gets_its_own_and_no_post(house: House) -> None:
    await judge(house)
    await house.join(policy=STRICT)
    house.value(by_alt(160, confidence=95))
    house.pass_time(60)
    await house.revalue(1)
    found = {row.policy_hash: (row.tier, row.revised_at) for row in await house.rows(VerdictRow)}
    assert found == {DEFAULT: (DealTier.GOLD, at(60)), policy_hash(STRICT): (DealTier.GOLD, None)}
    assert await house.rows(PostRow) == []


async def test_a_vendor_that_is_down_leaves_the_verdict_as_it_is_until_it_is_back(house: House) -> None:
    await judge(house)
    house.alt.down = SourceUnavailable("alt", "does not answer")
    await again(house, 100)
    [verdict] = await house.rows(VerdictRow)
    assert (verdict.tier, verdict.revised_at) == (DealTier.GOLD, None)
    house.alt.down = None
    house.pass_time(10)
    await house.appraisal.work_due()
    [verdict] = await house.rows(VerdictRow)
    assert verdict.tier == DealTier.HIGH


async def test_a_listing_that_ended_is_not_revised(house: House) -> None:
    await judge(house)
    await house.tell(ended(Reported.DELISTED, 5))
    await again(house, 100)
    assert await house.rows(RevisionRow) == []
    assert await house.rows(WorkRow) == []


async def test_what_was_never_judged_is_judged_like_any_other(house: House) -> None:
    await house.join()
    house.alt.down = SourceUnavailable("alt", "does not answer")
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    house.alt.down = None
    house.value(by_alt(160))
    house.pass_time(60)
    await house.revalue(1)
    [post] = await house.rows(PostRow)
    assert not post.payload.was_revised
    assert await house.rows(RevisionRow) == []


async def test_the_newest_result_is_what_latest_shows(house: House) -> None:
    await judge(house)
    await again(house, 100)
    [view] = (await house.deals.latest()).items
    assert (view.deal.tier, view.deal.value_usd_micros) == (DealTier.HIGH, usd(100).value)
    await again(house, 82)
    assert (await house.deals.latest()).items == ()
