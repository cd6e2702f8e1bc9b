"""YGOPRODeck: Yu-Gi-Oh! cards and their printings, with prices of raw copies.

Documented at https://ygoprodeck.com/api-guide; no key. More than 20 requests a second shut the address
out for an hour, so we stay far below. Prices are texts in whole dollars, `cardmarket_price` in euros;
"0.00", "0" and an empty text mean unknown. Pictures may not be linked to, so there are none here.

Quirks: nothing found is a 400 with a sentence of its own, any other 400 is a mistake; a card is a
name, its printings are listed inside; `card_prices` are those of the cheapest printing, whichever that
is; `set_price` is of one printing, made in a way that is not documented; prices at eBay, Amazon and
CoolStuffInc are single asks and are left out; the API asks for a set by its name. So the id of a card
is its number, that of a printing `number/set code`, that of a set its name.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Annotated, TypeAlias

import msgspec

from core.domain.catalog import CardSet, CatalogueEntry, day_of
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.prices import Quote, QuoteKind, quote_of
from core.domain.slabs import plain
from core.sources.http import Fetched, Params, SourceHttp, VendorHabits, VendorLimits, decode, parsing

NAME = SourceName.YGOPRODECK
GAME = "Yu-Gi-Oh!"
LIMITS = VendorLimits(per_minute=240, concurrent=2)
LOCKOUT_S = 3600.0
SEARCH_MAX = 100

_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
_ID = re.compile(r"([0-9]{1,12})(?:/(\S{1,40}))?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_CARDS = "/cardinfo.php"


class _Printing(msgspec.Struct):
    set_name: str
    set_code: str
    set_rarity: str | None = None
    set_price: str | None = None


class _Prices(msgspec.Struct):
    cardmarket_price: str | None = None
    tcgplayer_price: str | None = None


class _Card(msgspec.Struct):
    id: _Number
    name: str
    card_sets: list[_Printing] | None = None
    card_prices: list[_Prices] | None = None


class _Cards(msgspec.Struct):
    data: list[_Card]


class _Set(msgspec.Struct):
    set_name: str
    tcg_date: str | None = None


class YgoProDeck:
    """Cards by name, printings by set."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        habits = VendorHabits(lockout_s=LOCKOUT_S, missing_says="No card matching")
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, habits=habits)

    async def entry(self, id: str) -> CatalogueEntry | None:
        match = _ID.fullmatch(id)
        fetched = await self._find({"id": match[1]}) if match else None
        if match is None or fetched is None:
            return None
        entries = parse_printings(fetched) if match[2] else parse_cards(fetched)
        return next((entry for entry in entries if entry.id == id), None)

    async def search(self, words: str, *, limit: int) -> tuple[CatalogueEntry, ...]:
        if not words.strip():
            return ()
        size = max(1, min(limit, SEARCH_MAX))
        fetched = await self._find({"fname": words.strip(), "num": size, "offset": 0})
        return parse_cards(fetched)[:size] if fetched else ()

    async def sets(self) -> tuple[CardSet, ...]:
        return parse_sets(await self._vendor.get("/cardsets.php"))

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        fetched = await self._find({"cardset": set_id}) if set_id.strip() else None
        page = parse_printings(fetched, set_name=set_id) if fetched else ()
        if page:
            yield page

    async def _find(self, params: Params) -> Fetched | None:
        return await self._vendor.find(_CARDS, params=params, missing=(400,))


def parse_cards(fetched: Fetched) -> tuple[CatalogueEntry, ...]:
    """Cards as names: what the cheapest printing costs, and each printing ("CT13-EN008 Ultra Rare")."""
    entries = []
    for n, card in enumerate(decode(fetched, _Cards).data):
        with parsing(NAME, f"$.data[{n}]"):
            printings = ((f"{one.set_code} {one.set_rarity or ''}", one) for one in card.card_sets or ())
            quotes = (*_cheapest(card.card_prices or ()), *_each(printings))
        entries.append(CatalogueEntry(str(card.id), GAME, plain(card.name), quotes=quotes))
    return tuple(_dated(entry, fetched) for entry in entries)


def parse_printings(fetched: Fetched, *, set_name: str | None = None) -> tuple[CatalogueEntry, ...]:
    """Every number under which a card was printed (in one set), its rarities being the variants."""
    entries = []
    for n, card in enumerate(decode(fetched, _Cards).data):
        printings = [
            one
            for one in card.card_sets or ()
            if set_name is None or one.set_name.casefold() == set_name.casefold()
        ]
        for code in dict.fromkeys(one.set_code for one in printings):
            with parsing(NAME, f"$.data[{n}].card_sets"):
                entries.append(_printing(card, [one for one in printings if one.set_code == code]))
    return tuple(_dated(entry, fetched) for entry in entries)


def parse_sets(fetched: Fetched) -> tuple[CardSet, ...]:
    """A name that cannot be asked for as it is written is left out."""
    rows = [row for row in decode(fetched, list[_Set]) if row.set_name.isprintable()]
    return tuple(CardSet(row.set_name, GAME, plain(row.set_name), day_of(row.tcg_date)) for row in rows)


def _printing(card: _Card, printings: Sequence[_Printing]) -> CatalogueEntry:
    first = printings[0]
    return CatalogueEntry(
        id=f"{card.id}/{plain(first.set_code)}",
        game=GAME,
        name=plain(card.name),
        set_name=plain(first.set_name),
        number=plain(first.set_code),
        rarity=plain(first.set_rarity) if len(printings) == 1 else "",
        quotes=_each((one.set_rarity or "", one) for one in printings),
    )


def _cheapest(prices: Sequence[_Prices]) -> tuple[Quote, ...]:
    shops = [
        (price, unit)
        for one in prices[:1]
        for price, unit in ((one.tcgplayer_price, Unit.USD_MICROS), (one.cardmarket_price, Unit.EUR_MICROS))
    ]
    quotes = (quote_of("", QuoteKind.LOW, _plain_price(price), unit) for price, unit in shops)
    return tuple(quote for quote in quotes if quote is not None)


def _each(printings: Iterable[tuple[str, _Printing]]) -> tuple[Quote, ...]:
    quotes = (
        quote_of(plain(variant), QuoteKind.MARKET, _plain_price(printing.set_price), Unit.USD_MICROS)
        for variant, printing in printings
    )
    return tuple(quote for quote in quotes if quote is not None)


def _plain_price(text: str | None) -> str | None:
    """None for an empty text; "1,052.49" without its comma."""
    if text is None or not text.strip():
        return None
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def _dated(entry: CatalogueEntry, fetched: Fetched) -> CatalogueEntry:
    return msgspec.structs.replace(entry, priced_at=fetched.at) if entry.quotes else entry
