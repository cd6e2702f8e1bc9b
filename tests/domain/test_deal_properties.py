"""What holds for every verdict, whatever the numbers."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.domain.deals import (
    BPS,
    DEFAULT_POLICY,
    RANK,
    Deal,
    DealPolicy,
    DealTier,
    Rejection,
    TierRule,
    appraise,
    earns,
    policy_hash,
)
from core.domain.money import AMOUNT_MAX
from core.domain.valuation import Evidence, EvidenceKind, Valuation, combine
from tests.domain.appraisals import TITLE, offered

money = st.integers(1, AMOUNT_MAX)
names = st.sampled_from(["", TITLE, "Promo", "Staff Promo"])
evidence = st.builds(
    Evidence,
    st.sampled_from(EvidenceKind),
    money,
    st.integers(0, 100),
    asset_name=names,
    sales=st.integers(0, 20),
)
valuations = st.lists(evidence, min_size=1, max_size=4).map(lambda found: combine(found) or never())
bounds = st.integers(-BPS, BPS)
policies = st.builds(
    DealPolicy,
    confidence_min=st.integers(0, 100),
    suspicious_bps=bounds,
    doubtful_bps=bounds,
    look_bps=bounds,
    payout_bps=st.integers(0, BPS),
    fees_usd_micros=st.integers(0, 10**12),
    tiers=st.lists(
        st.builds(TierRule, st.sampled_from(DealTier), bounds, st.none() | st.integers(-9, 9)), max_size=4
    ).map(tuple),
)


def never() -> Valuation:
    raise AssertionError("evidence of a positive value makes a valuation")


def height(result: Deal | Rejection) -> int:
    return RANK[result.tier] if isinstance(result, Deal) else -1


@given(money, valuations, policies)
def test_positive_prices_and_values_always_get_a_verdict(
    price: int, value: Valuation, policy: DealPolicy
) -> None:
    result = appraise(offered(price), value, policy)
    assert isinstance(result, Deal | Rejection)
    assert result.discount_bps is not None
    assert result.discount_bps < BPS


@given(money, money, valuations)
def test_a_lower_price_never_earns_a_lower_tier_unless_it_raises_doubt(
    one: int, other: int, value: Valuation
) -> None:
    cheap, dear = sorted((one, other))
    lower = appraise(offered(cheap), value, DEFAULT_POLICY)
    higher = appraise(offered(dear), value, DEFAULT_POLICY)
    doubted = isinstance(lower, Deal) and RANK[lower.tier] == 0
    assert doubted or height(lower) >= height(higher)


@given(money, valuations)
def test_a_tier_is_exactly_what_the_discount_reaches(price: int, value: Valuation) -> None:
    result = appraise(offered(price), value, DEFAULT_POLICY)
    if isinstance(result, Deal):
        assert earns(price, value.value_usd_micros, DEFAULT_POLICY.look_bps)
        assert (result.tier is DealTier.SUSPICIOUS) == earns(price, value.value_usd_micros, 8_500)
        assert bool(result.missing) == (result.tier is DealTier.LOOK)
    else:
        assert not earns(price, value.value_usd_micros, DEFAULT_POLICY.look_bps)


@given(money, money, bounds)
def test_the_comparison_agrees_with_the_discount_that_is_shown(price: int, value: int, bps: int) -> None:
    assert earns(price, value, bps) == ((value - price) * BPS // value >= bps)


@given(policies)
def test_a_policy_comes_back_from_storage_under_the_same_name(policy: DealPolicy) -> None:
    stored = msgspec.json.encode(policy, order="deterministic")
    assert policy_hash(msgspec.json.decode(stored, type=DealPolicy)) == policy_hash(policy)
