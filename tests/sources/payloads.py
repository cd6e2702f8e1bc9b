"""Answers in the vendors' own form, written for the tests; keyword arguments replace fields."""

from typing import Any, TypeAlias

import msgspec

from core.domain.listings import Mint, SourceName, Wallet
from core.sources.http import Fetched
from tests.sources.conftest import START

Json: TypeAlias = Any

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
MINT = Mint("2w1XbDvP9k2pGP313VKmu8QpS3Ja1nSXLyUuQZG1MK7D")
SELLER = Wallet("EofCkTaFXUjdwpQdbTnjMsZD1nqjGTenUGFsfEdkraYN")
BUYER = Wallet("66cvcbcryJMFmYPKwdGhUnJn9hZTxPoLMEb378PEqRFR")
TITLE = "2023 #199 Charizard ex PSA 10 Obsidian Flames"
ASSET = "7b0f1f5c-1d5c-4a0e-9a53-0f3f2d0c1a11"


def fetched(source: SourceName, value: Json) -> Fetched:
    """The answer as the client hands it to a parser."""
    return Fetched(source, msgspec.json.encode(value), START)


def cc_listing(**changes: Json) -> Json:
    return {
        "price": 37.5,
        "currency": "USDC",
        "marketplace": "CC",
        "receiptId": "v2_4fXXMLCUf2QUXid3",
        "sellerId": "cmqsy3n1a03c481ffe7x78l2t",
        "createdAt": "2026-10-01T10:00:00.000Z",
        "updatedAt": "2026-10-01T11:30:00.250Z",
    } | changes


def cc_card(**changes: Json) -> Json:
    return {
        "id": "202607062C176912",
        "nftAddress": MINT,
        "itemName": TITLE,
        "category": "Pokemon",
        "year": 2023,
        "grade": "GEM-MT 10",
        "gradeNum": None,
        "gradingCompany": "PSA",
        "gradingID": "145822162",
        "set": "Pokemon Obsidian Flames",
        "serial": "199",
        "parallel": "Special Art",
        "insuredValue": "1,500.50",
        "frontImage": "https://images.example/front",
        "images": {"cardId": "202607062C176912", "frontM": "https://images.example/m", "backS": None},
    } | changes


def cc_row(*, listing: Json = None, **changes: Json) -> Json:
    row = {"type": "Card", "blockchain": "Solana", "owner": {"name": None, "wallet": SELLER}, "offers": []}
    return cc_card() | row | {"listing": cc_listing() if listing is None else listing} | changes


def cc_page(*rows: Json, cursor: str | None = None) -> Json:
    return {"filterNFtCard": list(rows), "nextCursor": cursor, "total": 9000, "findTotal": len(rows)}


def cc_market(*, listing: Json = None, **changes: Json) -> Json:
    full = cc_listing(price="37.50", status="Active", closedAt=None) if listing is None else listing
    return {"nftAddress": MINT, "listing": full, "owner": {"wallet": SELLER}, "inSwap": False} | changes


def cc_sale(*, amount: Json = 470, **changes: Json) -> Json:
    raw = str(round(amount * 10**6)) if isinstance(amount, int | float) else "470000000"
    return {
        "id": "5VERYlongSignature",
        "action": "Sale",
        "amount": amount,
        "priceInfo": {"splPrice": {"rawAmount": raw, "address": USDC, "decimals": 6}},
        "nftAddress": MINT,
        "createdAt": "2026-10-01T11:45:00.000Z",
        "from": {"name": None, "wallet": SELLER},
        "to": {"name": "marcyyyy", "wallet": BUYER},
        "source": "COLLECTOR_CRYPT",
    } | changes


def spl(raw: Json, address: str = USDC, decimals: int = 6) -> Json:
    return {"splPrice": {"rawAmount": raw, "address": address, "decimals": decimals, "symbol": "?"}}


def me_activity(kind: str = "list", **changes: Json) -> Json:
    return {
        "signature": "ntGRVYH31VtYYatGmax4evUAdEejh2bH",
        "type": kind,
        "source": "magiceden_v2",
        "tokenMint": MINT,
        "collectionSymbol": "collector_crypt",
        "slot": 139232690,
        "blockTime": 1790855100,
        "buyer": BUYER if kind == "buyNow" else None,
        "seller": SELLER,
        "price": 5.1,
    } | changes


def me_listing(**changes: Json) -> Json:
    return {
        "pdaAddress": "6DC2WcT8Fqjtq6xkjemYP6Qh23gzEaenRZzAETmBz6wX",
        "tokenMint": MINT,
        "seller": SELLER,
        "price": 0.293023,
        "priceInfo": spl("25000000"),
        "expiry": -1,
        "listingSource": "M2",
    } | changes


ME_TRAITS: dict[str, Json] = {
    "Type": "Card",
    "Category": "Pokemon",
    "Year": 2023,
    "Insured Value": "$1,250.00",
    "Grading ID": "145822162",
    "Grading Company": "Beckett",
    "The Grade": "PRISTINE 10",
    "GradeNum": 10,
    "Set": "Pokemon Obsidian Flames",
    "Serial Number": "199",
    "Parallel": None,
    "Authenticated": True,
}


def me_token(traits: dict[str, Json] | None = None, **changes: Json) -> Json:
    pairs = (ME_TRAITS | (traits or {})).items()
    return {
        "mintAddress": MINT,
        "name": TITLE,
        "image": "https://images.example/me",
        "attributes": [{"trait_type": name, "value": value} for name, value in pairs],
    } | changes


def alt_cert(**changes: Json) -> Json:
    asset = {"id": ASSET, "name": "2023 Charizard ex #199"}
    cert = {"certNumber": "145822162", "gradingCompany": "PSA", "asset": asset} | changes
    return {"data": {"cert": cert}}


def alt_asset(*, value: Json = 41.5, sure: Json = 82.0, low: Json = 35.2, **changes: Json) -> Json:
    confidence = {
        "currentConfidenceMetric": sure,
        "currentErrorLowerBound": low,
        "currentErrorUpperBound": 48.9,
    }
    asset = {
        "id": ASSET,
        "name": "2023 Charizard ex #199",
        "altValueInfo": {"currentAltValue": value, "confidenceData": confidence},
        "cardPops": [
            {"gradingCompany": "PSA", "gradeNumber": "10.0", "count": 1520},
            {"gradingCompany": "PSA", "gradeNumber": "9.0", "count": 310},
            {"gradingCompany": "BGS", "gradeNumber": "10.5", "count": 2},
        ],
    } | changes
    return {"data": {"asset": asset}}


def sol_price(usd: Json = 85.32, **changes: Json) -> Json:
    return {"solana": {"usd": usd, "last_updated_at": 1790855940} | changes}
