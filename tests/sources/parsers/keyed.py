"""The vendors that want a key."""

from core.domain.catalog import CatalogueEntry, CertificateFacts
from core.domain.money import AMOUNT_MAX
from core.domain.wallets import MarketAsk
from core.sources import ebay, pricecharting, psa, tcgplayer
from core.sources.http import Lent, decode
from tests.sources.parsers.parser import Parser, assert_sound
from tests.sources.payloads_keyed import (
    CARD,
    PRODUCT,
    SLAB,
    charting_named,
    charting_product,
    charting_products,
    ebay_auction,
    ebay_item,
    ebay_page,
    psa_answer,
    tcg_envelope,
    tcg_group,
    tcg_price,
    tcg_product,
    token,
)

ENTRY = CatalogueEntry("451784", "Pokemon", "Charizard ex")
PARSERS = (
    Parser("token", lambda f: decode(f, Lent), token()),
    Parser(
        "pricecharting match",
        lambda f: pricecharting.parse_asset_id(f, CARD),
        charting_products(charting_named(), charting_named("Pikachu [Staff] #7", id="9")),
    ),
    Parser("pricecharting value", lambda f: pricecharting.parse_value(f, SLAB, PRODUCT), charting_product()),
    Parser("psa", lambda f: psa.parse_certificate(f, "45822162"), psa_answer()),
    Parser("ebay", lambda f: ebay.parse_asks(f).asks, ebay_page(ebay_item(), ebay_auction())),
    Parser("tcgplayer sets", tcgplayer.parse_sets, tcg_envelope(tcg_group())),
    Parser("tcgplayer products", lambda f: tcgplayer.parse_products(f, {}), tcg_envelope(tcg_product())),
    Parser("tcgplayer prices", lambda f: tcgplayer.with_quotes(ENTRY, f), tcg_envelope(tcg_price())),
)


def check(result: object) -> None:
    assert_sound(result)
    for part in result if isinstance(result, tuple) else [result]:
        assert_part_is_sound(part)


def assert_part_is_sound(part: object) -> None:
    """Amounts are amounts, links are links, a token fits into a header, an id into a path."""
    if isinstance(part, MarketAsk):
        assert 0 < part.amount.value <= AMOUNT_MAX
        assert part.url.startswith(("http://", "https://")) or not part.url
        assert part.listed_at is None or part.listed_at.utcoffset() is not None
    if isinstance(part, CatalogueEntry):
        assert all(0 < quote.amount.value <= AMOUNT_MAX for quote in part.quotes)
        assert part.id.isdecimal()
    if isinstance(part, CertificateFacts):
        assert part.population is None or part.population >= 0
    if isinstance(part, Lent):
        assert part.access_token.isascii()
        assert part.access_token.isprintable()
