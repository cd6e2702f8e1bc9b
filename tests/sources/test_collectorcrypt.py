"""Collector Crypt: what its rows become, and what is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue
from core.domain.money import Amount, Unit
from core.errors import SourceChanged
from core.sources.base import LiveListing, Page
from core.sources.collectorcrypt import (
    CollectorCrypt,
    parse_ending,
    parse_listings,
    parse_live,
    parse_slab,
)
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads import (
    BONK,
    BUYER,
    MINT,
    SELLER,
    TITLE,
    Json,
    cc_card,
    cc_listing,
    cc_market,
    cc_page,
    cc_row,
    cc_sale,
    fetched,
    spl,
)
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.COLLECTOR_CRYPT
LISTED_AT = datetime(2026, 10, 1, 11, 30, 0, 250_000, tzinfo=UTC)
SOLD_AT = datetime(2026, 10, 1, 11, 45, tzinfo=UTC)
SLAB = SlabFacts(
    grader=Grader.PSA,
    certificate="145822162",
    grade=Grade(100),
    title=TITLE,
    card=CardKey("Pokemon", "Pokemon Obsidian Flames", "199", "Charizard ex", "Special Art", year=2023),
    category="Pokemon",
    image_url="https://images.example/m",
    insured_usd_micros=1_500_500_000,
)


def page_of(*rows: Json) -> Page:
    return parse_listings(fetched(NAME, cc_page(*rows)))[0]


def report_of(row: Json) -> Report:
    page = page_of(row)
    assert page.skipped == 0
    return page.reports[0]


def test_a_row_becomes_a_report() -> None:
    assert report_of(cc_row()) == Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, MINT, SELLER),
        source=NAME,
        event_id="v2_4fXXMLCUf2QUXid3@2026-10-01T11:30:00.250000+00:00=37500000",
        said=Reported.LISTED,
        effective_at=LISTED_AT,
        seen_at=START,
        ask=Amount(37_500_000, Unit.USD_MICROS),
        listed_at=LISTED_AT,
        slab=SLAB,
    )


def test_a_page_lists_what_is_live_and_names_the_next() -> None:
    page, cursor = parse_listings(fetched(NAME, cc_page(cc_row(), cursor="abc")))
    assert page.lists_live
    assert page.seen_at == START
    assert cursor == "abc"


@pytest.mark.parametrize("answer", [{"filterNFtCard": []}, {"filterNFtCard": [], "nextCursor": None}])
def test_the_last_page_may_be_empty_and_name_no_next(answer: Json) -> None:
    assert parse_listings(fetched(NAME, answer)) == (Page((), START, lists_live=True), None)


@pytest.mark.parametrize(
    "row",
    [
        cc_row(nftAddress=None),
        {name: value for name, value in cc_row().items() if name != "nftAddress"},
        cc_row(nftAddress="../../cards"),
        cc_row(owner=None),
        cc_row(owner={"name": "x"}),
        cc_row() | {"listing": None},
        cc_row(blockchain="Base"),
        cc_row(type="Sealed"),
        cc_row(gradingCompany="Not graded"),
        cc_row(gradingCompany=None),
        cc_row(grade=None),
        cc_row(grade="AUTHENTIC"),
        cc_row(grade="GEM-MT 10", gradeNum=9),
        cc_row(listing=cc_listing(marketplace="TENSOR")),
        cc_row(listing=cc_listing(marketplace=None)),
        cc_row(listing=cc_listing(currency="SOL")),
        cc_row(listing=cc_listing(price=0)),
    ],
)
def test_a_row_that_is_no_slab_on_sale_is_skipped_and_counted(row: Json) -> None:
    page = page_of(row, cc_row())
    assert (len(page.reports), page.skipped) == (1, 1)


@pytest.mark.parametrize("price", [None, "", "abc", -1, "-0.01", "NaN", "Infinity", True, [37]])
def test_a_malformed_price_is_never_a_price(price: Json) -> None:
    with pytest.raises(SourceChanged, match=r"filterNFtCard\[1\]\.listing"):
        page_of(cc_row(), cc_row(listing=cc_listing(price=price)))


@pytest.mark.parametrize("price", [1e13, "1e30"])
def test_an_ask_beyond_all_money_is_skipped_and_does_not_stop_the_page(price: Json) -> None:
    page = page_of(cc_row(listing=cc_listing(price=price)), cc_row())
    assert (len(page.reports), page.skipped) == (1, 1)


@pytest.mark.parametrize(("price", "micros"), [(37, 37_000_000), ("470", 470_000_000), (0.1, 100_000)])
def test_a_price_may_be_a_number_or_a_text(price: Json, micros: int) -> None:
    assert report_of(cc_row(listing=cc_listing(price=price))).ask == Amount(micros, Unit.USD_MICROS)


def test_an_order_on_magic_eden_keeps_its_venue() -> None:
    assert report_of(cc_row(listing=cc_listing(marketplace="ME"))).key.venue is Venue.ME


def test_a_listing_that_was_never_repriced_dates_from_its_creation() -> None:
    listing = cc_listing(updatedAt=None, receiptId=None, currency=None)
    report = report_of(cc_row(listing=listing))
    assert report.effective_at == report.listed_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert report.event_id.startswith(f"{MINT}@")


def test_a_listing_without_any_time_is_a_change() -> None:
    with pytest.raises(SourceChanged, match="without a time"):
        page_of(cc_row(listing=cc_listing(updatedAt=None, createdAt=None)))


def test_another_price_at_the_same_time_is_another_state() -> None:
    cheaper = report_of(cc_row(listing=cc_listing(price=30)))
    assert cheaper.event_id != report_of(cc_row()).event_id


def test_a_row_without_a_certificate_is_a_listing_whose_slab_it_does_not_say() -> None:
    assert report_of(cc_row(gradingID=None)).slab is None


@pytest.mark.parametrize(
    ("changes", "image_url"),
    [
        (
            {"images": {"front": "https://i.example/f", "frontS": "https://i.example/s"}},
            "https://i.example/f",
        ),
        ({"images": {"frontS": "https://i.example/s"}}, "https://i.example/s"),
        ({"images": None}, "https://images.example/front"),
        ({"images": None, "frontImage": None}, ""),
        ({"images": None, "frontImage": "javascript:alert(1)"}, ""),
    ],
)
def test_any_front_will_do(changes: Json, image_url: str) -> None:
    slab = parse_slab(fetched(NAME, cc_card(**changes)), MINT)
    assert slab is not None
    assert slab.image_url == image_url


def test_the_catalogue_says_what_a_slab_is() -> None:
    assert parse_slab(fetched(NAME, cc_card()), MINT) == SLAB
    assert parse_slab(fetched(NAME, cc_card(gradingCompany="Not graded")), MINT) is None


def test_an_answer_about_another_token_is_not_taken() -> None:
    for parse in (parse_live, parse_slab):
        with pytest.raises(SourceChanged, match="another token"):
            parse(fetched(NAME, cc_market(nftAddress="another")), MINT)


def test_the_market_says_who_sells_for_how_much() -> None:
    changed_at = datetime(2026, 10, 1, 11, 30, 0, 250_000, tzinfo=UTC)
    expected = LiveListing(SELLER, Amount(37_500_000, Unit.USD_MICROS), Venue.CC, START, changed_at)
    assert parse_live(fetched(NAME, cc_market()), MINT) == expected


@pytest.mark.parametrize(
    "answer",
    [
        cc_market() | {"listing": None},
        cc_market(listing=cc_listing(closedAt="2026-10-01T11:59:00.000Z")),
        cc_market(listing=cc_listing(status="Sold")),
        cc_market(listing=cc_listing(marketplace="TENSOR")),
    ],
)
def test_what_is_closed_or_elsewhere_is_not_on_sale(answer: Json) -> None:
    assert parse_live(fetched(NAME, answer), MINT) is None


@pytest.mark.parametrize(
    "answer", [cc_market(owner=None), cc_market(listing=cc_listing(currency="SOL")), cc_market(listing={})]
)
def test_a_listing_that_cannot_be_read_is_not_called_gone(answer: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_live(fetched(NAME, answer), MINT)


def ending_of(*rows: Json, since: datetime = LISTED_AT) -> Report | None:
    return parse_ending(fetched(NAME, list(rows)), MINT, SELLER, since)


def test_the_sale_after_the_listing_ended_it() -> None:
    assert ending_of({**cc_sale(), "action": "List"}, cc_sale()) == Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, MINT, SELLER),
        source=NAME,
        event_id="5VERYlongSignature",
        said=Reported.SOLD,
        effective_at=SOLD_AT,
        seen_at=START,
        paid=Amount(470_000_000, Unit.USD_MICROS),
        buyer=BUYER,
    )


def test_of_several_sales_the_first_ended_it() -> None:
    later = cc_sale(createdAt="2026-10-01T11:50:00Z", amount=500)
    ending = ending_of(later, cc_sale(), cc_sale(createdAt="2026-10-01T09:00:00Z"))
    assert ending is not None
    assert ending.effective_at == SOLD_AT


def test_other_sellers_and_earlier_sales_ended_nothing() -> None:
    assert ending_of() is None
    assert ending_of(cc_sale(), since=SOLD_AT + timedelta(seconds=1)) is None
    assert ending_of(cc_sale(**{"from": {"wallet": BUYER}}), cc_sale(**{"from": None})) is None


@pytest.mark.parametrize("changes", [{"amount": None}, {"amount": 0}, {"priceInfo": spl("1", BONK)}])
def test_a_sale_at_an_unknown_price_is_still_a_sale(changes: Json) -> None:
    ending = ending_of(cc_sale(**changes))
    assert ending is not None
    assert ending.paid is None


async def test_pages_are_read_until_there_is_no_next(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(cc_page(cc_row(), cursor="a b")), data(cc_page(cc_row(), cursor="c")), data(cc_page()))
    vendor = CollectorCrypt(http, base_url=server.url, key="ccsk_secret")
    pages = [page async for page in vendor.listings(pages_max=9)]
    assert [len(page.reports) for page in pages] == [1, 1, 0]
    common = {"step": "100", "orderBy": "listedDateDesc", "marketplaceStatus": "Buy now"}
    cursors = [{}, {"cursor": "a b"}, {"cursor": "c"}]
    assert [asked.query for asked in server.asked] == [{**common, **cursor} for cursor in cursors]
    assert server.asked[0].headers["Authorization"] == "Bearer ccsk_secret"


async def test_no_more_pages_are_read_than_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(cc_page(cc_row(), cursor="again")))
    vendor = CollectorCrypt(http, base_url=server.url)
    assert len([page async for page in vendor.listings(pages_max=3)]) == 3
    assert "Authorization" not in server.asked[0].headers


async def test_an_unknown_token_is_none_everywhere(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"statusCode": 404, "message": "Card not found"}, status=404))
    vendor = CollectorCrypt(http, base_url=server.url)
    odd = Mint("a/../b")
    assert (await vendor.live(odd), await vendor.slab(odd)) == (None, None)
    assert await vendor.ending(odd, SELLER, START) is None
    assert [asked.path.partition("?")[0] for asked in server.asked] == [
        "/cards/publicNft/a%2F..%2Fb/market",
        "/cards/publicNft/a%2F..%2Fb",
        "/card-activity/a%2F..%2Fb",
    ]


async def test_the_state_of_a_listing_is_never_a_kept_answer(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(cc_market(), Cache_Control="public, max-age=30", Age="4"))
    vendor = CollectorCrypt(http, base_url=server.url)
    for _ in range(2):
        live = await vendor.live(MINT)
        assert live is not None
        assert live.checked_at == START - timedelta(seconds=4)
    assert len(server.asked) == 2


async def test_a_name_it_does_not_know_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(Reply(b'["property limit should not exist"]', status=400))
    with pytest.raises(SourceChanged, match="HTTP 400"):
        await anext(CollectorCrypt(http, base_url=server.url).listings(pages_max=1))
