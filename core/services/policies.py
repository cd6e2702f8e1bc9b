"""Policies that were chosen a moment ago judge what is on sale already, by what others had found out of it.

No vendor is asked, and nothing is posted: what was there before a server wanted it is no news.
"""

import asyncio
from collections.abc import Sequence

from core.clock import Clock
from core.domain.deals import Deal, DealPolicy, Reason, Rejection, appraise, screen
from core.services.findings import Finding
from core.services.identity import Identity
from core.services.line import candidate_of
from core.services.prices import Dollars
from core.services.rulings import Ruling
from db import deals, guilds, policies
from db.engine import Database
from db.policies import Backlog, Judged

PAGE = 200
NEWEST_MAX = 5_000
"""Of what is on sale; what is older is judged when it is valued anew."""
FOR_EVERYBODY = frozenset({Reason.NOT_A_SLAB, Reason.MISMATCH, Reason.QUARANTINED})
"""What a version is refused for by any policy alike."""


class PolicyService:
    """One page of one policy at a time: it is done in a moment, and new listings come first."""

    def __init__(self, db: Database, clock: Clock, *, page: int = PAGE, newest: int = NEWEST_MAX) -> None:
        self.db = db
        self.clock = clock
        self.page = page
        self.newest = newest

    async def catch_up(self) -> int:
        """Let every new policy judge what is on sale; how many verdicts that gave."""
        given = 0
        while (backlog := await self._next()) is not None:
            given += await self._judge_page(backlog)
            await asyncio.sleep(0)
        return given

    async def _next(self) -> Backlog | None:
        async with self.db.read() as tx:
            return await policies.next_backlog(tx)

    async def _judge_page(self, backlog: Backlog) -> int:
        async with self.db.read() as tx:
            is_wanted = backlog.policy_hash in await guilds.active_hashes(tx)
            page = policies.Page((), None)
            if is_wanted:
                page = await policies.unjudged(tx, backlog, page=self.page, newest=self.newest)
        rulings = self._rulings(page.judged, backlog)
        async with self.db.write() as tx:
            added = await deals.add(tx, [ruling.verdict() for ruling in rulings])
            await policies.go_on(tx, backlog, page)
        return len(added)

    def _rulings(self, judged: Sequence[Judged], backlog: Backlog) -> list[Ruling]:
        now = self.clock.now()
        found = ((one, _finding(one)) for one in judged)
        results = ((one, finding, _result(one, finding, backlog.policy)) for one, finding in found)
        return [
            Ruling(finding, backlog.policy_hash, result, one.valuation_id, now)
            for one, finding, result in results
            if result is not None
        ]


def _finding(one: Judged) -> Finding:
    """What the line had found out."""
    identity = Identity(one.slab, one.verified_by, one.reason)
    return Finding(one.version, identity, Dollars(one.price_usd_micros or 0, None), one.valuation)


def _result(one: Judged, finding: Finding, policy: DealPolicy) -> Deal | Rejection | None:
    """None when nobody knows yet: it was valued for nobody, as all policies left it out."""
    if one.reason in FOR_EVERYBODY:
        return Rejection(one.reason)
    if one.slab is None or not one.price_usd_micros:
        return None
    candidate = candidate_of(finding)
    if one.valuation is None and one.reason is not Reason.NO_VALUE:
        return screen(candidate, policy)
    return appraise(candidate, one.valuation, policy)
