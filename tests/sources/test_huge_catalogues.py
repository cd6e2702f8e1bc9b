"""Sets as large as a catalogue may tell them at once, over the wire: read whole, in order, none lost."""

from uuid import UUID

import pytest

from core.sources.http import SourceHttp
from core.sources.scryfall import Scryfall
from core.sources.tcgcsv import TcgCsv
from core.sources.tcgdex import TcgDex
from core.sources.ygoprodeck import YgoProDeck
from tests.sources import payloads_catalogues as shelves
from tests.sources import payloads_keyed as keyed
from tests.sources.huge import NAMES, NUMBERS, Huge, ids, priced, values
from tests.sources.questions.keyed import LENDING, tcgplayer
from tests.sources.server import ScriptedServer, data

pytestmark = pytest.mark.slow

TCGPLAYER_ROWS = 100
"""Its prices are asked for by the cards' ids: more than it gives would not fit into a question."""
PRODUCTS = [str(100_000 + n) for n in NUMBERS]
FIRST_PRODUCTS = PRODUCTS[:TCGPLAYER_ROWS]
UUIDS = [str(UUID(int=n)) for n in NUMBERS]

HUGE = (
    Huge(
        "dex set",
        lambda http, url: ids(TcgDex(http, base_url=url).entries("sv03")),
        lambda: (shelves.dex_set(*(shelves.dex_brief(id=name) for name in NAMES)),),
        NAMES,
    ),
    Huge(
        "dex sets",
        lambda http, url: values(TcgDex(http, base_url=url).sets(), "id"),
        lambda: ([shelves.dex_set(id=name) for name in NAMES],),
        NAMES,
    ),
    Huge(
        "csv set",
        lambda http, url: priced(TcgCsv(http, base_url=url).entries("3/23237")),
        lambda: (
            shelves.csv_answer(shelves.csv_category()),
            shelves.csv_answer(shelves.csv_group()),
            shelves.csv_answer(*(shelves.csv_product(productId=int(id)) for id in PRODUCTS)),
            shelves.csv_answer(*(shelves.csv_price(productId=int(id)) for id in PRODUCTS)),
        ),
        [f"3/23237/{id}" for id in PRODUCTS],
    ),
    Huge(
        "csv sets",
        lambda http, url: values(TcgCsv(http, base_url=url).sets(), "id"),
        lambda: (
            shelves.csv_answer(shelves.csv_category()),
            shelves.csv_answer(*(shelves.csv_group(groupId=int(id)) for id in PRODUCTS)),
        ),
        [f"3/{id}" for id in PRODUCTS],
    ),
    Huge(
        "scryfall set",
        lambda http, url: ids(Scryfall(http, base_url=url).entries("aer")),
        lambda: (shelves.fall_page(*(shelves.fall_card(id=id) for id in UUIDS)),),
        UUIDS,
    ),
    Huge(
        "scryfall sets",
        lambda http, url: values(Scryfall(http, base_url=url).sets(), "id"),
        lambda: (shelves.fall_page(*(shelves.fall_set(code=name) for name in NAMES)),),
        NAMES,
    ),
    Huge(
        "ygo set",
        lambda http, url: ids(YgoProDeck(http, base_url=url).entries("2016 mega-tins")),
        lambda: (shelves.ygo_cards(*(shelves.ygo_card(id=n) for n in NUMBERS)),),
        [f"{n}/CT13-EN008" for n in NUMBERS],
    ),
    Huge(
        "ygo sets",
        lambda http, url: values(YgoProDeck(http, base_url=url).sets(), "id"),
        lambda: ([shelves.ygo_set(set_name=name) for name in NAMES],),
        NAMES,
    ),
    Huge(
        "tcgplayer set",
        lambda http, url: priced(tcgplayer(http, url + LENDING).entries("3/3170")),
        lambda: (
            keyed.tcg_envelope(*(keyed.tcg_product(productId=int(id)) for id in FIRST_PRODUCTS)),
            keyed.tcg_envelope(keyed.tcg_group()),
            keyed.tcg_envelope(*(keyed.tcg_price(productId=int(id)) for id in FIRST_PRODUCTS)),
            keyed.tcg_envelope(),
        ),
        FIRST_PRODUCTS,
    ),
    Huge(
        "tcgplayer sets",
        lambda http, url: values(tcgplayer(http, url + LENDING).sets(), "id"),
        lambda: (
            keyed.tcg_envelope(*(keyed.tcg_group(groupId=int(id)) for id in PRODUCTS)),
            keyed.tcg_envelope(),
        ),
        [f"3/{id}" for id in PRODUCTS],
    ),
)


@pytest.mark.parametrize("huge", HUGE, ids=str)
async def test_a_huge_set_is_read_whole_and_in_order(
    http: SourceHttp, server: ScriptedServer, huge: Huge
) -> None:
    server.says(*map(data, huge.answers()))
    assert await huge.ask(http, server.url) == huge.wanted
