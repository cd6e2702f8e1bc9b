"""What a person asks for in a list of deals: everything that is set must be so."""

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import DealTier
from core.domain.filters import EVERYTHING, DealFilter
from core.domain.listings import Venue
from tests.cogs.deal_posts import DOLLAR, a_deal

DEAL = a_deal(category="Pokemon")


@pytest.mark.parametrize(
    "where",
    [
        EVERYTHING,
        DealFilter(tier=DealTier.LOOK),
        DealFilter(grader=Grader.PSA),
        DealFilter(category="pokemon"),
        DealFilter(price_max_usd_micros=80 * DOLLAR),
        DealFilter(discount_min_bps=5_000),
        DealFilter(venue=Venue.CC),
        DealFilter(text="char base"),
        DealFilter(text="CHÁRIZARD"),
        DealFilter(text="  "),
        DealFilter(None, Grader.PSA, "Pokemon", 80 * DOLLAR, 5_000, Venue.CC, "charizard"),
    ],
)
def test_what_fits_is_admitted_bounds_included(where: DealFilter) -> None:
    assert where.admits(DEAL)


@pytest.mark.parametrize(
    "where",
    [
        DealFilter(grader=Grader.CGC),
        DealFilter(category="Magic"),
        DealFilter(price_max_usd_micros=80 * DOLLAR - 1),
        DealFilter(discount_min_bps=5_001),
        DealFilter(venue=Venue.ME),
        DealFilter(text="blastoise"),
        DealFilter(text="charizard blastoise"),
        DealFilter(grader=Grader.PSA, venue=Venue.ME),
    ],
)
def test_what_does_not_is_not(where: DealFilter) -> None:
    assert not where.admits(DEAL)


def test_a_tier_alone_is_no_narrow_search() -> None:
    assert not EVERYTHING.is_narrow
    assert not DealFilter(tier=DealTier.GOLD).is_narrow
    assert DealFilter(tier=DealTier.GOLD, text="x").is_narrow


def test_what_is_stored_of_a_filter_is_only_what_was_asked_for() -> None:
    assert msgspec.json.encode(DealFilter(grader=Grader.PSA)) == b'{"grader":"PSA"}'
