"""Answers of the marketplaces and ALT about wallets, histories, offers, sales, written for the tests."""

from tests.sources.payloads import ASSET, BUYER, MINT, SELLER, Json, cc_card, cc_listing, me_token


def cc_held(**changes: Json) -> Json:
    """A row of a wallet: there the price is a text."""
    listing = cc_listing(price="37.50", status="Active", closedAt=None, id="l-1")
    row = {"blockchain": "Solana", "type": "Card", "listing": listing, "owner": {"wallet": SELLER}}
    return cc_card() | row | {"oraclePrice": None, "inSwap": False} | changes


def cc_wallet(*rows: Json, pages: Json = 1, **changes: Json) -> Json:
    counts = {"totalCards": 9, "total": 9, "findTotal": len(rows), "totalPages": pages}
    return counts | {"insuredValueSum": "1445", "filterNFtCard": list(rows)} | changes


def cc_offer(**changes: Json) -> Json:
    return {
        "id": "68e1cc2f-1372-45a1-aae4-63cb8e70066a",
        "buyerId": "cmpboe2gk56qruq4r6n31gtyw",
        "buyer": {"wallet": BUYER},
        "price": 400,
        "currency": "USDC",
        "status": "Active",
        "createdAt": "2026-10-01T09:00:00.000Z",
        "card": {"id": "202607062C176912", "nftAddress": MINT},
        "source": "CC",
    } | changes


def me_stats(**changes: Json) -> Json:
    return {
        "symbol": "collector_crypt",
        "floorPrice": 2_850_000_000,
        "listedCount": 877,
        "avgPrice24hr": 3009962636.8159204,
        "volumeAll": 76113329022113,
    } | changes


def me_held(traits: dict[str, Json] | None = None, **changes: Json) -> Json:
    return me_token(traits) | {"owner": SELLER, "listStatus": "listed"} | changes


def alt_sale(id: str = "tx-1", **changes: Json) -> Json:
    return {
        "id": id,
        "date": "2026-09-20",
        "auctionHouse": "eBay",
        "auctionType": "AUCTION",
        "price": "41.000000",
        "attributes": {"gradeNumber": "10.0", "gradingCompany": "PSA", "url": None, "autograph": None},
        "subjectToChange": False,
        "consolidatedSkippedReason": None,
        "label": None,
    } | changes


def alt_sales(*rows: Json) -> Json:
    return {"data": {"asset": {"id": ASSET, "marketTransactions": list(rows)}}}
