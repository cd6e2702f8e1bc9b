"""Vendors as a test says they are: they satisfy the protocols of core/sources/base.py and nothing more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from core.domain.catalog import SlabFacts
from core.domain.listings import Mint, Report, SourceName, Wallet
from core.domain.prices import Rate
from core.domain.valuation import Evidence
from core.domain.wallets import SaleSeen
from core.errors import SourceError, SourceUnavailable
from core.sources.base import LiveListing, Page

PATIENCE_S = 60


class Market:
    """A marketplace: pages, the state of each token, and slabs. `down` fails every question."""

    def __init__(self, name: SourceName) -> None:
        self.name = name
        self.down: SourceError | None = None
        self.pages: list[Page | SourceError] = []
        self.slabs: dict[str, SlabFacts] = {}
        self.on_sale: dict[str, LiveListing | SourceError] = {}
        self.endings: dict[str, Report] = {}
        self.did: dict[str, Page] = {}
        self.pages_asked_max = 0
        self.asked: list[str] = []

    def break_down(self) -> None:
        self.down = SourceUnavailable(self.name, "does not answer")

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        self.pages_asked_max = pages_max
        self._ask("page")
        for page in self.pages[:pages_max]:
            if isinstance(page, SourceError):
                raise page
            yield page

    activities = listings

    async def live(self, mint: Mint) -> LiveListing | None:
        self._ask(f"live {mint}")
        found = self.on_sale.get(mint)
        if isinstance(found, SourceError):
            raise found
        return found

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        self._ask(f"ending {mint}")
        found = self.endings.get(mint)
        return found if found is not None and found.effective_at >= since else None

    async def wallet_activities(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[Page]:
        self._ask(f"wallet {wallet}")
        if wallet in self.did:
            yield self.did[wallet]

    async def slab(self, mint: Mint) -> SlabFacts | None:
        self._ask(f"slab {mint}")
        return self.slabs.get(mint)

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        if self.down is not None:
            raise self.down


class Appraiser:
    """ALT: values by certificate. While `gate` is closed nobody gets an answer; `bug` is ours, not theirs."""

    def __init__(self, name: SourceName = SourceName.ALT) -> None:
        self.name = name
        self.down: SourceError | None = None
        self.bug: Exception | None = None
        self.values: dict[str, Evidence] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self._waiting = 0
        self._changed = asyncio.Condition()
        self.asked: list[tuple[str, str | None]] = []

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None:
        self.asked.append((slab.certificate, asset_id))
        await self._count(1)
        try:
            await self.gate.wait()
        finally:
            await self._count(-1)
        for failure in (self.down, self.bug):
            if failure is not None:
                raise failure
        return self.values.get(slab.certificate)

    async def until_waiting(self, count: int) -> None:
        """Until that many stand at the gate. Raises TimeoutError when they do not come."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: self._waiting == count)

    async def _count(self, change: int) -> None:
        async with self._changed:
            self._waiting += change
            self._changed.notify_all()


class Past:
    """Sales of a slab's kind elsewhere, by certificate."""

    def __init__(self, name: SourceName) -> None:
        self.name = name
        self.down: SourceError | None = None
        self.sold: dict[str, tuple[SaleSeen, ...]] = {}
        self.asked: list[tuple[str, str | None]] = []

    async def sales(self, slab: SlabFacts, *, asset_id: str | None) -> tuple[SaleSeen, ...] | None:
        self.asked.append((slab.certificate, asset_id))
        if self.down is not None:
            raise self.down
        return self.sold.get(slab.certificate)


class Rates:
    """What a coin costs, or not."""

    def __init__(self, name: SourceName = SourceName.COINGECKO) -> None:
        self.name = name
        self.down: SourceError | None = None
        self.now: dict[str, Rate] = {}
        self.asked: list[str] = []

    async def rate(self, pair: str) -> Rate | None:
        self.asked.append(pair)
        if self.down is not None:
            raise self.down
        return self.now.get(pair)
