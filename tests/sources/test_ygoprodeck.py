"""YGOPRODeck: cards as names with printings inside, prices as text, an hour's lockout."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.errors import SourceChanged, SourceRateLimited
from core.sources.http import SourceHttp
from core.sources.ygoprodeck import YgoProDeck, parse_cards, parse_printings, parse_sets
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_catalogues import NO_CARD, ygo_card, ygo_cards, ygo_printing, ygo_set
from tests.sources.server import ScriptedServer, data

NAME = SourceName.YGOPRODECK
DRAGON = "Blue-Eyes White Dragon"
OTHER = ygo_printing(
    set_name="2017 Mega-Tins", set_code="CT14-EN002", set_rarity="Secret Rare", set_price="0"
)


def usd(variant: str, kind: QuoteKind, micros: int) -> Quote:
    return Quote(variant, kind, Amount(micros, Unit.USD_MICROS))


CARD = CatalogueEntry(
    id="89631139",
    game="Yu-Gi-Oh!",
    name=DRAGON,
    quotes=(
        usd("", QuoteKind.LOW, 140_000),
        Quote("", QuoteKind.LOW, Amount(90_000, Unit.EUR_MICROS)),
        usd("CT13-EN008 Ultra Rare", QuoteKind.MARKET, 74_490_000),
    ),
    priced_at=START,
)
PRINTING = CatalogueEntry(
    id="89631139/CT13-EN008",
    game="Yu-Gi-Oh!",
    name=DRAGON,
    set_name="2016 Mega-Tins",
    number="CT13-EN008",
    rarity="Ultra Rare",
    quotes=(usd("Ultra Rare", QuoteKind.MARKET, 74_490_000),),
    priced_at=START,
)


def priced(price: Json) -> CatalogueEntry:
    (entry,) = parse_printings(fetched(NAME, ygo_cards(ygo_card(card_sets=[ygo_printing(set_price=price)]))))
    return entry


def test_a_card_tells_its_cheapest_printing_and_each() -> None:
    assert parse_cards(fetched(NAME, ygo_cards(ygo_card(card_sets=[ygo_printing(), OTHER])))) == (CARD,)


def test_a_printing_stands_for_itself() -> None:
    answer = fetched(NAME, ygo_cards(ygo_card(card_sets=[ygo_printing(), OTHER])))
    assert parse_printings(answer, set_name="2016 MEGA-tins") == (PRINTING,)
    assert [entry.id for entry in parse_printings(answer)] == ["89631139/CT13-EN008", "89631139/CT14-EN002"]


def test_two_rarities_under_one_number_are_two_prices_of_one_printing() -> None:
    rarer = ygo_printing(set_rarity="Secret Rare", set_price="80")
    (entry,) = parse_printings(fetched(NAME, ygo_cards(ygo_card(card_sets=[ygo_printing(), rarer]))))
    assert entry.rarity == ""
    secret = usd("Secret Rare", QuoteKind.MARKET, 80_000_000)
    assert entry.quotes == (usd("Ultra Rare", QuoteKind.MARKET, 74_490_000), secret)


@pytest.mark.parametrize("price", ["0.00", "0", "", " ", None])
def test_an_unknown_price_is_none(price: Json) -> None:
    assert (priced(price).quotes, priced(price).priced_at) == ((), None)


def test_a_shop_that_knows_no_price_is_left_out_and_only_the_first_row_counts() -> None:
    unknown = {"cardmarket_price": "0.00", "tcgplayer_price": "", "ebay_price": "9.99"}
    rows = [unknown, {"cardmarket_price": "5.00", "tcgplayer_price": "6.00"}]
    (card,) = parse_cards(fetched(NAME, ygo_cards(ygo_card(card_sets=[OTHER], card_prices=rows))))
    assert (card.quotes, card.priced_at) == ((), None)


def test_a_set_whose_name_cannot_be_asked_for_is_left_out() -> None:
    sets = parse_sets(fetched(NAME, [ygo_set(set_name="Mega\tTins"), ygo_set()]))
    assert [card_set.id for card_set in sets] == ["2016 Mega-Tins"]


def test_thousands_may_be_grouped() -> None:
    assert priced("1,052.49").quotes == (usd("Ultra Rare", QuoteKind.MARKET, 1_052_490_000),)


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity", "1,5", "much", 3.5, True, ["1"]])
def test_what_is_no_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged):
        priced(price)


@pytest.mark.parametrize("missing", [None, []])
def test_a_card_that_was_never_printed_for_us_is_a_card(missing: Json) -> None:
    answer = fetched(NAME, ygo_cards(ygo_card(card_sets=missing, card_prices=missing)))
    assert parse_cards(answer) == (CatalogueEntry("89631139", "Yu-Gi-Oh!", DRAGON),)
    assert parse_printings(answer) == ()


def test_pictures_are_not_linked_to() -> None:
    assert CARD.image_url == PRINTING.image_url == ""


@pytest.mark.parametrize(("date", "released"), [("2016-08-26", "2016-08-26"), ("0000-00-00", ""), (None, "")])
def test_a_set_is_its_name(date: Json, released: str) -> None:
    expected = CardSet("2016 Mega-Tins", "Yu-Gi-Oh!", "2016 Mega-Tins", released)
    assert parse_sets(fetched(NAME, [ygo_set(tcg_date=date)])) == (expected,)


async def test_each_question_goes_to_its_address(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = YgoProDeck(http, base_url=f"{server.url}/api/v7")
    server.says(data(ygo_cards()))
    assert await vendor.entry("89631139") == CARD
    printing = await vendor.entry("89631139/CT13-EN008")
    assert printing is not None
    assert (printing.id, printing.quotes) == (PRINTING.id, PRINTING.quotes)
    assert await vendor.entry("89631139/CT99-EN001") is None
    assert [entry.id for entry in await vendor.search(" blue & white ", limit=3)] == [CARD.id]
    pages = [page async for page in vendor.entries("2016 Mega-Tins")]
    assert [entry.id for page in pages for entry in page] == [PRINTING.id]
    server.says(data([ygo_set()]))
    assert len(await vendor.sets()) == 1
    assert [one.query for one in server.asked] == [
        *[{"id": "89631139"}] * 3,
        {"fname": "blue & white", "num": "3", "offset": "0"},
        {"cardset": "2016 Mega-Tins"},
        {},
    ]
    paths = [one.path.partition("?")[0] for one in server.asked]
    assert paths == [*["/api/v7/cardinfo.php"] * 5, "/api/v7/cardsets.php"]


async def test_its_own_400_means_not_found(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = YgoProDeck(http, base_url=server.url)
    server.says(data(NO_CARD, status=400))
    assert (await vendor.entry("1"), await vendor.search("zzzz", limit=5)) == (None, ())
    assert [page async for page in vendor.entries("No Such Set")] == []


async def test_another_400_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"error": "You must pass a number."}, status=400))
    with pytest.raises(SourceChanged):
        await YgoProDeck(http, base_url=server.url).entry("1")


async def test_what_cannot_be_is_not_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = YgoProDeck(http, base_url=server.url)
    assert (await vendor.entry("Blue-Eyes"), await vendor.search(" ", limit=5)) == (None, ())
    assert [page async for page in vendor.entries(" ")] == []
    assert server.asked == []


async def test_an_hour_of_lockout_is_sat_out(
    http: SourceHttp, server: ScriptedServer, clock: ManualClock
) -> None:
    vendor = YgoProDeck(http, base_url=server.url)
    server.says(data({"error": "You have been temporarily blocked."}, status=429), data(ygo_cards()))
    for _ in range(2):
        with pytest.raises(SourceRateLimited) as caught:
            await vendor.entry("89631139")
        assert caught.value.retry_after_s >= 3600
    assert len(server.asked) == 1
    clock.advance(timedelta(seconds=3601))
    assert await vendor.entry("89631139") is not None
