"""Where a person goes from a deal: the card at each place that knows it."""

import re
from urllib.parse import quote

from core.domain.listings import Venue
from core.domain.posts import DealPost

VENUES: dict[Venue, str] = {
    Venue.CC: "Collector Crypt",
    Venue.ME: "Magic Eden",
    Venue.BEEZIE: "Beezie",
    Venue.COURTYARD: "Courtyard",
}
VAULT = (Venue.CC, Venue.ME)
"""Both show the tokens of Collector Crypt's vault; any other venue has a vault of its own."""
_PAGES: dict[Venue, str] = {
    Venue.CC: "https://collectorcrypt.com/assets/solana/{}",
    Venue.ME: "https://magiceden.io/item-details/{}",
    Venue.BEEZIE: "https://solana.beezie.com/marketplace/collectible/{}",
    Venue.COURTYARD: "https://courtyard.io/asset/{}",
}
_SLUG_LENGTH_MAX = 50
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_ALT_PAGE = "https://app.alt.xyz/research/{}"
_NAME_LENGTH_MAX = 100  # a token's address has 44; a button's link may have 512 with every letter quoted


def page_of(venue: Venue, mint: str, title: str = "") -> str:
    """The token's page at a marketplace; Beezie's pages are named after the card, too."""
    return _filled(_PAGES[venue], f"{_slug(title)}-{mint}" if venue is Venue.BEEZIE else mint)


def vault_page_of(venue: Venue, deal: DealPost) -> str | None:
    """The token's page at one of the vault's marketplaces, None for a token of another vault."""
    return page_of(venue, deal.mint) if deal.venue in VAULT else None


def alt_page(asset_id: str) -> str | None:
    """ALT's page of an asset, None without one."""
    return _filled(_ALT_PAGE, asset_id) if asset_id else None


def links(deal: DealPost) -> tuple[tuple[str, str], ...]:
    """(label, address) of each known page, in the order of the buttons; an unknown one is left out."""
    pages = (
        ("CC", vault_page_of(Venue.CC, deal)),
        (VENUES[deal.venue], None if deal.venue in VAULT else order_link(deal)),
        ("ALT", alt_page(deal.alt_asset_id)),
        ("ME", vault_page_of(Venue.ME, deal)),
    )
    return tuple((label, page) for label, page in pages if page is not None)


def order_link(deal: DealPost, venue: Venue | None = None) -> str:
    """The page where the order lives and can be bought; at `venue` when it moved there."""
    return page_of(venue or deal.venue, deal.mint, deal.title)


def _slug(title: str) -> str:
    return _NOT_IN_SLUG.sub("-", title[:_SLUG_LENGTH_MAX].lower()).strip("-")


def _filled(page: str, name: str) -> str:
    return page.format(quote(name[:_NAME_LENGTH_MAX], safe=""))
