"""Other marketplaces and the chain against every recorded or documented sample: keys, types and nulls."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.market.things import Standard
from core.simulator.vendors.ebay import SCOPE
from core.simulator.vendors.helius_rows import TOKEN_PROGRAM
from tests.simulator.vendors.asking import Get, Json, Post, Sample
from tests.simulator.vendors.shapes import assert_same

EBAY = "/vendors/ebay"
SEARCH = f"{EBAY}/buy/browse/v1/item_summary/search"
OPENSEA = "/vendors/opensea/api/v2"


def call(method: str, params: Json) -> Json:
    return {"jsonrpc": "2.0", "id": "1", "method": method, "params": params}


@pytest.fixture
async def ebay_token(http: aiohttp.ClientSession) -> Json:
    """What eBay answers a client who asks for a token."""
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    key = {"Authorization": aiohttp.encode_basic_auth("name", "secret")}
    async with http.post(f"{EBAY}/identity/v1/oauth2/token", data=form, headers=key) as response:
        assert response.status == 200
        return await response.json()


async def test_ebay(sample: Sample, get: Get, ebay_token: Json) -> None:
    assert_same([sample("ebay/token.assembled")], [ebay_token])
    key = {"Authorization": f"Bearer {ebay_token['access_token']}"}
    options = "buyingOptions:{FIXED_PRICE|AUCTION}"
    ours = [await get(SEARCH, key=key, category_ids="183454", filter=options, limit="200")]
    recorded = sample("ebay/item_summary_search.assembled")
    assert_same([recorded], ours, {".next": "text", ".warnings": "list"})
    nothing = await get(SEARCH, key=key, q="zzzz")
    assert_same([sample("ebay/item_summary_search_empty.assembled")], [nothing])
    assert await get(SEARCH, key=key, status=400) == sample("ebay/error.assembled")


async def test_ebay_refuses_strangers(sample: Sample, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{EBAY}/identity/v1/oauth2/token", data={}) as response:
        assert response.status == 401
        assert await response.json() == sample("ebay/oauth_error.assembled")


async def test_helius_wallets(sample: Sample, post: Post, sim: Simulator) -> None:
    recorded = sample("solana/searchAssets_collectorcrypt.assembled")
    ours = []
    for person in sim.market.scenery.people:
        params = {"ownerAddress": person.wallet, "tokenType": "all", "page": 1, "limit": 1000}
        ours.append(await post("/vendors/helius/?api-key=key", call("searchAssets", params)))
    documented = {f".result.items[].{path}": kind for path, kind in {"ownership.delegate": "text"}.items()}
    assert_same([recorded], ours, documented)


async def test_helius_asset(sample: Sample, post: Post, sim: Simulator) -> None:
    recorded = sample("solana/getAsset_core_collectorcrypt.assembled")
    tokens = sim.market.scenery.tokens
    core = next(token for token in tokens if token.standard is Standard.CORE)
    ours = await post("/vendors/helius/?api-key=key", call("getAsset", {"id": core.mint}))
    assert_same([recorded], [ours])


async def test_helius_tells_the_traits_of_both_kinds_as_recorded(
    sample: Sample, post: Post, sim: Simulator
) -> None:
    core = sample("collectorcrypt/nft_core_asset.recorded")["content"]["metadata"]["attributes"]
    older = sample("collectorcrypt/nft_pnft_item_metamask.recorded-trimmed")["nft_token"]["attributes"]
    recorded = {
        Standard.CORE: [trait["trait_type"] for trait in core],
        Standard.PNFT: [trait["key"] for trait in older],
    }
    for standard, names in recorded.items():
        token = next(token for token in sim.market.scenery.tokens if token.standard is standard)
        ours = await post("/vendors/helius/?api-key=key", call("getAsset", {"id": token.mint}))
        traits = ours["result"]["content"]["metadata"]["attributes"]
        assert [trait["trait_type"] for trait in traits] == names
        assert all(isinstance(trait["value"], str) for trait in traits)


async def test_helius_errors(sample: Sample, post: Post, sim: Simulator) -> None:
    errors = {row["http"]: row["body"] for row in sample("solana/errors.docs")}
    path = "/vendors/helius/"
    assert await post(path, call("getAsset", {}), status=401) == errors[401]
    assert await post(f"{path}?api-key=key", call("getAsset", {}), status=400) == errors[400]
    sim.faults.add("vendor:helius", "rate_limit")
    assert await post(f"{path}?api-key=key", call("getAsset", {}), status=429) == errors[429]


async def test_solana_token_accounts(sample: Sample, post: Post, sim: Simulator) -> None:
    ours = []
    for person in sim.market.scenery.people:
        params = [person.wallet, {"programId": TOKEN_PROGRAM}, {"encoding": "jsonParsed"}]
        ours.append(await post("/vendors/solana/", call("getTokenAccountsByOwner", params)))
    documented = {".result.value[].account.data.parsed.type": "text"}
    recorded = sample("solana/getTokenAccountsByOwner.docs")
    recorded["result"]["value"][0]["account"]["data"]["parsed"]["type"] = "account"
    assert_same([recorded], ours, documented)


async def test_beezie(sample: Sample, post: Post) -> None:
    question = {"categoryId": "1", "page": "0", "pageSize": "100", "filters": [], "saleStatus": "forSale"}
    ours = await post("/vendors/beezie/dropItems/byCategory", question)
    documented = {".dropItems[].altFmv": "null"}
    assert_same([sample("others/beezie-solana_dropItems_byCategory.recorded")], [ours], documented)


async def test_opensea(sample: Sample, get: Get) -> None:
    key = {"x-api-key": "key"}
    ours = await get(f"{OPENSEA}/listings/collection/courtyard-nft/best", key=key, limit="50")
    documented = {".listings[].protocol_data.parameters": "object"}
    assert_same([sample("others/opensea_listings_collection_best.assembled")], [ours], documented)
    stats = await get(f"{OPENSEA}/collections/courtyard-nft/stats", key=key)
    assert_same([sample("others/opensea_collection_stats.docs")], [stats])
