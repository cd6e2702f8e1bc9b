"""Why: the way of a listing through the line, with this server's own verdict and posts and nobody else's."""

import pytest

from core.domain.deals import DealPolicy, DealTier, Reason
from core.domain.guilds import ServerSettings
from core.domain.listings import Reported, Venue
from core.domain.overrides import Wanted
from core.domain.posts import DigestPost, PostState
from core.domain.traces import Unposted
from core.domain.valuation import EvidenceKind
from core.errors import NotFound, SourceUnavailable
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import ME, at, by_alt, ended, listed, sol, sold, usd
from tests.services.whys import (
    SLAB,
    TOKEN,
    judged_at,
    listed_at,
    only_version,
    show_the_digest,
    wait_for_a_digest,
    why,
)

pytestmark = pytest.mark.slow

ANOTHER_GUILD = 51


@pytest.mark.parametrize("what", [TOKEN, "12345678", f"https://magiceden.io/item-details/{TOKEN}"])
async def test_a_posted_deal_is_told_from_the_first_report_to_the_message(house: House, what: str) -> None:
    await house.join()
    await judged_at(house, 80)
    house.pass_time(3)
    await house.show_posts()
    trace = await why(house, what)
    [listing] = trace.listings
    [version] = listing.versions
    assert (trace.slab, listing.venue, listing.is_open) == (SLAB, Venue.CC, True)
    assert [(one.source, one.said, one.changed) for one in listing.told] == [
        ("collectorcrypt", Reported.LISTED, "opens")
    ]
    assert version.judged is not None
    assert version.judged.valuation is not None
    assert (version.judged.tier, version.judged.discount_bps) == (DealTier.GOLD, 5_000)
    assert version.judged.valuation.evidence[0].kind is EvidenceKind.ALT
    [post] = version.posts
    assert (post.state, post.sent_at, post.message_id) == (PostState.SHOWN, at(3), 1_001)
    assert (version.waiting, version.held) == (None, None)


async def test_a_listing_that_is_no_deal_has_its_reason(house: House) -> None:
    await house.join()
    await judged_at(house, 159)
    judged = (await only_version(house)).judged
    assert judged is not None
    assert (judged.tier, judged.reason, judged.discount_bps) == (None, Reason.TOO_DEAR, 62)


async def test_each_server_is_told_its_own_verdict_and_its_own_posts(house: House) -> None:
    await house.join()
    await house.join(ANOTHER_GUILD, policy=DealPolicy(sellers_blocked=("seller",)))
    await judged_at(house, 80)
    await house.show_posts()
    ours, theirs = await only_version(house), await only_version(house, ANOTHER_GUILD)
    assert ours.judged is not None
    assert theirs.judged is not None
    assert (ours.judged.tier, theirs.judged.reason) == (DealTier.GOLD, Reason.SELLER)
    assert [post.guild_id for post in ours.posts] == [GUILD]
    assert theirs.posts == ()
    assert (await why(house, guild_id=ANOTHER_GUILD)).policy.sellers_blocked == ("seller",)


async def test_outside_of_a_server_the_default_policy_judges_and_no_post_is_told(house: House) -> None:
    await house.join()
    await judged_at(house, 80)
    version = await only_version(house, None)
    assert version.judged is not None
    assert (version.judged.tier, version.posts) == (DealTier.GOLD, ())


async def test_prices_of_one_stay_follow_each_other_the_newest_first(house: House) -> None:
    await house.join()
    await judged_at(house, 159)
    await judged_at(house, 80, 10)
    [listing] = (await why(house)).listings
    assert [(version.n, version.ask, version.ended_at) for version in listing.versions] == [
        (2, usd(80), None),
        (1, usd(159), at(10)),
    ]


async def test_how_it_ended_is_told(house: House) -> None:
    await judged_at(house, 80)
    await house.tell(sold(80, 10, mint=TOKEN))
    [listing] = (await why(house)).listings
    assert (listing.is_open, listing.closed_as, listing.state_at) == (False, Reported.SOLD, at(10))
    assert [one.said for one in listing.told] == [Reported.SOLD, Reported.LISTED]


async def test_a_listing_that_waits_for_a_vendor_says_for_whom(house: House) -> None:
    house.alt.down = SourceUnavailable("alt", "HTTP 503")
    await listed_at(house, 80)
    await house.appraisal.work_due()
    waiting = (await only_version(house)).waiting
    assert waiting is not None
    assert (waiting.because, waiting.parked_at, waiting.attempts) == ("alt: HTTP 503", None, 1)


async def test_a_listing_that_was_given_up_says_so(house: House) -> None:
    house.alt.bug = ZeroDivisionError("ours")
    await listed_at(house, 80)
    for _ in range(5):
        await house.appraisal.work_due()
        house.pass_time(60)
    waiting = (await only_version(house)).waiting
    assert waiting is not None
    assert waiting.parked_at is not None


async def test_a_listing_that_was_over_before_its_turn_has_no_verdict(house: House) -> None:
    await listed_at(house, 80)
    await house.tell(ended(Reported.DELISTED, 10, mint=TOKEN))
    version = await only_version(house)
    assert (version.is_judged, version.judged, version.waiting, version.ended_at) == (
        False,
        None,
        None,
        at(10),
    )


async def test_a_listing_older_than_the_settings_of_the_server_was_judged_by_others(house: House) -> None:
    await judged_at(house, 80)
    await house.join(policy=DealPolicy(confidence_min=61))
    version = await only_version(house)
    assert (version.is_judged, version.judged) == (True, None)


async def test_a_price_that_cannot_be_meant_is_told_with_what_it_was_held_against(house: House) -> None:
    await house.price_sol("150")
    house.alt.values["12345678"] = by_alt(160)
    await house.tell(listed(sol(160), 0, mint=TOKEN, slab=SLAB))
    await house.appraisal.work_due()
    held = (await only_version(house)).held
    assert held is not None
    assert (held.suspicion.against_usd_micros, held.released_at) == (usd(160).value, None)


async def test_a_verdict_that_was_revised_tells_what_it_was(house: House) -> None:
    await judged_at(house, 130)
    house.pass_time(60)
    await house.overrides.set(TOKEN, Wanted(300, "seen at an auction"), by=1)
    await house.appraisal.work_due()
    judged = (await only_version(house)).judged
    assert judged is not None
    assert (judged.tier, judged.revised_at) == (DealTier.GOLD, at(60))
    [before] = judged.before
    assert (before.tier, before.discount_bps, before.decided_at) == (DealTier.INFO, 1_875, at(0))


async def test_a_deal_that_waits_for_a_digest_and_then_stands_in_it_says_so(house: House) -> None:
    await house.join()
    await wait_for_a_digest(house, 130)
    version = await only_version(house)
    assert (version.posts, version.digest_at) == ((), at(3_600))
    assert (await only_version(house, ANOTHER_GUILD)).digest_at is None
    await show_the_digest(house)
    version = await only_version(house)
    [post] = version.posts
    assert (post.is_digest, post.sent_at, version.digest_at) == (True, at(3_600), None)
    assert isinstance(await house.deals.said_in(post.message_id or 0), DigestPost)
    with pytest.raises(NotFound, match="not a deal of mine"):
        await house.deals.said_in(404)


@pytest.mark.parametrize(
    ("settings", "because"),
    [
        (ServerSettings(), Unposted.NO_CHANNEL),
        (ServerSettings(channel_id=CHANNEL, tiers_hidden=(DealTier.GOLD,)), Unposted.HIDDEN),
        (ServerSettings(DealPolicy(suspicious_bps=4_000), CHANNEL), Unposted.NO_TRACE_CHANNEL),
    ],
)
async def test_a_call_that_has_no_place_in_a_server_says_which_choice_keeps_it_away(
    house: House, settings: ServerSettings, because: Unposted
) -> None:
    await house.join()
    await house.guilds.change(GUILD, lambda _: settings, by=1)
    await judged_at(house, 80)
    assert (await only_version(house)).unposted is because
    assert (await only_version(house, None)).unposted is None


async def test_a_call_that_would_repeat_another_and_one_while_posting_is_paused_say_so(house: House) -> None:
    await house.join()
    await judged_at(house, 80)
    await house.show_posts()
    await judged_at(house, 79, 60)
    [listing] = (await why(house)).listings
    assert [version.unposted for version in listing.versions] == [Unposted.REPEATED, None]
    await house.posts.channel_closed(GUILD, CHANNEL, "no permission to post", tell=None)
    [listing] = (await why(house)).listings
    assert listing.versions[0].unposted is Unposted.PAUSED


async def test_a_call_from_before_a_server_came_says_that_it_was_too_late(house: House) -> None:
    await judged_at(house, 80)
    await house.join()
    assert (await only_version(house)).unposted is Unposted.TOO_LATE


async def test_several_offers_of_one_token_are_all_told_the_open_one_first(house: House) -> None:
    await judged_at(house, 80)
    await house.tell(ended(Reported.DELISTED, 10, mint=TOKEN))
    await house.tell(listed(70, 5, mint=TOKEN, source=ME, venue=Venue.ME, seller="another"))
    listings = (await why(house)).listings
    assert [(one.venue, one.is_open) for one in listings] == [(Venue.ME, True), (Venue.CC, False)]


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (TOKEN, "never seen this token"),
        ("PSA 999999", "never seen this certificate"),
        ("https://alt.xyz/research/x", "never seen a slab of this asset"),
    ],
)
async def test_what_we_never_saw_is_said_to_be_so(house: House, what: str, says: str) -> None:
    with pytest.raises(NotFound, match=says):
        await why(house, what)
