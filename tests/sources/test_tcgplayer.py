"""TCGplayer: sets, cards and what raw copies of them cost."""

import pytest

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.errors import SourceChanged, SourceRefused, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.tcgplayer import TcgPlayer, parse_products, parse_sets, with_quotes
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_keyed import (
    tcg_envelope,
    tcg_group,
    tcg_nothing,
    tcg_price,
    tcg_product,
    tcg_row,
    token,
)
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.TCGPLAYER
SET = CardSet("3/3170", "Pokemon", "SV03: Obsidian Flames", "2023-08-11")
ENTRY = CatalogueEntry(
    id="451784",
    game="Pokemon",
    name="Charizard ex - 199/197",
    set_name="SV03: Obsidian Flames",
    number="199/197",
    rarity="Special Illustration Rare",
    image_url="https://tcgplayer-cdn.tcgplayer.com/product/451784_200w.jpg",
)
NOTHING = data(tcg_nothing(), status=404)


@pytest.fixture
def vendor(http: SourceHttp, server: ScriptedServer) -> TcgPlayer:
    return TcgPlayer(http, base_url=server.lending, client_id="public", client_secret="private")


def quotes_of(*rows: Json) -> tuple[Quote, ...]:
    return with_quotes(ENTRY, fetched(NAME, tcg_envelope(*rows))).quotes


def usd(micros: int) -> Amount:
    return Amount(micros, Unit.USD_MICROS)


def paths(server: ScriptedServer) -> list[str]:
    return [asked.path.removeprefix("/lending") for asked in server.asked]


def full_page(**changes: Json) -> Reply:
    return data(tcg_envelope(*(tcg_row(**changes) for _ in range(100))))


def test_a_set_has_a_category_in_its_id() -> None:
    assert parse_sets(fetched(NAME, tcg_envelope(tcg_group(), tcg_group(categoryId=21)))) == (SET,)
    (undated,) = parse_sets(fetched(NAME, tcg_envelope(tcg_group(publishedOn=None))))
    assert undated.released == ""


def test_sealed_products_and_other_games_are_no_cards() -> None:
    sealed = tcg_product(extendedData=[{"name": "UPC", "value": "820650"}])
    answer = fetched(NAME, tcg_envelope(sealed, tcg_product(categoryId=21), tcg_product()))
    assert parse_products(answer, {"3/3170": SET.name}) == (ENTRY,)


def test_a_price_of_each_printing_and_kind_but_what_somebody_parks() -> None:
    reverse = tcg_price(subTypeName="Reverse Holofoil", marketPrice=None, midPrice=None, lowPrice=0.35)
    assert quotes_of(tcg_price(), reverse, tcg_price(productId=1)) == (
        Quote("Holofoil", QuoteKind.MARKET, usd(38_750_000)),
        Quote("Holofoil", QuoteKind.LOW, usd(31_500_000)),
        Quote("Holofoil", QuoteKind.MID, usd(40_250_000)),
        Quote("Reverse Holofoil", QuoteKind.LOW, usd(350_000)),
    )


@pytest.mark.parametrize("price", [-1, "NaN", "Infinity", "abc", [1], True])
def test_a_malformed_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged, match=r"results\[(0|\.\.\.)\]"):
        quotes_of(tcg_price(marketPrice=price))


@pytest.mark.parametrize("price", [0, 1e30, None])
def test_nothing_and_more_than_there_is_are_no_quotes(price: Json) -> None:
    assert quotes_of(tcg_price(marketPrice=price, lowPrice=None, midPrice=None)) == ()


def test_a_failure_in_a_200_is_no_answer() -> None:
    with pytest.raises(SourceUnavailable, match="No products were found"):
        parse_sets(fetched(NAME, tcg_nothing()))


async def test_a_card_takes_its_product_its_set_and_its_prices(
    vendor: TcgPlayer, server: ScriptedServer
) -> None:
    server.says(data(tcg_envelope(tcg_product())), data(tcg_envelope(tcg_group())), NOTHING)
    assert await vendor.entry("451784") == ENTRY
    assert paths(server) == [
        "/token",
        "/catalog/products/451784?getExtendedFields=true",
        "/catalog/groups/3170",
        "/pricing/product/451784",
    ]
    server.says(data(tcg_envelope(tcg_row())))
    priced = await vendor.entry("451784")
    assert priced is not None
    assert priced.priced_at is not None
    assert priced.priced_at >= START
    assert len(priced.quotes) == 3


async def test_what_is_not_found_is_none_or_empty(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(NOTHING)
    assert await vendor.entry("451784") is None
    assert await vendor.search("nothing", limit=5) == ()
    assert await vendor.sets() == ()
    assert [page async for page in vendor.entries("3/3170")] == []


async def test_what_is_no_id_is_not_asked_for(vendor: TcgPlayer, server: ScriptedServer) -> None:
    for id in ("", "abc", "1,2", "../1", "1" * 10):
        assert await vendor.entry(id) is None
        assert [page async for page in vendor.entries(id)] == []
    assert server.asked == []


async def test_a_set_is_read_page_by_page_until_one_is_not_full(
    vendor: TcgPlayer, server: ScriptedServer
) -> None:
    full, last = full_page(), data(tcg_envelope(tcg_row()))
    server.says(full, full, full, last, last, last)
    pages = [page async for page in vendor.entries("3/3170")]
    assert [len(page) for page in pages] == [100, 1]
    asked = [asked.query for asked in server.asked if "groupId" in asked.query]
    assert [query["offset"] for query in asked] == ["0", "100"]
    assert (asked[0]["categoryId"], asked[0]["groupId"], asked[0]["limit"]) == ("3", "3170", "100")


async def test_a_set_may_end_with_a_full_page(vendor: TcgPlayer, server: ScriptedServer) -> None:
    full = full_page()
    server.says(full, full, full, NOTHING)
    assert len([page async for page in vendor.entries("3/3170")]) == 1


async def test_a_page_whose_prices_fail_is_no_page(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(full_page(), full_page(), Reply(status=403))
    pages = vendor.entries("3/3170")
    with pytest.raises(SourceRefused, match="HTTP 403"):
        await anext(pages)


async def test_every_game_is_asked_for_its_sets(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(data(tcg_envelope(tcg_group())), NOTHING)
    assert await vendor.sets() == (SET,)
    assert [asked.query["categoryId"] for asked in server.asked[1:]] == ["3", "1", "2", "68"]


async def test_a_search_is_by_name_and_cut_to_its_limit(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(full_page())
    assert len(await vendor.search("Charizard ex", limit=7)) == 7
    assert server.asked[1].query["productName"] == "Charizard ex"
    assert server.asked[1].query["productTypes"] == "Cards"


async def test_the_token_is_asked_for_with_the_keys_in_a_form(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(token()), NOTHING)
    vendor = TcgPlayer(http, base_url=server.url, client_id="public", client_secret="pri&vate")
    assert await vendor.entry("1") is None
    assert server.asked[0].path == "/token"
    assert server.asked[0].body == b"grant_type=client_credentials&client_id=public&client_secret=pri%26vate"
