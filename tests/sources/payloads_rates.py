"""Answers about rates and the chain in the vendors' own form; keyword arguments replace fields."""

from core.sources.helius import COLLECTIONS
from core.sources.jupiter import COINS
from core.sources.pyth import FEEDS
from tests.sources.payloads import MINT, SELLER, TITLE, Json

CORE, PNFT = COLLECTIONS
SOL = COINS["SOL/USD"]
CARD_TRAITS = {
    "Type": "Card",
    "Category": "Pokemon",
    "Year": "2023",
    "Insured Value": "37",
    "Grading ID": "145822162",
    "Grading Company": "PSA",
    "The Grade": "GEM-MT 10",
    "Set": "Pokemon Obsidian Flames",
    "Serial Number": "199",
}


def coinbase_spot(amount: Json = "85.32", **changes: Json) -> Json:
    return {"data": {"amount": amount, "base": "SOL", "currency": "USD"} | changes}


def jupiter_price(usd: Json = 147.48, **changes: Json) -> Json:
    price = {
        "createdAt": "2024-06-05T08:55:25.527Z",
        "liquidity": 621679197.67,
        "usdPrice": usd,
        "blockId": 348004023,
        "decimals": 9,
        "priceChange24h": 1.29,
    }
    return {SOL.mint: price | changes}


def pyth_price(price: Json = "8532000000", **changes: Json) -> Json:
    quoted = {"price": price, "conf": "4100000", "expo": -8, "publish_time": 1790855940} | changes
    feed = {"id": FEEDS["SOL/USD"], "price": quoted, "ema_price": quoted, "metadata": {"slot": 241234567}}
    return {"binary": {"encoding": "hex", "data": ["504e4155"]}, "parsed": [feed]}


def candle_rows() -> Json:
    """Two half hours: 11:00 and 11:30 on 1 October 2026."""
    return [[1790854200000, 76.9, 77.5, 76.1, 76.2], [1790856000000, 76.2, 76.4, 75, 75.125]]


def rpc(result: Json) -> Json:
    return {"jsonrpc": "2.0", "result": result, "id": "1"}


def rpc_error(code: int, message: str = "?") -> Json:
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": "1"}


def das_asset(*, collection: str = CORE, owner: Json = SELLER, **changes: Json) -> Json:
    return {
        "interface": "MplCoreAsset" if collection == CORE else "ProgrammableNFT",
        "id": MINT,
        "content": {
            "$schema": "https://schema.metaplex.com/nft1.0.json",
            "links": {"image": "https://images.example/das"},
            "metadata": {
                "name": TITLE[:32],
                "symbol": "",
                "json_name": TITLE,
                "attributes": [{"trait_type": name, "value": value} for name, value in CARD_TRAITS.items()],
            },
        },
        "grouping": [{"group_key": "collection", "group_value": collection}],
        "ownership": {"frozen": False, "delegated": False, "delegate": None, "owner": owner},
        "supply": None,
        "mutable": True,
        "burnt": False,
    } | changes


def das_page(*assets: Json) -> Json:
    page = {"last_indexed_slot": 451735676, "total": len(assets), "limit": 500, "page": 1}
    return rpc(page | {"items": list(assets)})


def token_account(
    *, mint: Json = MINT, owner: Json = SELLER, amount: Json = "1", decimals: Json = 0, state: str = "frozen"
) -> Json:
    counted = {"amount": amount, "decimals": decimals, "uiAmount": 1.0, "uiAmountString": "1"}
    info = {"isNative": False, "mint": mint, "owner": owner, "state": state, "tokenAmount": counted}
    parsed = {"info": info, "type": "account"}
    return {
        "pubkey": "BGocb4GEpbTFm8UFV2VsDSaBXHELPfAXrvd4vtt8QWrA",
        "account": {"lamports": 2039280, "data": {"program": "spl-token", "parsed": parsed, "space": 165}},
    }


def largest_accounts(address: Json = "BGocb4GEpbTFm8UFV2VsDSaBXHELPfAXrvd4vtt8QWrA", **changes: Json) -> Json:
    """Where the only piece of a token lies, and an account it has left."""
    one = {"address": address, "amount": "1", "decimals": 0, "uiAmount": 1.0, "uiAmountString": "1"}
    return rpc({"context": {"slot": 341197933}, "value": [one | changes, one | {"amount": "0"}]})


def account_info(account: Json) -> Json:
    return rpc({"context": {"slot": 341197933}, "value": account})


def token_accounts(*accounts: Json) -> Json:
    return rpc({"context": {"apiVersion": "2.0.15", "slot": 341197933}, "value": list(accounts)})
