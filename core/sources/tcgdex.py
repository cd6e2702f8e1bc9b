"""TCGdex: Pokémon cards, with prices of raw copies at TCGplayer (USD) and Cardmarket (EUR).

Documented at https://tcgdex.dev/rest; no key, no stated limit. The base address ends in the language
(`/v2/en`). Prices are whole units of the currency that each shop's block names, a day old at most.

Quirks: a shop that does not list the card is left out or null; the documents call one printing both
`reverse` and `reverse-holofoil`, so every block with prices is read under its own name; `highPrice`
is what somebody parked and is left out; an image is a base that wants a quality and a format; lists
and sets hold cards without prices; a list of sets does not tell the cards of the game on telephones,
which never existed on paper, from the others.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias
from urllib.parse import quote

import msgspec

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.prices import Quote, QuoteKind, quote_of
from core.domain.slabs import plain, web_address
from core.sources.http import Fetched, Params, SourceHttp, VendorLimits, changed, decode, parsing, utc

NAME = SourceName.TCGDEX
GAME = "Pokemon"
LIMITS = VendorLimits(per_minute=120, burst=4, concurrent=2)
SEARCH_MAX = 100

_Id: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f]{1,100}\Z")]
_TELEPHONE_SERIES = "tcgp"
_UNITS = {"USD": Unit.USD_MICROS, "EUR": Unit.EUR_MICROS}
_CARDMARKET_KINDS = {
    "avg": QuoteKind.AVERAGE,
    "low": QuoteKind.LOW,
    "trend": QuoteKind.TREND,
    "avg1": QuoteKind.AVERAGE_1_DAY,
    "avg7": QuoteKind.AVERAGE_7_DAYS,
    "avg30": QuoteKind.AVERAGE_30_DAYS,
}


class _Printing(msgspec.Struct, rename="camel"):
    low_price: Decimal | None = None
    mid_price: Decimal | None = None
    market_price: Decimal | None = None


class _Cardmarket(msgspec.Struct, rename=lambda name: name.replace("_", "-")):
    unit: str
    updated: str
    avg: Decimal | None = None
    low: Decimal | None = None
    trend: Decimal | None = None
    avg1: Decimal | None = None
    avg7: Decimal | None = None
    avg30: Decimal | None = None
    avg_holo: Decimal | None = None
    low_holo: Decimal | None = None
    trend_holo: Decimal | None = None
    avg1_holo: Decimal | None = None
    avg7_holo: Decimal | None = None
    avg30_holo: Decimal | None = None


_Tcgplayer: TypeAlias = Mapping[str, _Printing | str | int | float | None]


class _Pricing(msgspec.Struct):
    cardmarket: _Cardmarket | None = None
    tcgplayer: dict[str, _Printing | str | int | float | None] | None = None


class _Brief(msgspec.Struct, rename="camel"):
    id: _Id
    name: str
    local_id: str | int = ""
    image: str | None = None


class _SetBrief(msgspec.Struct):
    id: _Id
    name: str


class _Card(_Brief, rename="camel"):
    rarity: str | None = None
    set: _SetBrief | None = None
    pricing: _Pricing | None = None


class _Series(msgspec.Struct):
    id: str


class _Set(_SetBrief):
    cards: list[_Brief]
    serie: _Series | None = None


class TcgDex:
    """Cards one by one with their prices, and whole sets without."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS)

    async def entry(self, id: str) -> CatalogueEntry | None:
        fetched = await self._vendor.find(f"/cards/{quote(id, safe='')}") if id else None
        entry = parse_entry(fetched) if fetched else None
        if entry is not None and entry.id != id:
            raise changed(NAME, "another card than was asked for", path="$.id")
        return entry

    async def search(self, words: str, *, limit: int) -> tuple[CatalogueEntry, ...]:
        if not words.strip():
            return ()
        size = max(1, min(limit, SEARCH_MAX))
        params: Params = {"name": words.strip(), "pagination:page": 1, "pagination:itemsPerPage": size}
        return parse_found(await self._vendor.get("/cards", params=params))[:size]

    async def sets(self) -> tuple[CardSet, ...]:
        return parse_sets(await self._vendor.get("/sets"))

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        fetched = await self._vendor.find(f"/sets/{quote(set_id, safe='')}") if set_id else None
        page = parse_set(fetched) if fetched else ()
        if page:
            yield page


def parse_entry(fetched: Fetched) -> CatalogueEntry:
    """One card with its prices, which are as old as those of the shop that is furthest behind."""
    card = decode(fetched, _Card)
    pricing = card.pricing or _Pricing()
    with parsing(NAME, "$.pricing"):
        quotes = (*_tcgplayer(pricing.tcgplayer or {}), *_cardmarket(pricing.cardmarket))
        times = list(_updated(pricing))
    return msgspec.structs.replace(
        _entry(card, card.set.name if card.set else ""),
        rarity=plain(card.rarity),
        quotes=quotes,
        priced_at=min((*times, fetched.at)) if quotes else None,
    )


def parse_found(fetched: Fetched) -> tuple[CatalogueEntry, ...]:
    """Cards by name, without set and prices; those that exist on telephones only are left out."""
    rows = decode(fetched, list[_Brief])
    return tuple(_entry(row, "") for row in rows if f"/{_TELEPHONE_SERIES}/" not in (row.image or ""))


def parse_sets(fetched: Fetched) -> tuple[CardSet, ...]:
    return tuple(CardSet(row.id, GAME, plain(row.name)) for row in decode(fetched, list[_SetBrief]))


def parse_set(fetched: Fetched) -> tuple[CatalogueEntry, ...]:
    """Every card of a set, without prices; nothing of a set that was never printed."""
    one = decode(fetched, _Set)
    if one.serie is not None and one.serie.id == _TELEPHONE_SERIES:
        return ()
    return tuple(_entry(card, one.name) for card in one.cards)


def _entry(card: _Brief, set_name: str) -> CatalogueEntry:
    return CatalogueEntry(
        id=card.id,
        game=GAME,
        name=plain(card.name),
        set_name=plain(set_name),
        number=plain(card.local_id),
        image_url=web_address(f"{card.image}/high.webp") if card.image else "",
    )


def _tcgplayer(shop: _Tcgplayer) -> Iterator[Quote]:
    for variant, printing in shop.items():
        if isinstance(printing, _Printing):
            unit = _unit(shop.get("unit"))
            yield from _known(
                quote_of(plain(variant), QuoteKind.MARKET, printing.market_price, unit),
                quote_of(plain(variant), QuoteKind.LOW, printing.low_price, unit),
                quote_of(plain(variant), QuoteKind.MID, printing.mid_price, unit),
            )


def _cardmarket(shop: _Cardmarket | None) -> Iterator[Quote]:
    if shop is not None:
        unit = _unit(shop.unit)
        for variant, suffix in (("", ""), ("holo", "_holo")):
            for name, kind in _CARDMARKET_KINDS.items():
                yield from _known(quote_of(variant, kind, getattr(shop, f"{name}{suffix}"), unit))


def _known(*quotes: Quote | None) -> Iterator[Quote]:
    return (quote for quote in quotes if quote is not None)


def _unit(word: object) -> Unit:
    unit = _UNITS.get(word) if isinstance(word, str) else None
    if unit is None:
        raise ValueError(f"an unknown currency: {str(word)[:40]!r}")
    return unit


def _updated(pricing: _Pricing) -> Iterator[datetime]:
    """When each shop was read."""
    if pricing.cardmarket is not None:
        yield utc(datetime.fromisoformat(pricing.cardmarket.updated))
    if pricing.tcgplayer:
        yield utc(datetime.fromisoformat(str(pricing.tcgplayer.get("updated"))))
