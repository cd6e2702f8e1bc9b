"""What the vendors that want a key can be asked, each question with a good answer to it."""

import msgspec

from core.domain.catalog import CatalogueEntry
from core.sources.ebay import Ebay
from core.sources.http import SourceHttp
from core.sources.pricecharting import PriceCharting
from core.sources.psa import Psa
from core.sources.tcgplayer import TcgPlayer
from tests.sources.payloads_keyed import (
    PRODUCT,
    SLAB,
    charting_product,
    charting_products,
    ebay_auction,
    ebay_item,
    ebay_page,
    psa_answer,
    tcg_envelope,
    tcg_row,
    token,
)
from tests.sources.questions.question import Question

LENDING = "/lending"


def charting(http: SourceHttp, url: str) -> PriceCharting:
    return PriceCharting(http, base_url=url, key="paid-token")


def ebay(http: SourceHttp, url: str) -> Ebay:
    return Ebay(http, base_url=url, client_id="client", client_secret="client-secret")


def tcgplayer(http: SourceHttp, url: str) -> TcgPlayer:
    return TcgPlayer(http, base_url=url, client_id="public-key", client_secret="private-key")


async def tcg_entry(http: SourceHttp, url: str) -> CatalogueEntry | None:
    """Without its time, which is the question's own."""
    entry = await tcgplayer(http, url).entry("451784")
    return entry and msgspec.structs.replace(entry, priced_at=None)


async def tcg_entries(http: SourceHttp, url: str) -> list[CatalogueEntry]:
    page = await anext(tcgplayer(http, url).entries("3/3170"), ())
    return [msgspec.structs.replace(entry, priced_at=None) for entry in page]


QUESTIONS = (
    Question(
        "pricecharting product",
        lambda http, url: charting(http, url).value(SLAB, asset_id=PRODUCT),
        charting_product(),
    ),
    Question(
        "pricecharting match",
        lambda http, url: charting(http, url).value(SLAB, asset_id=None),
        charting_products() | charting_product(),
    ),
    Question(
        "psa certificate",
        lambda http, url: Psa(http, base_url=url, token="psa-token").certificate("45822162"),
        psa_answer(),
    ),
    Question(
        "ebay token",
        lambda http, url: anext(ebay(http, url).asks("charizard", pages_max=1)),
        token() | ebay_page(ebay_item()),
    ),
    Question(
        "ebay asks",
        lambda http, url: anext(ebay(http, url + LENDING).asks("charizard", pages_max=1)),
        ebay_page(ebay_item(), ebay_auction()),
    ),
    Question("tcgplayer token", tcg_entry, token() | tcg_envelope(tcg_row())),
    Question("tcgplayer entry", lambda http, url: tcg_entry(http, url + LENDING), tcg_envelope(tcg_row())),
    Question(
        "tcgplayer entries", lambda http, url: tcg_entries(http, url + LENDING), tcg_envelope(tcg_row())
    ),
    Question(
        "tcgplayer search",
        lambda http, url: tcgplayer(http, url + LENDING).search("charizard", limit=5),
        tcg_envelope(tcg_row()),
    ),
    Question(
        "tcgplayer sets", lambda http, url: tcgplayer(http, url + LENDING).sets(), tcg_envelope(tcg_row())
    ),
)
