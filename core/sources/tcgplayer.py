"""TCGplayer's catalogue and what raw copies cost there. For those who have a partner's keys: none are issued.

Documented at https://docs.tcgplayer.com (version 1.39); a token for the keys lasts two weeks. Ten
questions a second at most, and more cost the keys. Amounts are US dollars for ungraded copies; no time
is told with them.

Quirks: nothing found is a 404 with the ordinary envelope; a product has a price for each way it is
printed, `marketPrice` is null in thin trade, and `highPrice` is what somebody parks, so it is left out;
sealed products are listed among the cards and have no number. A set's id here is "category/group".
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Unit, amount_within
from core.domain.prices import Quote, QuoteKind
from core.domain.slabs import plain, web_address
from core.errors import SourceUnavailable
from core.sources.http import Fetched, Lender, SourceHttp, VendorLimits, changed, decode, parsing

NAME = SourceName.TCGPLAYER
LIMITS = VendorLimits(per_minute=240, burst=2, concurrent=2)
GAMES = {3: "Pokemon", 1: "Magic", 2: "Yu-Gi-Oh!", 68: "One Piece"}
PAGE_SIZE = 100
PAGES_MAX = 100

T = TypeVar("T")

Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=10**9)]

_ID = re.compile(r"[0-9]{1,9}")
_SET_ID = re.compile(r"([0-9]{1,4})/([0-9]{1,9})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Envelope(msgspec.Struct, Generic[T], rename="camel"):
    success: bool
    results: list[T]
    errors: list[str] = []
    total_items: int = 0


class _Group(msgspec.Struct, rename="camel"):
    group_id: Number
    name: str
    category_id: Number
    published_on: str | None = None


class _Field(msgspec.Struct):
    name: str
    value: str | None = None


class _Product(msgspec.Struct, rename="camel"):
    product_id: Number
    name: str
    category_id: Number
    group_id: Number
    image_url: str | None = None
    extended_data: list[_Field] = []


class _Price(msgspec.Struct, rename="camel"):
    product_id: Number
    sub_type_name: str | None = None
    low_price: Decimal | None = None
    mid_price: Decimal | None = None
    market_price: Decimal | None = None


class TcgPlayer:
    """Sets, their cards with prices, one card, and cards by name."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, client_id: str, client_secret: str) -> None:
        self._lender = Lender(
            http.vendor(NAME, base_url=base_url, limits=LIMITS),
            http.clock,
            path="/token",
            form={
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_secret": client_secret,
            },
        )

    async def entry(self, id: str) -> CatalogueEntry | None:
        if not _ID.fullmatch(id):
            return None
        fetched = await self._lender.find(f"/catalog/products/{id}", params={"getExtendedFields": "true"})
        entries = await self._priced(await self._entries(fetched)) if fetched else ()
        return next((entry for entry in entries if entry.id == id), None)

    async def search(self, words: str, *, limit: int) -> tuple[CatalogueEntry, ...]:
        """Cards whose name holds the words, without prices."""
        if not plain(words):
            return ()
        params = {"productName": plain(words), "productTypes": "Cards", "getExtendedFields": "true"}
        fetched = await self._lender.find("/catalog/products", params={"limit": PAGE_SIZE, **params})
        return (await self._entries(fetched))[: max(0, limit)] if fetched else ()

    async def sets(self) -> tuple[CardSet, ...]:
        found: list[CardSet] = []
        for category in GAMES:
            async for page in self._pages("/catalog/groups", {"categoryId": category}):
                found += parse_sets(page)
        return tuple(found)

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        match = _SET_ID.fullmatch(set_id)
        if match is None:
            return
        params = {"categoryId": match[1], "groupId": match[2], "getExtendedFields": "true"}
        async for page in self._pages("/catalog/products", params):
            yield await self._priced(await self._entries(page))

    async def _pages(self, path: str, params: Mapping[str, str | int]) -> AsyncIterator[Fetched]:
        """Until the page that is not full, or that there is not; never short of the number that is told."""
        read = total = 0
        for _ in range(PAGES_MAX):
            page = await self._lender.find(path, params={**params, "limit": PAGE_SIZE, "offset": read})
            if page is None:
                break
            yield page
            answer = decode(page, _Envelope[object])
            rows, total = len(answer.results), max(total, answer.total_items)
            read += rows
            if not rows or (rows < PAGE_SIZE and read >= total):
                break
        if read < total:
            raise changed(NAME, f"pages end after {read} of {total} rows", path="$.totalItems")

    async def _entries(self, fetched: Fetched) -> tuple[CatalogueEntry, ...]:
        """The products of a page; their sets' names are a question of their own."""
        ids = {str(product.group_id) for product in _results(fetched, _Envelope[_Product])}
        groups = await self._lender.find(f"/catalog/groups/{','.join(sorted(ids))}") if ids else None
        names = {card_set.id: card_set.name for card_set in parse_sets(groups)} if groups else {}
        return parse_products(fetched, names)

    async def _priced(self, entries: tuple[CatalogueEntry, ...]) -> tuple[CatalogueEntry, ...]:
        ids = ",".join(entry.id for entry in entries)
        fetched = await self._lender.find(f"/pricing/product/{ids}") if ids else None
        return tuple(with_quotes(entry, fetched) for entry in entries) if fetched else entries


def parse_sets(fetched: Fetched) -> tuple[CardSet, ...]:
    """The sets of games that we know."""
    return tuple(
        CardSet(
            id=_set_id(group.category_id, group.group_id),
            game=GAMES[group.category_id],
            name=plain(group.name),
            released=date[0] if (date := _DATE.match(group.published_on or "")) else "",
        )
        for group in _results(fetched, _Envelope[_Group])
        if group.category_id in GAMES
    )


def parse_products(fetched: Fetched, set_names: Mapping[str, str]) -> tuple[CatalogueEntry, ...]:
    """The cards (no sealed products) of games that we know; `set_names` by the sets' ids."""
    return tuple(
        CatalogueEntry(
            id=str(product.product_id),
            game=GAMES[product.category_id],
            name=plain(product.name),
            set_name=set_names.get(_set_id(product.category_id, product.group_id), ""),
            number=_field(product, "Number"),
            rarity=_field(product, "Rarity"),
            image_url=web_address(product.image_url),
        )
        for product in _results(fetched, _Envelope[_Product])
        if product.category_id in GAMES and _field(product, "Number")
    )


def with_quotes(entry: CatalogueEntry, fetched: Fetched) -> CatalogueEntry:
    """The card with its prices out of an answer that holds those of several."""
    quotes: list[Quote] = []
    for n, row in enumerate(_results(fetched, _Envelope[_Price])):
        with parsing(NAME, f"$.results[{n}]"):
            quotes += _quotes(row) if str(row.product_id) == entry.id else ()
    return msgspec.structs.replace(entry, quotes=tuple(quotes), priced_at=fetched.at if quotes else None)


def _quotes(row: _Price) -> Iterator[Quote]:
    """What is null, nothing, or beyond what there is, is no quote. Raises ValueError for no price."""
    said = {QuoteKind.MARKET: row.market_price, QuoteKind.LOW: row.low_price, QuoteKind.MID: row.mid_price}
    for kind, dollars in said.items():
        amount = None if dollars is None else amount_within(dollars, Unit.USD_MICROS)
        if amount is not None and amount.value:
            yield Quote(plain(row.sub_type_name, 80), kind, amount)


def _results(fetched: Fetched, kind: type[_Envelope[T]]) -> list[T]:
    """Raises SourceUnavailable for an envelope that tells of a failure."""
    answer = decode(fetched, kind)
    if not answer.success:
        said = plain(answer.errors[0] if answer.errors else None, 120)
        raise SourceUnavailable(NAME, f"answered with an error: {said or 'none told'}")
    return answer.results


def _field(product: _Product, name: str) -> str:
    return next((plain(field.value, 80) for field in product.extended_data if field.name == name), "")


def _set_id(category: int, group: int) -> str:
    return f"{category}/{group}"
