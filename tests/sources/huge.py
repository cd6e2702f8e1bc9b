"""A question whose answer is as long as its vendor may give, and what is told of such answers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.catalog import CatalogueEntry
from core.domain.listings import Mint
from core.domain.wallets import HoldingPage, MarketAsk
from core.sources.base import Page
from core.sources.http import SourceHttp
from tests.sources.payloads import Json

ROWS = 1_000
NUMBERS = range(ROWS)
NAMES = [f"name-{n}" for n in NUMBERS]


@dataclass(frozen=True)
class Huge:
    """A question, the answers to what it asks in turn, and what must come of them."""

    name: str
    ask: Callable[[SourceHttp, str], Awaitable[object]]
    answers: Callable[[], tuple[Json, ...]]
    wanted: object

    def __str__(self) -> str:
        return self.name


async def mints(pages: AsyncIterator[Page]) -> list[Mint]:
    return [report.key.mint async for page in pages for report in page.reports]


async def times(pages: AsyncIterator[Page]) -> list[datetime]:
    return [report.effective_at async for page in pages for report in page.reports]


async def times_of(asked: Awaitable[Page | None]) -> list[datetime]:
    page = await asked
    return [report.effective_at for report in page.reports] if page else []


async def held(pages: AsyncIterator[HoldingPage]) -> list[Mint]:
    return [holding.mint async for page in pages for holding in page.holdings]


async def ids(pages: AsyncIterator[tuple[CatalogueEntry | MarketAsk, ...]]) -> list[str]:
    return [found.id async for page in pages for found in page]


async def priced(pages: AsyncIterator[tuple[CatalogueEntry, ...]]) -> list[str]:
    return [found.id async for page in pages for found in page if found.quotes]


async def values(asked: Awaitable[Iterable[object] | None], name: str) -> list[object]:
    return [getattr(found, name) for found in await asked or ()]
