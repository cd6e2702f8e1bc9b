"""Beezie: listings and slabs of another vault; a row that is no graded card on sale is left out."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Report, Reported, SourceName, Venue
from core.domain.money import Amount, Unit
from core.errors import SourceChanged
from core.sources import beezie
from core.sources.base import LiveListing
from core.sources.beezie import Beezie
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads import BUYER, MINT, SELLER, Json, fetched
from tests.sources.payloads_elsewhere import beezie_item, beezie_page
from tests.sources.server import ScriptedServer, data

NAME = SourceName.BEEZIE
LISTED_AT = datetime(2026, 10, 1, 10, tzinfo=UTC)
ASK = Amount(38_000_000, Unit.USD_MICROS)
CARD = CardKey("Pokemon", "Evolutions", "12", "Charizard EX", "Holo", year=2016)
SLAB = SlabFacts(
    grader=Grader.PSA,
    certificate="54057136",
    grade=Grade(90),
    title="2016 Evolutions Charizard EX #12 PSA 9",
    card=CARD,
    category="Pokemon",
    image_url="https://images.example/4.webp",
    alt_asset_id="asset-1",
)


def order(**changes: Json) -> Json:
    return {"amountUSDC": "38.00", "createdAt": 1_790_848_800_000} | changes


def test_a_row_is_a_report_with_its_slab() -> None:
    page, total = beezie.parse_listings(fetched(NAME, beezie_page(beezie_item())))
    assert (page.skipped, page.lists_live, page.seen_at, page.total, total) == (0, True, START, 1, 1)
    assert page.reports == (
        Report(
            key=ListingKey(Venue.BEEZIE, Chain.SOLANA, MINT, SELLER),
            source=NAME,
            event_id=f"{MINT}@1790848800000=38000000",
            said=Reported.LISTED,
            effective_at=LISTED_AT,
            seen_at=START,
            ask=ASK,
            listed_at=LISTED_AT,
            slab=SLAB,
        ),
    )


@pytest.mark.parametrize(
    "row",
    [
        beezie_item(SellOrder=None),
        beezie_item(owner=None),
        beezie_item(owner="../elsewhere"),
        beezie_item(tokenId="not an address"),
        beezie_item(burnedAt=1_790_848_800_000),
        beezie_item(metadata=None),
        beezie_item(traits={"grader": "Ace"}),
        beezie_item(traits={"grade": ""}),
        beezie_item(traits={"serial": None}),
        beezie_item(SellOrder=order(amountUSDC="0")),
        beezie_item(SellOrder=order(amountUSDC="1e40")),
    ],
)
def test_a_row_that_is_no_graded_card_on_sale_is_left_out(row: Json) -> None:
    page, _ = beezie.parse_listings(fetched(NAME, beezie_page(row, beezie_item())))
    assert (len(page.reports), page.skipped) == (1, 1)


@pytest.mark.parametrize("changes", [{"amountUSDC": "-1"}, {"amountUSDC": "NaN"}, {"createdAt": 10**18}])
def test_a_price_or_time_that_cannot_be_is_a_change(changes: Json) -> None:
    item = beezie_item(SellOrder=order(**changes))
    with pytest.raises(SourceChanged, match=r"dropItems\[0\]\.SellOrder"):
        beezie.parse_listings(fetched(NAME, beezie_page(item)))
    with pytest.raises(SourceChanged, match=r"\$\.SellOrder"):
        beezie.parse_live(fetched(NAME, item), MINT)


@pytest.mark.parametrize("amount", ["38", 38, 38.0, "38.000000"])
def test_an_ask_is_whole_dollars_as_text_or_number(amount: Json) -> None:
    live = beezie.parse_live(fetched(NAME, beezie_item(SellOrder=order(amountUSDC=amount))), MINT)
    assert live is not None
    assert live.ask == ASK


@pytest.mark.parametrize(
    "changes", [{"owner": None}, {"owner": "../elsewhere"}, {"SellOrder": order(amountUSDC="0")}]
)
def test_a_listing_without_owner_or_price_is_a_change_and_not_gone(changes: Json) -> None:
    with pytest.raises(SourceChanged, match="without"):
        beezie.parse_live(fetched(NAME, beezie_item(**changes)), MINT)


def test_a_burnt_token_is_not_on_sale() -> None:
    assert beezie.parse_live(fetched(NAME, beezie_item(burnedAt=1_790_848_800_000)), MINT) is None


@pytest.mark.parametrize(
    ("finish", "edition", "variant"),
    [("Holo", "1st Edition", "Holo 1st Edition"), ("", "Shadowless", "Shadowless"), ("", None, "")],
)
def test_finish_and_edition_make_the_printing(finish: Json, edition: Json, variant: str) -> None:
    traits = {"finish": finish, "edition": edition}
    slab = beezie.parse_slab(fetched(NAME, beezie_item(traits=traits)), MINT)
    assert slab is not None
    assert slab.card is not None
    assert slab.card.variant == variant


@pytest.mark.parametrize("told", [None, "", " ", 7, True, "x" * 81, "asset\n1", "asset-1\n"])
def test_what_cannot_be_alts_name_is_none_and_costs_no_row(told: Json) -> None:
    page, _ = beezie.parse_listings(fetched(NAME, beezie_page(beezie_item(altAssetId=told))))
    [report] = page.reports
    assert report.slab == msgspec.structs.replace(SLAB, alt_asset_id="")


def test_another_language_is_told_and_an_unnamed_card_is_not_guessed() -> None:
    japanese = beezie.parse_slab(fetched(NAME, beezie_item(traits={"language": "Japanese"})), MINT)
    unnamed = beezie.parse_slab(fetched(NAME, beezie_item(traits={"pokemon name": ""})), MINT)
    assert japanese is not None
    assert japanese.card is not None
    assert japanese.card.language == "Japanese"
    assert unnamed is not None
    assert unnamed.card is None


async def test_the_state_is_the_sell_order(http: SourceHttp, server: ScriptedServer) -> None:
    source = Beezie(http, base_url=server.url)
    server.says(data(beezie_item()), data(beezie_item(SellOrder=None)), data({}, status=404))
    assert await source.live(MINT) == LiveListing(SELLER, ASK, Venue.BEEZIE, START, LISTED_AT)
    assert await source.live(MINT) is None
    assert await source.live(MINT) is None
    assert await source.slab(MINT) is None
    assert await source.ending(MINT, SELLER, START) is None
    assert {asked.path for asked in server.asked} == {f"/dropItems/getByTokenId/{MINT}"}


async def test_an_answer_about_another_token_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    source = Beezie(http, base_url=server.url)
    server.says(data(beezie_item(tokenId=BUYER)))
    with pytest.raises(SourceChanged):
        await source.live(MINT)
    with pytest.raises(SourceChanged):
        await source.slab(MINT)


async def test_pages_are_asked_until_one_is_short(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(beezie_page(*[beezie_item()] * beezie.PAGE_SIZE)), data(beezie_page()))
    pages = [page async for page in Beezie(http, base_url=server.url).listings(pages_max=9)]
    assert [len(page.reports) for page in pages] == [beezie.PAGE_SIZE, 0]
    assert {asked.path for asked in server.asked} == {"/dropItems/byCategory"}
    asked = [json.loads(one.body) for one in server.asked]
    assert [one["page"] for one in asked] == ["0", "1"]
    assert asked[0] == {
        "categoryId": "1",
        "page": "0",
        "pageSize": "100",
        "filters": [],
        "saleStatus": "forSale",
        "sellOrderDateOrder": "DESC",
    }


@pytest.mark.parametrize(
    ("counts", "totals", "asked"),
    [
        ((2, 2, 1), (5, 5, 5), 3),
        ((2, 0), (9, 9), 2),
        ((beezie.PAGE_SIZE, 1), (beezie.PAGE_SIZE, 1), 2),
        ((0,), (9,), 1),
    ],
    ids=["smaller pages than asked for", "a total that never comes", "a total of the page alone", "empty"],
)
async def test_pages_of_any_size_are_read_to_the_end(
    http: SourceHttp, server: ScriptedServer, counts: tuple[int, ...], totals: tuple[int, ...], asked: int
) -> None:
    rows = zip(counts, totals, strict=True)
    server.says(*[data({"dropItems": [beezie_item(SellOrder=None)] * n, "total": all}) for n, all in rows])
    pages = [page async for page in Beezie(http, base_url=server.url).listings(pages_max=9)]
    assert [page.skipped for page in pages] == list(counts)
    assert len(server.asked) == asked
