"""Why, of posts that today's settings would not make: each is told with the call that it shows."""

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier, TierRule
from core.domain.overrides import Wanted
from core.domain.posts import DealPost
from core.services.policies import PolicyService
from tests.services.house import GUILD, House
from tests.services.whys import TOKEN, judged_at, only_version, show_the_digest, wait_for_a_digest

pytestmark = pytest.mark.slow


async def test_a_post_by_the_settings_of_then_says_what_it_shows_and_by_which_settings(house: House) -> None:
    then = DealPolicy(confidence_min=61)
    await house.join(policy=then)
    await judged_at(house, 80)
    [post] = (await only_version(house)).posts
    assert (post.tier, post.discount_bps, post.policy) == (DealTier.GOLD, 5_000, None)
    await house.show_posts()
    await house.join(policy=DealPolicy(confidence_min=90))
    version = await only_version(house)
    [post] = version.posts
    assert (post.tier, post.discount_bps, post.policy) == (DealTier.GOLD, 5_000, then)
    assert (version.judged, post.agrees(version.judged)) == (None, False)
    await PolicyService(house.db, house.clock).catch_up()
    version = await only_version(house)
    assert version.judged is not None
    assert (version.judged.tier, version.posts[0].agrees(version.judged)) == (DealTier.LOOK, False)
    said = await house.deals.said_in(post.message_id or 0)
    assert isinstance(said, DealPost)
    assert said.tier is DealTier.GOLD
    await house.join(policy=then)
    version = await only_version(house)
    assert (version.posts[0].policy, version.posts[0].agrees(version.judged)) == (None, True)


async def test_a_line_of_a_digest_says_what_it_shows_whatever_holds_by_now(house: House) -> None:
    await house.join()
    await wait_for_a_digest(house, 130)
    await show_the_digest(house)
    stricter = DealPolicy(tiers=(TierRule(DealTier.GOLD, 3_000), TierRule(DealTier.HIGH, 1_800)))
    await house.guilds.change(GUILD, lambda now: msgspec.structs.replace(now, policy=stricter), by=1)
    await PolicyService(house.db, house.clock).catch_up()
    version = await only_version(house)
    [post] = version.posts
    assert version.judged is not None
    assert version.judged.tier is DealTier.HIGH
    assert (post.is_digest, post.tier, post.discount_bps) == (True, DealTier.INFO, 1_875)
    assert post.policy == DEFAULT_POLICY


async def test_a_post_from_before_a_listing_was_valued_anew_is_of_the_same_settings(house: House) -> None:
    await house.join()
    await judged_at(house, 130)
    await house.show_posts()
    await house.overrides.set(TOKEN, Wanted(300, "seen at an auction"), by=1)
    await house.appraisal.work_due()
    version = await only_version(house)
    shown = [(post.tier, post.discount_bps, post.policy) for post in version.posts]
    assert shown == [(DealTier.INFO, 1_875, None), (DealTier.GOLD, 5_666, None)]
    assert [post.agrees(version.judged) for post in version.posts] == [False, True]
