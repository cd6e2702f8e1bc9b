"""The tier table and the reasons against a listing, row by row, with their boundaries."""

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import (
    DEFAULT_POLICY,
    PINGS,
    RANK,
    Deal,
    DealPolicy,
    DealTier,
    Reason,
    Rejection,
    TierRule,
    appraise,
    canonical,
    discount_bps,
    net_profit_usd_micros,
    policy_hash,
)
from core.domain.money import AMOUNT_MAX
from core.domain.valuation import Evidence, EvidenceKind
from tests.domain.appraisals import TITLE, VALUE, by_alt, by_sales, discounted, insured, offered, valued

SURE = by_alt(80)
MICRO = 1


def tier_of(result: Deal | Rejection) -> DealTier | Reason:
    return result.tier if isinstance(result, Deal) else result.reason


@pytest.mark.parametrize(
    ("bps", "found", "expected"),
    [
        (9_999, by_alt(100), DealTier.SUSPICIOUS),
        (8_500, by_alt(100), DealTier.SUSPICIOUS),
        (8_500, by_alt(0), DealTier.SUSPICIOUS),
        (8_500, insured(), DealTier.SUSPICIOUS),
        (8_499, SURE, DealTier.GOLD),
        (3_000, SURE, DealTier.GOLD),
        (2_999, SURE, DealTier.HIGH),
        (2_000, SURE, DealTier.HIGH),
        (1_999, SURE, DealTier.INFO),
        (1_500, SURE, DealTier.INFO),
        (1_499, SURE, Reason.TOO_DEAR),
        (0, SURE, Reason.TOO_DEAR),
        (-10_000, SURE, Reason.TOO_DEAR),
        (3_000, by_alt(60), DealTier.GOLD),
        (3_000, by_alt(59), DealTier.LOOK),
        (1_500, by_alt(59), DealTier.LOOK),
        (1_499, by_alt(59), Reason.TOO_DEAR),
        (3_000, by_sales(3, 60), DealTier.GOLD),
        (5_500, by_sales(5, 70), DealTier.GOLD),
        (3_000, by_sales(2, 75), DealTier.LOOK),
        (1_499, by_sales(2, 75), Reason.TOO_DEAR),
        (3_000, insured(), DealTier.LOOK),
    ],
)
def test_a_listing_at_the_boundary_earns_the_tier(bps: int, found: Evidence, expected: object) -> None:
    result = appraise(discounted(bps), valued(found), DEFAULT_POLICY)
    assert tier_of(result) is expected
    assert result.discount_bps == bps


@pytest.mark.parametrize(
    ("bps", "above"), [(8_500, DealTier.SUSPICIOUS), (3_000, DealTier.GOLD), (1_500, DealTier.INFO)]
)
def test_one_micro_dollar_decides_a_tier(bps: int, above: DealTier) -> None:
    at, value = discounted(bps), valued(SURE)
    dearer = msgspec.structs.replace(at, price_usd_micros=at.price_usd_micros + MICRO)
    assert tier_of(appraise(at, value, DEFAULT_POLICY)) is above
    assert tier_of(appraise(dearer, value, DEFAULT_POLICY)) is not above


@pytest.mark.parametrize(
    ("title", "asset", "expected"),
    [
        (TITLE, TITLE, DealTier.GOLD),
        ("Pikachu Center Stamped PSA 10", "Pikachu Stamped (Center)", DealTier.GOLD),
        ("Pikachu PROMO PSA 10", "pikachu promo", DealTier.GOLD),
        ("Pikachu PSA 10", "Pikachu Promo", DealTier.UNDETERMINED),
        ("Pikachu 1st Edition PSA 10", "Pikachu", DealTier.UNDETERMINED),
        ("Pikachu Staff Promo PSA 10", "Pikachu Promo", DealTier.UNDETERMINED),
        ("Pikachu Promotional PSA 10", "Pikachu", DealTier.GOLD),
        ("ピカチュウpromo PSA 10", "Pikachu", DealTier.UNDETERMINED),
    ],
)
def test_a_name_with_other_variant_words_is_for_the_eye(title: str, asset: str, expected: DealTier) -> None:
    result = appraise(offered(VALUE // 2, title), valued(by_alt(name=asset)), DEFAULT_POLICY)
    assert tier_of(result) is expected


@pytest.mark.parametrize(
    ("bps", "confidence", "expected"),
    [
        (8_500, 80, DealTier.SUSPICIOUS),
        (1_500, 80, DealTier.UNDETERMINED),
        (1_500, 0, DealTier.UNDETERMINED),
        (1_499, 80, Reason.TOO_DEAR),
    ],
)
def test_a_doubtful_name_decides_between_suspicious_and_the_rest(
    bps: int, confidence: int, expected: object
) -> None:
    result = appraise(discounted(bps), valued(by_alt(confidence, name="Promo")), DEFAULT_POLICY)
    assert tier_of(result) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (by_alt(name=""), DealTier.UNDETERMINED),
        (Evidence(EvidenceKind.PRICECHARTING, VALUE, 70), DealTier.UNDETERMINED),
        (by_sales(10), DealTier.GOLD),
        (insured(), DealTier.LOOK),
        (Evidence(EvidenceKind.OVERRIDE, VALUE, 90), DealTier.GOLD),
    ],
)
def test_only_a_vendor_that_names_nothing_is_doubted_above_twice_the_price(
    found: Evidence, expected: DealTier
) -> None:
    twice = offered(VALUE // 2)
    above = offered(VALUE // 2 - MICRO)
    assert tier_of(appraise(above, valued(found), DEFAULT_POLICY)) is expected
    assert tier_of(appraise(twice, valued(found), DEFAULT_POLICY)) is not DealTier.UNDETERMINED


def test_a_look_says_everything_that_is_missing() -> None:
    unsure = appraise(discounted(3_000), valued(by_alt(41)), DEFAULT_POLICY)
    thin = appraise(discounted(3_000), valued(by_sales(2, 50)), DEFAULT_POLICY)
    assert isinstance(unsure, Deal)
    assert unsure.missing == ("confidence is 41, 60 is asked for",)
    assert isinstance(thin, Deal)
    assert thin.missing == ("confidence is 50, 60 is asked for", "only 2 sales of this grade in 90 days")


@pytest.mark.parametrize(("sales", "said"), [(0, "no sales"), (1, "only 1 sale"), (2, "only 2 sales")])
def test_few_sales_are_counted_in_plain_words(sales: int, said: str) -> None:
    thin = appraise(discounted(3_000), valued(by_sales(sales, 50)), DEFAULT_POLICY)
    assert isinstance(thin, Deal)
    assert f"{said} of this grade in 90 days" in thin.missing


def profit_policy(**least: int) -> DealPolicy:
    """The ordinary tiers; each named one asks for a profit in micro-dollars."""
    rules = (
        TierRule(rule.tier, rule.discount_min_bps, least.get(rule.tier.value))
        for rule in DEFAULT_POLICY.tiers
    )
    return msgspec.structs.replace(DEFAULT_POLICY, tiers=tuple(rules))


PROFIT = VALUE * 85 // 100 - VALUE * 70 // 100
"""What a listing 30 % below the value leaves."""


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (profit_policy(gold=PROFIT), DealTier.GOLD),
        (profit_policy(gold=PROFIT + MICRO), DealTier.HIGH),
        (profit_policy(gold=PROFIT + MICRO, high=PROFIT + MICRO), DealTier.INFO),
        (profit_policy(gold=PROFIT + MICRO, high=PROFIT + MICRO, info=PROFIT + MICRO), Reason.PROFIT),
        (profit_policy(gold=-VALUE), DealTier.GOLD),
    ],
)
def test_a_listing_that_misses_the_profit_of_a_tier_tries_the_next(
    policy: DealPolicy, expected: object
) -> None:
    assert tier_of(appraise(discounted(3_000), valued(SURE), policy)) is expected


def test_a_listing_below_every_tier_is_too_dear_whatever_profit_is_asked() -> None:
    result = appraise(discounted(1_499), valued(SURE), profit_policy(info=VALUE))
    assert result == Rejection(Reason.TOO_DEAR, 1_499)


def test_profit_is_the_payout_less_the_price_and_the_fees() -> None:
    policy = msgspec.structs.replace(DEFAULT_POLICY, payout_bps=8_000, fees_usd_micros=5)
    assert net_profit_usd_micros(600, 1_000, policy) == 195
    assert net_profit_usd_micros(900, 1_000, policy) == -105


def test_a_discount_is_shown_rounded_down() -> None:
    assert discount_bps(2, 3) == 3_333
    assert discount_bps(4, 3) == -3_334
    assert discount_bps(AMOUNT_MAX, 1) == -(10**9)


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (DealPolicy(categories=("Pokemon",)), Reason.CATEGORY),
        (DealPolicy(graders=(Grader.BGS,)), Reason.GRADER),
        (DealPolicy(keywords_blocked=("ROBIN",)), Reason.KEYWORD),
        (DealPolicy(keywords_blocked=("nico robin", "x")), Reason.KEYWORD),
        (DealPolicy(keywords_blocked=("rob*",)), Reason.KEYWORD),
        (DealPolicy(price_min_usd_micros=VALUE // 2 + 1), Reason.PRICE_WINDOW),
        (DealPolicy(price_max_usd_micros=VALUE // 2 - 1), Reason.PRICE_WINDOW),
        (DealPolicy(sellers_blocked=("seller",)), Reason.SELLER),
    ],
)
def test_a_filter_rejects_by_its_own_reason_whatever_the_value(policy: DealPolicy, reason: Reason) -> None:
    candidate = offered(VALUE // 2)
    assert appraise(candidate, valued(SURE), policy) == Rejection(reason)
    assert appraise(candidate, None, policy) == Rejection(reason)


@pytest.mark.parametrize(
    "policy",
    [
        DealPolicy(categories=("Pokemon", "One Piece")),
        DealPolicy(keywords_blocked=("Nami",)),
        DealPolicy(keywords_blocked=("rob", "robin nico", "*rob", "*")),
        DealPolicy(price_min_usd_micros=VALUE // 2, price_max_usd_micros=VALUE // 2),
        DealPolicy(sellers_blocked=("Seller",)),
    ],
)
def test_a_filter_lets_the_rest_through(policy: DealPolicy) -> None:
    assert tier_of(appraise(offered(VALUE // 2), valued(SURE), policy)) is DealTier.GOLD


def test_without_a_value_nothing_is_a_deal() -> None:
    assert appraise(offered(1), None, DEFAULT_POLICY) == Rejection(Reason.NO_VALUE)


def test_tiers_rise_in_the_documented_order_and_two_of_them_ping() -> None:
    assert RANK[DealTier.SUSPICIOUS] == RANK[DealTier.UNDETERMINED] < RANK[DealTier.LOOK]
    assert RANK[DealTier.LOOK] < RANK[DealTier.INFO] < RANK[DealTier.HIGH] < RANK[DealTier.GOLD]
    assert set(RANK) == set(DealTier)
    assert {DealTier.GOLD, DealTier.HIGH} == PINGS


def test_equal_policies_have_one_name_and_different_ones_another() -> None:
    assert policy_hash(DealPolicy()) == policy_hash(DEFAULT_POLICY)
    assert policy_hash(DealPolicy(look_bps=1_501)) != policy_hash(DEFAULT_POLICY)
    assert msgspec.json.decode(canonical(DEFAULT_POLICY), type=DealPolicy) == DEFAULT_POLICY
