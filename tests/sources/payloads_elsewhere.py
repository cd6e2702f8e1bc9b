"""Answers of the marketplaces with vaults of their own, and what a node tells; arguments replace fields."""

from core.domain.listings import Mint, Wallet
from tests.sources.payloads import MINT, SELLER, Json

PROOF = Mint("f33200e006299bae6b8b5cbe307e50d89f5ccdac5a511ac3080072a728cc1f99")
TOKEN_ID = str(int(PROOF, 16))
CONTRACT = "0x251BE3A17Af4892035C37ebf5890F4a4D889dcAD"
OFFERER = Wallet("0xee9978e966edf0e7838b6bb783ef989a3ca63552")

BEEZIE_TRAITS = {
    "year": "2016",
    "grader": "PSA",
    "grade": "9",
    "language": "English",
    "pokemon name": "Charizard EX",
    "set name": "Evolutions",
    "card number": "12",
    "serial": "54057136",
    "finish": "Holo",
    "edition": "",
    "Category": "Pokemon",
}
COURTYARD_TRAITS = {
    "Grader": "PSA",
    "Serial": "91000615",
    "Grade": "10 GEM MINT",
    "Category": "Pokémon",
    "Year": "2021",
    "Set": "Pokémon Swsh Black Star Promo",
    "Title/Subject": "Vaporeon Vmax",
    "Language": "Japanese",
    "Card Number": "182",
}


def beezie_item(*, traits: Json = None, **changes: Json) -> Json:
    pairs = BEEZIE_TRAITS | (traits or {})
    metadata = {
        "name": "2016 Evolutions Charizard EX #12 PSA 9",
        "image": "https://images.example/4.webp",
        "attributes": [{"trait_type": name, "trait_value": value} for name, value in pairs.items()],
    }
    return {
        "id": 2660,
        "tokenId": MINT,
        "owner": SELLER,
        "metadata": metadata,
        "altFmv": "39.33",
        "altAssetId": "asset-1",
        "burnedAt": None,
        "SellOrder": {"amountUSDC": "38.00", "createdAt": 1_790_848_800_000},
    } | changes


def beezie_page(*items: Json) -> Json:
    return {"dropItems": list(items), "total": len(items)}


def sea_listing(*, current: Json = None, parameters: Json = None, **changes: Json) -> Json:
    price = {"currency": "USDC", "decimals": 6, "value": "25000000"} | (current or {})
    offer = [{"itemType": 2, "token": CONTRACT, "identifierOrCriteria": TOKEN_ID, "startAmount": "1"}]
    terms = {"offerer": OFFERER, "offer": offer, "startTime": "1790848800", "endTime": "1791848800"}
    return {
        "order_hash": "0x123",
        "chain": "matic",
        "type": "basic",
        "price": {"current": price},
        "protocol_data": {"parameters": terms | (parameters or {}), "signature": None},
        "remaining_quantity": 1,
        "status": "ACTIVE",
    } | changes


def sea_page(*rows: Json, **changes: Json) -> Json:
    return {"listings": list(rows)} | changes


def sea_nft(*, traits: Json = None, **changes: Json) -> Json:
    pairs = COURTYARD_TRAITS | (traits or {})
    nft = {
        "identifier": TOKEN_ID,
        "collection": "courtyard-nft",
        "name": "2021 Pokémon Swsh Black Star Promo #182 Vaporeon Vmax (PSA 10 GEM MINT)",
        "image_url": "https://images.example/nft.png",
        "traits": [{"trait_type": name, "value": value} for name, value in pairs.items()],
    }
    return {"nft": nft | changes}


LOG_LINES = (
    "Program CcmRKTuZCGJBWQwMHvDYApBRvSZNHqGJXkznqpDTSQUr invoke [1]",
    "Program log: Instruction: BuyPnft",
    f"Program log: mint: {MINT}",
    "Program CcmRKTuZCGJBWQwMHvDYApBRvSZNHqGJXkznqpDTSQUr success",
)


def log_notification(**changes: Json) -> Json:
    """What a node tells of a transaction; the arguments replace fields of its value."""
    value = {"signature": "sig", "err": None, "logs": [*LOG_LINES]} | changes
    result = {"context": {"slot": 5_208_469}, "value": value}
    params = {"result": result, "subscription": 24_040}
    return {"jsonrpc": "2.0", "method": "logsNotification", "params": params}
