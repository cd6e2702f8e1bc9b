"""Our rows against every recorded or documented sample: the same keys, the same types, the same nulls."""

from typing import Any

import pytest

from core.simulator.app import Simulator
from core.simulator.market.things import Currency, Venue
from tests.simulator.vendors.asking import Ask, Get, Json, Post, Sample, Watch
from tests.simulator.vendors.shapes import assert_same, invented, missing, shape_of

CC = "/vendors/collectorcrypt"
ME = "/vendors/magiceden/v2"
COLLECTION = f"{ME}/collections/collector_crypt"

# What the vendors document beside the keys that the recordings, which are trimmed, happen to show.
CARD = {
    ".blockchain": "text",
    ".category": "text",
    ".gradingID": "text",
    ".type": "text",
    ".nftStandard": "text",
    ".parallel": "text",
    ".vault": "text",
    ".frontImage": "text",
    ".backImage": "text",
    ".status": "text",
    ".nftStatus": "text",
    ".images.cardId": "text",
    ".images.back": "text",
    ".images.backM": "text",
    ".images.backS": "text",
    ".images.front": "text",
    ".images.id": "text",
    ".owner": "null",
    ".owner.name": "text null",
}
# No recording shows a raw card or a sealed product; these are the words of the ones that are graded.
UNGRADED = {
    ".grade": "null",
    ".gradingCompany": "null",
    ".gradingID": "null",
    ".serial": "null",
    ".parallel": "text null",
}
WALLET_CARD = CARD | {
    ".oraclePrice": "null",
    ".owner.bio": "null",
    ".owner.personalSite": "null",
    ".owner.twitterUsername": "null",
    ".listing": "object",
}
LISTED_ON_ME = {
    ".priceInfo": "object",
    ".token.collectionName": "text",
    ".token.listStatus": "text",
    ".token.tokenAddress": "text",
    ".token.isCompressed": "boolean",
}
FILES = {
    ".token.properties.files[]": "object",
    ".token.properties.files[].uri": "text",
    ".token.properties.files[].type": "text",
}
ACTIVITY = {".priceInfo": "object", ".buyer": "text null"}


@pytest.fixture(autouse=True)
def many_things_happened(sim: Simulator, watch: Watch) -> None:
    """Orders at both venues and in both currencies, sales, withdrawals, new prices."""
    for currency in (Currency.USDC, Currency.SOL):
        for _ in range(6):
            offered = sim.market.list_deal(watch(), venue=Venue.ME, currency=currency)
        watch.advance(1.7)
        sim.market.sell(offered.mint, watch())
    for _ in range(8):
        offered = sim.market.list_deal(watch(), venue=Venue.CC)
    sim.market.reprice(offered.mint, 55_500_000, watch())


async def test_collector_crypt_marketplace(sample: Sample, get: Get) -> None:
    recorded = sample("collectorcrypt/marketplace.recorded-trimmed")
    ours = await get(f"{CC}/marketplace", step="1000", marketplaceStatus="Buy now")
    rows = [row for row in recorded["filterNFtCard"] if row["id"] != "card_no_mint_fixture"]
    slabs, goods = by_form(ours["filterNFtCard"])
    assert_same(rows, slabs, CARD)
    assert invented(shape_of(rows), shape_of(goods), CARD | UNGRADED) == {}
    assert set(shape_of(goods)) <= set(shape_of(slabs))
    envelopes = [
        {key: value for key, value in page.items() if key != "filterNFtCard"} for page in (recorded, ours)
    ]
    assert missing(shape_of(envelopes[:1]), shape_of(envelopes[1:])) == {}


async def test_collector_crypt_wallet(sample: Sample, get: Get, sim: Simulator) -> None:
    recorded = sample("collectorcrypt/cards_wallet_envelope.recorded-trimmed")
    pages = [await get(f"{CC}/cards/{person.wallet}/") for person in sim.market.scenery.people[:40]]
    full = sample("collectorcrypt/cards_publicNft_market.assembled")["listing"]
    rows = [row for page in pages for row in page["filterNFtCard"]]
    slabs, goods = by_form(rows)
    assert_same(recorded["filterNFtCard"], slabs, WALLET_CARD)
    assert invented(shape_of(recorded["filterNFtCard"]), shape_of(goods), WALLET_CARD | UNGRADED) == {}
    for kind in (slabs, goods):
        assert_same([full], [row["listing"] for row in kind if row["listing"]])
    for page in (recorded, *pages):
        del page["filterNFtCard"], page["cardsQtyByCategory"]
    assert_same([recorded], pages)


async def test_collector_crypt_card(sample: Sample, get: Get, sim: Simulator) -> None:
    ours = [await get(f"{CC}/cards/publicNft/{token.mint}") for token in sim.market.scenery.tokens[:30]]
    assert_same([sample("collectorcrypt/cards_publicNft.assembled")], ours, CARD | {".population": "number"})
    extra = {path for path in shape_of(ours) if path.endswith(("owner", "listing", "type"))}
    assert extra == set()


async def test_collector_crypt_market(sample: Sample, get: Get, sim: Simulator) -> None:
    ours = [await get(f"{CC}/cards/publicNft/{token.mint}/market") for token in sim.market.scenery.tokens]
    documented = {".listing": "null"} | {
        f".owner.{name}": "text null" for name in ("name", "bio", "personalSite", "twitterUsername")
    }
    assert_same([sample("collectorcrypt/cards_publicNft_market.assembled")], ours, documented)


async def test_collector_crypt_activity(sample: Sample, get: Get, sim: Simulator) -> None:
    wallets = [person.wallet for person in sim.market.scenery.people]
    ours = [row for wallet in wallets for row in await get(f"{CC}/card-activity", wallet=wallet, v2="true")]
    documented = {"[].to": "null", "[].to.name": "null", "[].from.name": "text"}
    assert_same([sample("collectorcrypt/card_activity.assembled")], [ours], documented)


async def test_magic_eden_listings(sample: Sample, get: Get) -> None:
    ours = await get(f"{COLLECTION}/listings", limit="100", paymentMints="ALL")
    recorded = sample("magiceden/collections_collector_crypt_listings.recorded-core-assembled-token")
    assert_same(recorded, ours, FILES)


async def test_magic_eden_listings_of_a_token(sample: Sample, get: Get, sim: Simulator) -> None:
    mints = [order.mint for order in sim.market.book.open_orders() if order.venue is Venue.ME]
    ours = [row for mint in mints for row in await get(f"{ME}/tokens/{mint}/listings")]
    assert_same(sample("magiceden/tokens_mint_listings.docs"), ours, LISTED_ON_ME)


async def test_magic_eden_token(sample: Sample, get: Get, sim: Simulator) -> None:
    ours = [await get(f"{ME}/tokens/{token.mint}") for token in sim.market.scenery.tokens[:10]]
    assert_same([sample("magiceden/tokens_mint.docs")], ours)


async def test_magic_eden_activities_of_the_collection(sample: Sample, get: Get) -> None:
    ours = await get(f"{COLLECTION}/activities", limit="1000")
    assert_same(sample("magiceden/collections_symbol_activities.docs"), ours, ACTIVITY)


async def test_magic_eden_activities_of_a_token(sample: Sample, get: Get, sim: Simulator) -> None:
    mints = {activity.mint for activity in sim.market.book.activities}
    ours = [row for mint in sorted(mints) for row in await get(f"{ME}/tokens/{mint}/activities")]
    assert_same(sample("magiceden/tokens_mint_activities.docs"), ours, ACTIVITY)


async def test_magic_eden_activities_of_a_wallet(sample: Sample, get: Get, sim: Simulator) -> None:
    wallets = [person.wallet for person in sim.market.scenery.people]
    ours = [row for wallet in wallets for row in await get(f"{ME}/wallets/{wallet}/activities")]
    assert_same(
        sample("magiceden/wallets_addr_activities.docs"), ours, ACTIVITY | {".collectionSymbol": "null"}
    )


async def test_magic_eden_wallets(sample: Sample, get: Get, sim: Simulator) -> None:
    wallets = [person.wallet for person in sim.market.scenery.people]
    ours = [row for wallet in wallets for row in await get(f"{ME}/wallets/{wallet}/tokens")]
    documented = {".collection": "text", ".attributes[]": "object", ".animationUrl": "text"}
    documented |= {".externalUrl": "text"}
    assert_same(sample("magiceden/wallets_addr_tokens.docs"), ours, documented)


async def test_offers(sample: Sample, get: Get, post: Post, sim: Simulator) -> None:
    mints = [token.mint for token in sim.market.scenery.tokens[:40]]
    ours = [row for mint in mints for row in await get(f"{ME}/tokens/{mint}/offers_received")]
    assert_same(sample("magiceden/tokens_mint_offers_received.docs"), ours)
    calls = [{"method": "getCardOffers", "params": {"nftAddress": mint}} for mint in mints]
    ours = [row for call in calls for row in await post(CC, call)]
    documented = {".buyer": "object"}
    assert_same(sample("collectorcrypt/rpc_getCardOffers.assembled"), ours, documented)


async def test_magic_eden_stats(sample: Sample, get: Get) -> None:
    assert_same([sample("magiceden/collections_symbol_stats.docs")], [await get(f"{COLLECTION}/stats")])


async def test_alt_certificates(sample: Sample, ask_alt: Ask, sim: Simulator) -> None:
    recorded = sample("alt/Cert.assembled")
    known = [token for token in sim.market.scenery.tokens if token.slab.alt_kind_id is not None]
    query = query_for("Cert", recorded["data"])
    ours = [await ask_alt("Cert", query, certNumber=token.slab.certificate) for token in known[:40]]
    assert_same([recorded], ours, {".data.cert.asset.altValueInfo.currentAltValue": "null"})
    assert await ask_alt("Cert", query, certNumber="1") == sample("alt/Cert_unknown.assembled")


async def test_alt_assets(sample: Sample, ask_alt: Ask, sim: Simulator) -> None:
    recorded = sample("alt/AssetDetails.assembled")
    query = query_for("AssetDetails", recorded["data"])
    scenery = sim.market.scenery
    ours = []
    for card in scenery.cards[:40]:
        grade = {"gradingCompany": "PSA", "gradeNumber": "10.0"}
        ours.append(await ask_alt("AssetDetails", query, id=card.alt_asset_id, tsFilter=grade))
    value = ".data.asset.altValueInfo"
    nulls = [".currentAltValue", ".confidenceData.currentConfidenceMetric"]
    nulls += [".confidenceData.currentErrorLowerBound", ".confidenceData.currentErrorUpperBound"]
    assert_same([recorded], ours, {value + path: "null" for path in nulls})


async def test_alt_sales(sample: Sample, ask_alt: Ask, sim: Simulator) -> None:
    recorded = sample("alt/AssetMarketTransactions.assembled")
    query = query_for("AssetMarketTransactions", recorded["data"])
    ours = []
    for card in sim.market.scenery.cards:
        grade = {"gradingCompany": "PSA", "gradeNumber": "10.0", "showSkipped": True}
        found = await ask_alt(
            "AssetMarketTransactions", query, id=card.alt_asset_id, marketTransactionFilter=grade
        )
        ours.append(found)
    assert_same([recorded], ours)


async def test_alt_errors(sample: Sample, ask_alt: Ask) -> None:
    assert await ask_alt("AssetDetails", "{asset{id}}") == sample("alt/error.assembled")


async def test_coingecko_price(sample: Sample, get: Get) -> None:
    path = "/vendors/coingecko/api/v3/simple/price"
    options = {"include_24hr_change": "true", "include_last_updated_at": "true"}
    ours = await get(path, ids="solana", vs_currencies="usd", **options)
    assert_same([sample("coingecko/simple_price_solana.assembled")], [ours])
    unknown = await get(path, ids="nosuchcoin", vs_currencies="usd")
    assert unknown == sample("coingecko/simple_price_unknown_id.assembled")


def by_form(rows: list[Json]) -> tuple[list[Json], list[Json]]:
    """The graded ones, and the rest."""
    slabs = [row for row in rows if row["type"] == "Card"]
    return slabs, [row for row in rows if row["type"] != "Card"]


def query_for(operation: str, data: Any) -> str:
    """A query that asks for every field of a sample."""
    return f"query {operation}($id: ID!) {_fields(data)}"


def _fields(value: Any) -> str:
    if isinstance(value, list):
        return _fields(value[0]) if value else ""
    if not isinstance(value, dict):
        return ""
    return "{ " + " ".join(f"{name} {_fields(inner)}" for name, inner in value.items()) + " }"
