"""PriceCharting's prices of graded cards, from sales it has seen elsewhere.

Documented at https://www.pricecharting.com/api-documentation; a paid token in the query, about one
question a second, for internal use only. Amounts are whole US cents; a price that is not known is left out.

Quirks: made for video games, so a price's key names no grade (`manual-only-price` is a PSA 10); grades
below 10 are priced for all companies together, labels not at all (a BGS 10 is the Pristine one). An error
is `status: error` with any HTTP status. A product names its printing in brackets and its number last; a
search answers with whatever is like the words, so a product counts only when set, number, name and
printing agree and no other product does.
"""

import re
from typing import Annotated, TypeAlias

import msgspec

from core.domain.catalog import CardKey, Grade, GradeLabel, Grader, SlabFacts
from core.domain.listings import SourceName
from core.domain.money import USD_MICROS
from core.domain.slabs import plain
from core.domain.valuation import Evidence, EvidenceKind
from core.domain.wording import number_of, set_words, words_of
from core.errors import SourceError, SourceRefused, SourceUnavailable
from core.sources.http import Fetched, SourceHttp, VendorHabits, VendorLimits, changed, decode, peek

NAME = SourceName.PRICECHARTING
LIMITS = VendorLimits(per_minute=50, burst=1, concurrent=1)  # a little below one a second
CONFIDENCE = 70
CENTS_MAX = 10**11
MICROS_A_CENT = USD_MICROS // 100

Cents: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=CENTS_MAX)]

_NUMBER = re.compile(r"(?:#(\S+)|\b([A-Z0-9]{2,6}-[A-Z0-9]{1,8}))\s*$")
# Words of a printing that PriceCharting leaves out where the number alone tells it.
_RARITY = words_of("holo holofoil foil rare ultra secret hyper double special illustration full art")
_ANY_COMPANY = {95: "box-only-price", 90: "graded-price", 85: "new-price", 80: "new-price"} | dict.fromkeys(
    (75, 70), "cib-price"
)
_TENS = {
    (Grader.PSA, GradeLabel.NONE): "manual-only-price",
    (Grader.BGS, GradeLabel.NONE): "bgs-10-price",
    (Grader.BGS, GradeLabel.PRISTINE): "bgs-10-price",
    (Grader.CGC, GradeLabel.NONE): "condition-17-price",
    (Grader.SGC, GradeLabel.NONE): "condition-18-price",
}
_SUCCESS = "success"
_UNKNOWN = "no such product"
_REFUSALS = re.compile(r"token|subscri|access|denied", re.IGNORECASE)


class _Named(msgspec.Struct, rename="kebab"):
    """A product without its prices."""

    id: Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]{1,40}\Z")]
    product_name: str
    console_name: str


class _Products(msgspec.Struct):
    products: list[_Named]


class _Prices(msgspec.Struct, rename="kebab"):
    """One product's prices of graded copies."""

    cib_price: Cents | None = None
    new_price: Cents | None = None
    graded_price: Cents | None = None
    box_only_price: Cents | None = None
    manual_only_price: Cents | None = None
    bgs_10_price: Cents | None = msgspec.field(default=None, name="bgs-10-price")
    condition_17_price: Cents | None = msgspec.field(default=None, name="condition-17-price")
    condition_18_price: Cents | None = msgspec.field(default=None, name="condition-18-price")


class _Status(msgspec.Struct, rename="kebab"):
    status: str
    error_message: str | None = None


class PriceCharting:
    """Two questions a card: which product is it (once), and what is that worth."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str) -> None:
        habits = VendorHabits(failure_in=failure_in)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, habits=habits)
        self._key = key

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None:
        """A grade that has no price of its own there is not asked for."""
        if price_key(slab) is None:
            return None
        asset_id = asset_id or await self._asset_id(slab.card)
        if asset_id is None:
            return None
        fetched = await self._vendor.find("/product", params={"t": self._key, "id": asset_id})
        return parse_value(fetched, slab, asset_id) if fetched else None

    async def _asset_id(self, card: CardKey | None) -> str | None:
        if card is None or not (card.name and card.set_name and card.number):
            return None
        words = plain(f"{card.set_name} {card.name} {card.number}")
        fetched = await self._vendor.find("/products", params={"t": self._key, "q": words})
        return parse_asset_id(fetched, card) if fetched else None


def price_key(slab: SlabFacts) -> str | None:
    """PriceCharting's key for the price of this grade; None where it has none."""
    if slab.grade.tenths == 100:
        return _TENS.get((slab.grader, slab.grade.label))
    return _ANY_COMPANY.get(slab.grade.tenths) if slab.grade == Grade(slab.grade.tenths) else None


def parse_asset_id(fetched: Fetched, card: CardKey) -> str | None:
    """The one product that is this card; None without one, or with several that may be."""
    if not _has_answer(fetched):
        return None
    same = [p for p in decode(fetched, _Products).products if _is_of(p, card)]
    name, printing = words_of(card.name), words_of(card.variant)
    found = [p for p in same if _words(p) == name | printing]
    if not found and len(same) == 1 and printing <= _RARITY:
        found = [p for p in same if _words(p) == name]
    return found[0].id if len(found) == 1 else None


def parse_value(fetched: Fetched, slab: SlabFacts, asset_id: str) -> Evidence | None:
    """None when the product is gone, or copies of this grade have no price."""
    if not _has_answer(fetched):
        return None
    product = decode(fetched, _Named)
    if product.id != asset_id:
        raise changed(NAME, "another product than was asked for", path="$.id")
    prices: dict[str | None, int | None] = msgspec.to_builtins(decode(fetched, _Prices))
    cents = prices.get(price_key(slab))
    if not cents:
        return None
    return Evidence(
        kind=EvidenceKind.PRICECHARTING,
        value_usd_micros=cents * MICROS_A_CENT,
        confidence=CONFIDENCE,
        asset_name=plain(f"{product.console_name} {product.product_name}"),
        asset_id=product.id,
    )


def failure_in(fetched: Fetched) -> SourceError | None:
    """The error in a 200 that is no word about the product."""
    answer = peek(fetched, _Status)
    return None if answer is None else _failure(answer)


def _has_answer(fetched: Fetched) -> bool:
    """False when there is no such product. Raises SourceError for any other `status: error`."""
    answer = decode(fetched, _Status)
    if (failure := _failure(answer)) is not None:
        raise failure
    return answer.status == _SUCCESS


def _failure(answer: _Status) -> SourceError | None:
    said = plain(answer.error_message, 120)
    if answer.status == _SUCCESS or said.casefold().startswith(_UNKNOWN):
        return None
    if _REFUSALS.search(said):
        return SourceRefused(NAME, f"answered with an error: {said}")
    return SourceUnavailable(NAME, f"answered with an error: {said or plain(answer.status, 40)}")


def _is_of(product: _Named, card: CardKey) -> bool:
    """Whether set and number are the card's."""
    match = _NUMBER.search(plain(product.product_name))
    wanted = set_words(card.set_name)
    return (
        match is not None
        and number_of(match[1] or match[2]) == number_of(card.number)
        and bool(wanted)
        and set_words(product.console_name) == wanted
    )


def _words(product: _Named) -> frozenset[str]:
    """The words of name and printing."""
    return words_of(_NUMBER.sub("", plain(product.product_name)))
