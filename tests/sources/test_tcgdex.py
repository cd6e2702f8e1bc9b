"""TCGdex: cards with prices in two currencies, sets and searches without."""

from datetime import UTC, datetime

import pytest

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.errors import SourceChanged
from core.sources.http import SourceHttp
from core.sources.tcgdex import TcgDex, parse_entry, parse_found, parse_set, parse_sets
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_catalogues import dex_brief, dex_card, dex_cardmarket, dex_set, dex_tcgplayer
from tests.sources.server import ScriptedServer, data

NAME = SourceName.TCGDEX
PICTURE = "https://assets.example/en/sv/sv03/223/high.webp"
BRIEF = CatalogueEntry("sv03-223", "Pokemon", "Charizard ex", number="223", image_url=PICTURE)


def entry_of(**changes: Json) -> CatalogueEntry:
    return parse_entry(fetched(NAME, dex_card(**changes)))


def priced(tcgplayer: Json = None, cardmarket: Json = None) -> CatalogueEntry:
    return entry_of(pricing={"tcgplayer": tcgplayer, "cardmarket": cardmarket})


def usd(variant: str, kind: QuoteKind, micros: int) -> Quote:
    return Quote(variant, kind, Amount(micros, Unit.USD_MICROS))


def eur(variant: str, kind: QuoteKind, micros: int) -> Quote:
    return Quote(variant, kind, Amount(micros, Unit.EUR_MICROS))


def test_a_card_is_told_with_all_its_prices() -> None:
    assert entry_of() == CatalogueEntry(
        id="sv03-223",
        game="Pokemon",
        name="Charizard ex",
        set_name="Obsidian Flames",
        number="223",
        rarity="Special illustration rare",
        image_url=PICTURE,
        quotes=(
            usd("holofoil", QuoteKind.MARKET, 36_020_000),
            usd("holofoil", QuoteKind.LOW, 30_100_000),
            usd("holofoil", QuoteKind.MID, 39_990_000),
            usd("reverse", QuoteKind.MARKET, 2_500_000),
            usd("reverse-holofoil", QuoteKind.MARKET, 2_750_000),
            eur("", QuoteKind.AVERAGE, 31_500_000),
            eur("", QuoteKind.LOW, 18_000_000),
            eur("", QuoteKind.TREND, 33_070_000),
            eur("", QuoteKind.AVERAGE_1_DAY, 30_100_000),
            eur("holo", QuoteKind.AVERAGE, 40_250_000),
        ),
        priced_at=datetime(2026, 9, 30, 20, 7, 54, tzinfo=UTC),
    )


@pytest.mark.parametrize("pricing", [None, {}, {"cardmarket": None}, {"tcgplayer": None, "cardmarket": None}])
def test_a_card_no_shop_lists_has_no_prices(pricing: Json) -> None:
    entry = entry_of(pricing=pricing)
    assert (entry.quotes, entry.priced_at) == ((), None)


def test_prices_are_never_newer_than_their_answer() -> None:
    assert priced(dex_tcgplayer(updated="2030-01-01T00:00:00Z")).priced_at == START


@pytest.mark.parametrize(
    "updated", ["2026-09-30T20:07:54.000Z", "2026-09-30 20:07:54", "2026-09-30T22:07:54+02:00"]
)
def test_a_time_is_in_utc_whatever_its_zone(updated: str) -> None:
    entries = (priced(dex_tcgplayer(updated=updated)), priced(cardmarket=dex_cardmarket(updated=updated)))
    for entry in entries:
        assert entry.priced_at is not None
        assert entry.priced_at.isoformat() == "2026-09-30T20:07:54+00:00"


def test_prices_are_as_old_as_the_shop_that_is_furthest_behind() -> None:
    behind = dex_cardmarket(updated="2026-09-28T03:00:00Z")
    assert priced(dex_tcgplayer(), behind).priced_at == datetime(2026, 9, 28, 3, tzinfo=UTC)


@pytest.mark.parametrize("updated", [None, "", "yesterday", 1790855940])
def test_prices_of_no_time_are_a_change(updated: Json) -> None:
    with pytest.raises(SourceChanged):
        priced(tcgplayer=dex_tcgplayer(updated=updated))
    with pytest.raises(SourceChanged):
        priced(cardmarket=dex_cardmarket(updated=updated))


@pytest.mark.parametrize("unit", ["JPY", None, "", 7])
def test_an_unknown_currency_is_a_change(unit: Json) -> None:
    with pytest.raises(SourceChanged):
        priced(tcgplayer=dex_tcgplayer(unit=unit))
    with pytest.raises(SourceChanged):
        priced(cardmarket=dex_cardmarket(unit=unit))


@pytest.mark.parametrize("price", [-1, "NaN", "much", True, [1], {}])
def test_what_is_no_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged):
        priced(tcgplayer=dex_tcgplayer(normal={"marketPrice": price}))
    with pytest.raises(SourceChanged):
        priced(cardmarket=dex_cardmarket(avg=price))


def test_a_price_too_large_to_be_meant_is_left_out() -> None:
    shop = dex_tcgplayer(holofoil={"marketPrice": 1e30, "lowPrice": 1})
    assert priced(shop).quotes[:1] == (usd("holofoil", QuoteKind.LOW, 1_000_000),)


def test_a_card_without_a_picture_has_none() -> None:
    assert entry_of(image=None).image_url == entry_of(image="javascript:alert(1)").image_url == ""


def test_a_card_without_a_set_or_a_number_is_a_card() -> None:
    entry = entry_of(set=None, rarity=None)
    assert (entry.set_name, entry.rarity, entry.quotes) == ("", "", entry_of().quotes)
    (brief,) = parse_found(fetched(NAME, [{"id": "x-1", "name": "X\n"}]))
    assert brief == CatalogueEntry("x-1", "Pokemon", "X")


def test_cards_of_the_telephone_game_are_no_cards() -> None:
    pocket = dex_brief(id="A1-001", image="https://assets.example/en/tcgp/A1/001")
    assert parse_found(fetched(NAME, [dex_brief(), pocket])) == (BRIEF,)
    assert parse_set(fetched(NAME, dex_set(pocket, serie={"id": "tcgp", "name": "Pocket"}))) == ()


def test_sets_and_their_cards() -> None:
    assert parse_sets(fetched(NAME, [dex_set()])) == (CardSet("sv03", "Pokemon", "Obsidian Flames"),)
    (card,) = parse_set(fetched(NAME, dex_set(dex_brief(localId=223))))
    assert (card.set_name, card.number, card.quotes) == ("Obsidian Flames", "223", ())


async def test_each_question_goes_to_its_address(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = TcgDex(http, base_url=f"{server.url}/v2/en")
    odd = data(dex_card(id="sv03-223/../x"))
    server.says(odd, data([dex_brief()] * 3), data([]), data(dex_set(dex_brief())))
    assert (await vendor.entry("sv03-223/../x")) is not None
    assert await vendor.search(" char & co ", limit=2) == (BRIEF, BRIEF)
    assert await vendor.sets() == ()
    assert [len(page) async for page in vendor.entries("sv03")] == [1]
    asked = [one.path.partition("?")[0] for one in server.asked]
    assert asked == ["/v2/en/cards/sv03-223%2F..%2Fx", "/v2/en/cards", "/v2/en/sets", "/v2/en/sets/sv03"]
    query = {"name": "char & co", "pagination:page": "1", "pagination:itemsPerPage": "2"}
    assert server.asked[1].query == query


async def test_another_card_than_was_asked_for_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(dex_card(id="sv03-222")))
    with pytest.raises(SourceChanged, match=r"\$\.id"):
        await TcgDex(http, base_url=server.url).entry("sv03-223")


@pytest.mark.parametrize(("limit", "size"), [(0, "1"), (7, "7"), (1000, "100")])
async def test_a_search_is_for_no_more_than_a_page(
    http: SourceHttp, server: ScriptedServer, limit: int, size: str
) -> None:
    server.says(data([]))
    assert await TcgDex(http, base_url=server.url).search("char", limit=limit) == ()
    assert server.asked[0].query["pagination:itemsPerPage"] == size


async def test_what_it_does_not_know_is_none(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = TcgDex(http, base_url=server.url)
    server.says(data({"error": "Endpoint or id not found"}, status=404))
    assert await vendor.entry("no-1") is None
    assert [page async for page in vendor.entries("none")] == []


async def test_nothing_is_not_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = TcgDex(http, base_url=server.url)
    assert (await vendor.entry(""), await vendor.search("  ", limit=5)) == (None, ())
    assert [page async for page in vendor.entries("")] == []
    assert server.asked == []
