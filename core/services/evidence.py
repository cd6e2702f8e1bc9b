"""Value: gathering the evidence about a slab from vendors, our own sales and the vault."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from core.clock import Clock
from core.domain.valuation import (
    SALES_WINDOW,
    VENDOR_VALUES,
    Evidence,
    Valuation,
    combine,
    insured_evidence,
    sales_evidence,
)
from core.sources.base import ValuationSource
from db import prices
from db.catalog import Slab
from db.engine import Database

VENDOR_VALUE_FRESH = timedelta(hours=1)
"""A vendor's value of a kind serves every certificate of it this long."""


class EvidenceService:
    """What is known of a slab's worth."""

    def __init__(self, db: Database, clock: Clock, valuations: Sequence[ValuationSource]) -> None:
        self.db = db
        self.clock = clock
        self.valuations = valuations

    async def value(self, slab: Slab) -> Valuation | None:
        """One valuation of everything known; None when nothing is. Raises SourceError for an outage."""
        evidence = await self._ours(slab)
        if not {item.kind for item in evidence} & VENDOR_VALUES:
            evidence += await self._ask_vendors(slab)
        insured = insured_evidence(slab.facts.insured_usd_micros)
        return combine([*evidence, insured] if insured is not None else evidence)

    async def _ours(self, slab: Slab) -> list[Evidence]:
        """Our own sales of the kind, and a vendor's value of it that is still fresh."""
        now = self.clock.now()
        async with self.db.read() as tx:
            sales = sales_evidence(await prices.sales(tx, slab.subject, since=now - SALES_WINDOW), now)
            current = await prices.current_valuation(tx, slab.subject)
        evidence = [] if sales is None else [sales]
        if current is not None:
            known = [(item, item.said_at) for item in current.evidence if item.kind in VENDOR_VALUES]
            evidence += [item for item, at in known if at is not None and now - at <= VENDOR_VALUE_FRESH]
        return evidence

    async def _ask_vendors(self, slab: Slab) -> list[Evidence]:
        answers = [await source.value(slab.facts, asset_id=slab.alt_asset_id) for source in self.valuations]
        now = self.clock.now()
        return [msgspec.structs.replace(answer, said_at=now) for answer in answers if answer is not None]
