"""eBay's Browse API: graded cards on sale for some words, newest first. Sold items are closed to new users.

Documented at https://developer.ebay.com/api-docs/buy/browse/overview.html; production keys need eBay's
approval, the sandbox (https://api.sandbox.ebay.com) answers with invented items. A token for the client's
id and secret lasts two hours; 5,000 questions a day for the whole application.

Quirks: amounts are texts with a currency beside them; `itemSummaries` is absent when nothing matches; a
filter or an order it does not understand is left out with a warning in a 200; without words it answers
with the whole category, and words may hold operators, which are taken out; an auction has a
`currentBidPrice` and often no `price`; grade and certificate are in the title alone; an item with variations
(`itemGroupType`) shows the price of the cheapest, so it is left out; 10,000 rows at most.
"""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

import msgspec

from core.domain.listings import SourceName
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import plain, web_address
from core.domain.wallets import MarketAsk
from core.errors import SourceError, SourceUnavailable
from core.sources.http import (
    Fetched,
    Lender,
    SourceHttp,
    VendorHabits,
    VendorLimits,
    changed,
    decode,
    parsing,
    peek,
    utc,
)

NAME = SourceName.EBAY
LIMITS = VendorLimits(per_minute=16, burst=4, concurrent=2, per_day=5000)  # below 1,000 an hour
SCOPE = "https://api.ebay.com/oauth/api_scope"  # the sandbox's too
MARKET = "EBAY_US"
CARDS = "183454"  # single cards of collectible card games
FILTER = "conditionIds:{2750},buyingOptions:{FIXED_PRICE|AUCTION}"  # graded
PAGE_SIZE = 200
PAGES_MAX = 10_000 // PAGE_SIZE
WORDS_LENGTH_MAX = 100

_OUR_MISTAKES = frozenset({12002, 12008, 12009, 12012})
_OPERATORS = re.compile(r"[()*,\"]|(?<!\w)-")
_UNITS = {"USD": Unit.USD_MICROS, "EUR": Unit.EUR_MICROS}


class _Money(msgspec.Struct):
    value: Decimal
    currency: str


class _Image(msgspec.Struct, rename="camel"):
    image_url: str | None = None


class _Seller(msgspec.Struct):
    username: str | None = None


class _Item(msgspec.Struct, rename="camel"):
    item_id: str
    title: str | None = None
    price: _Money | None = None
    current_bid_price: _Money | None = None
    buying_options: list[str] = []
    item_group_type: str | None = None
    item_web_url: str | None = None
    item_creation_date: datetime | None = None
    image: _Image | None = None
    seller: _Seller | None = None


class _Said(msgspec.Struct, rename="camel"):
    """An error or a warning."""

    error_id: int = 0
    category: str | None = None
    message: str | None = None


class _Failed(msgspec.Struct):
    errors: list[_Said] = []


class _Answer(_Failed, rename="camel"):
    item_summaries: list[_Item] = []
    next: str | None = None
    warnings: list[_Said] = []


class AsksPage(msgspec.Struct, frozen=True):
    """The asks of a page, and whether another page follows."""

    asks: tuple[MarketAsk, ...]
    has_more: bool


class Ebay:
    """Searches among graded cards."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, client_id: str, client_secret: str) -> None:
        market = {"X-EBAY-C-MARKETPLACE-ID": MARKET}
        habits = VendorHabits(failure_in=failure_in)
        credentials = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._lender = Lender(
            http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=market, habits=habits),
            http.clock,
            path="/identity/v1/oauth2/token",
            form={"grant_type": "client_credentials", "scope": SCOPE},
            headers={"Authorization": f"Basic {credentials}"},
        )

    async def asks(self, words: str, *, pages_max: int) -> AsyncIterator[tuple[MarketAsk, ...]]:
        """Titles that hold every word. One empty page when there are none, and for no words."""
        plain_words = " ".join(_OPERATORS.sub(" ", plain(words)).split())[:WORDS_LENGTH_MAX]
        if not plain_words:
            yield ()
            return
        question: dict[str, str | int] = {
            "q": plain_words,
            "category_ids": CARDS,
            "filter": FILTER,
            "sort": "newlyListed",
            "limit": PAGE_SIZE,
        }
        for number in range(min(pages_max, PAGES_MAX)):
            params = question | {"offset": number * PAGE_SIZE}
            page = parse_asks(await self._lender.get("/buy/browse/v1/item_summary/search", params=params))
            yield page.asks
            if not page.has_more:
                return


def parse_asks(fetched: Fetched) -> AsksPage:
    """Rows without one price in a currency of ours are left out. Raises SourceChanged when eBay says that
    it did not do what was asked."""
    answer = decode(fetched, _Answer)
    if (failure := _failure(answer)) is not None:
        raise failure
    if answer.errors:
        raise changed(NAME, f"our question was wrong: {_said(answer.errors[0])}", path="$.errors[0]")
    for n, warning in enumerate(answer.warnings):
        if warning.error_id in _OUR_MISTAKES:
            raise changed(NAME, f"our question was wrong: {_said(warning)}", path=f"$.warnings[{n}]")
    rows = [_ask(item, f"$.itemSummaries[{n}]") for n, item in enumerate(answer.item_summaries)]
    has_more = bool(answer.next) and bool(rows)
    return AsksPage(tuple(row for row in rows if row is not None), has_more)


def failure_in(fetched: Fetched) -> SourceError | None:
    """The error in a 200 that is eBay's own: no answer, whatever was asked."""
    said = peek(fetched, _Failed)
    return None if said is None else _failure(said)


def _failure(said: _Failed) -> SourceError | None:
    if not said.errors or said.errors[0].category == "REQUEST" or said.errors[0].error_id in _OUR_MISTAKES:
        return None
    return SourceUnavailable(NAME, f"answered with an error: {_said(said.errors[0])}")


def _ask(item: _Item, path: str) -> MarketAsk | None:
    is_auction = "AUCTION" in item.buying_options and "FIXED_PRICE" not in item.buying_options
    bid_or_start = item.current_bid_price or item.price
    with parsing(NAME, path):
        amount = _amount(bid_or_start if is_auction else item.price)
        listed_at = utc(item.item_creation_date) if item.item_creation_date else None
    id, title = plain(item.item_id, 80), plain(item.title)
    if amount is None or item.item_group_type or not id or not title:
        return None
    return MarketAsk(
        source=NAME,
        id=id,
        title=title,
        amount=amount,
        url=web_address(item.item_web_url),
        seller=plain(item.seller.username if item.seller else None, 80),
        image_url=web_address(item.image.image_url if item.image else None),
        listed_at=listed_at,
        is_auction=is_auction,
    )


def _amount(money: _Money | None) -> Amount | None:
    """None without a price, in another currency, or beyond what there is. Raises ValueError for no price."""
    unit = None if money is None else _UNITS.get(money.currency)
    if money is None or unit is None:
        return None
    amount = amount_within(money.value, unit)
    return amount if amount is not None and amount.value else None


def _said(said: _Said) -> str:
    return f"{said.error_id} {plain(said.message, 120)}".strip()
