"""Scryfall's card and set objects."""

from typing import Final

from core.simulator.market.catalogue import CardSet
from core.simulator.market.raw import set_code, slug
from core.simulator.market.things import Card
from core.simulator.vendors.desk import Json

IMAGES: Final = "https://cards.scryfall.io"
# What a pretended card has in common with all others.
ALIKE: Final[Json] = {
    "lang": "en",
    "layout": "normal",
    "highres_image": True,
    "image_status": "highres_scan",
    "mana_cost": "{2}{B}",
    "cmc": 3,
    "type_line": "Creature — Rogue",
    "oracle_text": "Menace",
    "power": "2",
    "toughness": "3",
    "colors": ["B"],
    "color_identity": ["B"],
    "keywords": ["Menace"],
    "games": ["paper", "mtgo"],
    "reserved": False,
    "oversized": False,
    "reprint": False,
    "variation": False,
    "set_type": "expansion",
    "digital": False,
    "rarity": "common",
    "artist": "A. Painter",
    "frame": "2015",
    "full_art": False,
    "foil": True,
}


def card_row(card: Card, ids: tuple[str, str, str], prices: dict[str, str | None]) -> Json:
    """A card. ids: of the card, of the rules text, of the set."""
    card_id, oracle_id, set_id = ids
    code = set_code(card.set_name)
    path = f"{card_id[0]}/{card_id[1]}/{card_id}.jpg"
    is_foil = card.parallel == "Foil"
    return {
        "object": "card",
        **ALIKE,
        "id": card_id,
        "oracle_id": oracle_id,
        "multiverse_ids": [400_000 + card.id],
        "mtgo_id": 60_000 + 2 * card.id,
        "mtgo_foil_id": 60_001 + 2 * card.id,
        "tcgplayer_id": 450_000 + card.id,
        "cardmarket_id": 290_000 + card.id,
        "name": card.name,
        "released_at": f"{card.year}-01-20",
        "uri": f"https://api.scryfall.com/cards/{card_id}",
        "scryfall_uri": f"https://scryfall.com/card/{code}/{card.number}/{slug(card.name)}?utm_source=api",
        "image_uris": {size: f"{IMAGES}/{size}/front/{path}" for size in ("small", "normal")},
        "nonfoil": not is_foil,
        "finishes": ["foil"] if is_foil else ["nonfoil", "foil"],
        "promo": bool(card.stamp),
        "set_id": set_id,
        "set": code,
        "set_name": card.set_name,
        "collector_number": card.number,
        "border_color": "borderless" if card.parallel == "Borderless" else "black",
        "prices": prices,
        "purchase_uris": {"tcgplayer": f"https://www.tcgplayer.com/product/{450_000 + card.id}?page=1"},
    }


def set_row(one: CardSet, set_id: str) -> Json:
    """A set."""
    code = set_code(one.name)
    return {
        "object": "set",
        "id": set_id,
        "code": code,
        "name": one.name,
        "uri": f"https://api.scryfall.com/sets/{set_id}",
        "scryfall_uri": f"https://scryfall.com/sets/{code}",
        "search_uri": f"https://api.scryfall.com/cards/search?order=set&q=e%3A{code}&unique=prints",
        "released_at": f"{one.year}-01-20",
        "set_type": "expansion",
        "card_count": one.size,
        "digital": False,
        "nonfoil_only": False,
        "foil_only": False,
    }
