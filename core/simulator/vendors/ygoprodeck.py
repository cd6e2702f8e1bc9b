"""A stand-in for https://db.ygoprodeck.com/api/v7: Yu-Gi-Oh! by name; prices as text, "0.00" unknown."""

from typing import Final

from aiohttp import web

from core.simulator.market.raw import Shelf, money_text, raw_usd_micros, set_code
from core.simulator.market.things import Card
from core.simulator.vendors.desk import Desk, Json, json_response, whole_number
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/ygoprodeck/api/v7"
A_SECOND_MAX: Final = 20
LOCKOUT_MS: Final = 3_600_000
FIRST_ID: Final = 89_630_000
LINK_EVERY: Final = 5
UNKNOWN: Final = "0.00"
RARITIES: Final = {"Ultra Rare": "(UR)", "Secret Rare": "(ScR)"}


def rate_limited(_: float) -> web.Response:
    """Over 20 a second the address is blocked for an hour; the form is a guess."""
    return json_response(
        {"error": "You have been temporarily blocked. Please try again in 1 hour."}, status=429
    )


def refused() -> web.Response:
    """Nothing found is a 400."""
    return json_response({"error": "No card matching your query was found in the database."}, status=400)


class Ygoprodeck:
    """The routes. A card here is a name; its printings are listed inside."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._window = Window(A_SECOND_MAX, 1000, lockout_ms=LOCKOUT_MS) if has_limits else None
        self._printings: dict[str, list[Card]] = {}
        shelf = Shelf(desk.world.scenery, "Yu-Gi-Oh!")
        self._sets = shelf.sets
        for card in shelf.cards:
            self._printings.setdefault(card.name, []).append(card)
        self._ids = {name: FIRST_ID + index for index, name in enumerate(sorted(self._printings))}

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/ygoprodeck/api/v7."""
        for path, name, answer in (("cardinfo", "cards", self.cards), ("cardsets", "sets", self.sets)):
            bounded = limited(answer, self._window, lambda: self._desk.now_ms, rate_limited)
            self._desk.add_get(app, f"{ROOT}/{path}.php", f"vendor:ygoprodeck:{name}", bounded, rate_limited)

    def cards(self, request: web.Request) -> web.Response:
        """GET /cardinfo.php?name=|fname=|id=|cardset=&num=&offset=&misc=yes; without a filter all cards."""
        query = request.query
        first = whole_number(query.get("offset"), 0, 0, 10**6) or 0
        most = whole_number(query.get("num"), len(self._printings), 1, 10**6) or len(self._printings)
        found = [name for name in self._printings if self._matches(name, dict(query))][first : first + most]
        if not found:
            return refused()
        has_misc = query.get("misc") == "yes"
        return json_response({"data": [self._row(name, has_misc=has_misc) for name in found]})

    def sets(self, _: web.Request) -> web.Response:
        """GET /cardsets.php: every set, as a bare list."""
        rows = [
            {
                "set_name": one.name,
                "set_code": set_code(one.name).upper()[:4],
                "num_of_cards": one.size,
                "tcg_date": f"{one.year}-03-08",
            }
            for one in self._sets
        ]
        return json_response(rows)

    def _matches(self, name: str, query: dict[str, str]) -> bool:
        sets = {card.set_name.lower() for card in self._printings[name]}
        return (
            query.get("name", name).lower() == name.lower()
            and query.get("fname", "").lower() in name.lower()
            and query.get("id", str(self._ids[name])) == str(self._ids[name])
            and ("cardset" not in query or query["cardset"].lower() in sets)
        )

    def _row(self, name: str, *, has_misc: bool) -> Json:
        number = self._ids[name]
        is_link = number % LINK_EVERY == 0
        return {
            "id": number,
            "name": name,
            "type": "Link Monster" if is_link else "Normal Monster",
            "humanReadableCardType": "Link Effect Monster" if is_link else "Normal Monster",
            "frameType": "link" if is_link else "normal",
            "race": "Dragon",
            "atk": 3000,
            **(_link() if is_link else _monster(name)),
            "typeline": ["Dragon", "Link" if is_link else "Normal"],
            "card_sets": [self._printing(card) for card in self._printings[name]],
            "card_images": [{"id": number}],
            "card_prices": [self._prices(name)],
            **({"misc_info": [{"formats": ["Edison", "GOAT", "TCG"]}]} if has_misc else {}),
        }

    def _printing(self, card: Card) -> Json:
        is_unknown = card.id % 7 == 0
        return {
            "set_name": card.set_name,
            "set_code": f"{set_code(card.set_name).upper()[:4]}-EN{card.number.zfill(3)}",
            "set_rarity": card.parallel,
            "set_rarity_code": RARITIES.get(card.parallel, ""),
            "set_price": "0" if is_unknown else money_text(raw_usd_micros(card, self._desk.now_ms)),
        }

    def _prices(self, name: str) -> Json:
        """Of the cheapest printing; shops that do not sell it say "0.00"."""
        now_ms = self._desk.now_ms
        usd = min(raw_usd_micros(card, now_ms) for card in self._printings[name])
        number = self._ids[name]
        return {
            "cardmarket_price": money_text(self._desk.world.rates.eur_micros(usd, now_ms)),
            "tcgplayer_price": money_text(usd),
            "ebay_price": UNKNOWN if number % 3 else money_text(usd * 3),
            "amazon_price": UNKNOWN if number % 4 else money_text(usd * 2),
            "coolstuffinc_price": UNKNOWN if number % 2 else money_text(usd * 12 // 10),
        }


def _monster(name: str) -> Json:
    return {
        "def": 2500,
        "level": 8,
        "attribute": "LIGHT",
        "archetype": name.split(maxsplit=1)[0],
        "desc": "A legendary dragon.",
    }


def _link() -> Json:
    """A Link monster has neither defence nor level."""
    markers = ["Left", "Right", "Bottom-Left", "Bottom-Right"]
    return {"def": None, "level": None, "attribute": "DARK", "linkval": 4, "linkmarkers": markers}
