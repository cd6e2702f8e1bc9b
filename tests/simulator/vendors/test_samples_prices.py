"""The price sources against every recorded or documented sample: the same keys, types and nulls."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT
from core.simulator.vendors.pyth import SOL_USD_ID
from tests.simulator.vendors.asking import Get, Json, Sample
from tests.simulator.vendors.shapes import assert_same

GECKO = "/vendors/coingecko/api/v3"
BEARER = {"Authorization": "Bearer anything"}
TCGCSV = "/vendors/tcgcsv/tcgplayer"
TCGPLAYER = "/vendors/tcgplayer"


async def test_coingecko_charts(sample: Sample, get: Get) -> None:
    ours = await get(f"{GECKO}/coins/solana/market_chart", vs_currency="usd", days="1")
    assert_same([sample("coingecko/coins_id_market_chart.docs")], [ours])
    now_s = ours["prices"][-1][0] // 1000
    bounds = {"from": str(now_s - 86_400), "to": str(now_s)}
    ours = await get(f"{GECKO}/coins/solana/market_chart/range", vs_currency="usd", **bounds)
    assert_same([sample("coingecko/coins_id_market_chart_range.docs")], [ours])


async def test_coingecko_candles(sample: Sample, get: Get) -> None:
    ours = await get(f"{GECKO}/coins/solana/ohlc", vs_currency="usd", days="1")
    assert_same([sample("coingecko/coins_id_ohlc.docs")], [ours])


async def test_coingecko_refuses_as_seen(sample: Sample, get: Get, sim: Simulator) -> None:
    sim.faults.add("vendor:coingecko", "rate_limit")
    refused = await get(f"{GECKO}/coins/solana/ohlc", status=429)
    assert refused == sample("coingecko/error_429.seen-once")


async def test_coinbase(sample: Sample, get: Get) -> None:
    ours = await get("/vendors/coinbase/v2/prices/SOL-USD/spot")
    assert_same([sample("coingecko/coinbase_spot.assembled")], [ours])


async def test_jupiter(sample: Sample, get: Get) -> None:
    ours = await get("/vendors/jupiter/price/v3", ids=f"{SOL_MINT},{USDC_MINT}")
    assert_same([sample("jupiter/price_v3.docs")], [ours])


async def test_pyth(sample: Sample, get: Get) -> None:
    ours = await get("/vendors/pyth/v2/updates/price/latest", key=BEARER, **{"ids[]": SOL_USD_ID})
    assert_same([sample("pyth/updates_price_latest.assembled")], [ours])


async def test_pricecharting(sample: Sample, get: Get, sim: Simulator) -> None:
    path = "/vendors/pricecharting/api"
    ids = [str(60_000 + card.id) for card in sim.market.scenery.cards]
    ours = [await get(f"{path}/product", t="token", id=number) for number in ids]
    assert_same([sample("pricecharting/product.assembled")], ours)
    found = await get(f"{path}/products", t="token", q="psyduck")
    assert_same([sample("pricecharting/products.assembled")], [found])
    unknown = await get(f"{path}/product", t="token", id="1", status=404)
    assert unknown == sample("pricecharting/error.assembled")


async def test_tcgdex(sample: Sample, get: Get) -> None:
    path = "/vendors/tcgdex/v2/en/cards"
    brief = await get(path)
    assert_same(sample("tcgdex/cards_list.assembled"), brief)
    ours = [await get(f"{path}/{row['id']}") for row in brief]
    names = ("normal", "reverse", "reverse-holofoil", "1st-edition")
    documented = {f".pricing.tcgplayer.{name}": "object" for name in names}
    documented |= {".pricing.cardmarket": "null", ".pricing.tcgplayer": "null"}
    assert_same([sample("tcgdex/card_swsh3-136.docs")], ours, documented)
    assert await get(f"{path}/none-1", status=404) == sample("tcgdex/error_404.docs")


async def test_tcgcsv(sample: Sample, get: Get) -> None:
    assert_same([sample("tcgcsv/categories.docs")], [await get(f"{TCGCSV}/categories")])
    groups = await get(f"{TCGCSV}/3/groups")
    assert_same([sample("tcgcsv/3_groups.docs")], [groups])
    paths = [f"{TCGCSV}/3/{row['groupId']}" for row in groups["results"]]
    products = [await get(f"{path}/products") for path in paths]
    assert_same([sample("tcgcsv/3_3170_products.docs-trimmed")], products)
    prices = [await get(f"{path}/prices") for path in paths]
    assert_same([sample("tcgcsv/3_3170_prices.docs")], prices, {".results[].marketPrice": "null"})


@pytest.fixture
async def partner(http: aiohttp.ClientSession) -> Json:
    """What TCGplayer answers a partner who asks for a token."""
    form = {"grant_type": "client_credentials", "client_id": "PUBLIC_KEY", "client_secret": "secret"}
    async with http.post(f"{TCGPLAYER}/token", data=form) as response:
        return await response.json()


async def test_tcgplayer(sample: Sample, get: Get, partner: Json) -> None:
    assert_same([sample("tcgplayer/token.assembled")], [partner])
    key = {"Authorization": f"bearer {partner['access_token']}"}
    ids = ",".join(str(450_000 + number) for number in range(150))
    ours = await get(f"{TCGPLAYER}/pricing/product/{ids}", key=key)
    documented = {".results[].marketPrice": "null"}
    assert_same([sample("tcgplayer/pricing_product.assembled")], [ours], documented)
    nothing = await get(f"{TCGPLAYER}/pricing/product/1", key=key, status=404)
    assert nothing == sample("tcgplayer/not_found.assembled")


async def test_scryfall(sample: Sample, get: Get) -> None:
    found = await get("/vendors/scryfall/cards/search", q="e")
    prices = ("usd", "usd_foil", "eur", "eur_foil", "tix")
    documented = {f".prices.{name}": "null" for name in prices}
    assert_same([sample("scryfall/card_named.recorded-trimmed")], found["data"], documented)
    unknown = await get("/vendors/scryfall/cards/named", fuzzy="zzzz", status=404)
    assert unknown == sample("scryfall/error_404.assembled")


async def test_ygoprodeck(sample: Sample, get: Get) -> None:
    path = "/vendors/ygoprodeck/api/v7/cardinfo.php"
    ours = await get(path, misc="yes")
    assert_same([sample("ygoprodeck/cardinfo.recorded-trimmed")], [ours])
    assert await get(path, name="zzzz", status=400) == sample("ygoprodeck/error_400.assembled")
