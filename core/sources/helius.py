"""Helius' digital asset API: what a wallet holds of Collector Crypt's, and who holds a token.

Documented at https://www.helius.dev/docs/api-reference/das; JSON-RPC by POST, the key in the query. The
free plan allows 2 such requests a second and a million credits a month.

Quirks: the cards lie in two collections, the newer as Core assets, the older as programmable NFTs; `name`
is cut at 32 characters, which makes a PSA 10 look like a PSA 1 (Core assets carry the whole one as
`json_name`, the others a description); `total` counts the page, so a full page (of the `limit` that is told,
if that is less than was asked) means: try the next; errors may come in a 200; an unknown token is a 404.
"""

from collections.abc import AsyncIterator
from urllib.parse import quote

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.slabs import Word, plain, slab_of_traits, web_address
from core.domain.wallets import Holding, HoldingPage
from core.sources.http import Fetched, SourceHttp, VendorHabits, VendorLimits, address_of, parsing
from core.sources.http.rpc import Call, Params, Reply, failure_in, result_of

NAME = SourceName.HELIUS
LIMITS = VendorLimits(per_minute=100, burst=1, concurrent=1)  # a little below what is allowed
COLLECTIONS = (
    "CCryptUfeFSZ3Fgc9FLeKrhLVAP67FSqi1GuVoj9CRac",  # Core assets
    "CCryptWBYktukHDQ2vHGtVcmtjXxYzvw8XNVY64YN2Yf",  # programmable NFTs
)
NAME_LENGTH_MAX = 32
PAGE_SIZE = 500  # at 5 kB an asset well below the largest answer that is read


class _Search(msgspec.Struct, rename="camel"):
    owner_address: str
    grouping: tuple[str, str]
    page: int
    limit: int = PAGE_SIZE
    token_type: str = "all"  # noqa: S105 - not a password; required beside an owner


class _ById(msgspec.Struct):
    id: str


class _Trait(msgspec.Struct):
    trait_type: str | None = None
    value: Word = None


class _Metadata(msgspec.Struct):
    name: str | None = None
    json_name: str | None = None
    attributes: list[_Trait] | None = None


class _Links(msgspec.Struct):
    image: str | None = None


class _Content(msgspec.Struct):
    metadata: _Metadata | None = None
    links: _Links | None = None


class _Group(msgspec.Struct):
    group_key: str
    group_value: str | None = None


class _Ownership(msgspec.Struct):
    owner: str


class _Asset(msgspec.Struct):
    id: str
    ownership: _Ownership
    grouping: list[_Group]
    content: _Content | None = None
    burnt: bool = False


class _Assets(msgspec.Struct):
    items: list[_Asset]
    limit: int = PAGE_SIZE


class Helius:
    """Wallets' cards, and a token's holder by the chain's own books."""

    name = NAME

    def __init__(
        self, http: SourceHttp, *, base_url: str, key: str, collections: tuple[str, ...] = COLLECTIONS
    ) -> None:
        habits = VendorHabits(failure_in=failure_in)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, habits=habits)
        self._path = f"/?api-key={quote(key, safe='')}"
        self._collections = collections
        self._clock = http.clock

    async def holdings(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[HoldingPage]:
        """Cards of both collections; `pages_max` is for both together."""
        empty, asked = HoldingPage((), self._clock.now()), 0
        has_any = False
        for collection in self._collections:
            number, has_more = 1, True
            while has_more and asked < pages_max:
                question = _Search(wallet, ("collection", collection), number)
                fetched = await self._find("searchAssets", question)
                page, has_more = parse_holdings(fetched, wallet, collection) if fetched else (empty, False)
                number, asked = number + 1, asked + 1
                if page.holdings:
                    has_any = True
                    yield page
        if not has_any:
            yield empty

    async def owner(self, mint: Mint) -> Wallet | None:
        fetched = await self._find("getAsset", _ById(mint))
        return parse_owner(fetched, mint) if fetched else None

    async def _find(self, method: str, params: Params) -> Fetched | None:
        return await self._vendor.find_by_post(self._path, Call(method, params))


def parse_holdings(fetched: Fetched, wallet: Wallet, collection: str) -> tuple[HoldingPage, bool]:
    """The page, and whether there may be another. What is burnt or not the wallet's is left out."""
    found = result_of(fetched, Reply[_Assets])
    assets = [] if found is None else found.items
    full = PAGE_SIZE if found is None else min(PAGE_SIZE, found.limit)
    holdings = tuple(
        _holding(asset, f"$.result.items[{n}]")
        for n, asset in enumerate(assets)
        if asset.ownership.owner == wallet and not asset.burnt and _is_in(asset, collection)
    )
    return HoldingPage(holdings, fetched.at), bool(assets) and len(assets) >= full


def parse_owner(fetched: Fetched, mint: Mint) -> Wallet | None:
    """None for an unknown or burnt token."""
    asset = result_of(fetched, Reply[_Asset])
    if asset is None or asset.burnt:
        return None
    with parsing(NAME, "$.result"):
        if asset.id != mint:
            raise ValueError("about another token")
        return Wallet(_address(asset.ownership.owner))


def _holding(asset: _Asset, path: str) -> Holding:
    with parsing(NAME, path):
        mint = Mint(_address(asset.id))
        slab = _slab(asset)
    return Holding(
        chain=Chain.SOLANA,
        mint=mint,
        title=plain(_title(asset)),
        slab=slab,
        image_url=slab.image_url if slab else web_address(_image(asset)),
    )


def _slab(asset: _Asset) -> SlabFacts | None:
    return slab_of_traits(_traits(asset), title=_title(asset), image_url=_image(asset))


def _title(asset: _Asset) -> Word:
    """The whole name; for want of it the description, if the short one may have been cut."""
    metadata = _metadata(asset)
    name = metadata.name or ""
    described = _traits(asset).get("Description") if len(name) >= NAME_LENGTH_MAX else None
    return metadata.json_name or described or name


def _traits(asset: _Asset) -> dict[str | None, Word]:
    return {trait.trait_type: trait.value for trait in _metadata(asset).attributes or []}


def _metadata(asset: _Asset) -> _Metadata:
    metadata = asset.content.metadata if asset.content else None
    return metadata or _Metadata()


def _image(asset: _Asset) -> str | None:
    return asset.content.links.image if asset.content and asset.content.links else None


def _is_in(asset: _Asset, collection: str) -> bool:
    return any((group.group_key, group.group_value) == ("collection", collection) for group in asset.grouping)


def _address(text: str) -> str:
    address = address_of(text)
    if address is None:
        raise ValueError("not an address")
    return address
