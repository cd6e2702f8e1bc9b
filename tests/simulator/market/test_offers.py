"""Offers on other marketplaces and bids for tokens follow from seed and time alone."""

from core.simulator.market.bids import LASTS_MS, live_bids
from core.simulator.market.elsewhere import Elsewhere
from core.simulator.market.values import DAY_MS
from core.simulator.market.world import World


def test_the_same_seed_and_time_give_the_same_offers(world: World) -> None:
    at_ms = world.born_ms
    one, again = (Elsewhere(world.scenery, 3, "ebay", 50, has_auctions=True) for _ in range(2))
    again.offers(at_ms + 90 * DAY_MS)
    assert one.offers(at_ms) == again.offers(at_ms)
    assert one.offers(at_ms) != Elsewhere(world.scenery, 4, "ebay", 50).offers(at_ms)
    assert one.offers(at_ms) != Elsewhere(world.scenery, 3, "beezie", 50).offers(at_ms)


def test_offers_are_open_when_they_are_shown_and_no_two_are_alike(world: World) -> None:
    offers = Elsewhere(world.scenery, 3, "ebay", 80, has_auctions=True).offers(world.born_ms)
    assert 40 < len(offers) < 80
    assert all(offer.opened_ms <= world.born_ms < offer.closes_ms for offer in offers)
    assert len({offer.number for offer in offers}) == len({offer.address for offer in offers}) == len(offers)
    assert {offer.is_auction for offer in offers} == {True, False}


def test_bids_lie_below_the_value_and_arrive_one_after_the_other(world: World) -> None:
    week_ms = world.born_ms // LASTS_MS * LASTS_MS
    for token in world.scenery.tokens[:50]:
        late = live_bids(world.scenery, 3, token, week_ms + LASTS_MS - 1)
        early = live_bids(world.scenery, 3, token, week_ms + DAY_MS)
        assert early == [bid for bid in late if bid.made_ms <= week_ms + DAY_MS]
        assert all(bid.usd_micros <= world.asks.fair(token, week_ms) for bid in late)
