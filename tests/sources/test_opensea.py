"""Courtyard through OpenSea: a token's number is its mint, the slab is asked for by itself."""

from datetime import UTC, datetime

import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue
from core.domain.money import Amount, Unit
from core.errors import SourceChanged, SourceRefused
from core.sources import opensea
from core.sources.base import LiveListing
from core.sources.http import SourceHttp
from core.sources.opensea import OpenSea
from tests.sources.conftest import START
from tests.sources.payloads import SELLER, Json, fetched
from tests.sources.payloads_elsewhere import OFFERER, PROOF, TOKEN_ID, sea_listing, sea_nft, sea_page
from tests.sources.server import ScriptedServer, data

NAME = SourceName.OPENSEA
LISTED_AT = datetime(2026, 10, 1, 10, tzinfo=UTC)
ASK = Amount(25_000_000, Unit.USD_MICROS)
REPORT = Report(
    key=ListingKey(Venue.COURTYARD, Chain.POLYGON, PROOF, OFFERER),
    source=NAME,
    event_id="0x123",
    said=Reported.LISTED,
    effective_at=LISTED_AT,
    seen_at=START,
    ask=ASK,
    listed_at=LISTED_AT,
)


def source(http: SourceHttp, server: ScriptedServer) -> OpenSea:
    return OpenSea(http, base_url=server.url, key="sea-key")


def offered(**changes: Json) -> Json:
    token = sea_listing()["protocol_data"]["parameters"]["offer"][0]
    return {"offer": [token | changes]}


def test_a_row_is_a_report_without_a_slab() -> None:
    page, cursor = opensea.parse_listings(fetched(NAME, sea_page(sea_listing(), next="LXBrPTE=")))
    assert (page.reports, page.skipped, page.lists_live, cursor) == ((REPORT,), 0, False, "LXBrPTE=")


@pytest.mark.parametrize(
    "row",
    [
        sea_listing(protocol_data={"parameters": {}, "signature": None}),
        sea_listing(protocol_data=None),
        sea_listing(price=None),
        sea_listing(status="CANCELLED"),
        sea_listing(chain="ethereum"),
        sea_listing(type="english"),
        sea_listing(parameters={"endTime": str(int(START.timestamp()))}),
        sea_listing(order_hash=None),
        sea_listing(current={"currency": "WETH", "decimals": 18}),
        sea_listing(current={"value": "0"}),
        sea_listing(current={"value": "9" * 60}),
        sea_listing(parameters=offered(token="0xother")),
        sea_listing(parameters=offered(identifierOrCriteria="-1")),
        sea_listing(parameters=offered(identifierOrCriteria="9" * 78)),
        sea_listing(parameters={"offer": offered()["offer"] * 2}),
        sea_listing(parameters={"offerer": None}),
        sea_listing(parameters={"offerer": "../x"}),
    ],
)
def test_what_is_no_single_token_of_courtyards_for_usdc_is_left_out(row: Json) -> None:
    page, cursor = opensea.parse_listings(fetched(NAME, sea_page(row, sea_listing())))
    assert (page.reports, page.skipped, cursor) == ((REPORT,), 1, None)


@pytest.mark.parametrize(
    "row",
    [
        sea_listing(current={"decimals": 18}),
        sea_listing(current={"value": "-25000000"}),
        sea_listing(current={"value": "25.5"}),
        sea_listing(parameters={"startTime": "soon"}),
        sea_listing(parameters={"startTime": "9" * 30}),
        sea_listing(parameters={"startTime": "1_790_848_800"}),
        sea_listing(parameters={"startTime": "١٧٩٠٨٤٨٨٠٠"}),
        sea_listing(parameters={"endTime": "never"}),
    ],
)
def test_a_price_or_time_in_another_form_is_a_change(row: Json) -> None:
    with pytest.raises(SourceChanged, match=r"listings\[0\]"):
        opensea.parse_listings(fetched(NAME, sea_page(row)))


@pytest.mark.parametrize(
    "row",
    [
        sea_listing(chain="polygon"),
        sea_listing(chain=None, status=None),
        sea_listing(parameters={"endTime": None}),
        sea_listing(parameters={"offerer": OFFERER.upper().replace("X", "x")}),
    ],
)
def test_what_is_not_said_or_said_in_another_way_is_the_same_listing(row: Json) -> None:
    assert opensea.parse_listings(fetched(NAME, sea_page(row)))[0].reports == (REPORT,)


def test_the_picture_to_be_shown_goes_before_the_tokens_own() -> None:
    slab = opensea.parse_slab(fetched(NAME, sea_nft(display_image_url="https://images.example/d.png")), PROOF)
    assert slab is not None
    assert slab.image_url == "https://images.example/d.png"


@pytest.mark.parametrize("type", ["basic", "dutch", None])
def test_every_kind_of_order_but_an_auction_asks_its_price(type: Json) -> None:
    ends = {"endTime": str(int(START.timestamp()) + 1)}
    page, _ = opensea.parse_listings(fetched(NAME, sea_page(sea_listing(type=type, parameters=ends))))
    assert page.reports == (REPORT,)


def test_without_a_time_a_listing_is_as_old_as_its_page() -> None:
    page, _ = opensea.parse_listings(fetched(NAME, sea_page(sea_listing(parameters={"startTime": None}))))
    assert (page.reports[0].effective_at, page.reports[0].listed_at) == (START, None)


def test_a_token_is_the_slab_its_traits_tell() -> None:
    assert opensea.parse_slab(fetched(NAME, sea_nft()), PROOF) == SlabFacts(
        grader=Grader.PSA,
        certificate="91000615",
        grade=Grade(100),
        title="2021 Pokémon Swsh Black Star Promo #182 Vaporeon Vmax (PSA 10 GEM MINT)",
        card=CardKey(
            "Pokemon",
            "Pokemon Swsh Black Star Promo",
            "182",
            "Vaporeon Vmax",
            language="Japanese",
            year=2021,
        ),
        category="Pokemon",
        image_url="https://images.example/nft.png",
    )


@pytest.mark.parametrize(
    "nft",
    [
        sea_nft(traits={"Grader": None}),
        sea_nft(traits={"Serial": ""}),
        sea_nft(name=None),
        sea_nft() | {"nft": sea_nft()["nft"] | {"traits": None}},
    ],
)
def test_a_token_that_is_no_graded_card_is_none(nft: Json) -> None:
    assert opensea.parse_slab(fetched(NAME, nft), PROOF) is None


async def test_the_state_is_the_best_listing_of_the_token(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = source(http, server)
    server.says(data(sea_listing()), data({}), data({"errors": ["Listing not found"]}, status=404))
    assert await vendor.live(PROOF) == LiveListing(OFFERER, ASK, Venue.COURTYARD, START, LISTED_AT)
    assert await vendor.live(PROOF) is None
    assert await vendor.live(PROOF) is None
    assert await vendor.slab(PROOF) is None
    assert await vendor.ending(PROOF, OFFERER, START) is None
    assert server.asked[0].path == f"/listings/collection/courtyard-nft/nfts/{TOKEN_ID}/best"
    assert server.asked[-1].path == f"/chain/matic/contract/{opensea.CONTRACT}/nfts/{TOKEN_ID}"
    assert {asked.headers["x-api-key"] for asked in server.asked} == {"sea-key"}


async def test_an_answer_about_another_token_is_a_change(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(sea_listing(parameters=offered(identifierOrCriteria="7"))))
    with pytest.raises(SourceChanged):
        await source(http, server).live(PROOF)
    server.says(data(sea_nft(identifier="7")))
    with pytest.raises(SourceChanged):
        await source(http, server).slab(PROOF)


async def test_what_is_no_token_of_courtyards_is_asked_for_as_one_that_is_not(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data({}, status=404))
    for mint in (SELLER, "../x", "0x7"):
        assert await source(http, server).live(Mint(mint)) is None
    assert {asked.path for asked in server.asked} == {"/listings/collection/courtyard-nft/nfts/0/best"}


async def test_pages_follow_the_cursor(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(sea_page(sea_listing(), next="a b")), data(sea_page()))
    pages = [page async for page in source(http, server).listings(pages_max=9)]
    assert [len(page.reports) for page in pages] == [1, 0]
    assert [asked.query.get("next") for asked in server.asked] == [None, "a b"]
    assert {asked.query["limit"] for asked in server.asked} == {"100"}
    path = "/listings/collection/courtyard-nft/all"
    assert {asked.path.partition("?")[0] for asked in server.asked} == {path}


async def test_of_a_baseline_only_the_newest_are_worth_their_questions(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(sea_page(sea_listing(), next="again")))
    assert len([page async for page in source(http, server).listings(pages_max=200)]) == 5


async def test_no_more_pages_are_read_than_wanted_of_a_cursor_that_never_ends(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(sea_page(sea_listing(), next="again")))
    assert len([page async for page in source(http, server).listings(pages_max=3)]) == 3
    assert len(server.asked) == 3


def test_an_endless_cursor_is_a_change() -> None:
    longest = "c" * opensea.CURSOR_LENGTH_MAX
    assert opensea.parse_listings(fetched(NAME, sea_page(next=longest)))[1] == longest
    with pytest.raises(SourceChanged, match=r"\$\.next"):
        opensea.parse_listings(fetched(NAME, sea_page(next=longest + "c")))


@pytest.mark.parametrize(
    "listing",
    [
        sea_listing(current={"currency": "WETH", "decimals": 18}),
        sea_listing(status="INACTIVE"),
        sea_listing(type="english"),
        sea_listing(order_hash=None, price=None, protocol_data=None),
    ],
)
def test_what_cannot_be_bought_for_usdc_is_not_on_sale(listing: Json) -> None:
    assert opensea.parse_live(fetched(NAME, listing), PROOF) is None


@pytest.mark.parametrize("part", ["order_hash", "price", "protocol_data"])
def test_a_listing_that_lacks_a_part_is_a_change_and_not_gone(part: str) -> None:
    with pytest.raises(SourceChanged, match="without"):
        opensea.parse_live(fetched(NAME, sea_listing(**{part: None})), PROOF)


async def test_a_key_that_is_refused_is_not_asked_with_again(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data({"errors": ["Missing an API Key"]}, status=401))
    with pytest.raises(SourceRefused):
        await anext(source(http, server).listings(pages_max=1))
    assert len(server.asked) == 1
