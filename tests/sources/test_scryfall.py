"""Scryfall: printings with prices as text, a lockout, and its own way to say "not found"."""

import pytest

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.errors import SourceChanged, SourceRateLimited
from core.sources.http import SourceHttp
from core.sources.scryfall import PAGES_MAX, Scryfall, parse_entry, parse_page, parse_sets
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_catalogues import NOT_FOUND, UUID, fall_card, fall_page, fall_set
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.SCRYFALL
STRANGLER = CatalogueEntry(
    id=UUID,
    game="Magic",
    name="Alley Strangler",
    set_name="Aether Revolt",
    number="52",
    rarity="common",
    image_url="https://cards.example/n.jpg?1",
    quotes=(
        Quote("nonfoil", QuoteKind.MARKET, Amount(60_000, Unit.USD_MICROS)),
        Quote("foil", QuoteKind.MARKET, Amount(150_000, Unit.USD_MICROS)),
        Quote("nonfoil", QuoteKind.MARKET, Amount(40_000, Unit.EUR_MICROS)),
    ),
    priced_at=START,
)


def entry_of(**changes: Json) -> CatalogueEntry:
    return parse_entry(fetched(NAME, fall_card(**changes)))


def test_a_card_is_told_with_its_finishes_and_without_play_money() -> None:
    assert entry_of() == STRANGLER


def test_every_finish_has_a_price_of_its_own_in_both_currencies() -> None:
    names = ("usd", "usd_foil", "usd_etched", "eur", "eur_foil", "eur_etched")
    entry = entry_of(prices={name: f"1234.0{cent}" for cent, name in enumerate(names, start=1)})
    assert [(quote.variant, quote.amount) for quote in entry.quotes] == [
        ("nonfoil", Amount(1_234_010_000, Unit.USD_MICROS)),
        ("foil", Amount(1_234_020_000, Unit.USD_MICROS)),
        ("etched", Amount(1_234_030_000, Unit.USD_MICROS)),
        ("nonfoil", Amount(1_234_040_000, Unit.EUR_MICROS)),
        ("foil", Amount(1_234_050_000, Unit.EUR_MICROS)),
        ("etched", Amount(1_234_060_000, Unit.EUR_MICROS)),
    ]


def test_what_a_card_does_not_say_of_itself_is_empty() -> None:
    card = {"id": UUID, "name": "Alley Strangler", "prices": {}}
    assert parse_entry(fetched(NAME, card)) == CatalogueEntry(UUID, "Magic", "Alley Strangler")
    assert parse_page(fetched(NAME, fall_page(card)))[0] == (
        CatalogueEntry(UUID, "Magic", "Alley Strangler"),
    )


@pytest.mark.parametrize("prices", [{}, {"usd": None, "tix": "1.00"}, {"usd": "0.00"}, {"usd_new": "1"}])
def test_a_card_without_prices_has_none(prices: Json) -> None:
    entry = entry_of(prices=prices)
    assert (entry.quotes, entry.priced_at) == ((), None)


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity", "", "1,50", True, ["1"]])
def test_what_is_no_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged, match="prices"):
        entry_of(prices={"usd": price})


def test_a_card_with_two_faces_shows_the_first() -> None:
    faces = [{"image_uris": {"normal": "https://cards.example/front.jpg"}}, {"image_uris": None}]
    assert entry_of(image_uris=None, card_faces=faces).image_url == "https://cards.example/front.jpg"
    assert entry_of(image_uris=None, card_faces=[]).image_url == ""


def test_what_exists_on_screens_only_is_left_out() -> None:
    page = fetched(NAME, fall_page(fall_card(), fall_card(digital=True), has_more=True))
    assert parse_page(page) == ((STRANGLER,), True)
    sets = fetched(NAME, fall_page(fall_set(), fall_set(code="ha1", digital=True)))
    assert parse_sets(sets) == (CardSet("aer", "Magic", "Aether Revolt", "2017-01-20"),)


def test_a_second_page_of_sets_would_be_a_change() -> None:
    with pytest.raises(SourceChanged):
        parse_sets(fetched(NAME, fall_page(fall_set(), has_more=True)))


async def test_each_question_goes_to_its_address_with_both_headers(
    http: SourceHttp, server: ScriptedServer
) -> None:
    vendor = Scryfall(http, base_url=server.url)
    server.says(data(fall_card()), data(fall_page(*[fall_card()] * 3)), data(fall_page(fall_set())))
    assert await vendor.entry(UUID) == STRANGLER
    found = await vendor.search('alley" or\\ set:x', limit=2)
    assert [entry.quotes for entry in found] == [STRANGLER.quotes] * 2
    assert len(await vendor.sets()) == 1
    assert [one.path.partition("?")[0] for one in server.asked] == [
        f"/cards/{UUID}",
        "/cards/search",
        "/sets",
    ]
    assert server.asked[1].query == {"q": '"alley" "or" "set:x"', "unique": "prints"}
    assert all(one.headers["Accept"] and one.headers["User-Agent"] for one in server.asked)


async def test_another_card_than_was_asked_for_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(fall_card(id=UUID[:-1] + ("1" if UUID[-1] != "1" else "2"))))
    with pytest.raises(SourceChanged, match=r"\$\.id"):
        await Scryfall(http, base_url=server.url).entry(UUID)


async def test_a_set_is_read_page_by_page(http: SourceHttp, server: ScriptedServer) -> None:
    page = fall_page(fall_card(), has_more=True)
    server.says(data(page), data(page), data(fall_page(fall_card())))
    assert len([page async for page in Scryfall(http, base_url=server.url).entries("aer")]) == 3
    asked = [one.query for one in server.asked]
    assert asked == [{"q": "set:aer", "page": page, "unique": "prints", "order": "set"} for page in "123"]
    assert {one.path.partition("?")[0] for one in server.asked} == {"/cards/search"}


async def test_a_page_that_was_promised_and_is_not_there_is_a_change(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(fall_page(fall_card(), has_more=True)), data(NOT_FOUND, status=404))
    with pytest.raises(SourceChanged):
        [page async for page in Scryfall(http, base_url=server.url).entries("aer")]


async def test_pages_without_end_are_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(fall_page(has_more=True)))
    with pytest.raises(SourceChanged):
        [page async for page in Scryfall(http, base_url=server.url).entries("aer")]
    assert len(server.asked) == PAGES_MAX


async def test_what_it_does_not_know_is_none(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = Scryfall(http, base_url=server.url)
    server.says(data(NOT_FOUND, status=404))
    assert (await vendor.entry(UUID), await vendor.search("zzzz", limit=5)) == (None, ())
    assert [page async for page in vendor.entries("none")] == []


async def test_another_404_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(Reply(b"no such service", status=404, content_type="text/plain"))
    with pytest.raises(SourceChanged):
        await Scryfall(http, base_url=server.url).entry(UUID)


async def test_what_cannot_be_is_not_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = Scryfall(http, base_url=server.url)
    assert (await vendor.entry("random"), await vendor.search(' "" ', limit=5)) == (None, ())
    assert [page async for page in vendor.entries("aer or usd>0")] == []
    assert server.asked == []


async def test_a_lockout_is_sat_out(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = Scryfall(http, base_url=server.url)
    server.says(data({"object": "error", "code": "rate_limited", "status": 429}, status=429))
    for _ in range(2):
        with pytest.raises(SourceRateLimited):
            await vendor.entry(UUID)
    assert len(server.asked) == 1
