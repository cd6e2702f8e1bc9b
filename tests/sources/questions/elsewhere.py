"""What the marketplaces with vaults of their own can be asked, each with a good answer."""

from core.sources.beezie import Beezie
from core.sources.http import SourceHttp
from core.sources.opensea import OpenSea
from tests.sources.payloads import MINT
from tests.sources.payloads_elsewhere import (
    PROOF,
    beezie_item,
    beezie_page,
    sea_listing,
    sea_nft,
    sea_page,
)
from tests.sources.questions.question import Question


def opensea(http: SourceHttp, url: str) -> OpenSea:
    return OpenSea(http, base_url=url, key="sea-key")


QUESTIONS = (
    Question(
        "beezie listings",
        lambda http, url: anext(Beezie(http, base_url=url).listings(pages_max=1)),
        beezie_page(beezie_item()),
    ),
    Question("beezie live", lambda http, url: Beezie(http, base_url=url).live(MINT), beezie_item()),
    Question("beezie slab", lambda http, url: Beezie(http, base_url=url).slab(MINT), beezie_item()),
    Question(
        "opensea listings",
        lambda http, url: anext(opensea(http, url).listings(pages_max=1)),
        sea_page(sea_listing(), next="more"),
    ),
    Question("opensea live", lambda http, url: opensea(http, url).live(PROOF), sea_listing()),
    Question("opensea slab", lambda http, url: opensea(http, url).slab(PROOF), sea_nft()),
)
