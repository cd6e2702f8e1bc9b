"""Which listing becomes which call, and what a server is told of it: case by case, bounds included.

A kind is worth 160 dollars unless a case says otherwise; a server listens in one channel, and in another for
what cannot be meant or is too good to be true.
"""

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier, Reason, is_automatable, policy_hash
from core.domain.listings import SourceName, Venue
from core.domain.money import Amount
from core.domain.notices import TracePost
from core.errors import SourceUnavailable
from core.sources.magiceden import parse_activities
from db.deals import VerdictRow
from db.engine import Database
from db.work import WorkRow
from tests.services.calls import (
    ROLE,
    TRACES,
    VALUE,
    call,
    deal,
    offer,
    posts,
    sell,
    settle,
    told_of_each,
    under,
)
from tests.services.house import CHANNEL, House
from tests.services.reports import ME, MINT, TITLE, a_slab, by_alt, listed, sol, usd
from tests.sources.payloads import fetched, me_activity, spl

STAFF = f"{TITLE} Staff Prerelease"
GOLD, HIGH, INFO, LOOK = DealTier.GOLD, DealTier.HIGH, DealTier.INFO, DealTier.LOOK
SUSPICIOUS, UNDETERMINED = DealTier.SUSPICIOUS, DealTier.UNDETERMINED


@pytest.fixture
async def market(house: House) -> House:
    await settle(house)
    return house


async def test_what_a_filter_keeps_out_is_stored_with_its_reason_and_not_posted(house: House) -> None:
    filters = {
        DealPolicy(categories=("Pokemon",)): Reason.CATEGORY,
        DealPolicy(graders=(Grader.BGS,)): Reason.GRADER,
        DealPolicy(keywords_blocked=("robin",)): Reason.KEYWORD,
    }
    for number, policy in enumerate(filters, 1):
        await house.join(number, policy=policy)
    house.value(by_alt(VALUE))
    await offer(house, 80)
    found = {row.policy_hash: row.tier or row.reason for row in await house.rows(VerdictRow)}
    reasons = {policy_hash(policy): reason for policy, reason in filters.items()}
    assert found == reasons | {policy_hash(DEFAULT_POLICY): GOLD}
    assert await posts(house) == []


CALLS = (
    (1_600, 60, INFO),
    (1_600, 80, INFO),
    (2_500, 60, HIGH),
    (2_500, 80, HIGH),
    (5_000, 60, GOLD),
    (5_000, 80, GOLD),
    (9_000, 60, SUSPICIOUS),
    (9_000, 80, SUSPICIOUS),
    (1_500, 60, INFO),
    (1_499, 60, Reason.TOO_DEAR),
    (1_500, 59, LOOK),
    (1_499, 59, Reason.TOO_DEAR),
    (2_000, 60, HIGH),
    (1_999, 60, INFO),
    (3_000, 60, GOLD),
    (2_999, 60, HIGH),
    (5_000, 59, LOOK),
    (8_499, 60, GOLD),
    (8_499, 59, LOOK),
    (8_500, 60, SUSPICIOUS),
    (8_500, 10, SUSPICIOUS),
)
"""So many basis points under a value of that confidence, and the call."""


async def test_a_discount_and_a_confidence_are_a_call_a_channel_and_a_ping(market: House) -> None:
    offers = [(under(bps), by_alt(VALUE, confidence), TITLE) for bps, confidence, _ in CALLS]
    told = await told_of_each(market, offers)
    assert [found for found, _ in told] == [expected for *_, expected in CALLS]
    for (bps, _, expected), (_, post) in zip(CALLS, told, strict=True):
        if expected is Reason.TOO_DEAR:
            assert post is None
            continue
        assert post is not None
        assert post.channel_id == (TRACES if expected is SUSPICIOUS else CHANNEL)
        assert post.payload.discount_bps == bps
        assert post.payload.ping_role_id == (ROLE if expected in {GOLD, HIGH} else None)


async def test_what_is_sure_enough_may_be_acted_on_without_a_person(market: House) -> None:
    cases = [(5_000, 80), (5_000, 75), (2_000, 80), (5_000, 74), (5_000, 60), (9_000, 80), (5_000, 59)]
    told = await told_of_each(market, [(under(bps), by_alt(VALUE, sure), TITLE) for bps, sure in cases])
    may = [post is not None and is_automatable(post.payload) for _, post in told]
    assert may == [True, True, True, False, False, False, False]


async def test_half_price_at_confidence_59_is_a_silent_look_that_says_what_is_missing(market: House) -> None:
    market.value(by_alt(VALUE, 59))
    await offer(market, 80)
    shown = await deal(market)
    assert (shown.tier, shown.ping_role_id) == (LOOK, None)
    assert shown.missing == ("confidence is 59, 60 is asked for",)
    assert not is_automatable(shown)


async def test_sixty_per_cent_under_an_insured_value_alone_is_a_look(market: House) -> None:
    await offer(market, 64, slab=a_slab(MINT, insured=VALUE))
    shown = await deal(market)
    assert (shown.tier, shown.discount_bps, shown.ping_role_id) == (LOOK, 6_000, None)
    assert shown.missing == ("confidence is 40, 60 is asked for", "no sales of this grade in 90 days")


async def test_thirty_five_per_cent_under_two_sales_is_a_look(market: House) -> None:
    await sell(market, [VALUE, VALUE])
    await offer(market, under(3_500))
    shown = await deal(market)
    assert (shown.tier, shown.ping_role_id) == (LOOK, None)
    assert shown.missing == ("confidence is 50, 60 is asked for", "only 2 sales of this grade in 90 days")


async def test_thirty_five_per_cent_under_three_consistent_sales_is_gold_without_alt(db: Database) -> None:
    market = House(db, has_alt=False)
    await settle(market)
    await sell(market, [VALUE, VALUE + 1, VALUE - 1])
    await offer(market, under(3_500))
    shown = await deal(market)
    assert (shown.tier, shown.confidence, shown.ping_role_id) == (GOLD, 60, ROLE)


@pytest.mark.parametrize(("count", "confidence"), [(8, 70), (3, 60), (10, 75)])
async def test_fifty_five_per_cent_under_own_sales_is_gold_although_no_vendor_names_the_card(
    db: Database, count: int, confidence: int
) -> None:
    market = House(db, has_alt=False)
    await settle(market)
    await sell(market, [VALUE] * count)
    await offer(market, under(5_500))
    shown = await deal(market)
    assert (shown.tier, shown.confidence, shown.evidence[0].asset_name) == (GOLD, confidence, "")


VARIANTS = (
    (under(4_000), STAFF, TITLE, UNDETERMINED),
    (VALUE / 2.1, STAFF, TITLE, UNDETERMINED),
    (VALUE / 2.1, TITLE, TITLE, GOLD),
    (VALUE / 2.1, STAFF, STAFF, GOLD),
    (VALUE / 2.1, TITLE, STAFF, UNDETERMINED),
    (VALUE / 2.1, "", TITLE, UNDETERMINED),
    (VALUE / 2, "", TITLE, GOLD),
    (under(1_500), STAFF, TITLE, UNDETERMINED),
    (under(1_499), STAFF, TITLE, Reason.TOO_DEAR),
)
"""A price, the vendor's name for what it valued, and the title of the slab."""


async def test_a_valued_asset_of_another_variant_is_for_the_eye(market: House) -> None:
    offers = [(price, by_alt(VALUE, name=asset), title) for price, asset, title, _ in VARIANTS]
    told = await told_of_each(market, offers)
    assert [found for found, _ in told] == [expected for *_, expected in VARIANTS]
    pinged = {found: post.payload.ping_role_id for found, post in told if post is not None}
    assert pinged == {UNDETERMINED: None, GOLD: ROLE}


async def test_a_grade_that_two_sources_tell_apart_is_a_mismatch(market: House) -> None:
    market.value(by_alt(VALUE))
    market.know()
    other = msgspec.structs.replace(a_slab(MINT), grade=msgspec.structs.replace(a_slab().grade, tenths=90))
    market.eden.slabs[MINT] = other
    await offer(market, 80, is_at_magic_eden=True)
    assert (await call(market), await posts(market)) == (Reason.MISMATCH, [])


async def test_a_slab_that_two_sources_describe_alike_is_judged(market: House) -> None:
    market.value(by_alt(VALUE))
    market.know()
    market.eden.slabs[MINT] = a_slab(MINT)
    await offer(market, 80, is_at_magic_eden=True)
    assert (await deal(market)).tier is GOLD
    assert [row.verified_by for row in await market.rows(VerdictRow)] == ["collectorcrypt+magiceden"]


async def test_while_collector_crypt_is_down_a_listing_waits_and_is_posted_when_it_is_back(
    market: House,
) -> None:
    market.value(by_alt(VALUE))
    market.know()
    market.vault.break_down()
    await offer(market, 80, is_at_magic_eden=True)
    assert (await call(market), await posts(market), len(await market.rows(WorkRow))) == (None, [], 1)
    market.vault.down = None
    market.pass_time(60)
    await market.appraisal.work_due()
    assert (await deal(market)).tier is GOLD


async def test_while_alt_is_down_nothing_is_stored_and_when_it_is_back_there_is_one_post(
    market: House,
) -> None:
    market.value(by_alt(VALUE))
    market.alt.down = SourceUnavailable("alt", "does not answer")
    await offer(market, 80, slab=a_slab(MINT, insured=VALUE))
    for _ in range(5):
        market.pass_time(60)
        await market.appraisal.work_due()
    assert (await call(market), await posts(market)) == (None, [])
    market.alt.down = None
    for _ in range(3):
        market.pass_time(300)
        await market.appraisal.work_due()
    assert (await deal(market)).tier is GOLD


async def test_with_alt_off_the_rest_decides(db: Database) -> None:
    market = House(db, has_alt=False)
    await settle(market)
    market.alt.down = SourceUnavailable("alt", "does not answer")
    await offer(market, 80, slab=a_slab(MINT, insured=VALUE))
    assert (await deal(market)).tier is LOOK


def read_at_magic_eden(raw_usdc: str) -> Amount:
    """An ask of so many millionths of the real USDC, as it is read from a row of the feed."""
    page = parse_activities(fetched(SourceName.MAGIC_EDEN, [me_activity(priceInfo=spl(raw_usdc))]))
    ask = page.reports[0].ask
    assert ask is not None
    return ask


async def test_the_same_dollars_in_usdc_and_in_sol_are_the_same_call(market: House) -> None:
    await market.price_sol("160")
    for price in (24, 80, 112, 128, 136, 136.01):
        in_usdc = read_at_magic_eden(str(round(price * 10**6)))
        assert in_usdc == usd(price)
        for ask, mint in ((in_usdc, f"usdc-{price}"), (sol(price / 160), f"sol-{price}")):
            market.value(by_alt(VALUE), mint)
            market.know(mint)
            await market.tell(listed(ask, 0, mint=mint, source=ME, venue=Venue.ME))
    await market.appraisal.work_due()
    rows = {row.version_id: (row.tier, row.reason, row.discount_bps) for row in await market.rows(VerdictRow)}
    assert [rows[id] for id in range(1, 12, 2)] == [rows[id] for id in range(2, 13, 2)]
    assert len(set(rows.values())) == 6


async def test_a_price_that_only_makes_sense_in_the_other_currency_is_quarantined(market: House) -> None:
    await market.price_sol("160")
    for number, ask in enumerate((sol(80), sol(160), usd(0.5), usd(1))):
        market.value(by_alt(VALUE), f"mint-{number}")
        await market.tell(listed(ask, 0, mint=f"mint-{number}"))
    await market.appraisal.work_due()
    assert [row.reason for row in await market.rows(VerdictRow)] == [Reason.QUARANTINED] * 4
    traces = [(post.channel_id, type(post.payload)) for post in await posts(market)]
    assert traces == [(TRACES, TracePost)] * 4


async def test_an_order_that_two_vendors_tell_again_and_again_across_restarts_is_one_post(
    market: House, db: Database
) -> None:
    market.value(by_alt(VALUE))
    market.know()
    by_vault, by_eden = listed(80, 0, venue=Venue.ME), listed(80, 2, source=ME, venue=Venue.ME)
    await market.tell(by_vault)
    await market.tell(by_eden)
    await market.appraisal.work_due()
    await market.tell(by_vault, by_eden)
    await market.show_posts()
    after = House(db, alt=market.alt, vault=market.vault, eden=market.eden)
    await after.tell(by_eden, by_vault)
    await after.tell(by_eden, is_baseline=True)
    await after.appraisal.work_due()
    await after.show_posts()
    assert len(await posts(after)) == len(await after.rows(VerdictRow)) == 1


async def test_a_restart_between_the_report_and_its_verdict_loses_and_doubles_nothing(
    market: House, db: Database
) -> None:
    market.value(by_alt(VALUE))
    await market.tell(listed(80, 0))
    after = House(db, alt=market.alt, vault=market.vault)
    await after.tell(listed(80, 0))
    await after.appraisal.work_due()
    await market.appraisal.work_due()
    assert (await deal(after)).tier is GOLD
