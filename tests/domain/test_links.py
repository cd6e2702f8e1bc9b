"""Where a person goes from a deal: the vault's two marketplaces, or the one that has a vault of its own."""

import msgspec
import pytest

from core.domain.links import VENUES, links, order_link
from core.domain.listings import CHAINS, Chain, Venue
from tests.web.serving import DEAL

MINT = DEAL.mint
COURTYARD = msgspec.structs.replace(DEAL, venue=Venue.COURTYARD, mint="f332", alt_asset_id="")
BEEZIE = msgspec.structs.replace(DEAL, venue=Venue.BEEZIE, title="2016 Évolutions #12 — EX!")


@pytest.mark.parametrize("venue", [Venue.CC, Venue.ME])
def test_a_token_of_the_vault_is_at_both_of_its_marketplaces(venue: Venue) -> None:
    assert links(msgspec.structs.replace(DEAL, venue=venue)) == (
        ("CC", f"https://collectorcrypt.com/assets/solana/{MINT}"),
        ("ALT", "https://app.alt.xyz/research/a%2Fb"),
        ("ME", f"https://magiceden.io/item-details/{MINT}"),
    )


def test_a_token_of_another_vault_is_at_its_own_marketplace_alone() -> None:
    assert links(COURTYARD) == (("Courtyard", "https://courtyard.io/asset/f332"),)
    page = f"https://solana.beezie.com/marketplace/collectible/2016-volutions-12-ex-{MINT}"
    assert links(BEEZIE) == (("Beezie", page), ("ALT", "https://app.alt.xyz/research/a%2Fb"))
    assert order_link(BEEZIE) == page


def test_every_venue_has_a_name_a_page_and_a_chain() -> None:
    assert set(VENUES) == set(CHAINS) == set(Venue)
    assert all(order_link(msgspec.structs.replace(DEAL, venue=venue)) for venue in Venue)
    assert CHAINS[Venue.COURTYARD] is Chain.POLYGON
