"""Beezie's marketplace on Solana: what is listed, whether it still is, what a token's slab is.

Address https://solana-api.beezie.com, known from recordings: nothing is documented, and no key is needed.
Prices are whole USDC as text, times Unix milliseconds. A thin book: a page of 100 is more than all of it;
its namesake on another chain gives 20 rows a page whatever is asked, so `total` is heeded as well.

Quirks: listings are a read by POST whose numbers are texts; pages count from 0; a trait's value is its
`trait_value`; `finish` and `edition` are empty for the ordinary card; a row without `SellOrder` is not on
sale; what was sold is told nowhere. Beezie's vault is its own: Collector Crypt does not know its tokens.
`altAssetId` is ALT's name for the card, and is kept with the slab; `altFmv` is ALT's value at second hand,
and is left out.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import SlabWords, Word, asset_id_of, is_graded_card, plain, slab_of_named
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched, SourceHttp, VendorLimits, address_of, changed, decode, parsing

NAME = SourceName.BEEZIE
LIMITS = VendorLimits(per_minute=30, burst=2, concurrent=1)  # none is published: a polite guess
PAGE_SIZE = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Question(msgspec.Struct, rename="camel"):
    """As the site itself asks."""

    page: str
    category_id: str = "1"
    page_size: str = str(PAGE_SIZE)
    filters: tuple[str, ...] = ()
    sale_status: str = "forSale"
    sell_order_date_order: str = "DESC"


class _Trait(msgspec.Struct):
    trait_type: str | None = None
    trait_value: Word = None


class _Metadata(msgspec.Struct):
    name: Word = None
    image: Word = None
    attributes: list[_Trait] = []


class _Order(msgspec.Struct):
    amount: Decimal = msgspec.field(name="amountUSDC")
    created_at: int = msgspec.field(name="createdAt")


class _Item(msgspec.Struct, rename="camel"):
    token_id: str | None = None
    owner: str | None = None
    metadata: _Metadata | None = None
    burned_at: int | None = None
    alt_asset_id: Word = None
    order: _Order | None = msgspec.field(name="SellOrder", default=None)


class _Items(msgspec.Struct, rename="camel"):
    drop_items: list[_Item]
    total: int | None = None


class Beezie:
    """Listings of another vault, their state, slabs. Off unless the operator switches it on."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS)

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        read = 0
        for number in range(pages_max):
            fetched = await self._vendor.post("/dropItems/byCategory", _Question(str(number)))
            page, total = parse_listings(fetched)
            yield page
            rows = len(page.reports) + page.skipped
            read += rows
            if not rows or (rows < PAGE_SIZE and read >= total):
                return

    async def live(self, mint: Mint) -> LiveListing | None:
        fetched = await self._item(mint, fresh=True)
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        """None always: Beezie tells of no sale, so a listing that ends there is gone."""
        return None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        fetched = await self._item(mint)
        return parse_slab(fetched, mint) if fetched else None

    async def _item(self, mint: Mint, *, fresh: bool = False) -> Fetched | None:
        return await self._vendor.find(f"/dropItems/getByTokenId/{quote(mint, safe='')}", fresh=fresh)


def parse_listings(fetched: Fetched) -> tuple[Page, int]:
    """One page without the rows that are no graded card on sale, and how many rows all pages hold."""
    answer = decode(fetched, _Items)
    reports = [_report(row, f"$.dropItems[{n}]", fetched) for n, row in enumerate(answer.drop_items)]
    kept = tuple(report for report in reports if report is not None)
    skipped = len(reports) - len(kept)
    return Page(kept, fetched.at, skipped=skipped, lists_live=True, total=answer.total), answer.total or 0


def parse_live(fetched: Fetched, mint: Mint) -> LiveListing | None:
    item = _about(fetched, mint)
    if item.order is None or item.burned_at is not None:
        return None
    seller = address_of(item.owner)
    with parsing(NAME, "$.SellOrder"):
        ask, at = _ask(item.order), _time(item.order.created_at)
    if seller is None or ask is None:
        raise changed(NAME, "a listing without its owner, or without a price", path="$")
    return LiveListing(Wallet(seller), ask, Venue.BEEZIE, fetched.at, at)


def parse_slab(fetched: Fetched, mint: Mint) -> SlabFacts | None:
    """None when the token is no graded card."""
    return _slab(_about(fetched, mint))


def _report(row: _Item, path: str, fetched: Fetched) -> Report | None:
    mint, seller, order = address_of(row.token_id), address_of(row.owner), row.order
    if mint is None or seller is None or order is None or row.burned_at is not None:
        return None
    slab = _slab(row)
    with parsing(NAME, f"{path}.SellOrder"):
        ask, at = _ask(order), _time(order.created_at)
    if slab is None or ask is None:
        return None
    return Report(
        key=ListingKey(Venue.BEEZIE, Chain.SOLANA, Mint(mint), Wallet(seller)),
        source=NAME,
        event_id=f"{mint}@{order.created_at}={ask.value}",
        said=Reported.LISTED,
        effective_at=at,
        seen_at=fetched.at,
        ask=ask,
        listed_at=at,
        slab=slab,
    )


def _slab(item: _Item) -> SlabFacts | None:
    metadata = item.metadata or _Metadata()
    traits = {trait.trait_type: trait.trait_value for trait in metadata.attributes}
    words = SlabWords(
        title=metadata.name,
        company=traits.get("grader"),
        certificate=traits.get("serial"),
        grade=traits.get("grade"),
        category=traits.get("Category"),
        set_name=traits.get("set name"),
        number=traits.get("card number"),
        parallel=" ".join(filter(None, (plain(traits.get(name)) for name in ("finish", "edition")))),
        year=traits.get("year"),
        image_url=metadata.image,
    )
    if not is_graded_card(words):
        return None
    slab = slab_of_named(words, name=traits.get("pokemon name"), language=traits.get("language"))
    return slab and msgspec.structs.replace(slab, alt_asset_id=asset_id_of(item.alt_asset_id))


def _about(fetched: Fetched, mint: Mint) -> _Item:
    item = decode(fetched, _Item)
    if item.token_id != mint:
        raise changed(NAME, "an answer about another token", path="$.tokenId")
    return item


def _ask(order: _Order) -> Amount | None:
    """None for nothing, or for more than there is. Raises ValueError for what is no price."""
    ask = amount_within(order.amount, Unit.USD_MICROS)
    return ask if ask is not None and ask.value else None


def _time(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
