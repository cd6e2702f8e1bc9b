"""Scryfall: Magic cards, with prices of raw copies at TCGplayer (USD) and Cardmarket (EUR).

Documented at https://scryfall.com/docs/api; no key, but User-Agent and Accept must be sent. Searching
is allowed twice a second, everything else ten times; who asks more is shut out for 30 seconds. We keep
the slower pace throughout. Prices are whole dollars and euros as text, or null, made anew once a day.

Quirks: `usd_foil`, `usd_etched` and their likes are the same card in another finish; `tix` is play
money; nothing found is a 404 with the code `not_found`; an empty query is a 400, and words may hold
operators, so each is asked for as a plain text; a card with two faces has its pictures in them; cards
that exist on screens only are among the others. The file of all cards is far larger than what we read
of one answer, so a set is read by searching for it, 175 cards a page.
"""

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import msgspec

from core.domain.catalog import CardSet, CatalogueEntry, day_of
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.prices import Quote, QuoteKind, quote_of
from core.domain.slabs import plain, web_address
from core.sources.http import (
    Fetched,
    Params,
    SourceHttp,
    VendorHabits,
    VendorLimits,
    changed,
    decode,
    parsing,
)

NAME = SourceName.SCRYFALL
GAME = "Magic"
LIMITS = VendorLimits(per_minute=110, concurrent=1)
LOCKOUT_S = 30.0
PAGES_MAX = 60

_CARD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SET_ID = re.compile(r"[0-9a-z]{1,10}")
_OPERATORS = re.compile(r"[\"\\\s]+")


class _Pictures(msgspec.Struct):
    normal: str | None = None


class _Face(msgspec.Struct):
    image_uris: _Pictures | None = None


class _Prices(msgspec.Struct):
    usd: Decimal | None = None
    usd_foil: Decimal | None = None
    usd_etched: Decimal | None = None
    eur: Decimal | None = None
    eur_foil: Decimal | None = None
    eur_etched: Decimal | None = None


class _Card(msgspec.Struct):
    id: UUID
    name: str
    prices: _Prices
    set_name: str = ""
    collector_number: str = ""
    rarity: str = ""
    digital: bool = False
    image_uris: _Pictures | None = None
    card_faces: list[_Face] | None = None


class _Cards(msgspec.Struct):
    has_more: bool
    data: list[_Card]


class _Set(msgspec.Struct):
    code: str
    name: str
    released_at: str | None = None
    digital: bool = False


class _Sets(msgspec.Struct):
    has_more: bool
    data: list[_Set]


class Scryfall:
    """Magic's printings: one by one, by name, and by set."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        habits = VendorHabits(lockout_s=LOCKOUT_S, missing_says='"not_found"')
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, habits=habits)

    async def entry(self, id: str) -> CatalogueEntry | None:
        fetched = await self._vendor.find(f"/cards/{id}") if _CARD_ID.fullmatch(id) else None
        entry = parse_entry(fetched) if fetched else None
        if entry is not None and entry.id != id:
            raise changed(NAME, "another card than was asked for", path="$.id")
        return entry

    async def search(self, words: str, *, limit: int) -> tuple[CatalogueEntry, ...]:
        plain_words = [f'"{word}"' for word in _OPERATORS.split(words) if word]
        if not plain_words:
            return ()
        fetched = await self._vendor.find("/cards/search", params=_query(" ".join(plain_words)))
        return parse_page(fetched)[0][:limit] if fetched else ()

    async def sets(self) -> tuple[CardSet, ...]:
        return parse_sets(await self._vendor.get("/sets"))

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        if not _SET_ID.fullmatch(set_id):
            return
        for number in range(1, PAGES_MAX + 1):
            missing = (404,) if number == 1 else ()
            params = {**_query(f"set:{set_id}"), "order": "set", "page": number}
            fetched = await self._vendor.find("/cards/search", params=params, missing=missing)
            page, has_more = parse_page(fetched) if fetched else ((), False)
            if page:
                yield page
            if not has_more:
                return
        raise changed(NAME, f"more than {PAGES_MAX} pages", path="$.has_more")


def parse_entry(fetched: Fetched) -> CatalogueEntry:
    return _entry(decode(fetched, _Card), "$", fetched)


def parse_page(fetched: Fetched) -> tuple[tuple[CatalogueEntry, ...], bool]:
    """The printed cards of a page, and whether there is another page."""
    page = decode(fetched, _Cards)
    rows = enumerate(page.data)
    entries = tuple(_entry(card, f"$.data[{n}]", fetched) for n, card in rows if not card.digital)
    return entries, page.has_more


def parse_sets(fetched: Fetched) -> tuple[CardSet, ...]:
    """The sets that were printed. The vendor does not page them: a second page would be a change."""
    page = decode(fetched, _Sets)
    if page.has_more:
        raise changed(NAME, "a second page of sets", path="$.has_more")
    return tuple(
        CardSet(plain(row.code), GAME, plain(row.name), day_of(row.released_at))
        for row in page.data
        if not row.digital
    )


def _entry(card: _Card, path: str, fetched: Fetched) -> CatalogueEntry:
    with parsing(NAME, f"{path}.prices"):
        quotes = _quotes(card.prices)
    return CatalogueEntry(
        id=str(card.id),
        game=GAME,
        name=plain(card.name),
        set_name=plain(card.set_name),
        number=plain(card.collector_number),
        rarity=plain(card.rarity),
        image_url=_image_url(card),
        quotes=quotes,
        priced_at=fetched.at if quotes else None,
    )


def _quotes(prices: _Prices) -> tuple[Quote, ...]:
    finishes = (
        ("nonfoil", prices.usd, Unit.USD_MICROS),
        ("foil", prices.usd_foil, Unit.USD_MICROS),
        ("etched", prices.usd_etched, Unit.USD_MICROS),
        ("nonfoil", prices.eur, Unit.EUR_MICROS),
        ("foil", prices.eur_foil, Unit.EUR_MICROS),
        ("etched", prices.eur_etched, Unit.EUR_MICROS),
    )
    quotes = (quote_of(finish, QuoteKind.MARKET, price, unit) for finish, price, unit in finishes)
    return tuple(quote for quote in quotes if quote is not None)


def _image_url(card: _Card) -> str:
    pictures = card.image_uris or next((face.image_uris for face in card.card_faces or ()), None)
    return web_address(pictures.normal) if pictures else ""


def _query(words: str) -> Params:
    """Printings, of which there are several for each name."""
    return {"q": words, "unique": "prints"}
