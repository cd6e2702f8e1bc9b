"""Follow up: every call that was shown is looked at again until nothing more can be learnt of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.domain.outcomes import VALUED_AFTER, outcome_of
from core.domain.valuation import EvidenceKind
from core.errors import SourceError
from core.services.evidence import EvidenceService
from core.sources.base import Urgency, asking
from core.telemetry import Metrics
from db import aftermath, backfill, outcomes, prices, showings
from db.catalog import Slab
from db.engine import Database

log = structlog.get_logger(__name__)

BEFORE_A_MILESTONE = timedelta(hours=1)
FRESH = timedelta(hours=24)
ASKED_EVERY = timedelta(minutes=20)
MILESTONES_MAX = 200
BATCH = 50
BATCHES_MAX = 40
ADOPTION = "showings"
"""How far posts of a time before calls were followed were looked at."""
ADOPTIONS_MAX = 100


class OutcomeService:
    """What became of the deals that were posted."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        metrics: Metrics,
        evidence: EvidenceService,
        *,
        batch: int = BATCH,
    ) -> None:
        """`batch` calls, or posts, are looked at in one transaction."""
        self.db = db
        self.clock = clock
        self.metrics = metrics
        self.evidence = evidence
        self.batch = batch
        self._has_adopted = False
        self._asked_at: dict[int, datetime] = {}

    async def follow_up(self) -> int:
        """Look at the calls whose time has come; how many that were. The rest waits for the next run."""
        if not self._has_adopted:
            await self._adopt()
        looked_at = 0
        for _ in range(BATCHES_MAX):
            done = await self._look()
            looked_at += done
            if done < self.batch:
                break
        return looked_at

    async def _adopt(self) -> None:
        """Posts of a time before calls were followed: each is looked at once, over restarts, too."""
        async with self.db.read() as tx:
            noted = after = await backfill.cursor(tx, ADOPTION)
        for _ in range(ADOPTIONS_MAX):
            async with self.db.read() as tx:
                post_ids = await showings.shown_after(tx, after, limit=self.batch)
                is_followed = not await showings.is_any_unfollowed(tx, post_ids)
            if not post_ids:
                self._has_adopted = True
                break
            after = post_ids[-1]
            if not is_followed:
                await self._begin(post_ids, looked_at=after)
                noted = after
        if noted != after:
            await self._begin((), looked_at=after)

    async def _begin(self, post_ids: Sequence[int], *, looked_at: int) -> None:
        """Follow what these show; every post up to that one is looked at."""
        async with self.db.write() as tx:
            begun = await showings.follow(tx, *post_ids)
            await backfill.advance(tx, ADOPTION, looked_at)
        if begun:
            log.info("posts are followed now", posts=begun)

    async def _look(self) -> int:
        """One batch, each in the light of everything that is known by now."""
        began, now = self.clock.monotonic(), self.clock.now()
        async with self.db.read() as tx:
            if not await outcomes.is_any_due(tx, now):
                return 0
        async with self.db.write() as tx:
            cases = await outcomes.take_due(tx, now, limit=self.batch)
            known = await aftermath.known(tx, cases)
            found = {case: outcome_of(case.called, known[case.id], now) for case in cases}
            await outcomes.keep(tx, found)
        took_s = (self.clock.monotonic() - began) / max(1, len(found))
        for case, outcome in found.items():
            judged = outcome.judgement
            told = "open" if judged is None else "hit" if judged.is_hit else "miss"
            age_s = (now - case.called.shown_at).total_seconds()
            self.metrics.stage_ended("follow_up", told, took_s, age_s)
        return len(cases)

    async def value_milestones(self) -> int:
        """Value anew what calls will be held against within the hour; how many slabs were asked about.

        A value that comes later would be one of a later day. A vendor that does not answer leaves the
        value that is known.
        """
        now = self.clock.now()
        self._asked_at = {id: at for id, at in self._asked_at.items() if now - at < ASKED_EVERY}
        reached = [(now - after, now - after + BEFORE_A_MILESTONE) for after in VALUED_AFTER]
        async with self.db.read() as tx:
            found = await aftermath.to_value(tx, reached, valued_since=now - FRESH, limit=MILESTONES_MAX)
        due = [slab for slab in found if slab.id not in self._asked_at]
        with asking(Urgency.BACKFILL):
            for slab in due:
                await self._value(slab)
        return len(due)

    async def _value(self, slab: Slab) -> None:
        self._asked_at[slab.id] = self.clock.now()
        try:
            valuation = await self.evidence.value(slab)
        except SourceError as error:
            log.info("what a call is held against could not be valued", source=error.source)
            return
        if valuation is None:
            return
        subject = f"slab:{slab.id}" if valuation.kinds == {EvidenceKind.INSURED} else slab.subject
        async with self.db.write() as tx:
            await prices.add_valuation(tx, subject, valuation, self.clock.now())
