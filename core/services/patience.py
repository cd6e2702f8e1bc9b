"""Vendors that are given little time: whoever asks is looking at the screen."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

import structlog

from core.domain.catalog import SlabFacts
from core.domain.inspections import Unanswered
from core.domain.listings import SourceName
from core.domain.valuation import Evidence
from core.domain.wallets import SaleSeen
from core.errors import SourceError, SourceUnavailable
from core.sources.base import SalesSource, ValuationSource

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Patience:
    """So many seconds for each answer; who gave none is remembered, once each."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._failures: dict[str, str] = {}

    @property
    def unanswered(self) -> tuple[Unanswered, ...]:
        """In the order in which they failed."""
        return tuple(Unanswered(source, reason) for source, reason in self._failures.items())

    async def answer(self, source: SourceName, question: Awaitable[T]) -> T:
        """Raises SourceError, also for an answer that does not come in time."""
        try:
            async with asyncio.timeout(self.limit_s):
                return await question
        except TimeoutError as error:
            late = SourceUnavailable(source, f"no answer within {self.limit_s:g} s")
            self._note(late)
            raise late from error
        except SourceError as error:
            self._note(error)
            raise

    async def answer_or_none(self, source: SourceName, question: Awaitable[T]) -> T | None:
        """None for no answer as well."""
        try:
            return await self.answer(source, question)
        except SourceError:
            return None

    def values(self, sources: Iterable[ValuationSource]) -> list[ValuationSource]:
        return [_Values(self, source) for source in sources]

    def sales(self, sources: Iterable[SalesSource]) -> list[SalesSource]:
        return [_Sales(self, source) for source in sources]

    def _note(self, error: SourceError) -> None:
        log.info("looked without an answer", source=error.source, why=error.reason)
        self._failures.setdefault(error.source, error.reason)


class _Values:
    """A source of values within its time."""

    def __init__(self, patience: Patience, source: ValuationSource) -> None:
        self.name = source.name
        self._patience = patience
        self._source = source

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None:
        return await self._patience.answer(self.name, self._source.value(slab, asset_id=asset_id))


class _Sales:
    """A source of sales within its time."""

    def __init__(self, patience: Patience, source: SalesSource) -> None:
        self.name = source.name
        self._patience = patience
        self._source = source

    async def sales(self, slab: SlabFacts, *, asset_id: str | None) -> tuple[SaleSeen, ...] | None:
        return await self._patience.answer(self.name, self._source.sales(slab, asset_id=asset_id))
