"""Magic Eden: what its rows become, and what is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.catalog import CardKey, Grade, GradeLabel, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Report, Reported, SourceName, Venue
from core.domain.money import Amount, Unit
from core.errors import SourceChanged
from core.sources.base import LiveListing
from core.sources.http import SourceHttp
from core.sources.magiceden import (
    PAGE_SIZE,
    MagicEden,
    parse_activities,
    parse_ending,
    parse_live,
    parse_slab,
)
from tests.sources.conftest import START, Sleeper
from tests.sources.payloads import (
    BONK,
    BUYER,
    MINT,
    SELLER,
    TITLE,
    Json,
    fetched,
    me_activity,
    me_listing,
    me_token,
    spl,
)
from tests.sources.payloads_marketplaces import me_stats
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.MAGIC_EDEN
AT = datetime(2026, 10, 1, 11, 45, tzinfo=UTC)
KEY = ListingKey(Venue.ME, Chain.SOLANA, MINT, SELLER)
SIGNATURE = "ntGRVYH31VtYYatGmax4evUAdEejh2bH"


def report_of(row: Json) -> Report:
    page = parse_activities(fetched(NAME, [row]))
    assert page.skipped == 0
    return page.reports[0]


def test_a_list_becomes_a_report_in_lamports() -> None:
    assert report_of(me_activity()) == Report(
        key=KEY,
        source=NAME,
        event_id=f"{SIGNATURE}:list:{MINT}",
        said=Reported.LISTED,
        effective_at=AT,
        seen_at=START,
        ask=Amount(5_100_000_000, Unit.LAMPORTS),
        listed_at=AT,
    )


def test_a_delist_has_no_price_whatever_it_says() -> None:
    report = report_of(me_activity("delist", price=-3))
    assert (report.said, report.ask, report.paid, report.listed_at) == (Reported.DELISTED, None, None, None)


def test_a_sale_names_its_price_and_its_buyer() -> None:
    report = report_of(me_activity("buyNow", priceInfo=spl("25000000")))
    assert (report.said, report.ask, report.buyer) == (Reported.SOLD, None, BUYER)
    assert report.paid == Amount(25_000_000, Unit.USD_MICROS)


def test_a_price_in_usdc_comes_before_its_conversion_to_sol() -> None:
    assert report_of(me_activity(priceInfo=spl(37_500_000))).ask == Amount(37_500_000, Unit.USD_MICROS)
    assert report_of(me_activity(priceInfo={"solPrice": {}})).ask == Amount(5_100_000_000, Unit.LAMPORTS)


@pytest.mark.parametrize(
    "row", [me_activity("buyNow", price=None), me_activity("buyNow", priceInfo=spl(1, BONK))]
)
def test_a_sale_at_an_unknown_price_is_still_a_sale(row: Json) -> None:
    assert report_of(row).paid is None


@pytest.mark.parametrize(
    "row",
    [
        me_activity("bid"),
        me_activity("cancelBid"),
        me_activity("something new"),
        {name: value for name, value in me_activity().items() if name != "type"},
        me_activity(tokenMint=None),
        me_activity(tokenMint="a/b"),
        me_activity(seller=None),
        me_activity(blockTime=None),
        me_activity(source="tensor"),
        me_activity(price=None),
        me_activity(price=0),
        me_activity(priceInfo=spl("25000000", BONK)),
        me_activity(price=18e9),  # all that a u64 of lamports can ask: a joke must not stop the feed
        me_activity(price=1e30),
        me_activity(priceInfo=spl("9" * 30)),
    ],
)
def test_what_says_nothing_of_a_listing_is_skipped_and_counted(row: Json) -> None:
    page = parse_activities(fetched(NAME, [row, me_activity()]))
    assert (len(page.reports), page.skipped, page.lists_live) == (1, 1, False)


@pytest.mark.parametrize("source", ["magiceden", "magiceden_v3", "mmm", "", None])
def test_every_program_of_its_own_counts(source: str | None) -> None:
    assert report_of(me_activity(source=source)).key.venue is Venue.ME


@pytest.mark.parametrize("price", [-0.1, "NaN", "Infinity", "-1", "abc", True])
def test_a_malformed_price_is_never_a_price(price: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_activities(fetched(NAME, [me_activity(price=price)]))


@pytest.mark.parametrize(
    "info",
    [spl(raw) for raw in ("-1", "1.5", "x", "1_000", "٣", " 1", "")]
    + [spl("25", decimals=9), {"splPrice": {}}],
)
def test_a_malformed_amount_of_a_token_is_never_a_price(info: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_activities(fetched(NAME, [me_activity(priceInfo=info)]))


@pytest.mark.parametrize("block_time", [10**18, -(10**18), 253402300800])
def test_a_time_out_of_this_world_is_a_change(block_time: int) -> None:
    with pytest.raises(SourceChanged):
        parse_activities(fetched(NAME, [me_activity(blockTime=block_time)]))


def test_the_live_order_says_who_sells_for_how_much() -> None:
    expected = LiveListing(SELLER, Amount(25_000_000, Unit.USD_MICROS), Venue.ME, START)
    assert parse_live(fetched(NAME, [me_listing()]), MINT) == expected


def test_an_order_that_can_be_read_is_taken_past_one_that_cannot() -> None:
    rows = [me_listing(priceInfo=spl(1, BONK)), me_listing(priceInfo=None, price=2)]
    live = parse_live(fetched(NAME, rows), MINT)
    assert live is not None
    assert live.ask == Amount(2_000_000_000, Unit.LAMPORTS)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [me_listing(tokenMint=BONK)],
        [me_listing(seller=None)],
        [me_listing(expiry=int(START.timestamp()))],
        [me_listing(priceInfo=spl(1, BONK))],
    ],
)
def test_without_such_an_order_it_is_not_on_sale(rows: Json) -> None:
    assert parse_live(fetched(NAME, rows), MINT) is None


@pytest.mark.parametrize("expiry", [None, -1, 0, int(START.timestamp()) + 1])
def test_an_order_may_run_on(expiry: int | None) -> None:
    assert parse_live(fetched(NAME, [me_listing(expiry=expiry)]), MINT) is not None


def test_the_first_sale_within_the_second_or_later_ended_the_listing() -> None:
    rows = [
        me_activity("buyNow", blockTime=int(AT.timestamp()) + 9),
        me_activity("buyNow"),
        me_activity("buyNow", blockTime=int(AT.timestamp()) - 9),
        me_activity("buyNow", seller=BUYER, blockTime=int(AT.timestamp()) + 1),
        me_activity("list", blockTime=int(AT.timestamp()) + 1),
    ]
    since = AT + timedelta(milliseconds=700)
    ending = parse_ending(fetched(NAME, rows), MINT, SELLER, since)
    assert ending is not None
    assert ending.effective_at == AT
    assert parse_ending(fetched(NAME, rows), MINT, SELLER, AT + timedelta(minutes=1)) is None


def test_traits_say_what_a_slab_is_in_texts_or_numbers() -> None:
    assert parse_slab(fetched(NAME, me_token())) == SlabFacts(
        grader=Grader.BGS,
        certificate="145822162",
        grade=Grade(100, GradeLabel.PRISTINE),
        title=TITLE,
        card=CardKey("Pokemon", "Pokemon Obsidian Flames", "199", "Charizard ex", year=2023),
        category="Pokemon",
        image_url="https://images.example/me",
        insured_usd_micros=1_250_000_000,
    )


def test_a_core_token_has_no_grade_number() -> None:
    slab = parse_slab(fetched(NAME, me_token({"GradeNum": None, "The Grade": "NM/MINT+ 8.5"})))
    assert slab is not None
    assert slab.grade == Grade(85)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"mintAddress": MINT, "attributes": []},
        me_token(name=None),
        me_token({"Grading Company": "Not graded"}),
        me_token({"GradeNum": 9}),
        me_token({"Type": "Sealed"}),
        me_token(attributes=[{"trait_type": None, "value": None}, {}]),
    ],
)
def test_what_is_no_graded_card_has_no_slab(answer: Json) -> None:
    assert parse_slab(fetched(NAME, answer)) is None


async def test_a_full_page_means_try_the_next(
    http: SourceHttp, server: ScriptedServer, sleeper: Sleeper
) -> None:
    full = [me_activity(signature=f"s{n}") for n in range(PAGE_SIZE - 1)] + [me_activity("bid")]
    server.says(data(full), data(full), data(full[:3]))
    pages = [page async for page in MagicEden(http, base_url=server.url).activities(pages_max=9)]
    assert [len(page.reports) + page.skipped for page in pages] == [100, 100, 3]
    assert [asked.query["offset"] for asked in server.asked] == ["0", "100", "200"]
    assert server.asked[0].path.startswith("/collections/collector_crypt/activities?")
    assert sleeper.slept_s == pytest.approx([0.6, 0.6])


async def test_a_quiet_market_is_one_empty_page(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data([]))
    pages = [page async for page in MagicEden(http, base_url=server.url).activities(pages_max=9)]
    assert [page.reports for page in pages] == [()]


async def test_all_payment_tokens_are_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data([me_listing()]))
    vendor = MagicEden(http, base_url=f"{server.url}/v2", key="a-long-key")
    assert await vendor.live(MINT) is not None
    assert server.asked[0].path == f"/v2/tokens/{MINT}/listings?paymentMints=ALL"
    assert server.asked[0].headers["Authorization"] == "Bearer a-long-key"


@pytest.mark.parametrize("status", [400, 404])
async def test_an_unknown_token_is_none_everywhere(
    http: SourceHttp, server: ScriptedServer, status: int
) -> None:
    unknown = Reply(b"Token not found", status=status, content_type="text/plain")
    vendor = MagicEden(http, base_url=server.url)
    server.says(*[unknown, data(me_stats())] * 3)
    assert (await vendor.live(MINT), await vendor.slab(MINT)) == (None, None)
    assert await vendor.ending(MINT, SELLER, AT) is None
    assert server.asked[1].path == "/collections/collector_crypt/stats"


@pytest.mark.parametrize("status", [400, 404])
async def test_a_server_that_does_not_even_know_the_collection_has_not_said_that_a_listing_is_gone(
    http: SourceHttp, server: ScriptedServer, status: int
) -> None:
    server.says(Reply(b"Not Found", status=status, content_type="text/plain"))
    with pytest.raises(SourceChanged):
        await MagicEden(http, base_url=server.url).live(MINT)
