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


def links(deal: DealPost) -> tuple[tuple[str, str], ...]:
    """(label, address) of each known page, in the order of the buttons; an unknown one is left out."""
    pages = (
        ("CC", _PAGES[Venue.CC], deal.mint),
        ("ALT", _ALT_PAGE, deal.alt_asset_id),
        ("ME", _PAGES[Venue.ME], deal.mint),
    )
    return tuple((label, _filled(page, name)) for label, page, name in pages if name)


def order_link(deal: DealPost) -> str:
    """The page where the order lives and can be bought."""
    return _filled(_PAGES[deal.venue], deal.mint)


def _filled(page: str, name: str) -> str:
    return page.format(quote(name[:_NAME_LENGTH_MAX], safe=""))
