"""TCGplayer's catalogue and prices of ungraded cards, as TCGplayer and its mirror TCGCSV both tell them."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from core.simulator.market.raw import Shelf, money, raw_usd_micros, set_code, slug
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Card, time_of
from core.simulator.market.values import DAY_MS
from core.simulator.vendors.desk import Json

CATEGORIES: Final = {"Magic": 1, "Yu-Gi-Oh!": 2, "Pokemon": 3, "One Piece": 68}
FIRST_PRODUCT: Final = 450_000
FIRST_GROUP: Final = 3000
SUB_TYPES: Final = {
    "Holo": "Holofoil",
    "Reverse Holo": "Reverse Holofoil",
    "1st Edition": "1st Edition Holofoil",
    "Foil": "Foil",
}
REVERSE_SINCE: Final = 2002
THIN_EVERY: Final = 11
PARKED_TIMES: Final = 40


class Rows:
    """Builds rows at one moment; prices are those of the last refresh, up to a day old."""

    def __init__(self, scenery: Scenery) -> None:
        self._scenery = scenery
        self._shelves = {number: Shelf(scenery, name) for name, number in CATEGORIES.items()}

    @cached_property
    def _cards(self) -> dict[int, Card]:
        return {FIRST_PRODUCT + card.id: card for card in self._scenery.cards}

    def categories(self) -> list[Json]:
        """Every game."""
        return [
            {
                "categoryId": number,
                "name": name,
                "modifiedOn": "2025-11-19T15:58:35.27",
                "displayName": name,
                "seoCategoryName": name,
                "categoryDescription": f"Single cards of {name}.",
                "categoryPageTitle": f"{name} cards",
                "sealedLabel": "Sealed Products",
                "nonSealedLabel": "Single Cards",
                "conditionGuideUrl": "https://store.tcgplayer.com/help/cardconditionguide",
                "isScannable": True,
                "popularity": 576_635 // number,
                "isDirect": True,
            }
            for name, number in sorted(CATEGORIES.items(), key=lambda pair: pair[1])
        ]

    def groups(self, category: int) -> list[Json]:
        """Every set of a game; none for a game that is not known."""
        shelf = self._shelves.get(category)
        return [
            {
                "groupId": self._group(category, index),
                "name": card_set.name,
                "abbreviation": set_code(card_set.name).upper(),
                "isSupplemental": False,
                "publishedOn": f"{card_set.year}-11-11T00:00:00",
                "modifiedOn": "2025-12-12T22:37:34.34",
                "categoryId": category,
            }
            for index, card_set in enumerate(shelf.sets if shelf else [])
        ]

    def cards(self, category: int, group: int) -> list[Card]:
        """The cards of a set, by category and group."""
        shelf = self._shelves.get(category)
        if shelf is None:
            return []
        names = {self._group(category, index): card_set.name for index, card_set in enumerate(shelf.sets)}
        return [card for card in shelf.cards if card.set_name == names.get(group)]

    def all_groups(self) -> list[Json]:
        """Every set of every game."""
        return [row for category in CATEGORIES.values() for row in self.groups(category)]

    def find(self, category: int, group: int, name: str) -> list[Card]:
        """Cards by what is known of them; a 0 and an empty name leave it open."""
        return [
            card
            for card in self._cards.values()
            if category in (0, self.place(card)[0])
            and group in (0, self.place(card)[1])
            and name.lower() in card.name.lower()
        ]

    def place(self, card: Card) -> tuple[int, int]:
        """The category and the group of a card."""
        return self._places[card.game, card.set_name]

    @cached_property
    def _places(self) -> dict[tuple[int, str], tuple[int, int]]:
        return {
            (shelf.game, card_set.name): (category, self._group(category, index))
            for category, shelf in self._shelves.items()
            for index, card_set in enumerate(shelf.sets)
        }

    def cards_of(self, products: Iterable[int]) -> list[Card]:
        """The cards of these products, without those that there are not."""
        return [self._cards[number] for number in products if number in self._cards]

    def product(self, card: Card, category: int, group: int) -> Json:
        """A card as a product."""
        variety = self._scenery.variety(card)
        name = f"{card.name} ({variety})" if variety else card.name
        number = FIRST_PRODUCT + card.id
        extended = [("Number", "Card Number", card.number), ("Rarity", "Rarity", "Rare")]
        return {
            "productId": number,
            "name": name,
            "cleanName": slug(name).replace("-", " ").title(),
            "imageUrl": f"https://tcgplayer-cdn.tcgplayer.com/product/{number}_200w.jpg",
            "categoryId": category,
            "groupId": group,
            "url": f"https://www.tcgplayer.com/product/{number}/{slug(f'{card.set_name} {name}')}",
            "modifiedOn": "2025-12-04T15:00:29.8",
            "imageCount": 1,
            "presaleInfo": {"isPresale": False, "releasedOn": None, "note": None},
            "extendedData": [
                {"name": key, "displayName": shown, "value": value} for key, shown, value in extended
            ],
        }

    def prices(self, card: Card, now_ms: int) -> list[Json]:
        """One row for each way a card is printed; two for plain modern ones."""
        main = SUB_TYPES.get(card.parallel, "Normal")
        rows = [self._price(card, main, 100, now_ms)]
        if main == "Normal" and card.year >= REVERSE_SINCE:
            rows.append(self._price(card, "Reverse Holofoil", 140, now_ms))
        return rows

    def _price(self, card: Card, sub_type: str, percent: int, now_ms: int) -> Json:
        """`highPrice` is what somebody parks; `marketPrice` and `directLowPrice` lack in thin trade."""
        refreshed_ms = now_ms // DAY_MS * DAY_MS
        market = raw_usd_micros(card, refreshed_ms) * percent // 100
        is_thin = (card.id + percent) % THIN_EVERY == 0
        return {
            "productId": FIRST_PRODUCT + card.id,
            "lowPrice": money(market * 82 // 100),
            "midPrice": money(market * 108 // 100),
            "highPrice": money(market * PARKED_TIMES),
            "marketPrice": None if is_thin else money(market),
            "directLowPrice": None if is_thin or card.id % 3 == 0 else money(market * 90 // 100),
            "subTypeName": sub_type,
        }

    def _group(self, category: int, index: int) -> int:
        return FIRST_GROUP + category * 100 + index


def envelope(rows: list[Json], *, total: int | None = None) -> Json:
    """The form of every answer; prices carry no total."""
    count = {} if total is None else {"totalItems": total}
    return count | {"success": True, "errors": [], "results": rows}


def http_date(at_ms: int) -> str:
    """A time as "Sun, 20 Sep 2026 10:00:00 GMT"."""
    return time_of(at_ms).strftime("%a, %d %b %Y %H:%M:%S GMT")
