"""What settings would have posted: the calls, the rule for repeats, and what is left of two sides."""

from datetime import timedelta

import msgspec
import pytest

from core.domain.catalog import Grade, Grader
from core.domain.deals import DEFAULT_POLICY, Candidate, Deal, DealPolicy, DealTier
from core.domain.guilds import DEFAULT_SETTINGS, ServerSettings
from core.domain.listings import Venue
from core.domain.outcomes import Known, outcome_of
from core.domain.replays import (
    Judged,
    Quick,
    Would,
    is_unvalued,
    only_in,
    side,
    with_quick,
    would_call,
    would_post,
)
from core.domain.valuation import Evidence, EvidenceKind, Valuation
from core.errors import InvalidInput
from tests.databases import NOW
from tests.services.reports import a_slab

DOLLAR = 1_000_000
HERE = msgspec.structs.replace(DEFAULT_SETTINGS, channel_id=1)


def judged(price: int, value: int | None = 100, *, confidence: int = 80) -> Judged:
    valuation = None
    if value is not None:
        worth = value * DOLLAR
        evidence = (Evidence(EvidenceKind.ALT, worth, confidence, asset_name=a_slab().title),)
        valuation = Valuation(worth, worth, worth, confidence, evidence)
    candidate = Candidate(price * DOLLAR, "seller", a_slab())
    return Judged(1, 1, 1, "mint", Venue.CC, NOW, candidate, valuation)


def would(
    version_id: int,
    tier: DealTier = DealTier.GOLD,
    *,
    price: int = 70,
    listing_id: int = 1,
    minute: float = 0,
    profit: int = 15,
) -> Would:
    return Would(
        version_id=version_id,
        listing_id=listing_id,
        slab_id=1,
        mint="mint",
        venue=Venue.CC,
        at=NOW + timedelta(minutes=minute),
        title="name",
        grader=Grader.PSA,
        grade=Grade(100),
        price_usd_micros=price * DOLLAR,
        value_usd_micros=100 * DOLLAR,
        deal=Deal(tier, 3_000, profit * DOLLAR),
    )


def posted(*calls: Would, settings: ServerSettings = HERE) -> list[int]:
    return [one.version_id for one in would_post(calls, settings)]


def test_a_call_is_the_one_that_the_line_would_have_made() -> None:
    for price, tier in ((70, DealTier.GOLD), (80, DealTier.HIGH), (85, DealTier.INFO), (86, None)):
        called = would_call(judged(price), DEFAULT_POLICY)
        assert (called and called.deal.tier) == tier
    sure = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=81)
    called = would_call(judged(70), sure)
    assert called is not None
    assert called.deal.tier is DealTier.LOOK


def test_what_nothing_valued_is_counted_only_where_the_filter_lets_it_through() -> None:
    assert is_unvalued(judged(70, None), DEFAULT_POLICY)
    assert not is_unvalued(judged(70), DEFAULT_POLICY)
    assert not is_unvalued(judged(70, None), DealPolicy(categories=("Baseball",)))
    assert would_call(judged(70, None), DEFAULT_POLICY) is None


@pytest.mark.parametrize(
    ("second", "is_shown"),
    [
        (would(2, minute=90), False),  # the same again
        (would(2, DealTier.HIGH, minute=90), False),
        (would(2, price=66, minute=90), True),  # 5.7 % less
        (would(2, price=67, minute=90), False),  # 4.3 % less
        (would(2, price=66, minute=59), False),  # too soon
        (would(2, listing_id=2), True),
    ],
)
def test_a_listing_is_repeated_by_the_servers_rule(second: Would, is_shown: bool) -> None:
    assert posted(would(1), second) == ([1, 2] if is_shown else [1])
    rising = would(1, DealTier.INFO), would(2, DealTier.HIGH), would(3, DealTier.HIGH)
    assert posted(*rising) == [1, 2]


def test_what_goes_nowhere_is_not_posted() -> None:
    suspicious, look = would(1, DealTier.SUSPICIOUS), would(2, DealTier.LOOK, listing_id=2)
    assert posted(suspicious, look) == [2]
    traced = msgspec.structs.replace(HERE, trace_channel_id=2, tiers_hidden=(DealTier.LOOK,))
    assert posted(suspicious, look, settings=traced) == [1]


def test_a_server_without_a_channel_sees_what_it_would_get_with_one() -> None:
    assert posted(would(1), settings=DEFAULT_SETTINGS) == [1]


def test_gained_are_the_best_of_what_only_one_side_posts() -> None:
    ours = [would(1), would(2, DealTier.INFO), would(3, profit=20), would(4, DealTier.LOOK)]
    assert [one.version_id for one in only_in(ours, [would(1, DealTier.LOOK)])] == [3, 2, 4]


def test_a_side_has_every_tier_and_counts_each_post_once() -> None:
    calls = [would(1), would(2, DealTier.INFO), would(3)]
    outcomes = {
        one.version_id: outcome_of(
            one.called(DEFAULT_POLICY), Known(), NOW + timedelta(days=one.version_id * 15)
        )
        for one in calls
    }
    found = side(calls, outcomes, DEFAULT_POLICY)
    assert [score.tier for score in found.tiers] == list(DealTier)
    assert found.posted == 3
    assert [(s.posted, s.hits, s.open) for s in found.tiers if s.posted] == [(2, 1, 1), (1, 1, 0)]


def test_quick_choices_change_only_what_they_name() -> None:
    quick = Quick(70, {DealTier.HIGH: 2_500}, 20 * DOLLAR)
    policy = with_quick(HERE, quick).policy
    assert policy.confidence_min == 70
    assert [rule.discount_min_bps for rule in policy.tiers] == [3_000, 2_500, 1_500]
    assert {rule.net_profit_min_usd_micros for rule in policy.tiers} == {20 * DOLLAR}
    assert with_quick(HERE, Quick()) == HERE


def test_quick_choices_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInput, match="go down"):
        with_quick(HERE, Quick(discounts_bps={DealTier.INFO: 4_000}))
