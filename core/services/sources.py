"""The vendors as their operator sees them, and one vendor's refresh by itself."""

from collections.abc import Sequence
from datetime import timedelta

from core.clock import Clock
from core.domain.sources import SourceCalls, SourcePlan, SourceView, view
from db import allowances, operations, sources
from db.engine import Database

TALLIES_KEPT = timedelta(days=7)


class SourceService:
    """Rows that every process reads alike; `plans` are all vendors there could be, in the order shown."""

    def __init__(self, db: Database, clock: Clock, plans: Sequence[SourcePlan]) -> None:
        self.db = db
        self.clock = clock
        self.plans = plans

    async def all(self) -> tuple[SourceView, ...]:
        """Every vendor, those that are off with the reason."""
        async with self.db.read() as tx:
            health = {vendor.name: vendor for vendor in await operations.sources(tx)}
            used = await allowances.all_of_them(tx)
            told = await sources.told(tx)
        now = self.clock.now()
        return tuple(
            view(plan, health.get(plan.name), used.get(plan.name), told.get(plan.name, ()), now)
            for plan in self.plans
        )

    async def tell(self, process_id: str, told: Sequence[SourceCalls]) -> None:
        """Write down what a process saw."""
        if not told:
            return
        async with self.db.write() as tx:
            await sources.keep(tx, process_id, told)
            await sources.forget_before(tx, self.clock.now() - TALLIES_KEPT)
