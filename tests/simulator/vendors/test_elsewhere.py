"""What other marketplaces and the chain do beside the normal: tokens, pages, warnings, blind spots."""

from typing import TypeAlias

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.market.things import Currency, Standard, Venue
from core.simulator.vendors.ebay import SCOPE
from core.simulator.vendors.helius_rows import COLLECTIONS, TOKEN_PROGRAM
from tests.simulator.vendors.asking import Get, Json, Post, Watch

pytestmark = pytest.mark.slow

SEARCH = "/vendors/ebay/buy/browse/v1/item_summary/search"
LISTINGS = "/vendors/opensea/api/v2/listings/collection/courtyard-nft/all"
KEY = {"x-api-key": "key"}
HELIUS = "/vendors/helius/?api-key=key"

Bearer: TypeAlias = dict[str, str]


@pytest.fixture
async def bearer(http: aiohttp.ClientSession) -> Bearer:
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    key = {"Authorization": aiohttp.encode_basic_auth("name", "secret")}
    async with http.post("/vendors/ebay/identity/v1/oauth2/token", data=form, headers=key) as response:
        return {"Authorization": f"Bearer {(await response.json())['access_token']}"}


async def test_an_ebay_token_lasts_two_hours(get: Get, bearer: Bearer, watch: Watch) -> None:
    await get(SEARCH, key=bearer, q="pokemon")
    watch.advance(7200)
    assert (await get(SEARCH, key=bearer, q="pokemon", status=401))["errors"][0]["errorId"] == 1001


async def test_an_ebay_search_pages(get: Get, bearer: Bearer) -> None:
    first = await get(SEARCH, key=bearer, q="psa 10", limit="5", sort="price")
    second = await get(SEARCH, key=bearer, q="psa 10", limit="5", offset="5", sort="price")
    prices = [float(row["price"]["value"]) for page in (first, second) for row in page["itemSummaries"]]
    assert prices == sorted(prices)
    assert first["next"] == second["href"]
    assert second["prev"] == first["href"]
    await get(SEARCH, key=bearer, q="psa", limit="5", offset="3", status=400)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"filter": "price:[10..50]"}, 12012),
        ({"filter": "price:[ten..50],priceCurrency:USD"}, 12002),
        ({"filter": "nonsense"}, 12002),
        ({"sort": "best"}, 12008),
    ],
)
async def test_what_ebay_does_not_understand_is_a_warning_in_a_200(
    get: Get, bearer: Bearer, query: dict[str, str], number: int
) -> None:
    page = await get(SEARCH, key=bearer, q="pokemon", **query)
    assert [warning["errorId"] for warning in page["warnings"]] == [number]
    assert page["itemSummaries"]


async def test_ebay_filters_by_price_and_way_of_buying(get: Get, bearer: Bearer) -> None:
    options = "price:[20..90],priceCurrency:USD,buyingOptions:{AUCTION},conditionIds:{2750}"
    rows = (await get(SEARCH, key=bearer, q="pokemon", filter=options))["itemSummaries"]
    assert all(20 <= float(row["currentBidPrice"]["value"]) <= 90 and "price" not in row for row in rows)
    ungraded = await get(SEARCH, key=bearer, q="pokemon", filter="conditionIds:{4000}")
    assert "itemSummaries" not in ungraded
    assert "warnings" not in ungraded


async def test_only_the_item_tells_the_certificate(get: Get, bearer: Bearer) -> None:
    row = (await get(SEARCH, key=bearer, q="pokemon"))["itemSummaries"][0]
    path = "/vendors/ebay/buy/browse/v1/item"
    item = await get(f"{path}/{row['itemId']}", key=bearer)
    assert {one["name"] for one in item["localizedAspects"]} >= {"Grade", "Certification Number"}
    await get(f"{path}/v1|1|0", key=bearer, status=404)


async def test_ebay_shows_nobody_what_was_sold(get: Get, bearer: Bearer) -> None:
    path = "/vendors/ebay/buy/marketplace_insights/v1_beta/item_sales/search"
    assert (await get(path, key=bearer, q="pokemon", status=403))["errors"][0]["errorId"] == 1100


async def test_offers_elsewhere_come_and_go(get: Get, bearer: Bearer, watch: Watch) -> None:
    rows = [(await get(SEARCH, key=bearer, q="pokemon", sort="newlyListed"))["itemSummaries"][:3]]
    watch.advance(3600)
    rows.append((await get(SEARCH, key=bearer, q="pokemon", sort="newlyListed"))["itemSummaries"][:3])
    assert rows[0] != rows[1]


async def held(post: Post, wallet: str, **more: Json) -> list[Json]:
    params = {"ownerAddress": wallet, "tokenType": "all"} | more
    answer = await post(HELIUS, {"method": "searchAssets", "params": params})
    items: list[Json] = answer["result"]["items"]
    return items


async def test_a_wallet_is_seen_page_by_page_and_by_collection(post: Post, sim: Simulator) -> None:
    wallet = sim.market.goods.all[0].first_owner
    everything = await held(post, wallet)
    assert {item["id"] for item in everything} == {asset.mint for asset in sim.market.held_by(wallet)}
    assert await held(post, wallet, limit=2, page=2) == everything[2:4]
    parts = [await held(post, wallet, grouping=["collection", one]) for one in COLLECTIONS.values()]
    assert sum(len(part) for part in parts) == len(everything)


async def test_a_plain_node_is_blind_to_core_assets(post: Post, sim: Simulator) -> None:
    world = sim.market
    wallet = world.goods.all[0].first_owner
    params = [wallet, {"programId": TOKEN_PROGRAM}, {"encoding": "jsonParsed"}]
    answer = await post("/vendors/solana/", {"method": "getTokenAccountsByOwner", "params": params})
    seen = {row["account"]["data"]["parsed"]["info"]["mint"] for row in answer["result"]["value"]}
    assert seen == {asset.mint for asset in world.held_by(wallet) if asset.standard is Standard.PNFT}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"method": "getAsset", "params": {"id": "nobody"}}, -32601),
        ({"method": "getTokenAccountsByOwner", "params": ["wallet"]}, -32602),
    ],
)
async def test_a_plain_node_puts_its_errors_into_a_200(post: Post, call: Json, code: int) -> None:
    assert (await post("/vendors/solana/", call))["error"]["code"] == code


async def test_helius_refuses_what_it_cannot_read(post: Post) -> None:
    unknown = {"method": "getAsset", "params": {"id": "nobody"}}
    assert (await post(HELIUS, unknown, status=404))["error"]["code"] == -32004
    assert (await post(HELIUS, [], status=400))["error"]["code"] == -32700
    no_type = {"method": "searchAssets", "params": {"ownerAddress": "wallet"}}
    assert (await post(HELIUS, no_type))["error"]["code"] == -32602


async def test_collector_crypt_is_strict_about_its_calls(post: Post, sim: Simulator) -> None:
    order = next(one for one in sim.market.book.open_orders() if one.currency is Currency.USDC)
    known = {"nftAddress": order.mint}
    cc = "/vendors/collectorcrypt"
    await post(cc, {"method": "getCardOffers", "params": known | {"useV2": True}})
    await post(cc, {"method": "getCardOffers", "params": known | {"page": "1"}}, status=400)
    await post(f"{cc}/v2", {"method": "getCardOffers", "params": known}, status=400)
    await post(cc, {"method": "getCardOffers", "params": {"nftAddress": "nobody"}}, status=404)
    call = {"method": "checkListingStatus", "params": known | {"wallet": order.seller}}
    assert (await post(f"{cc}/v2", call))["exists"] is True


async def test_magic_eden_tells_listed_and_unlisted_apart(get: Get, sim: Simulator) -> None:
    order = next(one for one in sim.market.book.open_orders() if one.venue is Venue.ME)
    path = f"/vendors/magiceden/v2/wallets/{order.seller}/tokens"
    listed, unlisted = [
        {row["mintAddress"] for row in await get(path, listStatus=status)}
        for status in ("listed", "unlisted")
    ]
    assert order.mint in listed - unlisted
    assert len(await get(path)) == len(listed) + len(unlisted)
    assert await get(path, collection_symbol="bears") == []


async def test_beezie_is_a_thin_book_with_a_value_beside(post: Post, get: Get) -> None:
    path = "/vendors/beezie/dropItems"
    page = await post(f"{path}/byCategory", {"categoryId": "1", "pageSize": "5"})
    assert len(page["dropItems"]) == 5 < page["total"] <= 24
    row = page["dropItems"][0]
    assert await get(f"{path}/getByTokenId/{row['tokenId']}") == row
    await get(f"{path}/getByTokenId/nobody", status=404)
    await post(f"{path}/byCategory", {"categoryId": 1}, status=400)


async def test_opensea_is_walked_by_its_cursor(get: Get) -> None:
    page = await get(LISTINGS, key=KEY, limit="50")
    hashes = [row["order_hash"] for row in page["listings"]]
    while "next" in page:
        page = await get(LISTINGS, key=KEY, limit="50", next=page["next"])
        hashes += [row["order_hash"] for row in page["listings"]]
    assert len(hashes) == len(set(hashes)) > 100
    await get(LISTINGS, status=401)
    await get(LISTINGS, key=KEY, next="!", status=400)


async def test_opensea_tells_apart_what_is_sold(get: Get) -> None:
    row = (await get(LISTINGS, key=KEY))["listings"][0]
    item = row["protocol_data"]["parameters"]["offer"][0]
    path = f"/vendors/opensea/api/v2/chain/matic/contract/{item['token']}/nfts"
    nft = (await get(f"{path}/{item['identifierOrCriteria']}", key=KEY))["nft"]
    assert {"Grader", "Grade", "Serial"} <= {trait["trait_type"] for trait in nft["traits"]}
    await get(f"{path}/1", key=KEY, status=404)
