"""Value: gathering the evidence about a slab from vendors, our own sales and the vault."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
import structlog

from core.clock import Clock
from core.domain.accuracy import learnt_spreads
from core.domain.averages import average_evidence, sales_evidence
from core.domain.confidence import SALES_WINDOW
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.overrides import override_evidence
from core.domain.valuation import Evidence, EvidenceKind, Sale, Valuation, combine, insured_evidence
from core.errors import SourceError
from core.sources.base import SalesSource, ValuationSource
from db import operations, overrides, prices
from db.catalog import Slab
from db.engine import Database

log = structlog.get_logger(__name__)

VENDOR_VALUE_FRESH = timedelta(hours=1)
"""What a vendor said of a kind serves every certificate of it this long."""
WAITED_FOR = frozenset({SourceName.ALT, SourceName.PRICECHARTING})
"""A value without these, where they are configured, would mislead. Any other is named, and not waited for."""
SALES_TOLD_BY = frozenset({SourceName.COLLECTOR_CRYPT, SourceName.MAGIC_EDEN})
"""Whose outage means that our own sales may be too few."""
COMPARED_MAX = 400
"""How far off each source is, is learnt from so many of the newest valuations, again and again."""
COMPARED_EVERY = timedelta(minutes=10)

T = TypeVar("T")


class _Known(msgspec.Struct, frozen=True):
    """What our database has of a kind: our own sales, what vendors said last, and who tells us none.

    `by_hand` is what an operator set, which nobody is asked beside. What was said before `heard_since`
    is asked again.
    """

    sales: tuple[Sale, ...]
    told: tuple[Evidence, ...]
    silent: tuple[str, ...]
    by_hand: Evidence | None = None
    heard_since: datetime | None = None

    def fresh(self, now: datetime) -> list[Evidence]:
        """What vendors said within the hour, as far as that is new enough."""
        oldest = max(now - VENDOR_VALUE_FRESH, self.heard_since or now - VENDOR_VALUE_FRESH)
        return [item for item in self.told if item.said_at is not None and item.said_at >= oldest]

    def asset_id(self, kind: str) -> str | None:
        """That vendor's own name for the card."""
        return _asset_id(self.told, kind)


class EvidenceService:
    """What is known of a slab's worth."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        valuations: Sequence[ValuationSource],
        sales: Sequence[SalesSource] = (),
        *,
        waited_for: Collection[SourceName] = WAITED_FOR,
    ) -> None:
        self.db = db
        self.clock = clock
        self.valuations = valuations
        self.sales = sales
        self.waited_for = waited_for
        self._learnt: tuple[datetime, Mapping[EvidenceKind, float]] | None = None

    async def value(self, slab: Slab, *, since: datetime | None = None) -> Valuation | None:
        """One valuation of everything known; None when nothing is. Raises SourceError for an outage.

        What vendors said before `since` is not taken for an answer; they are asked again.
        """
        known = msgspec.structs.replace(await self._known(slab), heard_since=since)
        ours = sales_evidence(known.sales, self.clock.now())
        insured = insured_evidence(slab.facts.insured_usd_micros)
        if known.by_hand is not None:
            return combine([item for item in (known.by_hand, ours, insured) if item is not None])
        silent = list(known.silent)
        values = await self._values(slab, known, silent)
        average = await self._average(slab, known, values, silent)
        evidence = [item for item in (*values, average, ours, insured) if item is not None]
        return combine(evidence, await self._spreads(), silent=silent)

    async def _known(self, slab: Slab) -> _Known:
        now = self.clock.now()
        async with self.db.read() as tx:
            sales = await prices.sales(tx, slab.subject, since=now - SALES_WINDOW)
            current = await prices.current_valuation(tx, slab.subject)
            by_hand = await overrides.current(tx, slab.subject, now)
            down = {health.name for health in await operations.sources(tx) if health.is_down}
        told = () if current is None else tuple(item for item in current.evidence if item.said_at is not None)
        set_by_hand = None if by_hand is None else override_evidence(by_hand.setting)
        return _Known(tuple(sales), told, tuple(sorted(SALES_TOLD_BY & down)), set_by_hand)

    async def _values(self, slab: Slab, known: _Known, silent: list[str]) -> list[Evidence]:
        """Each vendor's value: what it said within the hour, or else says now."""
        fresh = {item.kind.value: item for item in known.fresh(self.clock.now())}
        values = []
        for source in self.valuations:
            value = fresh.get(source.name)
            if value is None:
                asset_id = slab.alt_asset_id if source.name is SourceName.ALT else known.asset_id(source.name)
                question = source.value(slab.facts, asset_id=asset_id)
                is_waited_for = source.name in self.waited_for
                value = await question if is_waited_for else await _answer(source.name, question, silent)
                value = value and msgspec.structs.replace(value, said_at=self.clock.now())
            values += [value] if value is not None else []
        return values

    async def _average(
        self, slab: Slab, known: _Known, values: Sequence[Evidence], silent: list[str]
    ) -> Evidence | None:
        """The Cartel average of all sales that are told; who tells none for now is named, not waited for."""
        now = self.clock.now()
        fresh = next((item for item in known.fresh(now) if item.kind is EvidenceKind.AVERAGE), None)
        if fresh is not None:
            return fresh
        sales, vendor = list(known.sales), None
        for source in self.sales:
            asset_id = _asset_id(values, source.name)
            told = await _answer(source.name, source.sales(slab.facts, asset_id=asset_id), silent)
            if told:
                vendor = source.name.value
                sales += [Sale(s.at, s.amount.value) for s in told if s.amount.unit is Unit.USD_MICROS]
        population = next((item.population for item in values if item.population is not None), None)
        average = average_evidence(sales, population, now, vendor=vendor)
        return msgspec.structs.replace(average, said_at=now) if average and vendor else average

    async def _spreads(self) -> Mapping[EvidenceKind, float]:
        now = self.clock.now()
        if self._learnt is None or now - self._learnt[0] >= COMPARED_EVERY:
            async with self.db.read() as tx:
                past = await prices.newest_evidence(tx, limit=COMPARED_MAX)
            self._learnt = now, learnt_spreads(past)
        return self._learnt[1]


async def _answer(name: SourceName, question: Awaitable[T], silent: list[str]) -> T | None:
    """What a vendor says; None, and its name among the silent, when it gives no answer."""
    try:
        return await question
    except SourceError as error:
        log.info("valued without an answer", source=error.source, why=error.reason)
        silent.append(name.value)
        return None


def _asset_id(told: Sequence[Evidence], vendor: str) -> str | None:
    return next((item.asset_id for item in told if item.kind == vendor and item.asset_id), None)
