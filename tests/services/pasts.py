"""Vendors that tell of the past, as a test says it was."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal

from core.domain.listings import Mint, Report, SourceName
from core.domain.prices import Candle
from core.errors import SourceError
from core.sources.base import Page
from tests.services.reports import at, page


class Venue:
    """Tells what was sold, on pages; a page that is an error is where it breaks off."""

    def __init__(self, name: SourceName = SourceName.MAGIC_EDEN) -> None:
        self.name = name
        self.pages: list[Page | SourceError] = []
        self.asked: list[datetime] = []

    async def history(self, since: datetime, *, pages_max: int) -> AsyncIterator[Page]:
        self.asked.append(since)
        for told in self.pages[:pages_max]:
            if isinstance(told, SourceError):
                raise told
            yield told


class Vault:
    """Tells what happened to each token; nothing of one that it does not know."""

    def __init__(self, name: SourceName = SourceName.COLLECTOR_CRYPT) -> None:
        self.name = name
        self.told: dict[str, tuple[Report, ...] | SourceError] = {}
        self.asked: list[str] = []

    async def history_of(self, mint: Mint, since: datetime) -> Page | None:
        self.asked.append(mint)
        told = self.told.get(mint)
        if isinstance(told, SourceError):
            raise told
        return None if told is None else page(*told)


class Candles:
    """What SOL cost on each of the last days: as many dollars as the days are ago."""

    def __init__(self) -> None:
        self.name = SourceName.COINGECKO
        self.down: SourceError | None = None
        self.asked: list[int] = []

    async def candles(self, pair: str, *, days: int) -> tuple[Candle, ...] | None:
        self.asked.append(days)
        if self.down is not None:
            raise self.down
        ago = [(Decimal(day), at(0) - timedelta(days=day)) for day in range(days, 0, -1)]
        return tuple(Candle(pair, when, usd, usd, usd, usd) for usd, when in ago)
