"""What a source can be asked. None means "answered, and has none"; an exception means "no answer".

Every method raises SourceError (and nothing else) when the vendor failed. A page is whole or it is
an error. What must be remembered between calls goes through the protocols in `memory`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from core.domain.catalog import CardSet, CatalogueEntry, CertificateFacts, SlabFacts
from core.domain.hints import Hint
from core.domain.listings import Mint, Report, SourceName, Venue, Wallet
from core.domain.money import Amount
from core.domain.prices import Candle, CollectionStats, Rate
from core.domain.valuation import Evidence
from core.domain.wallets import HoldingPage, MarketAsk, Offer, SaleSeen
from core.sources.base.memory import Breaker as Breaker
from core.sources.base.memory import BudgetBook as BudgetBook
from core.sources.base.memory import VendorMemory as VendorMemory
from core.sources.base.people import Grant as Grant
from core.sources.base.people import SignInSource as SignInSource
from core.sources.base.urgency import Urgency as Urgency
from core.sources.base.urgency import asking as asking
from core.sources.base.urgency import urgency as urgency


class Page(msgspec.Struct, frozen=True):
    """One page of reports, newest first as the vendor gave it.

    `skipped` rows were not about slabs on a venue of ours. `lists_live`: being on the page means
    being on sale at `seen_at` (a page of listings, not of past events). `total`: how many rows all pages
    hold, where the vendor says so.
    """

    reports: tuple[Report, ...]
    seen_at: datetime
    skipped: int = 0
    lists_live: bool = False
    total: int | None = None


class LiveListing(msgspec.Struct, frozen=True):
    """A listing as the vendor has it.

    `checked_at` tells how fresh the answer is, the vendor's cache included; `updated_at` is the
    vendor's time of this price, where it says so. `told_by` is set when another vendor than the one
    that was asked told it.
    """

    seller: Wallet
    ask: Amount
    venue: Venue
    checked_at: datetime
    updated_at: datetime | None = None
    told_by: SourceName | None = None


class ListingSource(Protocol):
    """What is on sale, newest first."""

    name: SourceName

    def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        """Pages of live listings; at most `pages_max`, fewer when the vendor has no more,
        or when listings further down are not worth the questions they would cost."""
        ...


class ActivitySource(Protocol):
    """What just happened at a venue: listed, sold, delisted; newest first."""

    name: SourceName

    def activities(self, *, pages_max: int) -> AsyncIterator[Page]: ...


class ListingStateSource(Protocol):
    """Re-reads one listing, and what became of it."""

    name: SourceName

    async def live(self, mint: Mint) -> LiveListing | None:
        """The live listing of a token, or None when it is not on sale."""
        ...

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        """The sale that ended this seller's listing after `since`, or None when none is reported."""
        ...


class SlabSource(Protocol):
    """Says what a token's slab is."""

    name: SourceName

    async def slab(self, mint: Mint) -> SlabFacts | None:
        """None when the token is unknown there, or is not a graded card."""
        ...


class ValuationSource(Protocol):
    """Values one slab; `asset_id` is the vendor's own name for it, kept for good once known."""

    name: SourceName

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None: ...


class RateSource(Protocol):
    """Dollars per whole coin."""

    name: SourceName

    async def rate(self, pair: str) -> Rate | None: ...


class CandleSource(Protocol):
    """What a coin cost over time."""

    name: SourceName

    async def candles(self, pair: str, *, days: int) -> tuple[Candle, ...] | None:
        """The last `days`, oldest first; None for a pair it does not know."""
        ...


class SalesSource(Protocol):
    """Past sales of a slab's card in that grade."""

    name: SourceName

    async def sales(self, slab: SlabFacts, *, asset_id: str | None) -> tuple[SaleSeen, ...] | None:
        """Newest first, each once; None when the card is unknown there."""
        ...


class HistorySource(Protocol):
    """What happened at a venue before we watched it."""

    name: SourceName

    def history(self, since: datetime, *, pages_max: int) -> AsyncIterator[Page]:
        """Pages of past events, newest first, until `since` or as far back as the vendor goes."""
        ...


class TokenHistorySource(Protocol):
    """What happened to one token."""

    name: SourceName

    async def history_of(self, mint: Mint, since: datetime) -> Page | None:
        """Its listings, delistings and sales after `since`; None for a token unknown there."""
        ...


class StatsSource(Protocol):
    """What a collection costs, and how much of it is on sale."""

    name: SourceName

    async def stats(self) -> CollectionStats | None:
        """None when the vendor does not know the collection any more."""
        ...


class HintSource(Protocol):
    """Pushes word that something happened."""

    name: SourceName

    async def listen(self, tell: Callable[[Hint], None]) -> None:
        """Tell every hint, until cancelled, whatever happens to the vendor; `tell` returns at once."""
        ...


class WalletSource(Protocol):
    """What a wallet holds."""

    name: SourceName

    def holdings(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[HoldingPage]:
        """Every page until the last; one empty page for a wallet that holds nothing."""
        ...


class WalletActivitySource(Protocol):
    """What a wallet did: listed, bought, sold, delisted; newest first."""

    name: SourceName

    def wallet_activities(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[Page]: ...


class OwnerSource(Protocol):
    """Who holds a token by the chain's own books: a check that no market place can colour."""

    name: SourceName

    async def owner(self, mint: Mint) -> Wallet | None: ...


class OfferSource(Protocol):
    """What is offered for a token now, best first."""

    name: SourceName

    async def offers(self, mint: Mint) -> tuple[Offer, ...]: ...


class CertificateSource(Protocol):
    """What a grading company says of a certificate."""

    name: SourceName

    async def certificate(self, number: str) -> CertificateFacts | None: ...


class CatalogueSource(Protocol):
    """Cards as a catalogue knows them, with prices of raw copies where it has any."""

    name: SourceName

    async def entry(self, id: str) -> CatalogueEntry | None: ...

    async def sets(self) -> tuple[CardSet, ...]: ...

    def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        """Every card of a set, page by page; nothing for a set it does not know. Prices may be left out."""
        ...


class CardSearchSource(Protocol):
    """Finds the cards of a catalogue by name."""

    name: SourceName

    async def search(self, words: str, *, limit: int) -> tuple[CatalogueEntry, ...]:
        """The vendor's first matches; empty when nothing matches. Prices may be left out."""
        ...


class AskSource(Protocol):
    """What is on sale at a general market place for some words, newest first."""

    name: SourceName

    def asks(self, words: str, *, pages_max: int) -> AsyncIterator[tuple[MarketAsk, ...]]: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """The vendors that are configured, by what they can be asked. An absent one is no evidence.

    `counted`: those of the listings that can be read to the last page, and say how many there are.
    """

    slabs: Mapping[SourceName, SlabSource]
    states: Mapping[Venue, ListingStateSource]
    listings: tuple[ListingSource, ...] = ()
    counted: tuple[ListingSource, ...] = ()
    activities: tuple[ActivitySource, ...] = ()
    hints: tuple[HintSource, ...] = ()
    valuations: tuple[ValuationSource, ...] = ()
    rates: tuple[RateSource, ...] = ()
    candles: tuple[CandleSource, ...] = ()
    sales: tuple[SalesSource, ...] = ()
    histories: tuple[HistorySource, ...] = ()
    token_histories: tuple[TokenHistorySource, ...] = ()
    stats: tuple[StatsSource, ...] = ()
    wallets: tuple[WalletSource, ...] = ()
    wallet_activities: tuple[WalletActivitySource, ...] = ()
    owners: tuple[OwnerSource, ...] = ()
    offers: tuple[OfferSource, ...] = ()
    certificates: tuple[CertificateSource, ...] = ()
    catalogues: tuple[CatalogueSource, ...] = ()
    searches: tuple[CardSearchSource, ...] = ()
    asks: tuple[AskSource, ...] = ()
