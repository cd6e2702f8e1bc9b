"""A stand-in for https://api.tcgdex.net/v2: Pokémon cards with prices in USD and EUR."""

from typing import Final

from aiohttp import web

from core.simulator.market.raw import Shelf, money, raw_usd_micros, set_code
from core.simulator.market.things import Card
from core.simulator.market.values import DAY_MS
from core.simulator.vendors.desk import RETRY_S, Answer, Desk, Json, iso, json_response, whole_number

ROOT: Final = "/vendors/tcgdex/v2/en"
IMAGES: Final = "https://assets.tcgdex.net/en"
UNLISTED_EVERY: Final = 13
PAGE_MAX: Final = 1000


def rate_limited(seconds: float) -> web.Response:
    """A plain 429; none is documented."""
    headers = {"Retry-After": str(max(1, round(seconds or RETRY_S)))}
    return json_response({"error": "Too many requests"}, status=429, headers=headers)


def missing() -> web.Response:
    """TCGdex's 404."""
    return json_response({"error": "Endpoint or id not found"}, status=404)


class Tcgdex:
    """The routes. Only one printing of every number is known, as in life."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shelf = Shelf(desk.world.scenery, "Pokemon")
        self._cards = {f"{code}-{number}": card for (code, number), card in self._shelf.numbered().items()}

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/tcgdex/v2/en."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/cards", "cards", self.cards),
            ("/cards/{id}", "card", self.card),
            ("/sets", "sets", self.sets),
            ("/sets/{set}", "set", self.one_set),
            ("/sets/{set}/{number}", "set-card", self.card_of_set),
        )
        for path, name, answer in routes:
            self._desk.add_get(app, ROOT + path, f"vendor:tcgdex:{name}", answer, rate_limited)

    def cards(self, request: web.Request) -> web.Response:
        """GET /cards?name=&pagination:page=&pagination:itemsPerPage=: brief rows; `eq:` is exact."""
        query = request.query
        page = whole_number(query.get("pagination:page"), 1, 1, 10**6) or 1
        size = whole_number(query.get("pagination:itemsPerPage"), PAGE_MAX, 1, PAGE_MAX) or PAGE_MAX
        wanted = query.get("name", "").lower()
        found = [(name, card) for name, card in self._cards.items() if _is_named(card, wanted)]
        brief = [self._brief(name, card) for name, card in found[(page - 1) * size : page * size]]
        return json_response(brief)

    def card(self, request: web.Request) -> web.Response:
        """GET /cards/{id}."""
        return self._found(request.match_info["id"])

    def card_of_set(self, request: web.Request) -> web.Response:
        """GET /sets/{set}/{localId}."""
        return self._found(f"{request.match_info['set']}-{request.match_info['number']}")

    def sets(self, _: web.Request) -> web.Response:
        """GET /sets: every set, briefly."""
        first = {set_code(card.set_name): card for card in reversed(self._cards.values())}
        return json_response([self._set(card) for card in first.values()])

    def one_set(self, request: web.Request) -> web.Response:
        """GET /sets/{id}: the set and its cards, briefly."""
        code = request.match_info["set"]
        found = {name: card for name, card in self._cards.items() if set_code(card.set_name) == code}
        if not found:
            return missing()
        cards = [self._brief(name, card) for name, card in found.items()]
        first = next(iter(found.values()))
        more = {"serie": {"id": "world", "name": "World"}, "releaseDate": f"{first.year}-08-14"}
        return json_response(self._set(first) | more | {"cards": cards})

    def _found(self, name: str) -> web.Response:
        card = self._cards.get(name)
        return missing() if card is None else json_response(self._full(name, card))

    def _brief(self, name: str, card: Card) -> Json:
        return {"id": name, "localId": card.number, "name": card.name, "image": self._image(card)}

    def _image(self, card: Card) -> str:
        return f"{IMAGES}/{set_code(card.set_name)}/{card.number}"

    def _full(self, name: str, card: Card) -> Json:
        variants = {
            "firstEdition": card.parallel == "1st Edition",
            "holo": card.parallel == "Holo",
            "normal": card.parallel == "Base",
            "reverse": card.parallel == "Reverse Holo",
            "wPromo": bool(card.stamp),
        }
        return {
            "category": "Pokemon",
            "illustrator": "A. Painter",
            **self._brief(name, card),
            "rarity": "Uncommon",
            "set": self._set(card),
            "variants": variants,
            "hp": 110,
            "types": ["Colorless"],
            "evolveFrom": "An earlier form",
            "stage": "Stage1",
            "attacks": [
                {"cost": ["Colorless"], "name": "Draw", "effect": "Draw 3 cards."},
                {"cost": ["Colorless"], "name": "Smash", "effect": "Flip a coin.", "damage": 90},
            ],
            "weaknesses": [{"type": "Fighting", "value": "×2"}],
            "retreat": 1,
            "regulationMark": "D",
            "legal": {"standard": True, "expanded": True},
            "pricing": self._pricing(card),
        }

    def _set(self, card: Card) -> Json:
        code = set_code(card.set_name)
        size = next(one.size for one in self._shelf.sets if one.name == card.set_name)
        return {
            "cardCount": {"official": size, "total": size},
            "id": code,
            "logo": f"{IMAGES}/{code}/logo",
            "name": card.set_name,
            "symbol": f"{IMAGES}/{code}/symbol",
        }

    def _pricing(self, card: Card) -> Json:
        """A shop that does not list the card is left out or null."""
        if card.id % UNLISTED_EVERY == 1:
            return {"cardmarket": None}
        return {"cardmarket": self._cardmarket(card), "tcgplayer": self._tcgplayer(card)}

    def _cardmarket(self, card: Card) -> Json:
        now_ms = self._desk.now_ms
        means = {f"avg{days}": self._euros(card, now_ms - days * DAY_MS // 2) for days in (1, 7, 30)}
        today = self._euros(card, now_ms)
        plain = {"avg": today, "low": round(today * 0.7, 2), "trend": today, **means}
        holo = {f"{name}-holo": round(price * 1.4, 2) for name, price in plain.items()}
        return {"updated": iso(now_ms // DAY_MS * DAY_MS), "unit": "EUR", **plain, **holo}

    def _euros(self, card: Card, at_ms: int) -> float:
        return money(self._desk.world.rates.eur_micros(raw_usd_micros(card, at_ms), at_ms))

    def _tcgplayer(self, card: Card) -> Json:
        now_ms = self._desk.now_ms
        usd = raw_usd_micros(card, now_ms)
        reverse = "reverse" if card.id % 2 else "reverse-holofoil"  # the documents know both names
        first = "1st-edition" if card.parallel == "1st Edition" else "normal"
        return {
            "updated": iso(now_ms // DAY_MS * DAY_MS),
            "unit": "USD",
            first: _prices(usd),
            reverse: _prices(usd * 140 // 100),
        }


def _is_named(card: Card, wanted: str) -> bool:
    """Part of the name, in any case; after `eq:` all of it."""
    name = card.name.lower()
    return name == wanted[3:] if wanted.startswith("eq:") else wanted in name


def _prices(usd_micros: int) -> Json:
    percents = (("low", 82), ("mid", 108), ("high", 4000), ("market", 100), ("directLow", 90))
    return {f"{name}Price": money(usd_micros * percent // 100) for name, percent in percents}
