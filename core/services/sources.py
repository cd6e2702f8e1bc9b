"""The vendors as their operator sees them, and one vendor's refresh by itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.operations import SourceHealth
from core.domain.sources import SourceCalls, SourcePlan, SourceView, view
from db import allowances, operations, sources, work
from db.engine import Database, Tx

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
        """Write down what a process saw; a vendor that answered it since is no longer down.

        Who wrote that it is may be gone, or ask it no more, and would never take it back.
        """
        if not told:
            return
        async with self.db.write() as tx:
            await sources.keep(tx, process_id, told)
            await self._take_back(tx, {calls.source.value: calls.succeeded_at for calls in told})
            await sources.forget_before(tx, self.clock.now() - TALLIES_KEPT)

    async def _take_back(self, tx: Tx, answered: Mapping[str, datetime | None]) -> None:
        for vendor in await operations.sources(tx):
            at = answered.get(vendor.name)
            if at is not None and vendor.is_down and (vendor.since is None or at > vendor.since):
                await operations.keep_source(tx, SourceHealth(vendor.name, is_down=False, since=at))
                await work.wake(tx, vendor.name, self.clock.now())
