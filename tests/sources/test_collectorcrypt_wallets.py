"""Collector Crypt on wallets, activity and offers: what its rows become, and what is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.catalog import Grade, Grader
from core.domain.listings import Chain, ListingKey, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from core.domain.wallets import Holding, HoldingPage, Offer
from core.errors import SourceChanged
from core.sources.collectorcrypt import (
    CollectorCrypt,
    parse_activities,
    parse_history,
    parse_holdings,
    parse_listings,
    parse_offers,
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
    cc_listing,
    cc_page,
    cc_row,
    cc_sale,
    fetched,
    spl,
)
from tests.sources.payloads_marketplaces import cc_held, cc_offer, cc_wallet
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.COLLECTOR_CRYPT
SOLD_AT = datetime(2026, 10, 1, 11, 45, tzinfo=UTC)
LONG_AGO = START - timedelta(days=90)
NOT_FOUND = data({"statusCode": 404, "message": "Card not found", "error": "Not Found"}, status=404)


def held(row: Json) -> tuple[Holding, ...]:
    return parse_holdings(fetched(NAME, cc_wallet(row)), SELLER)[0].holdings


def usdc(dollars: int) -> Amount:
    return Amount(dollars * 10**6, Unit.USD_MICROS)


def test_a_slab_in_a_wallet_has_its_ask_though_the_price_is_a_text_there() -> None:
    [holding] = held(cc_held())
    assert (holding.chain, holding.mint, holding.title) == (Chain.SOLANA, MINT, TITLE)
    assert holding.ask == Amount(37_500_000, Unit.USD_MICROS)
    assert holding.slab is not None
    assert (holding.slab.grader, holding.slab.grade) == (Grader.PSA, Grade(100))
    assert holding.image_url == "https://images.example/m"


@pytest.mark.parametrize(
    "row",
    [
        cc_held(type="Sealed", gradingCompany=None, grade=None),
        cc_held(type="Raw", gradingCompany="Not graded", gradingID=None),
    ],
)
def test_raw_and_sealed_things_are_held_without_a_slab(row: Json) -> None:
    [holding] = held(row)
    assert (holding.slab, holding.title) == (None, TITLE)


@pytest.mark.parametrize(
    "listing",
    [
        None,
        cc_listing(price="1", status="Closed"),
        cc_listing(price="1", closedAt="2026-10-01T10:00:00Z"),
        cc_listing(price="1", marketplace="TENSOR"),
        cc_listing(price="1", currency="SOL"),
        cc_listing(price="0"),
    ],
)
def test_what_is_not_on_sale_for_usdc_has_no_ask(listing: Json) -> None:
    [holding] = held(cc_held(listing=listing))
    assert holding.ask is None


@pytest.mark.parametrize(
    "row",
    [
        cc_held(nftAddress=None),
        cc_held(nftAddress="a/b"),
        cc_held(blockchain="Base"),
        cc_held(owner={"wallet": BUYER}),
    ],
)
def test_what_cannot_be_the_wallets_token_on_solana_is_left_out(row: Json) -> None:
    assert held(row) == ()


def test_tokens_of_both_collections_are_slabs_alike() -> None:
    rows = [cc_row(nftStandard="core"), cc_row(nftStandard="pnft", gradeNum=10)]
    page, _ = parse_listings(fetched(NAME, cc_page(*rows)))
    assert len({report.slab for report in page.reports}) == 1
    assert len(held(cc_held(nftStandard="pnft"))) == 1


@pytest.mark.parametrize("price", ["-1", "NaN", "abc", -1])
def test_a_malformed_ask_in_a_wallet_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged):
        held(cc_held(listing=cc_listing(price=price)))


async def test_every_page_of_a_wallet_is_read(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(cc_wallet(cc_held(), pages=2)), data(cc_wallet(cc_held(nftAddress=BONK), pages=2)))
    cc = CollectorCrypt(http, base_url=server.url)
    pages = [page async for page in cc.holdings(SELLER, pages_max=9)]
    assert [holding.mint for page in pages for holding in page.holdings] == [MINT, BONK]
    assert [asked.path for asked in server.asked] == [
        f"/cards/{SELLER}/?page={number}&step=100&orderBy=dateDesc" for number in (1, 2)
    ]


async def test_a_wallet_that_breaks_off_before_its_last_page_is_a_change(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(cc_wallet(cc_held(), pages=3)), NOT_FOUND)
    pages = CollectorCrypt(http, base_url=server.url).holdings(SELLER, pages_max=9)
    assert len((await anext(pages)).holdings) == 1
    with pytest.raises(SourceChanged, match="404"):
        await anext(pages)


async def test_no_more_pages_of_a_wallet_are_read_than_wanted(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(cc_wallet(cc_held(), pages=99)))
    cc = CollectorCrypt(http, base_url=server.url)
    assert len([page async for page in cc.holdings(SELLER, pages_max=3)]) == 3


async def test_an_unknown_wallet_holds_nothing_and_did_nothing(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(NOT_FOUND)
    cc = CollectorCrypt(http, base_url=server.url)
    [empty] = [page async for page in cc.holdings(SELLER, pages_max=9)]
    assert empty == HoldingPage((), empty.seen_at, total=0)
    [page] = [page async for page in cc.wallet_activities(SELLER, pages_max=9)]
    assert (page.reports, page.skipped) == ((), 0)


def test_a_sale_in_a_history_says_who_sold_to_whom_for_how_much() -> None:
    page = parse_history(fetched(NAME, [cc_sale()]), MINT, LONG_AGO)
    assert page.reports == (
        Report(
            key=ListingKey(Venue.CC, Chain.SOLANA, MINT, SELLER),
            source=NAME,
            event_id="5VERYlongSignature",
            said=Reported.SOLD,
            effective_at=SOLD_AT,
            seen_at=START,
            paid=usdc(470),
            buyer=BUYER,
        ),
    )


def test_listings_and_new_prices_are_told_and_offers_skipped() -> None:
    actions = ["Listing Updated", "Offer Made", "Offer Cancelled", "Offer Accepted", "List", "News"]
    page = parse_history(fetched(NAME, [cc_sale(action=a) for a in actions]), MINT, LONG_AGO)
    assert [(r.said, r.ask, r.paid, r.buyer) for r in page.reports] == [
        (Reported.LISTED, usdc(470), None, None)
    ] * 2
    assert page.skipped == 4


def test_a_history_is_newest_first_and_ends_where_it_was_asked_to() -> None:
    times = ["2026-09-30T10:00:00Z", "2026-10-01T10:00:00.5Z", "2026-06-01T10:00:00Z"]
    rows = [cc_sale(createdAt=at, id=at) for at in times]
    page = parse_history(fetched(NAME, rows), MINT, LONG_AGO)
    assert [report.event_id for report in page.reports] == [times[1], times[0]]


@pytest.mark.parametrize("changes", [{"amount": None}, {"amount": 0}, {"priceInfo": spl("1", BONK)}])
def test_a_sale_at_a_price_that_is_not_known_in_dollars_is_still_a_sale(changes: Json) -> None:
    page = parse_history(fetched(NAME, [cc_sale(**changes)]), MINT, LONG_AGO)
    assert [report.paid for report in page.reports] == [None]


@pytest.mark.parametrize(
    "info",
    [spl("470"), spl("470000000", decimals=9), spl("470_000_000"), spl("x"), spl("1", decimals=-9)],
)
def test_a_price_that_is_told_twice_and_differently_is_a_change(info: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_history(fetched(NAME, [cc_sale(priceInfo=info)]), MINT, LONG_AGO)


def test_a_history_of_another_token_is_a_change() -> None:
    with pytest.raises(SourceChanged, match="another token"):
        parse_history(fetched(NAME, [cc_sale(nftAddress=BONK)]), MINT, LONG_AGO)


def test_a_wallets_activity_is_what_it_sold_and_what_it_bought() -> None:
    rows = [cc_sale(), cc_sale(nftAddress=BONK), cc_sale(nftAddress=None)]
    as_seller = parse_activities(fetched(NAME, rows), SELLER)
    assert [report.key.mint for report in as_seller.reports] == [MINT, BONK]
    assert len(parse_activities(fetched(NAME, rows), BUYER).reports) == 2
    nobodys = parse_activities(fetched(NAME, rows), Wallet("nobody"))
    assert (nobodys.reports, nobodys.skipped) == ((), 3)


async def test_a_history_is_asked_for_by_whole_days(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data([cc_sale()]))
    cc = CollectorCrypt(http, base_url=server.url)
    for days in (0.5, 90, 9999):
        assert await cc.history_of(MINT, START - timedelta(days=days)) is not None
    assert [asked.query["day"] for asked in server.asked] == ["1", "91", "365"]


def test_live_offers_are_told_best_first() -> None:
    rows = [cc_offer(), cc_offer(id="b", price="410.5", buyer=None), cc_offer(id="c", status="Cancelled")]
    rows += [cc_offer(id="d", currency="SOL"), cc_offer(id="e", price=0)]
    best, second = parse_offers(fetched(NAME, rows), MINT)
    assert (best.id, best.amount, best.buyer) == ("b", Amount(410_500_000, Unit.USD_MICROS), None)
    made_at = datetime(2026, 10, 1, 9, tzinfo=UTC)
    id = "68e1cc2f-1372-45a1-aae4-63cb8e70066a"
    assert second == Offer(NAME, id, MINT, usdc(400), buyer=BUYER, at=made_at)


@pytest.mark.parametrize("changes", [{"price": "-1"}, {"price": "NaN"}, {"card": {"nftAddress": BONK}}])
def test_an_offer_that_makes_no_sense_is_a_change(changes: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_offers(fetched(NAME, [cc_offer(**changes)]), MINT)


@pytest.mark.parametrize("status", [400, 404])
async def test_offers_for_an_unknown_card_are_none(
    http: SourceHttp, server: ScriptedServer, status: int
) -> None:
    server.says(data({"statusCode": status, "message": "Card not found"}, status=status))
    assert await CollectorCrypt(http, base_url=server.url).offers(MINT) == ()
    assert server.asked[0].body == b'{"method":"getCardOffers","params":{"nftAddress":"%s"}}' % MINT.encode()


async def test_a_question_that_is_not_understood_is_no_empty_answer(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data({"statusCode": 400, "message": "params contains forbidden keys"}, status=400))
    with pytest.raises(SourceChanged):
        await CollectorCrypt(http, base_url=server.url).offers(MINT)


async def test_an_answer_is_kept_as_long_as_the_vendor_lets_us(
    http: SourceHttp, server: ScriptedServer
) -> None:
    half_a_minute = {"Cache-Control": "public, s-maxage=30, max-age=30"}
    server.says(Reply(b"[]", headers=half_a_minute))
    cc = CollectorCrypt(http, base_url=server.url)
    for _ in range(3):
        await cc.history_of(MINT, LONG_AGO)
    assert len(server.asked) == 1
