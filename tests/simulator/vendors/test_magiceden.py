"""The Magic Eden stand-in: SOL by default, one feed of activities, strict limits."""

import json

import aiohttp
import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Currency, Mood, Venue
from core.simulator.vendors.desk import USDC_MINT
from tests.simulator.vendors.asking import Get, Watch

ME = "/vendors/magiceden/v2"
COLLECTION = f"{ME}/collections/collector_crypt"


async def test_orders_in_usdc_are_hidden_unless_asked_for(get: Get, sim: Simulator, watch: Watch) -> None:
    in_usdc = sim.market.list_deal(watch(), venue=Venue.ME)
    in_sol = sim.market.list_deal(watch(), venue=Venue.ME, currency=Currency.SOL)
    native = {row["tokenMint"] for row in await get(f"{COLLECTION}/listings", limit="100")}
    everything = {
        row["tokenMint"] for row in await get(f"{COLLECTION}/listings", limit="100", paymentMints="ALL")
    }
    with_usdc = await get(f"{COLLECTION}/listings", limit="100", paymentMints=f'["{USDC_MINT}"]')
    assert in_sol.mint in native
    assert in_usdc.mint not in native
    assert {in_sol.mint, in_usdc.mint} <= everything == {row["tokenMint"] for row in with_usdc}


async def test_an_order_in_usdc_has_its_true_price_beside_a_conversion(
    get: Get, sim: Simulator, watch: Watch
) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.ME)
    row = (await get(f"{ME}/tokens/{offered.mint}/listings"))[0]
    assert row["priceInfo"]["splPrice"]["rawAmount"] == str(offered.price_usd_micros)
    assert row["priceInfo"]["solPrice"]["rawAmount"] == str(round(row["price"] * 1_000_000_000))
    watch.advance(3600)
    later = (await get(f"{ME}/tokens/{offered.mint}/listings"))[0]
    assert later["priceInfo"]["splPrice"] == row["priceInfo"]["splPrice"]
    assert later["price"] != row["price"]


async def test_the_feed_tells_what_happened_newest_first(get: Get, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.ME)
    for step in ("reprice", "sell"):
        watch.advance(10)
        if step == "reprice":
            sim.market.reprice(offered.mint, 30_000_000, watch())
        else:
            sale = sim.market.sell(offered.mint, watch())
    rows = (await get(f"{COLLECTION}/activities"))[:3]
    assert [row["type"] for row in rows] == ["buyNow", "list", "list"]
    assert {row["tokenMint"] for row in rows} == {offered.mint}
    assert rows[0]["buyer"] == sale.buyer
    assert rows[1]["buyer"] is None
    assert rows[0]["blockTime"] == int(watch().timestamp())
    assert len({row["signature"] for row in rows}) == 3


async def test_a_withdrawn_order_shows_as_delist(get: Get, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch(), venue=Venue.ME)
    watch.advance(10)
    sim.market.delist(offered.mint, watch())
    assert (await get(f"{COLLECTION}/activities", limit="1"))[0]["type"] == "delist"


async def test_orders_on_collector_crypt_are_not_in_the_feed(get: Get, sim: Simulator, watch: Watch) -> None:
    watch.advance(10)
    offered = sim.market.list_deal(watch(), venue=Venue.CC)
    assert (await get(f"{COLLECTION}/activities", limit="1"))[0]["tokenMint"] != offered.mint
    assert await get(f"{ME}/tokens/{offered.mint}/listings") == []


async def test_pages_follow_each_other(get: Get) -> None:
    whole = await get(f"{COLLECTION}/activities", limit="10")
    parts = [await get(f"{COLLECTION}/activities", offset=str(offset), limit="5") for offset in (0, 5)]
    assert parts[0] + parts[1] == whole
    sales = await get(f"{COLLECTION}/activities", type="buyNow", limit="10")
    assert {row["type"] for row in sales} == {"buyNow"}


async def test_listings_can_be_sorted_and_narrowed(get: Get) -> None:
    by_price = await get(f"{COLLECTION}/listings", paymentMints="ALL", limit="100")
    prices = [row["price"] for row in by_price]
    assert prices == sorted(prices)
    by_time = await get(f"{COLLECTION}/listings", paymentMints="ALL", limit="5", sort="updatedAt")
    assert len(by_time) == 5
    low, high = str(prices[2]), str(prices[5])
    between = await get(f"{COLLECTION}/listings", paymentMints="ALL", min_price=low, max_price=high)
    assert [row["price"] for row in between] == prices[2:6]
    wanted = [
        [{"traitType": "Grading Company", "value": "PSA"}],
        [{"traitType": "Category", "value": "Pokemon"}],
    ]
    narrowed = await get(f"{COLLECTION}/listings", paymentMints="ALL", attributes=json.dumps(wanted))
    for row in narrowed:
        traits = {trait["trait_type"]: trait["value"] for trait in row["token"]["attributes"]}
        assert (traits["Grading Company"], traits["Category"]) == ("PSA", "Pokemon")
    assert await get(f"{COLLECTION}/listings", offset="2001") == []


async def test_a_core_token_has_no_grade_number_and_every_trait_is_text(get: Get, sim: Simulator) -> None:
    for token in sim.market.scenery.tokens[:20]:
        row = await get(f"{ME}/tokens/{token.mint}")
        traits = {trait["trait_type"]: trait["value"] for trait in row["attributes"]}
        assert ("GradeNum" in traits) == (token.standard.value == "pnft")
        assert traits["Grading ID"] == token.slab.certificate
        assert all(isinstance(value, str) for value in traits.values())


async def test_a_wrong_grade_is_believed_here_only(get: Get, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch(), discount_bps=None, mood=Mood.WRONG_GRADE)
    row = (await get(f"{ME}/tokens/{offered.mint}/listings"))[0]
    believed = {trait["trait_type"]: trait["value"] for trait in row["token"]["attributes"]}
    true = await get(f"/vendors/collectorcrypt/cards/publicNft/{offered.mint}")
    assert (believed["The Grade"], believed["Grading Company"]) != (true["grade"], true["gradingCompany"])


async def test_stats_are_in_lamports(get: Get, sim: Simulator) -> None:
    stats = await get(f"{COLLECTION}/stats", timeWindow="30d")
    cheapest = (await get(f"{COLLECTION}/listings", paymentMints="ALL", limit="1"))[0]
    assert stats["floorPrice"] == round(cheapest["price"] * 1_000_000_000)
    on_me = [order for order in sim.market.book.open_orders() if order.venue is Venue.ME]
    assert stats["listedCount"] == len(on_me)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/collections/unknown/listings", 400, "Invalid symbol"),
        ("/collections/unknown/activities", 400, "Invalid symbol"),
        ("/collections/unknown/stats", 404, "Collection not found"),
        ("/collections/collector_crypt/listings?limit=101", 400, "Invalid limit"),
        ("/collections/collector_crypt/listings?min_price=low", 400, "Invalid filter"),
        ("/collections/collector_crypt/listings?max_price=inf", 400, "Invalid filter"),
        ("/collections/collector_crypt/listings?attributes=no", 400, "Invalid filter"),
        ("/collections/collector_crypt/activities?limit=1001", 400, "Invalid limit"),
        ("/tokens/unknown", 400, "Token not found"),
        ("/tokens/unknown/listings", 400, "Token not found"),
        ("/tokens/unknown/activities", 400, "Token not found"),
    ],
)
async def test_mistakes_are_plain_text(
    http: aiohttp.ClientSession, path: str, status: int, text: str
) -> None:
    async with http.get(ME + path) as response:
        assert (response.status, await response.text()) == (status, text)


async def test_a_token_is_not_found_by_its_collector_crypt_id(
    http: aiohttp.ClientSession, sim: Simulator
) -> None:
    async with http.get(f"{ME}/tokens/{sim.market.scenery.tokens[0].cc_id}") as response:
        assert response.status == 400


async def test_the_third_request_in_a_second_is_refused(watch: Watch) -> None:
    config = SimulatorConfig(pace=0, cards=60, listings=20, now=watch)
    async with open_simulator(config) as sim, aiohttp.ClientSession(sim.url) as http:
        answers = []
        for _ in range(3):
            async with http.get(f"{COLLECTION}/stats") as response:
                answers.append((response.status, response.headers.get("Retry-After")))
        assert answers == [(200, None), (200, None), (429, "60")]
        watch.advance(1)
        async with http.get(f"{COLLECTION}/stats") as response:
            assert response.status == 200


async def test_a_storm_of_429s_can_be_ordered(http: aiohttp.ClientSession, sim: Simulator) -> None:
    sim.faults.add("vendor:magiceden:activities", "rate_limit", times=None, seconds=9)
    async with http.get(f"{COLLECTION}/activities") as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "9")
    async with http.get(f"{COLLECTION}/stats") as response:
        assert response.status == 200
