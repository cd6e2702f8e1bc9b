"""The vendors' allowances as the database keeps them: the book of all budgets of one house."""

from core.clock import Clock
from core.domain.allowances import Allowance, Pace, pause, take
from core.domain.listings import SourceName
from db import allowances
from db.engine import Database


class AllowanceService:
    """Counts every turn before it is used, so that neither a restart nor a second process has its own."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    async def take(self, source: SourceName, pace: Pace) -> float:
        """Take one turn: 0, or the seconds to wait when there is none yet."""
        async with self.db.write() as tx:
            now = self.clock.now()
            left, wait_s = take(await allowances.lock(tx, source.value, now), pace, now)
            if not wait_s:
                await allowances.keep(tx, source.value, left)
        return wait_s

    async def pause(self, source: SourceName, seconds: float) -> None:
        """The vendor said "later"."""
        async with self.db.write() as tx:
            now = self.clock.now()
            left = await allowances.lock(tx, source.value, now)
            await allowances.keep(tx, source.value, pause(left, now, seconds))

    async def all(self) -> dict[str, Allowance]:
        async with self.db.read() as tx:
            return await allowances.all_of_them(tx)
