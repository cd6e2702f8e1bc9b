"""Collector Crypt's GET /marketplace query: a closed set of names, filters, orders and the cursor."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import msgspec

from core.simulator.market.things import Asset, Listing
from core.simulator.market.world import World
from core.simulator.vendors.collectorcrypt_rows import marketplace
from core.simulator.vendors.desk import whole_number

PAGING: Final = ("step", "page", "cursor", "orderBy")
STEP_DEFAULT: Final = 100
STEP_MAX: Final = 1000
PAGE_MAX: Final = 100_000

Card: TypeAlias = tuple[Asset, Listing | None]
Key: TypeAlias = tuple[int | str, str]


class BadQueryError(ValueError):
    """The query is refused; `reasons` are the vendor's sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    values: dict[str, str]
    step: int
    page: int
    order: str
    is_descending: bool
    cursor: Key | None


def parse_query(values: dict[str, str]) -> Query:
    """Read the query parameters. Raises BadQueryError for unknown names and values out of bounds."""
    reasons = [
        f"property {name} should not exist" for name in values if name not in PAGING and name not in FILTERS
    ]
    step = whole_number(values.get("step"), STEP_DEFAULT, 1, STEP_MAX)
    if step is None:
        reasons.append(f"step must be an integer number between 1 and {STEP_MAX}")
    page = whole_number(values.get("page"), 1, 1, PAGE_MAX)
    if page is None:
        reasons.append("page must not be less than 1")
    order = values.get("orderBy", "listedDateDesc")
    field = order.removesuffix("Desc").removesuffix("Asc")
    if field not in ORDERS or not order.endswith(("Asc", "Desc")):
        reasons.append("orderBy must be a valid enum value")
    reasons += [
        f"{name} must be a number conforming to the specified constraints"
        for name in values
        if name.endswith(("Min", "Max")) and not _is_number(values[name])
    ]
    if reasons or step is None or page is None:
        raise BadQueryError(reasons)
    return Query(
        values, step, page, field, order.endswith("Desc"), _parse_cursor(values.get("cursor"), field)
    )


def _parse_cursor(text: str | None, order: str) -> Key | None:
    if not text:
        return None
    try:
        made_for, key = msgspec.json.decode(base64.urlsafe_b64decode(text), type=tuple[str, Key])
    except (binascii.Error, ValueError) as error:
        raise BadQueryError(["cursor is invalid"]) from error
    if made_for != order:
        raise BadQueryError(["cursor is invalid"])
    return key


def make_cursor(order: str, key: Key) -> str:
    """An opaque cursor that goes on after this row."""
    return base64.urlsafe_b64encode(msgspec.json.encode((order, key))).decode()


class Finder:
    """Filters and orders the tokens of a world for one query."""

    def __init__(self, world: World, query: Query) -> None:
        self._label = world.label
        self._owner = world.asks.owner
        self._query = query

    def find(self, cards: list[Card]) -> list[Card]:
        """Those that match, in the wanted order."""
        filters = self._filters()
        found = [card for card in cards if all(matches(card) for matches in filters)]
        return sorted(found, key=self.key, reverse=self._query.is_descending)

    def page(self, found: list[Card]) -> list[Card]:
        """The wanted page; a cursor overrides the page number."""
        query = self._query
        if query.cursor is None:
            return found[(query.page - 1) * query.step : query.page * query.step]
        cursor = query.cursor
        if query.is_descending:
            rest = [card for card in found if self.key(card) < cursor]
        else:
            rest = [card for card in found if self.key(card) > cursor]
        return rest[: query.step]

    def key(self, card: Card) -> Key:
        """What the rows are ordered by; the id breaks ties."""
        asset, listing = card
        by: dict[str, Callable[[], int | str]] = {
            "date": lambda: asset.minted_ms,
            "name": lambda: self._label(asset).title,
            "price": lambda: asset.insured_usd,
            "year": lambda: self._label(asset).year,
            "listedPrice": lambda: listing.price_atoms if listing else 0,
            "listedDate": lambda: listing.created_ms if listing else 0,
        }
        return by[self._query.order](), asset.cc_id

    def _filters(self) -> list[Callable[[Card], bool]]:
        def matcher(matches: Filter, text: str) -> Callable[[Card], bool]:
            return lambda card: matches(self, card, text)

        values = self._query.values
        return [matcher(FILTERS[name], text) for name, text in values.items() if name in FILTERS]

    def by_search(self, card: Card, text: str) -> bool:
        """A substring of the name; exact on mint and certificate."""
        label = self._label(card[0])
        is_exact = text in (card[0].mint, label.certificate)
        return is_exact or text.casefold() in label.title.casefold()

    def by_owner(self, card: Card, wallet: str) -> bool:
        """Held by this wallet."""
        return self._owner(card[0]) == wallet

    def by_category(self, card: Card, text: str) -> bool:
        """One of these games."""
        return self._label(card[0]).category in text.split(",")

    def by_company(self, card: Card, text: str) -> bool:
        """One of these graders."""
        return self._label(card[0]).company in text.split(",")

    def by_grade(self, card: Card, text: str) -> bool:
        """One of these grades, in words or as a number."""
        label = self._label(card[0])
        return bool({label.grade, label.grade_number} & set(text.split(",")))

    def by_year(self, card: Card) -> int:
        """The year of the card."""
        return self._label(card[0]).year

    def by_set(self, card: Card, text: str) -> bool:
        """One of these sets."""
        return self._label(card[0]).set_name in text.split(",")

    def by_language(self, card: Card, text: str) -> bool:
        """One of these languages."""
        return self._label(card[0]).language in text.split(",")

    def by_form(self, card: Card, text: str) -> bool:
        """One of these forms: Card, Raw, Sealed."""
        return self._label(card[0]).form in text.split(",")


def _has_status(card: Card, text: str) -> bool:
    """ "Buy now" is what has an order; no offers are made in this world."""
    return "Buy now" in text.split(",") and card[1] is not None


def _usd(card: Card) -> float:
    return card[1].price_atoms / 1_000_000 if card[1] else 0.0


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()


ORDERS: Final = ("date", "name", "price", "year", "listedPrice", "listedDate")
Filter: TypeAlias = Callable[[Finder, Card, str], bool]

FILTERS: Final[dict[str, Filter]] = {
    "search": Finder.by_search,
    "ownerAddress": Finder.by_owner,
    "categories": Finder.by_category,
    "gradingCompany": Finder.by_company,
    "grade": Finder.by_grade,
    "set": Finder.by_set,
    "language": Finder.by_language,
    "marketplaceSource": lambda _, card, text: card[1] is not None and marketplace(card[1].venue) == text,
    "marketplaceStatus": lambda _, card, text: _has_status(card, text),
    "listPriceMin": lambda _, card, text: card[1] is not None and _usd(card) >= float(text),
    "listPriceMax": lambda _, card, text: card[1] is not None and _usd(card) <= float(text),
    "insuredValueMin": lambda _, card, text: card[0].insured_usd >= float(text),
    "insuredValueMax": lambda _, card, text: card[0].insured_usd <= float(text),
    "yearMin": lambda finder, card, text: finder.by_year(card) >= float(text),
    "yearMax": lambda finder, card, text: finder.by_year(card) <= float(text),
    "cardType": Finder.by_form,
    "blockchain": lambda _, card, text: "Solana" in text.split(","),
}
