"""What a wallet holds, and what others offer for it, as vendors report it."""

from datetime import datetime

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.money import Amount


class Holding(msgspec.Struct, frozen=True):
    """One token in a wallet. `slab` is None for a raw or sealed thing, or when the vendor does not say."""

    chain: Chain
    mint: Mint
    title: str
    slab: SlabFacts | None = None
    ask: Amount | None = None
    image_url: str = ""


class HoldingPage(msgspec.Struct, frozen=True):
    """One page of a wallet's tokens; `total` is what the vendor says the wallet holds in all."""

    holdings: tuple[Holding, ...]
    seen_at: datetime
    total: int | None = None


class Offer(msgspec.Struct, frozen=True):
    """A live offer to buy a token."""

    source: SourceName
    id: str
    mint: Mint
    amount: Amount
    buyer: Wallet | None = None
    at: datetime | None = None


class MarketAsk(msgspec.Struct, frozen=True):
    """Something on sale at a general market place, told by its title alone."""

    source: SourceName
    id: str
    title: str
    amount: Amount
    url: str
    seller: str = ""
    image_url: str = ""
    listed_at: datetime | None = None
    is_auction: bool = False


class SaleSeen(msgspec.Struct, frozen=True):
    """A sale of the same card, grader and grade somewhere, as a vendor tells it. `id` is the vendor's own."""

    id: str
    at: datetime
    amount: Amount
    venue: str = ""
