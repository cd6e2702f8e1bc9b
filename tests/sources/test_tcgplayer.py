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
    rows = tcg_envelope(tcg_price(marketPrice=price, lowPrice=None, midPrice=None))
    assert with_quotes(ENTRY, fetched(NAME, rows)) == ENTRY


def test_a_failure_in_a_200_is_no_answer() -> None:
    with pytest.raises(SourceUnavailable, match="No products were found"):
        parse_sets(fetched(NAME, tcg_nothing()))
    with pytest.raises(SourceUnavailable, match="none told"):
        parse_sets(fetched(NAME, tcg_nothing() | {"errors": []}))


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


async def test_a_page_of_nothing_takes_no_more_questions(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(data(tcg_envelope()))
    assert [page async for page in vendor.entries("3/3170")] == [()]
    assert await vendor.search("nothing", limit=5) == ()
    assert len(paths(server)) == 3


async def test_the_sets_of_a_page_are_one_question_and_may_be_unknown(
    vendor: TcgPlayer, server: ScriptedServer
) -> None:
    two = tcg_envelope(tcg_product(), tcg_product(productId=7, groupId=24))
    server.says(data(two), data(tcg_envelope(tcg_group())), data(two), NOTHING)
    assert [entry.set_name for entry in await vendor.search("x", limit=5)] == [SET.name, ""]
    assert [entry.set_name for entry in await vendor.search("y", limit=5)] == ["", ""]
    assert paths(server)[2] == paths(server)[4] == "/catalog/groups/24,3170"


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
    whole = {"categoryId": "3", "groupId": "3170", "getExtendedFields": "true", "limit": "100"}
    assert asked[0] == whole | {"offset": "0"}
    assert paths(server)[1].partition("?")[0] == "/catalog/products"


async def test_a_set_may_end_with_a_full_page(vendor: TcgPlayer, server: ScriptedServer) -> None:
    full = full_page()
    server.says(full, full, full, NOTHING)
    assert len([page async for page in vendor.entries("3/3170")]) == 1


@pytest.mark.parametrize("end", [NOTHING, data(tcg_envelope())], ids=["404", "empty"])
async def test_pages_that_end_before_their_total_are_a_change(
    vendor: TcgPlayer, server: ScriptedServer, end: Reply
) -> None:
    full = data(tcg_envelope(*[tcg_row()] * 100, totalItems=101))
    server.says(full, full, full, end)
    with pytest.raises(SourceChanged, match="100 of 101"):
        [page async for page in vendor.entries("3/3170")]


async def test_pages_smaller_than_asked_for_are_read_to_the_end(
    vendor: TcgPlayer, server: ScriptedServer
) -> None:
    server.says(
        data(tcg_envelope(*[tcg_group()] * 2, totalItems=3)), data(tcg_envelope(tcg_group())), NOTHING
    )
    assert len(await vendor.sets()) == 3
    asked = [(asked.query["categoryId"], asked.query["offset"]) for asked in server.asked[1:]]
    assert asked == [("3", "0"), ("3", "2"), ("1", "0"), ("2", "0"), ("68", "0")]


async def test_credentials_that_are_not_accepted_are_a_refusal(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data({"error": "invalid_client"}, status=400))
    with pytest.raises(SourceRefused):
        await TcgPlayer(http, base_url=server.url, client_id="public", client_secret="wrong").sets()


async def test_a_page_whose_prices_fail_is_no_page(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(full_page(), full_page(), Reply(status=403))
    pages = vendor.entries("3/3170")
    with pytest.raises(SourceRefused, match="HTTP 403"):
        await anext(pages)


async def test_every_game_is_asked_for_its_sets(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(data(tcg_envelope(tcg_group())), NOTHING)
    assert await vendor.sets() == (SET,)
    assert [asked.query["categoryId"] for asked in server.asked[1:]] == ["3", "1", "2", "68"]
    assert {path.partition("?")[0] for path in paths(server)[1:]} == {"/catalog/groups"}


async def test_a_search_is_by_name_and_cut_to_its_limit(vendor: TcgPlayer, server: ScriptedServer) -> None:
    server.says(full_page())
    assert len(await vendor.search("Charizard ex", limit=7)) == 7
    assert paths(server)[1].partition("?")[0] == "/catalog/products"
    assert server.asked[1].query == {
        "productName": "Charizard ex",
        "productTypes": "Cards",
        "getExtendedFields": "true",
        "limit": "100",
    }


async def test_no_words_are_not_a_question_for_everything(vendor: TcgPlayer, server: ScriptedServer) -> None:
    assert await vendor.search(" ", limit=5) == ()
    assert server.asked == []


async def test_another_product_than_was_asked_for_is_not_it(
    vendor: TcgPlayer, server: ScriptedServer
) -> None:
    server.says(data(tcg_envelope(tcg_product(productId=1))), data(tcg_envelope(tcg_group())), NOTHING)
    assert await vendor.entry("451784") is None


@pytest.mark.parametrize(
    ("category", "game"), [(3, "Pokemon"), (1, "Magic"), (2, "Yu-Gi-Oh!"), (68, "One Piece")]
)
def test_a_game_is_a_category(category: int, game: str) -> None:
    (card_set,) = parse_sets(fetched(NAME, tcg_envelope(tcg_group(categoryId=category))))
    (card,) = parse_products(fetched(NAME, tcg_envelope(tcg_product(categoryId=category))), {})
    assert (card_set.id, card_set.game, card.game) == (f"{category}/3170", game, game)


async def test_the_token_is_asked_for_with_the_keys_in_a_form(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(token()), NOTHING)
    vendor = TcgPlayer(http, base_url=server.url, client_id="public", client_secret="pri&vate")
    assert await vendor.entry("1") is None
    assert server.asked[0].path == "/token"
    assert server.asked[0].body == b"grant_type=client_credentials&client_id=public&client_secret=pri%26vate"
