"""Where a person goes from a deal: the card at each place that knows it."""

from urllib.parse import quote

from core.domain.listings import Venue
from core.domain.posts import DealPost

VENUES: dict[Venue, str] = {Venue.CC: "Collector Crypt", Venue.ME: "Magic Eden"}
_PAGES: dict[Venue, str] = {
    Venue.CC: "https://collectorcrypt.com/assets/solana/{}",
    Venue.ME: "https://magiceden.io/item-details/{}",
}
_ALT_PAGE = "https://app.alt.xyz/research/{}"
_NAME_LENGTH_MAX = 100  # a token's address has 44; a button's link may have 512 with every letter quoted


def page_of(venue: Venue, mint: str) -> str:
    """The token's page at a marketplace."""
    return _filled(_PAGES[venue], mint)


def alt_page(asset_id: str) -> str | None:
    """ALT's page of an asset, None without one."""
    return _filled(_ALT_PAGE, asset_id) if asset_id else None


def links(deal: DealPost) -> tuple[tuple[str, str], ...]:
    """(label, address) of each known page, in the order of the buttons; an unknown one is left out."""
    pages = (
        ("CC", page_of(Venue.CC, deal.mint)),
        ("ALT", alt_page(deal.alt_asset_id)),
        ("ME", page_of(Venue.ME, deal.mint)),
    )
    return tuple((label, page) for label, page in pages if page is not None)


def order_link(deal: DealPost) -> str:
    """The page where the order lives and can be bought."""
    return page_of(deal.venue, deal.mint)


def _filled(page: str, name: str) -> str:
    return page.format(quote(name[:_NAME_LENGTH_MAX], safe=""))
