"""Record: one verdict for each version and policy, with its prices, posts and events, or nothing at all."""

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier, Reason, policy_hash
from core.domain.posts import DealPost, Rank
from core.events import DealFound, ListingRejected
from db.deals import VerdictRow
from db.guilds import PolicyRow
from db.posts import PostRow
from db.prices import PricePointRow
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import MINT, a_slab, at, by_alt, listed, sol, usd

CHOOSY = DealPolicy(graders=(Grader.BGS,))
LENIENT = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=10)


async def judge(house: House, price: float, second: float = 0, mint: str = MINT) -> None:
    await house.tell(listed(price, second, mint=mint))
    await house.appraisal.work_due()


async def posts(house: House) -> list[Stored]:
    return await house.rows(PostRow)


async def test_a_verdict_says_what_it_rests_on(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.pass_time(0.8)
    await house.appraisal.work_due()
    [row] = await house.rows(VerdictRow)
    assert (row.tier, row.reason, row.discount_bps) == (DealTier.GOLD, None, 5_000)
    assert (row.verified_by, row.valuation_id, row.ours_ms) == ("collectorcrypt", 1, 800)
    assert row.policy_hash == policy_hash(DEFAULT_POLICY)
    assert (row.deal.price, row.deal.observed_at, row.deal.alt_asset_id) == (usd(80), at(0), "asset-1")


async def test_a_rejection_is_stored_with_its_reason(house: House) -> None:
    house.value(by_alt(160))
    await judge(house, 150)
    [row] = await house.rows(VerdictRow)
    assert (row.tier, row.reason, row.discount_bps, row.deal) == (None, Reason.TOO_DEAR, 625, None)


async def test_each_policy_in_use_has_its_own_verdict_and_its_own_servers_get_posts(house: House) -> None:
    await house.join(1, channel_id=11)
    await house.join(2, channel_id=22)
    await house.join(3, channel_id=33, policy=CHOOSY)
    await house.join(4, channel_id=44, policy=LENIENT)
    house.value(by_alt(160, confidence=20))
    await judge(house, 80)
    found = {row.policy_hash: row.tier or row.reason for row in await house.rows(VerdictRow)}
    assert found == {
        policy_hash(DEFAULT_POLICY): DealTier.LOOK,
        policy_hash(CHOOSY): Reason.GRADER,
        policy_hash(LENIENT): DealTier.GOLD,
    }
    ranks = {(row.guild_id, row.channel_id): row.rank for row in await posts(house)}
    assert ranks == {(1, 11): Rank.LOOK, (2, 22): Rank.LOOK, (4, 44): Rank.GOLD}
    assert len(house.alt.asked) == 1


async def test_what_every_policy_screens_out_is_not_valued(house: House) -> None:
    await house.price_sol("150")
    await house.tell(listed(sol(1e-9), 0))
    await house.appraisal.work_due()
    [row] = await house.rows(VerdictRow)
    assert (row.reason, house.alt.asked) == (Reason.PRICE_WINDOW, [])


async def test_the_default_policy_judges_without_any_server(house: House) -> None:
    await judge(house, 80)
    assert len(await house.rows(PolicyRow)) == len(await house.rows(VerdictRow)) == 1


async def test_a_version_is_judged_and_posted_once(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await judge(house, 80)
    await judge(house, 80)
    await house.appraisal.work_due()
    assert len(await house.rows(VerdictRow)) == len(await posts(house)) == 1


@pytest.mark.parametrize("left", ["left", "paused", "without a channel"])
async def test_a_server_that_wants_no_posts_gets_none(house: House, left: str) -> None:
    await house.join()
    await house.guilds.joined(99, "without a channel")
    if left == "left":
        await house.guilds.left(GUILD)
    else:
        await house.guilds.pause(GUILD, "I may not post there.")
    house.value(by_alt(160))
    await judge(house, 80)
    assert await posts(house) == []


async def test_what_was_open_before_we_looked_is_judged_but_not_posted(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0), is_baseline=True)
    await house.appraisal.work_due()
    [row] = await house.rows(VerdictRow)
    assert row.tier == DealTier.GOLD
    assert await posts(house) == []


@pytest.mark.parametrize(
    ("price", "tier", "count"),
    [
        (24, DealTier.SUSPICIOUS, 0),
        (80, DealTier.GOLD, 1),
        (120, DealTier.HIGH, 1),
        (130, DealTier.INFO, 1),
        (150, None, 0),
    ],
)
async def test_a_suspicious_one_is_judged_and_not_posted(
    house: House, price: float, tier: DealTier | None, count: int
) -> None:
    await house.join()
    house.value(by_alt(160))
    await judge(house, price)
    [row] = await house.rows(VerdictRow)
    assert (row.tier, len(await posts(house))) == (tier, count)


async def test_a_doubtful_one_is_posted_last(house: House) -> None:
    await house.join()
    house.value(by_alt(160, name="Nico Robin Promo"))
    await judge(house, 80)
    [post] = await posts(house)
    assert (post.payload.tier, post.rank) == (DealTier.UNDETERMINED, Rank.LOOK)


async def test_a_post_is_as_the_deal_was_decided(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.price_sol("150")
    await house.tell(listed(sol(0.5), 0, slab=a_slab(MINT, insured=200)))
    await house.appraisal.work_due()
    [post] = await posts(house)
    deal: DealPost = post.payload
    assert (deal.price, deal.price_usd_micros, deal.value_usd_micros) == (
        sol(0.5),
        usd(75).value,
        usd(160).value,
    )
    assert (deal.insured_usd_micros, deal.net_profit_usd_micros) == (usd(200).value, usd(61).value)
    assert (post.channel_id, post.dedupe_key, len(post.nonce)) == (CHANNEL, f"deal:{GUILD}:1:gold", 24)


async def test_what_was_asked_is_a_price_whatever_the_verdict(house: House) -> None:
    await house.price_sol("150")
    await house.tell(listed(sol(1), 0))
    await house.appraisal.work_due()
    rate, ask = await house.rows(PricePointRow)
    assert (ask.type, ask.subject, ask.at, ask.usd_micros) == ("ask", "kind:1", at(0), usd(150).value)
    assert (ask.rate_id, ask.source) == (rate.id, "collectorcrypt")


async def test_what_was_decided_is_told_after_what_happened(house: House) -> None:
    house.value(by_alt(160), "a")
    await judge(house, 80, mint="a")
    await judge(house, 159, mint="b")
    assert [event for event in await house.events() if isinstance(event, DealFound | ListingRejected)] == [
        DealFound(1, 1, "a", DealTier.GOLD, 5_000),
        ListingRejected(2, 2, "b", Reason.TOO_DEAR),
    ]


async def test_a_post_that_nobody_saw_does_not_keep_the_next_one_back(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await judge(house, 80)
    await judge(house, 79, 10)
    unseen, wanted = await posts(house)
    assert (unseen.state, wanted.state) == ("withdrawn", "wanted")
    assert wanted.payload.price == usd(79)
