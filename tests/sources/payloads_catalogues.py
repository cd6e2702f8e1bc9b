"""Catalogues' answers in their own form, written for the tests; keyword arguments replace fields."""

from tests.sources.payloads import Json

UUID = "11111111-2222-4333-8444-555555555555"
NOT_FOUND = {"object": "error", "code": "not_found", "status": 404, "details": "Nothing."}
NO_CARD = {"error": "No card matching your query was found in the database."}


def dex_brief(**changes: Json) -> Json:
    image = "https://assets.example/en/sv/sv03/223"
    return {"id": "sv03-223", "localId": "223", "name": "Charizard ex", "image": image} | changes


def dex_cardmarket(**changes: Json) -> Json:
    return {
        "updated": "2026-10-01T00:42:15.000Z",
        "unit": "EUR",
        "idProduct": 725_213,
        "avg": 31.5,
        "low": 18,
        "trend": 33.07,
        "avg1": 30.1,
        "avg7": 0,
        "avg30": None,
        "avg-holo": 40.25,
    } | changes


def dex_tcgplayer(**changes: Json) -> Json:
    prices = {"lowPrice": 30.1, "midPrice": 39.99, "highPrice": 25_000, "marketPrice": 36.02}
    return {
        "updated": "2026-09-30T20:07:54.000Z",
        "unit": "USD",
        "holofoil": prices | {"directLowPrice": 34},
        "reverse": {"marketPrice": 2.5},
        "reverse-holofoil": {"marketPrice": 2.75, "lowPrice": None},
    } | changes


def dex_card(**changes: Json) -> Json:
    pricing = {"cardmarket": dex_cardmarket(), "tcgplayer": dex_tcgplayer()}
    one_set = {"id": "sv03", "name": "Obsidian Flames", "cardCount": {"official": 197, "total": 230}}
    return dex_brief(rarity="Special illustration rare", set=one_set, pricing=pricing) | changes


def dex_set(*cards: Json, **changes: Json) -> Json:
    serie = {"id": "sv", "name": "Scarlet & Violet"}
    return {"id": "sv03", "name": "Obsidian Flames", "serie": serie, "cards": list(cards)} | changes


def csv_answer(*rows: Json, **changes: Json) -> Json:
    return {"success": True, "errors": [], "results": list(rows)} | changes


def csv_category(number: int = 3, name: str = "Pokemon") -> Json:
    return {"categoryId": number, "name": name, "popularity": 5, "isScannable": True}


def csv_group(**changes: Json) -> Json:
    return {
        "groupId": 23_237,
        "name": "SV03: Obsidian Flames",
        "publishedOn": "2023-08-11T00:00:00",
    } | changes


def csv_product(**changes: Json) -> Json:
    details = (("Number", "223/197"), ("Rarity", "Special Illustration Rare"), ("HP", "330"))
    return {
        "productId": 509_980,
        "name": "Charizard ex - 223/197",
        "imageUrl": "https://images.example/509980_200w.jpg",
        "modifiedOn": "2025-12-04T15:00:29.8",
        "extendedData": [{"name": name, "displayName": name, "value": value} for name, value in details],
    } | changes


def csv_price(sub_type: str = "Holofoil", **changes: Json) -> Json:
    return {
        "productId": 509_980,
        "lowPrice": 30.1,
        "midPrice": 39.99,
        "highPrice": 25_000.0,
        "marketPrice": 36.02,
        "directLowPrice": None,
        "subTypeName": sub_type,
    } | changes


def csv_everything() -> Json:
    """An answer that makes sense to each of the four questions that lead to the cards of a group."""
    return csv_answer(csv_category() | csv_group() | csv_price() | csv_product())


def fall_card(**changes: Json) -> Json:
    prices = {"usd": "0.06", "usd_foil": "0.15", "usd_etched": None, "eur": "0.04", "eur_foil": None}
    return {
        "object": "card",
        "id": UUID,
        "name": "Alley Strangler",
        "set_name": "Aether Revolt",
        "collector_number": "52",
        "rarity": "common",
        "digital": False,
        "image_uris": {"small": "https://cards.example/s.jpg", "normal": "https://cards.example/n.jpg?1"},
        "prices": prices | {"tix": "0.03"},
    } | changes


def fall_page(*cards: Json, has_more: bool = False) -> Json:
    return {"object": "list", "total_cards": len(cards), "has_more": has_more, "data": list(cards)}


def fall_set(**changes: Json) -> Json:
    return {
        "object": "set",
        "code": "aer",
        "name": "Aether Revolt",
        "released_at": "2017-01-20",
        "digital": False,
    } | changes


def ygo_printing(**changes: Json) -> Json:
    return {
        "set_name": "2016 Mega-Tins",
        "set_code": "CT13-EN008",
        "set_rarity": "Ultra Rare",
        "set_rarity_code": "(UR)",
        "set_price": "74.49",
    } | changes


def ygo_card(**changes: Json) -> Json:
    prices = {"cardmarket_price": "0.09", "tcgplayer_price": "0.14", "ebay_price": "5.95"}
    return {
        "id": 89_631_139,
        "name": "Blue-Eyes White Dragon",
        "def": None,
        "card_sets": [ygo_printing()],
        "card_images": [{"id": 89_631_139, "image_url": "https://images.example/no-hotlinks.jpg"}],
        "card_prices": [prices],
    } | changes


def ygo_cards(*cards: Json) -> Json:
    return {"data": list(cards) or [ygo_card()]}


def ygo_set(**changes: Json) -> Json:
    return {"set_name": "2016 Mega-Tins", "set_code": "CT13", "tcg_date": "2016-08-26"} | changes
