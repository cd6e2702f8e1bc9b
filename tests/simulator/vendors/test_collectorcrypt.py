"""The Collector Crypt stand-in: its query, paging, filters, errors and what it knows of orders elsewhere."""

import aiohttp
import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Currency, Venue
from tests.simulator.vendors.asking import Get, Json, Watch

CC = "/vendors/collectorcrypt"
MARKETPLACE = f"{CC}/marketplace"


async def rows_of(get: Get, **query: str) -> list[Json]:
    page = await get(MARKETPLACE, **({"step": "1000", "marketplaceStatus": "Buy now"} | query))
    return list(page["filterNFtCard"])


async def test_the_newest_order_comes_first(get: Get, sim: Simulator, watch: Watch) -> None:
    watch.advance(5)
    offered = sim.market.list_deal(watch(), venue=Venue.CC)
    row = (await get(MARKETPLACE, step="1"))["filterNFtCard"][0]
    assert row["nftAddress"] == offered.mint
    assert row["itemName"] == offered.name
    assert row["gradingID"] == offered.certificate
    assert row["listing"]["price"] == offered.price_usd_micros / 1_000_000
    assert row["listing"]["createdAt"] == "2026-11-01T12:00:05.000Z"
    assert row["listing"]["marketplace"] == "CC"
    assert row["owner"]["wallet"] == offered.seller


async def test_unknown_names_in_the_query_are_refused(http: aiohttp.ClientSession) -> None:
    async with http.get(MARKETPLACE, params={"limit": "5"}) as response:
        assert response.status == 400
        assert await response.json() == {
            "statusCode": 400,
            "message": ["property limit should not exist"],
            "error": "Bad Request",
        }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", "0"),
        ("step", "1001"),
        ("step", "many"),
        ("page", "0"),
        ("orderBy", "sideways"),
        ("orderBy", "price"),
        ("listPriceMin", "cheap"),
        ("cursor", "!"),
    ],
)
async def test_values_out_of_bounds_are_refused(http: aiohttp.ClientSession, name: str, value: str) -> None:
    async with http.get(MARKETPLACE, params={name: value}) as response:
        assert response.status == 400


async def test_a_cursor_of_another_order_is_refused(get: Get, http: aiohttp.ClientSession) -> None:
    cursor = (await get(MARKETPLACE, step="5", orderBy="priceAsc"))["nextCursor"]
    async with http.get(MARKETPLACE, params={"cursor": cursor}) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "order", ["listedDateDesc", "nameAsc", "listedPriceAsc", "yearDesc", "dateAsc", "priceDesc"]
)
async def test_walking_by_cursor_sees_everything_once(get: Get, order: str) -> None:
    seen: list[str] = []
    page = await get(MARKETPLACE, step="60", orderBy=order)
    while True:
        seen += [row["id"] for row in page["filterNFtCard"]]
        if page["nextCursor"] is None:
            break
        page = await get(MARKETPLACE, step="60", orderBy=order, cursor=page["nextCursor"])
    assert len(seen) == len(set(seen)) == page["total"] == page["findTotal"]


async def test_a_cursor_overrides_the_page(get: Get) -> None:
    first = await get(MARKETPLACE, step="10")
    by_cursor = await get(MARKETPLACE, step="10", cursor=first["nextCursor"], page="7")
    assert by_cursor["filterNFtCard"] == (await get(MARKETPLACE, step="10", page="2"))["filterNFtCard"]


async def test_totals_tell_matches_from_everything(get: Get, sim: Simulator) -> None:
    page = await get(MARKETPLACE, step="10", marketplaceStatus="Buy now")
    orders = [sim.market.order_of(asset) for asset in sim.market.assets()]
    shown = [order for order in orders if order is not None and order.currency is Currency.USDC]
    assert page["total"] == len(orders) > len(sim.market.scenery.tokens)
    assert page["findTotal"] == len(shown) == sum(page["cardsQtyByCategory"].values())
    assert page["totalPages"] == -(-len(shown) // 10)


async def test_orders_in_sol_are_not_known_here(get: Get, sim: Simulator, watch: Watch) -> None:
    in_sol = sim.market.list_deal(watch(), venue=Venue.ME, currency=Currency.SOL)
    in_usdc = sim.market.list_deal(watch(), venue=Venue.ME)
    found = {row["nftAddress"]: row["listing"]["marketplace"] for row in await rows_of(get)}
    assert in_sol.mint not in found
    assert found[in_usdc.mint] == "ME"


async def test_filters_narrow_the_result(get: Get) -> None:
    for row in await rows_of(get, categories="Pokemon,One Piece", gradingCompany="PSA", grade="10"):
        assert row["category"] in ("Pokemon", "One Piece")
        assert (row["gradingCompany"], row["grade"]) == ("PSA", "GEM-MT 10")
    for row in await rows_of(get, listPriceMin="50", listPriceMax="100"):
        assert 50 <= row["listing"]["price"] <= 100
    for row in await rows_of(get, marketplaceSource="ME"):
        assert row["listing"]["marketplace"] == "ME"
    for row in await rows_of(get, yearMin="2020", yearMax="2023", insuredValueMin="20", insuredValueMax="90"):
        assert 2020 <= row["year"] <= 2023
        assert 20 <= float(row["insuredValue"]) <= 90
    for row in await rows_of(get, language="Japanese", set="Pokemon Japanese Vs"):
        assert row["set"] == "Pokemon Japanese Vs"
    for form in ("Card", "Raw", "Sealed"):
        assert {row["type"] for row in await rows_of(get, cardType=form)} == {form}
    assert await rows_of(get, cardType="Comic") == []
    assert await rows_of(get, blockchain="Ethereum") == []
    assert await rows_of(get, marketplaceStatus="Has offers") == []


async def test_search_finds_part_of_a_name_or_a_whole_number(get: Get, sim: Simulator) -> None:
    token = sim.market.scenery.tokens[9]
    word = sim.market.scenery.card(sim.market.scenery.kind(token)).name[:6]
    for text in (word.upper(), token.mint, token.slab.certificate):
        page = await get(MARKETPLACE, step="1000", search=text)
        assert token.cc_id in {row["id"] for row in page["filterNFtCard"]}
    assert (await get(MARKETPLACE, search=token.mint[:-1]))["findTotal"] == 0


async def test_an_owner_can_be_asked_for(get: Get, sim: Simulator) -> None:
    wallet = sim.market.scenery.tokens[0].first_owner
    page = await get(MARKETPLACE, ownerAddress=wallet)
    assert {row["owner"]["wallet"] for row in page["filterNFtCard"] if row["owner"]} == {wallet}


async def test_prices_are_numbers_in_the_marketplace_and_text_elsewhere(
    get: Get, sim: Simulator, watch: Watch
) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.CC)
    sim.market.reprice(offered.mint, 41_500_000, watch())
    row = next(row for row in await rows_of(get) if row["nftAddress"] == offered.mint)
    assert row["listing"]["price"] == 41.5
    state = await get(f"{CC}/cards/publicNft/{offered.mint}/market")
    assert state["listing"]["price"] == "41.5"
    wallet = await get(f"{CC}/cards/{offered.seller}/", step="1000", orderBy="dateDesc")
    held = next(row for row in wallet["filterNFtCard"] if row["nftAddress"] == offered.mint)
    assert held["listing"]["price"] == "41.5"


async def test_a_card_that_is_sold_is_no_longer_listed(get: Get, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.CC)
    watch.advance(60)
    sale = sim.market.sell(offered.mint, watch())
    state = await get(f"{CC}/cards/publicNft/{offered.mint}/market")
    assert state["listing"] is None
    assert state["owner"]["wallet"] == sale.buyer
    newest = (await get(f"{CC}/card-activity/{offered.mint}", day="60", v2="true"))[0]
    assert (newest["action"], newest["to"]["wallet"]) == ("Sale", sale.buyer)
    assert newest["amount"] == offered.price_usd_micros / 1_000_000


async def test_taking_a_card_off_sale_is_not_reported(get: Get, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.CC)
    watch.advance(60)
    sim.market.delist(offered.mint, watch())
    actions = [row["action"] for row in await get(f"{CC}/card-activity/{offered.mint}")]
    assert actions[0] == "List"


async def test_a_card_is_found_by_mint_and_by_id(get: Get, sim: Simulator) -> None:
    token = sim.market.scenery.tokens[3]
    by_mint = await get(f"{CC}/cards/publicNft/{token.mint}")
    assert by_mint == await get(f"{CC}/cards/publicNft/{token.cc_id}")
    assert by_mint["gradeNum"] is None
    assert by_mint["gradingID"] == token.slab.certificate


@pytest.mark.parametrize("path", ["/cards/publicNft/none", "/cards/publicNft/none/market", "/cards/nobody/"])
async def test_what_is_unknown_is_not_found(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(CC + path) as response:
        assert response.status == 404
        assert (await response.json())["statusCode"] == 404


@pytest.mark.parametrize("path", ["/card-activity", "/card-activity/x?day=no"])
async def test_senseless_questions_are_refused(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(CC + path) as response:
        assert response.status == 400


async def test_callers_without_a_name_are_turned_away(http: aiohttp.ClientSession) -> None:
    async with http.get(MARKETPLACE, headers={"User-Agent": ""}) as response:
        assert response.status == 403
        assert response.content_type == "text/html"


async def test_too_many_requests_say_in_the_body_how_long_to_wait(
    http: aiohttp.ClientSession, sim: Simulator
) -> None:
    sim.faults.add("vendor:collectorcrypt", "rate_limit", seconds=7)
    async with http.get(MARKETPLACE) as response:
        assert response.status == 429
        assert "Retry-After" not in response.headers
        assert (await response.json())["retryAfter"] == 7
    async with http.get(MARKETPLACE) as response:
        assert response.status == 200


async def test_the_edge_repeats_an_answer_until_it_is_stale(config: SimulatorConfig, watch: Watch) -> None:
    async with (
        open_simulator(SimulatorConfig(pace=0, cards=60, listings=20, cc_cache_s=30, now=watch)) as sim,
        aiohttp.ClientSession(sim.url) as http,
    ):
        async with http.get(MARKETPLACE) as response:
            assert response.headers["Cache-Control"] == "public, s-maxage=30, max-age=30"
            first = await response.read()
        sim.market.list_deal(watch())
        async with http.get(MARKETPLACE) as response:
            assert await response.read() == first
        watch.advance(30)
        async with http.get(MARKETPLACE) as response:
            assert await response.read() != first


async def test_a_few_rows_lack_their_mint_and_their_owner(sim: Simulator, get: Get) -> None:
    hidden = {token.cc_id for token in sim.market.scenery.tokens if token.hides_mint}
    rows = (await get(MARKETPLACE, step="1000"))["filterNFtCard"]
    without = [row for row in rows if "nftAddress" not in row]
    assert hidden
    assert {row["id"] for row in without} == hidden
    assert all(row["owner"] is None for row in without)
