"""What the price sources do beside the normal: unknown things, missing keys, their own forms of no."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.market.raw import raw_usd_micros, set_code
from core.simulator.market.things import ms_of
from tests.simulator.vendors.asking import Get, Json, Watch

GECKO = "/vendors/coingecko/api/v3"
BEARER = {"Authorization": "Bearer anything"}
PSA = "/vendors/psa/publicapi/cert/GetByCertNumber"
CHARTING = "/vendors/pricecharting/api"
SCRYFALL = "/vendors/scryfall"
YGO = "/vendors/ygoprodeck/api/v7/cardinfo.php"


@pytest.mark.parametrize(("days", "step_s"), [("1", 300), ("30", 3600), ("365", 86_400)])
async def test_charts_are_finer_the_shorter_they_are(get: Get, days: str, step_s: int) -> None:
    chart = await get(f"{GECKO}/coins/solana/market_chart", vs_currency="usd", days=days)
    times = [row[0] for row in chart["prices"]]
    assert (times[1] - times[0], len(times)) == (step_s * 1000, int(days) * 86_400 // step_s + 1)


async def test_candles_enclose_their_prices(get: Get) -> None:
    candles = await get(f"{GECKO}/coins/solana/ohlc", vs_currency="usd", days="30")
    assert len(candles) == 180
    assert all(low <= min(begin, end) <= max(begin, end) <= high for _, begin, high, low, end in candles)
    await get(f"{GECKO}/coins/solana/ohlc", vs_currency="usd", days="31", status=422)
    await get(f"{GECKO}/coins/nosuchcoin/ohlc", vs_currency="usd", days="30", status=404)


async def test_jupiter_leaves_out_what_it_cannot_price(get: Get) -> None:
    assert await get("/vendors/jupiter/price/v3", ids="nobody") == {}
    await get("/vendors/jupiter/price/v3", ids=",".join(["mint"] * 51), status=400)


async def test_pyth_wants_a_key(http: aiohttp.ClientSession) -> None:
    path = "/vendors/pyth/v2/updates/price/latest"
    for query, key, status in (("ids[]=1", {}, 401), ("ids[]=1", BEARER, 404), ("", BEARER, 400)):
        async with http.get(f"{path}?{query}", headers=key) as response:
            assert response.status == status


async def test_pricecharting_knows_only_the_grades_there_are(get: Get, sim: Simulator) -> None:
    products = [
        await get(f"{CHARTING}/product", t="token", id=str(60_000 + card.id))
        for card in sim.market.scenery.cards[:60]
    ]
    assert all(isinstance(product["loose-price"], int) for product in products)
    assert any("manual-only-price" not in product for product in products)


async def test_pricecharting_says_no_in_two_ways(get: Get) -> None:
    assert (await get(f"{CHARTING}/product", t="token", q="zzzz"))["status"] == "error"
    assert (await get(f"{CHARTING}/product", t="token", id="5", status=404))["status"] == "error"
    assert (await get(f"{CHARTING}/product", id="5", status=403))["status"] == "error"


async def test_psa_tells_a_certificate(get: Get, sim: Simulator) -> None:
    scenery = sim.market.scenery
    token = next(one for one in scenery.tokens if scenery.grader(scenery.kind(one)).company == "PSA")
    answer = await get(f"{PSA}/{token.slab.certificate}", key=BEARER)
    kind = scenery.kind(token)
    assert answer["PSACert"]["CardGrade"] == scenery.grade(kind).text
    assert answer["PSACert"]["TotalPopulation"] == kind.population
    assert answer["PSACert"]["CardNumber"] == scenery.card(kind).number


async def test_psa_answers_200_also_for_what_it_does_not_know(get: Get, sim: Simulator) -> None:
    scenery = sim.market.scenery
    other = next(one for one in scenery.tokens if scenery.grader(scenery.kind(one)).company == "CGC")
    assert (await get(f"{PSA}/{other.slab.certificate}", key=BEARER))["PSACert"] is None
    assert "PSACert" not in await get(f"{PSA}/12x", key=BEARER)
    await get(f"{PSA}/{other.slab.certificate}", status=401)


async def test_tcgdex_pages_and_searches(get: Get) -> None:
    path = "/vendors/tcgdex/v2/en/cards"
    everything = await get(path)
    size = {"pagination:itemsPerPage": "20"}
    page = await get(path, **size, **{"pagination:page": "2"})
    assert page == everything[20:40]
    assert await get(path, **size, **{"pagination:page": "999"}) == []
    name = everything[0]["name"]
    assert {row["name"] for row in await get(path, name=f"eq:{name}")} == {name}
    code, _, number = everything[0]["id"].rpartition("-")
    card = await get(f"/vendors/tcgdex/v2/en/sets/{code}/{number}")
    assert everything[0] in (await get(f"/vendors/tcgdex/v2/en/sets/{code}"))["cards"]
    assert card["set"]["id"] == code


async def test_tcgcsv_prices_are_a_day_old_at_most(get: Get, sim: Simulator, watch: Watch) -> None:
    scenery = sim.market.scenery
    card = next(card for card in scenery.cards if scenery.category(card) == "One Piece")
    groups = (await get("/vendors/tcgcsv/tcgplayer/68/groups"))["results"]
    group = next(one["groupId"] for one in groups if one["name"] == card.set_name)
    rows = (await get(f"/vendors/tcgcsv/tcgplayer/68/{group}/prices"))["results"]
    price = next(row for row in rows if row["productId"] == 450_000 + card.id)
    assert (
        price["lowPrice"] * 1_000_000 < raw_usd_micros(card, ms_of(watch())) < price["highPrice"] * 1_000_000
    )


@pytest.mark.parametrize("path", ["99/groups", "3/99/products", "3/99/prices"])
async def test_tcgcsv_does_not_hold_everything(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(f"/vendors/tcgcsv/tcgplayer/{path}") as response:
        assert response.status == 404


async def test_tcgplayer_pages(get: Get, http: aiohttp.ClientSession) -> None:
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
    async with http.post("/vendors/tcgplayer/token", data=form) as response:
        token = (await response.json())["access_token"]
    key = {"Authorization": f"bearer {token}"}
    groups = await get("/vendors/tcgplayer/catalog/groups", key=key, categoryId="3", limit="5")
    assert len(groups["results"]) == 5 < groups["totalItems"]
    await get("/vendors/tcgplayer/catalog/groups", key=key, categoryId="3", offset="500", status=404)
    await get("/vendors/tcgplayer/catalog/groups", categoryId="3", status=401)


async def test_scryfall_wants_to_know_who_asks(http: aiohttp.ClientSession) -> None:
    async with http.get(f"{SCRYFALL}/bulk-data", headers={"User-Agent": ""}) as response:
        assert (response.status, (await response.json())["code"]) == (400, "bad_request")


async def test_scryfall_finds_by_set_and_number(get: Get, sim: Simulator) -> None:
    scenery = sim.market.scenery
    card = next(card for card in scenery.cards if scenery.category(card) == "Magic")
    found = await get(f"{SCRYFALL}/cards/search", q=f"set:{set_code(card.set_name)} cn:{card.number}")
    assert card.name in {row["name"] for row in found["data"]}
    row = found["data"][0]
    assert await get(f"{SCRYFALL}/cards/{row['id']}") == row
    assert (await get(f"{SCRYFALL}/cards/named", exact=row["name"]))["name"] == row["name"]
    bulk: Json = (await get(f"{SCRYFALL}/bulk-data"))["data"][0]
    assert row in await get(bulk["download_uri"].removeprefix(sim.url))


async def test_ygoprodeck_lists_printings_under_a_name(get: Get) -> None:
    cards = (await get(YGO))["data"]
    some = cards[0]
    assert (await get(YGO, id=str(some["id"])))["data"] == [some]
    assert some in (await get(YGO, cardset=some["card_sets"][0]["set_name"]))["data"]
    assert {price for card in cards for price in card["card_prices"][0].values()} > {"0.00"}
