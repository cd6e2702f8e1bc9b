"""Housekeeping: what is kept for a while goes, a few rows at a time, so that nobody waits for it long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from core.clock import Clock
from core.domain.replays import DAYS_MAX
from db import leftovers
from db.engine import Database, Tx
from db.leftovers import Ids, Stretch

log = structlog.get_logger(__name__)

EVENTS_KEPT = timedelta(days=7)
PAGES_KEPT = timedelta(days=7)
ITEMS_KEPT = timedelta(days=7)
"""What single listings came to, after their re-valuation."""
OBSERVATIONS_KEPT = timedelta(days=30)
"""Of reports that changed nothing: by then nobody tells of them again, unless it is on sale still."""
JUDGED_KEPT = timedelta(days=DAYS_MAX + 10)
"""Longer than any replay looks back."""
REVISIONS_EACH = 10
"""Of a version under a policy; far fewer are shown."""
AT_ONCE = 1_000
"""Rows that are looked at, or deleted, in one transaction."""
ANEW_EVERY = timedelta(days=7)
"""What was passed over, because it was on sale still, is looked at again."""
TURNS_MAX = 200
"""Looks at a table in one run: the rest waits for the next."""


class Find(Protocol):
    """The next rows of a table, and which of them may go."""

    async def __call__(self, tx: Tx, *, after: int, limit: int) -> Stretch: ...


@dataclass(frozen=True, slots=True)
class Chore:
    """What goes from a table."""

    name: str
    ids: Ids
    find: Find


class Housekeeping:
    """Goes on in each table where it was; in a new process, and each week, from the beginning."""

    def __init__(self, db: Database, clock: Clock, *, at_once: int = AT_ONCE) -> None:
        self.db = db
        self.clock = clock
        self.at_once = at_once
        self._looked_at: dict[str, int] = {}
        self._began_at = clock.now()

    async def run(self) -> dict[str, int]:
        """How many rows went, by chore."""
        now = self.clock.now()
        if now - self._began_at >= ANEW_EVERY:
            self._looked_at, self._began_at = {}, now
        gone = {chore.name: await self._do(chore) for chore in _chores(now)}
        log.debug("old rows are gone", **gone)
        return gone

    async def _do(self, chore: Chore) -> int:
        gone, name = 0, chore.name
        async with self.db.read() as tx:
            newest = await leftovers.last_id(tx, chore.ids)
        self._looked_at[name] = min(self._looked_at.get(name, 0), newest)
        for _ in range(TURNS_MAX):
            async with self.db.read() as tx:
                found = await chore.find(tx, after=self._looked_at[name], limit=self.at_once)
            gone += await self._forget(chore.ids, found.ids)
            self._looked_at[name] = found.last
            if found.is_end:
                break
        return gone

    async def _forget(self, ids: Ids, old: tuple[int, ...]) -> int:
        gone = 0
        for start in range(0, len(old), self.at_once):
            async with self.db.write() as tx:
                gone += await leftovers.forget(tx, ids, old[start : start + self.at_once])
        return gone


def _chores(now: datetime) -> tuple[Chore, ...]:
    old, observed_before, judged_before = leftovers, now - OBSERVATIONS_KEPT, now - JUDGED_KEPT
    return (
        Chore("events", old.EVENTS, partial(old.old_events, before=now - EVENTS_KEPT)),
        Chore("pages", old.PAGES, partial(old.old_pages, before=now - PAGES_KEPT)),
        Chore("items", old.ITEMS, partial(old.old_items, before=now - ITEMS_KEPT)),
        Chore("observations", old.OBSERVATIONS, partial(old.old_observations, before=observed_before)),
        Chore("revisions", old.REVISIONS, partial(old.old_revisions, before=judged_before)),
        Chore("repeated", old.REVISIONS, partial(old.repeated_revisions, newest=REVISIONS_EACH)),
        Chore("rejections", old.VERDICTS, partial(old.old_rejections, before=judged_before)),
    )
