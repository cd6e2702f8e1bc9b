"""Answers of the vendors that want a key, in their own form; keyword arguments replace fields."""

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from tests.sources.payloads import TITLE, Json

CARD = CardKey("Pokemon", "Pokemon Obsidian Flames", "199", "Charizard ex", year=2023)
SLAB = SlabFacts(Grader.PSA, "145822162", Grade(100), TITLE, CARD)
PRODUCT = "5427"


def charting_named(name: str = "Charizard ex #199", **changes: Json) -> Json:
    return {"id": PRODUCT, "product-name": name, "console-name": "Pokemon Obsidian Flames"} | changes


def charting_products(*products: Json) -> Json:
    return {"status": "success", "products": list(products or (charting_named(),))}


def charting_product(**changes: Json) -> Json:
    prices = {
        "loose-price": 3500,
        "cib-price": 4700,
        "new-price": 4800,
        "graded-price": 4900,
        "box-only-price": 4950,
        "manual-only-price": 11_025,
        "bgs-10-price": 30_000,
        "condition-17-price": 10_017,
        "condition-18-price": 10_018,
    }
    return charting_named() | {"status": "success", "genre": "Pokemon Card"} | prices | changes


def charting_error(message: Json) -> Json:
    return {"status": "error", "error-message": message}


def psa_answer(**changes: Json) -> Json:
    cert = {
        "CertNumber": "45822162",
        "SpecID": 10_000_123,
        "Year": "1999",
        "Brand": "POKEMON GAME",
        "Category": "TCG Cards",
        "CardNumber": "4",
        "Subject": "CHARIZARD",
        "Variety": "HOLO",
        "IsPSADNA": False,
        "IsDualCert": False,
        "GradeDescription": "MINT",
        "CardGrade": "MINT 9",
        "TotalPopulation": 310,
        "TotalPopulationWithQualifier": 0,
        "PopulationHigher": 12,
    } | changes
    return {"PSACert": cert, "IsValidRequest": True, "ServerMessage": "Request successful"}


def token(**changes: Json) -> Json:
    return {"access_token": "v^1.1#i^1#abc", "expires_in": 7200, "token_type": "Bearer"} | changes


def ebay_item(**changes: Json) -> Json:
    return {
        "itemId": "v1|110000000001|0",
        "title": "2023 Pokemon 151 Charizard ex #199 PSA 10",
        "price": {"value": "249.99", "currency": "USD"},
        "buyingOptions": ["FIXED_PRICE", "BEST_OFFER"],
        "itemWebUrl": "https://www.ebay.com/itm/110000000001",
        "itemCreationDate": "2026-09-30T10:00:00.000Z",
        "image": {"imageUrl": "https://i.ebayimg.com/images/g/x/s-l225.jpg"},
        "seller": {"username": "example_seller", "feedbackScore": 1234},
    } | changes


def ebay_auction(**changes: Json) -> Json:
    bid = {"currentBidPrice": {"value": "1025.00", "currency": "USD"}, "bidCount": 7}
    rest = {name: value for name, value in ebay_item().items() if name != "price"}
    return rest | bid | {"itemId": "v1|2|0", "buyingOptions": ["AUCTION"]} | changes


def ebay_page(*items: Json, **changes: Json) -> Json:
    rows = {"itemSummaries": list(items)} if items else {}
    return {"href": "https://api.ebay.com/x", "total": len(items), "limit": 200, "offset": 0} | rows | changes


def ebay_warning(number: int) -> Json:
    row = {"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": "It is ignored."}
    return {"warnings": [row]}


def tcg_envelope(*rows: Json, **changes: Json) -> Json:
    return {"totalItems": len(rows), "success": True, "errors": [], "results": list(rows)} | changes


def tcg_product(**changes: Json) -> Json:
    return {
        "productId": 451784,
        "name": "Charizard ex - 199/197",
        "imageUrl": "https://tcgplayer-cdn.tcgplayer.com/product/451784_200w.jpg",
        "categoryId": 3,
        "groupId": 3170,
        "extendedData": [
            {"name": "Number", "displayName": "Card Number", "value": "199/197"},
            {"name": "Rarity", "displayName": "Rarity", "value": "Special Illustration Rare"},
        ],
    } | changes


def tcg_group(**changes: Json) -> Json:
    return {
        "groupId": 3170,
        "name": "SV03: Obsidian Flames",
        "publishedOn": "2023-08-11T00:00:00",
        "categoryId": 3,
    } | changes


def tcg_price(**changes: Json) -> Json:
    return {
        "productId": 451784,
        "lowPrice": 31.5,
        "midPrice": 40.25,
        "highPrice": 999.0,
        "marketPrice": 38.75,
        "directLowPrice": None,
        "subTypeName": "Holofoil",
    } | changes


def tcg_row(**changes: Json) -> Json:
    """A product, its set and its price in one: an answer to every question of TCGplayer's."""
    return tcg_group() | tcg_price() | tcg_product() | changes


def tcg_nothing() -> Json:
    return {"success": False, "errors": ["No products were found."], "results": []}
