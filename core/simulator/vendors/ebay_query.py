"""What an eBay search asks for. Much that cannot be read is a warning in a 200, not an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from multidict import MultiMapping

from core.simulator.market.elsewhere import Offer
from core.simulator.vendors.desk import Json

CATEGORY: Final = "183454"
GRADED: Final = "2750"
SENT_BY: Final = ("q", "category_ids", "epid", "gtin")
UNREADABLE_FILTER: Final = 12002
UNREADABLE_SORT: Final = 12008
NO_CURRENCY: Final = 12012
_FILTERS: Final = re.compile(r"(\w+):(\{[^}]*\}|\[[^\]]*\]|[^,]+)(?:,|$)")

Orders: TypeAlias = dict[str | None, Callable[[Offer], tuple[int, int]]]

ORDERS: Final[Orders] = {
    None: lambda offer: (0, offer.number),
    "price": lambda offer: (offer.usd_micros, offer.number),
    "-price": lambda offer: (-offer.usd_micros, offer.number),
    "newlyListed": lambda offer: (-offer.opened_ms, offer.number),
    "endingSoonest": lambda offer: (offer.closes_ms, offer.number),
}


class BadSearchError(ValueError):
    """The search names nothing to look for."""


@dataclass(frozen=True, slots=True)
class Search:
    """Words that a title must all have, bounds of the price, and what was not understood."""

    words: tuple[str, ...]
    is_ours: bool
    options: frozenset[str]
    cheapest: int
    dearest: int
    order: Callable[[Offer], tuple[int, int]]
    warnings: list[Json]

    def matches(self, offer: Offer, title: str) -> bool:
        """Whether an offer with this title is asked for."""
        known = title.lower().replace("#", "").split()
        option = "AUCTION" if offer.is_auction else "FIXED_PRICE"
        return (
            self.is_ours
            and option in self.options
            and self.cheapest <= offer.usd_micros <= self.dearest
            and all(word in known for word in self.words)
        )


def parse_search(query: MultiMapping[str]) -> Search:
    """Raises BadSearchError when there is neither a word nor a category."""
    if not any(query.get(name) for name in SENT_BY):
        raise BadSearchError(
            "The call must have a valid 'q', 'category_ids', 'epid' or 'gtin' query parameter."
        )
    warnings: list[Json] = []
    filters = _filters(query.get("filter", ""), warnings)
    cheapest, dearest = _prices(filters, warnings)
    if query.get("sort") not in ORDERS:
        warnings.append(_warning(UNREADABLE_SORT, "The 'sort' value is invalid. It is ignored."))
    conditions = filters.get("conditionIds", GRADED).strip("{}").split("|")
    return Search(
        words=tuple(query.get("q", "").lower().replace("#", "").split()),
        is_ours=CATEGORY in query.get("category_ids", CATEGORY).split(",") and GRADED in conditions,
        options=frozenset(filters.get("buyingOptions", "{FIXED_PRICE}").strip("{}").split("|")),
        cheapest=cheapest,
        dearest=dearest,
        order=ORDERS.get(query.get("sort"), ORDERS[None]),
        warnings=warnings,
    )


def _filters(text: str, warnings: list[Json]) -> dict[str, str]:
    found = dict(_FILTERS.findall(text))
    if sum(len(f"{name}:{value},") for name, value in found.items()) != len(text) + bool(text):
        warnings.append(_warning(UNREADABLE_FILTER, "The 'filter' value is invalid. It is ignored."))
    return found


def _prices(filters: dict[str, str], warnings: list[Json]) -> tuple[int, int]:
    """Bounds in millionths of a dollar; without a currency the filter is ignored."""
    everything = (0, 10**15)
    if "price" not in filters:
        return everything
    if filters.get("priceCurrency") != "USD":
        warnings.append(_warning(NO_CURRENCY, "The 'price' filter requires a 'priceCurrency' filter."))
        return everything
    low, _, high = filters["price"].strip("[]").partition("..")
    try:
        return int(Decimal(low or 0) * 1_000_000), int(Decimal(high or 10**9) * 1_000_000)
    except (InvalidOperation, ValueError, OverflowError):
        warnings.append(_warning(UNREADABLE_FILTER, "The 'price' filter is invalid. It is ignored."))
        return everything


def _warning(number: int, message: str) -> Json:
    return {"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": message}
