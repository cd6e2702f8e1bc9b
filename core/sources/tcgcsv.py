"""TCGCSV: TCGplayer's catalogue and prices of raw cards, mirrored once a day.

Documented at https://tcgcsv.com/docs and /faq; no key, a real User-Agent is asked for, and nobody is
to ask for a file more than once a day: what was understood is given again until then, as far as it is
kept. Prices are whole dollars of raw copies, up to a day old; times name no zone. The base address ends
in `/tcgplayer`.

Quirks: no search and no single card, only a whole group (a set) of a category (a game), unpaged; a
product has one row of prices for each `subTypeName`; `highPrice` is what somebody parked and is left
out, as is `directLowPrice`, a low of one programme of the shop; `marketPrice` is null in thin trade;
boxes and packs stand among the cards, without number and rarity. The id of a set is
`category/group`, that of a card `category/group/product`. The archive of past days is left out: it is
packed with 7-Zip's PPMd, which only a library beyond our own could read.
"""

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec

from core.clock import Clock
from core.domain.catalog import CardSet, CatalogueEntry, day_of
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.prices import Quote, QuoteKind, quote_of
from core.domain.slabs import Word, plain, web_address
from core.errors import SourceUnavailable
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.TCGCSV
LIMITS = VendorLimits(per_minute=60, burst=4, concurrent=1)
KEEP_S = 23 * 3600  # so that a daily round is not a minute too early
KEPT_MAX = 32

_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
_GAMES = {1: "Magic", 2: "Yu-Gi-Oh!", 3: "Pokemon", 68: "One Piece", 85: "Pokemon Japan"}
_LORCANA = "Lorcana"
_NO_CARDS = frozenset({21, 69, 70})
_SET_ID = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")

T = TypeVar("T")


class _Answer(msgspec.Struct, Generic[T]):
    success: bool
    results: list[T]
    errors: list[str] = []


class _Category(msgspec.Struct, rename="camel"):
    category_id: _Number
    name: str


class _Group(msgspec.Struct, rename="camel"):
    group_id: _Number
    name: str
    published_on: str | None = None


class _Detail(msgspec.Struct):
    name: str
    value: Word = None


class _Product(msgspec.Struct, rename="camel"):
    product_id: _Number
    name: str
    image_url: str | None = None
    extended_data: list[_Detail] | None = None


class _Price(msgspec.Struct, rename="camel"):
    product_id: _Number
    sub_type_name: str
    low_price: Decimal | None = None
    mid_price: Decimal | None = None
    market_price: Decimal | None = None


class _Kept(Generic[T]):
    """What was understood of the last files; an answer that made no sense is asked for again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def get(self, key: str) -> T | None:
        until, value = self._kept.get(key, (0.0, None))
        return value if self._clock.monotonic() < until else None

    def put(self, key: str, value: T) -> T:
        self._kept[key] = (self._clock.monotonic() + KEEP_S, value)
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return value


class TcgCsv:
    """Sets of several games, each with all its cards and their prices."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS)
        self._games: _Kept[Mapping[int, str]] = _Kept(http.clock)
        self._groups: _Kept[tuple[CardSet, ...]] = _Kept(http.clock)
        self._pages: _Kept[tuple[CatalogueEntry, ...]] = _Kept(http.clock)

    async def entry(self, id: str) -> CatalogueEntry | None:
        set_id, _, _ = id.rpartition("/")
        found = [entry async for page in self.entries(set_id) for entry in page if entry.id == id]
        return found[0] if found else None

    async def sets(self) -> tuple[CardSet, ...]:
        games = await self._all_games()
        return tuple([card_set for category in games for card_set in await self._sets(category)])

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        kept = self._pages.get(set_id)
        page = await self._page(set_id) if kept is None else kept
        if page:
            yield page

    async def _page(self, set_id: str) -> tuple[CatalogueEntry, ...]:
        match = _SET_ID.fullmatch(set_id)
        sets = await self._sets(int(match[1])) if match else ()
        card_set = next((one for one in sets if one.id == set_id), None)
        products = await self._vendor.find(f"/{set_id}/products") if card_set else None
        if card_set is None or products is None:
            return ()
        prices = await self._vendor.find(f"/{set_id}/prices")
        return self._pages.put(set_id, parse_entries(products, prices, card_set))

    async def _sets(self, category: int) -> tuple[CardSet, ...]:
        """None of a game that is not read."""
        kept = self._groups.get(str(category))
        game = (await self._all_games()).get(category)
        if kept is not None or game is None:
            return kept or ()
        fetched = await self._vendor.find(f"/{category}/groups")
        return self._groups.put(str(category), parse_groups(fetched, category, game)) if fetched else ()

    async def _all_games(self) -> Mapping[int, str]:
        games = self._games.get("")
        if games is None:
            games = self._games.put("", parse_categories(await self._vendor.get("/categories")))
        return games


def parse_categories(fetched: Fetched) -> Mapping[int, str]:
    """The games we read, by category. Lorcana's number is nowhere documented: it goes by its name."""
    games = {row.category_id: _game(row) for row in _rows(decode(fetched, _Answer[_Category]))}
    return {category: game for category, game in games.items() if game and category not in _NO_CARDS}


def parse_groups(fetched: Fetched, category: int, game: str) -> tuple[CardSet, ...]:
    return tuple(
        CardSet(f"{category}/{row.group_id}", game, plain(row.name), day_of(row.published_on))
        for row in _rows(decode(fetched, _Answer[_Group]))
    )


def parse_entries(products: Fetched, prices: Fetched | None, card_set: CardSet) -> tuple[CatalogueEntry, ...]:
    """The cards among the products, each with its prices; without `prices` none has any."""
    quotes = parse_prices(prices) if prices else {}
    entries = []
    for row in _rows(decode(products, _Answer[_Product])):
        details = {detail.name: plain(detail.value) for detail in row.extended_data or ()}
        number, rarity = details.get("Number", ""), details.get("Rarity", "")
        if not number and not rarity:
            continue
        entries.append(
            CatalogueEntry(
                id=f"{card_set.id}/{row.product_id}",
                game=card_set.game,
                name=plain(row.name),
                set_name=card_set.name,
                number=number,
                rarity=rarity,
                image_url=web_address(row.image_url),
                quotes=quotes.get(row.product_id, ()),
                priced_at=prices.at if prices and row.product_id in quotes else None,
            )
        )
    return tuple(entries)


def parse_prices(fetched: Fetched) -> Mapping[int, tuple[Quote, ...]]:
    """Prices by product; a product without any is left out."""
    quotes: dict[int, tuple[Quote, ...]] = {}
    for n, row in enumerate(_rows(decode(fetched, _Answer[_Price]))):
        with parsing(NAME, f"$.results[{n}]"):
            known = tuple(_quotes(row))
        if known:
            quotes[row.product_id] = quotes.get(row.product_id, ()) + known
    return quotes


def _quotes(row: _Price) -> Iterable[Quote]:
    prices = (
        (QuoteKind.MARKET, row.market_price),
        (QuoteKind.LOW, row.low_price),
        (QuoteKind.MID, row.mid_price),
    )
    quotes = (quote_of(plain(row.sub_type_name), kind, price, Unit.USD_MICROS) for kind, price in prices)
    return (quote for quote in quotes if quote is not None)


def _game(row: _Category) -> str:
    return _GAMES.get(row.category_id) or (_LORCANA if _LORCANA.casefold() in row.name.casefold() else "")


def _rows(answer: _Answer[T]) -> list[T]:
    if not answer.success:
        raise SourceUnavailable(NAME, "; ".join(answer.errors)[:200] or "no success")
    return answer.results
