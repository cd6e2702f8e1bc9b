"""TCGCSV: whole sets of several games, asked for once a day."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.errors import SourceChanged, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.http.transport import USER_AGENT
from core.sources.tcgcsv import (
    KEEP_S,
    KEPT_MAX,
    TcgCsv,
    parse_categories,
    parse_entries,
    parse_groups,
    parse_prices,
)
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_catalogues import csv_answer, csv_category, csv_group, csv_price, csv_product
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.TCGCSV
FLAMES = CardSet("3/23237", "Pokemon", "SV03: Obsidian Flames", "2023-08-11")
MISSING = Reply(b"Not Found", status=404, content_type="text/plain")
BOX = csv_product(
    productId=1, name="Booster Box", extendedData=[{"name": "Description", "value": "36 packs"}]
)


def usd(variant: str, kind: QuoteKind, micros: int) -> Quote:
    return Quote(variant, kind, Amount(micros, Unit.USD_MICROS))


HOLOFOIL = (
    usd("Holofoil", QuoteKind.MARKET, 36_020_000),
    usd("Holofoil", QuoteKind.LOW, 30_100_000),
    usd("Holofoil", QuoteKind.MID, 39_990_000),
)
CHARIZARD = CatalogueEntry(
    id="3/23237/509980",
    game="Pokemon",
    name="Charizard ex - 223/197",
    set_name="SV03: Obsidian Flames",
    number="223/197",
    rarity="Special Illustration Rare",
    image_url="https://images.example/509980_200w.jpg",
    quotes=HOLOFOIL,
    priced_at=START,
)


def entries_of(products: Json, prices: Json) -> tuple[CatalogueEntry, ...]:
    answer = fetched(NAME, prices) if prices is not None else None
    return parse_entries(fetched(NAME, products), answer, FLAMES)


def test_the_games_are_known_by_number_and_lorcana_by_name() -> None:
    rows = [(1, "Magic"), (2, "YuGiOh"), (3, "Pokemon"), (21, "My Lorcana"), (68, "One Piece Card Game")]
    rows += [(69, "Supplies"), (70, "Figures"), (71, "Disney Lorcana"), (85, "Pokemon Japan"), (16, "Other")]
    assert parse_categories(fetched(NAME, csv_answer(*[csv_category(*row) for row in rows]))) == {
        1: "Magic",
        2: "Yu-Gi-Oh!",
        3: "Pokemon",
        68: "One Piece",
        71: "Lorcana",
        85: "Pokemon Japan",
    }


def test_a_group_is_a_set() -> None:
    rows = csv_answer(csv_group(), csv_group(groupId=7, name="Old", publishedOn=None))
    assert parse_groups(fetched(NAME, rows), 3, "Pokemon") == (FLAMES, CardSet("3/7", "Pokemon", "Old"))


def test_a_card_comes_with_its_prices_and_a_box_does_not_come() -> None:
    products = csv_answer(csv_product(), BOX, totalItems=2)
    assert entries_of(products, csv_answer(csv_price())) == (CHARIZARD,)


def test_a_card_may_lack_its_number_or_its_rarity_but_not_both() -> None:
    rows = [
        csv_product(productId=1, extendedData=[{"name": "Rarity", "value": "Promo"}]),
        csv_product(productId=2, extendedData=[{"name": "Number", "value": 7}]),
        csv_product(productId=3, extendedData=None),
        csv_product(productId=4, extendedData=[{"name": "Number", "value": None}]),
    ]
    found = [(entry.id, entry.number, entry.rarity) for entry in entries_of(csv_answer(*rows), None)]
    assert found == [("3/23237/1", "", "Promo"), ("3/23237/2", "7", "")]


def test_a_card_has_prices_of_every_printing() -> None:
    prices = csv_answer(csv_price(), csv_price("Reverse Holofoil", marketPrice=None, midPrice=None))
    (entry,) = entries_of(csv_answer(csv_product()), prices)
    assert entry.quotes == (*HOLOFOIL, usd("Reverse Holofoil", QuoteKind.LOW, 30_100_000))


@pytest.mark.parametrize(
    "prices", [None, csv_answer(), csv_answer(csv_price(productId=1)), csv_answer(csv_price(
        marketPrice=None, lowPrice=None, midPrice=0))]
)  # fmt: skip
def test_a_card_without_prices_is_a_card(prices: Json) -> None:
    (entry,) = entries_of(csv_answer(csv_product()), prices)
    assert (entry.quotes, entry.priced_at) == ((), None)


@pytest.mark.parametrize("price", [-0.01, "NaN", "sNaN", "-Infinity", "free", True, [1], {}])
def test_what_is_no_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_prices(fetched(NAME, csv_answer(csv_price(), csv_price(marketPrice=price))))


def test_no_success_is_no_answer() -> None:
    with pytest.raises(SourceUnavailable, match="too busy"):
        parse_prices(fetched(NAME, csv_answer(success=False, errors=["too busy"])))


def says_everything(server: ScriptedServer) -> None:
    server.says(
        data(csv_answer(csv_category())),
        data(csv_answer(csv_group())),
        data(csv_answer(csv_product())),
        data(csv_answer(csv_price())),
        MISSING,
    )


async def test_a_set_is_asked_for_once_a_day(
    http: SourceHttp, server: ScriptedServer, clock: ManualClock
) -> None:
    vendor = TcgCsv(http, base_url=f"{server.url}/tcgplayer")
    says_everything(server)
    for _ in range(2):
        assert [page async for page in vendor.entries("3/23237")] == [(CHARIZARD,)]
        assert await vendor.entry("3/23237/509980") == CHARIZARD
        assert await vendor.entry("3/23237/1") is None
        assert await vendor.sets() == (FLAMES,)
    paths = ["categories", "3/groups", "3/23237/products", "3/23237/prices"]
    assert [one.path for one in server.asked] == [f"/tcgplayer/{path}" for path in paths]
    assert {one.headers["User-Agent"] for one in server.asked} == {USER_AGENT}
    clock.advance(timedelta(seconds=KEEP_S))
    says_everything(server)
    assert len([page async for page in vendor.entries("3/23237")]) == 1
    assert len(server.asked) == 8


async def test_a_set_without_a_card_is_asked_for_once_too(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = TcgCsv(http, base_url=server.url)
    answers = [csv_answer(row) for row in (csv_category(), csv_group(), BOX, csv_price(productId=1))]
    server.says(*[data(answer) for answer in answers])
    for _ in range(2):
        assert [page async for page in vendor.entries("3/23237")] == []
    assert len(server.asked) == 4


async def test_no_more_sets_are_kept_than_fit(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = TcgCsv(http, base_url=server.url)
    both = csv_answer(csv_product() | csv_price())
    groups = csv_answer(*[csv_group(groupId=number) for number in range(KEPT_MAX + 1)])
    server.says(data(csv_answer(csv_category())), data(groups), data(both))
    for number in range(KEPT_MAX + 1):
        assert [page async for page in vendor.entries(f"3/{number}")]
    asked = len(server.asked)
    assert [page async for page in vendor.entries(f"3/{KEPT_MAX}")]
    assert len(server.asked) == asked
    assert [page async for page in vendor.entries("3/0")]
    assert len(server.asked) == asked + 2


async def test_an_answer_that_makes_no_sense_is_asked_for_again(
    http: SourceHttp, server: ScriptedServer
) -> None:
    vendor = TcgCsv(http, base_url=server.url)
    server.says(data(csv_answer({"categoryId": "three", "name": "Pokemon"})))
    with pytest.raises(SourceChanged):
        await vendor.sets()
    says_everything(server)
    assert await vendor.sets() == (FLAMES,)


async def test_a_set_without_a_file_of_prices_has_none(http: SourceHttp, server: ScriptedServer) -> None:
    answers = [data(csv_answer(row)) for row in (csv_category(), csv_group(), csv_product())]
    server.says(*answers, MISSING)
    entry = await TcgCsv(http, base_url=server.url).entry("3/23237/509980")
    assert entry is not None
    assert entry.quotes == ()


async def test_files_that_are_not_there_hold_nothing(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(csv_answer(csv_category())), data(csv_answer(csv_group())), MISSING)
    assert [page async for page in TcgCsv(http, base_url=server.url).entries("3/23237")] == []
    server.says(data(csv_answer(csv_category())), MISSING)
    assert await TcgCsv(http, base_url=server.url).sets() == ()


async def test_prices_that_fail_are_no_cards_without_prices(http: SourceHttp, server: ScriptedServer) -> None:
    answers = [data(csv_answer(row)) for row in (csv_category(), csv_group(), csv_product())]
    server.says(*answers, Reply(b"oops", status=500))
    with pytest.raises(SourceUnavailable):
        await TcgCsv(http, base_url=server.url).entry("3/23237/509980")


@pytest.mark.parametrize("set_id", ["", "3", "3/99", "99/1", "3/23237/1", "../3/1", "3/٣"])
async def test_a_set_it_does_not_know_is_nothing(
    http: SourceHttp, server: ScriptedServer, set_id: str
) -> None:
    vendor = TcgCsv(http, base_url=server.url)
    server.says(data(csv_answer(csv_category())), data(csv_answer(csv_group())), MISSING)
    assert [page async for page in vendor.entries(set_id)] == []
    assert await vendor.entry(f"{set_id}/1") is None
    assert not any("products" in one.path for one in server.asked if set_id != "3")
