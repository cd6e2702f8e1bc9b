"""Record: verdicts of versions with their prices, posts and events, in small batches of one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import structlog

from core.clock import Clock
from core.domain.deals import Deal
from core.services import fanout, quarantine
from core.services.batches import Batches
from core.services.findings import Finding
from core.services.line import Policies, judged_by
from core.services.policy_book import PolicyBook
from core.services.rulings import Judged, Ruled, Ruling
from core.telemetry import Metrics
from db import catalog, deals, events, guilds, prices, work
from db.engine import Database, Tx
from db.work import Priority, Task

log = structlog.get_logger(__name__)

EXPIRED = "expired"
"""Counted among the reasons, though it is none of a listing's own."""


class Turn(msgspec.Struct, frozen=True):
    """A finding to store, and whose turn it was to find it."""

    task: Task
    owner: str
    finding: Finding


class VerdictService:
    """Writes findings down, once."""

    def __init__(self, db: Database, clock: Clock, metrics: Metrics) -> None:
        self.db = db
        self.clock = clock
        self.metrics = metrics
        self._policies = PolicyBook()
        self._batches = Batches(self._store)

    async def record(self, task: Task, owner: str, finding: Finding) -> int:
        """Store the finding unless the version's turn passed to somebody else or its listing ended.

        How many verdicts are new or revised. Findings of about the same time share a transaction.
        """
        ruled = await self._batches.add(Turn(task, owner, finding))
        for one in ruled:
            self._count(one)
        return len(ruled)

    async def drop(self, task: Task) -> None:
        """The version is over: it needs no verdict."""
        log.info("a version needs no verdict", why="over")
        async with self.db.write() as tx:
            await work.done(tx, [task.version_id])

    async def expire(self, task: Task) -> None:
        """A source was away for so long that nobody wants the verdict any more: counted, and no verdict."""
        log.info("a version needs no verdict", why="expired")
        async with self.db.write() as tx:
            await work.done(tx, [task.version_id])
        self.metrics.listing_rejected(EXPIRED)

    async def _store(self, turns: Sequence[Turn]) -> list[list[Ruled] | None]:
        """All of them in one transaction, or none; what each came to.

        None for one among others that is over, or whose row somebody is at: it is to be stored by itself.
        """
        async with self.db.write() as tx:
            now, is_alone = self.clock.now(), len(turns) == 1
            owners = {turn.task.claim: turn.owner for turn in turns}
            held = await work.held(tx, owners, waits=is_alone)
            over = [version_id for version_id, _ in held]
            current = await work.current(tx, over)
            await guilds.hold_choices(tx)
            policies = await self._policies.active(tx)
            turns = [_by_all(turn, policies) for turn in turns]
            live = {
                turn.task.claim: turn
                for turn in turns
                if turn.task.claim in held and turn.task.version_id in current
            }
            ruled = await _keep(tx, list(live.values()), now)
            await fanout.want_posts(tx, [one.call for one in ruled if one.call is not None], now)
            await work.done(tx, over)
            await events.append(tx, [one.fact for one in ruled if one.fact is not None], now)
        return [
            [one for one in ruled if one.ruling.finding is turn.finding]
            if is_alone or turn.task.claim in held
            else None
            for turn in turns
        ]

    def _count(self, ruled: Ruled) -> None:
        result, verdict_id = ruled.ruling.result, ruled.verdict_id
        if ruled.before is not None:
            log.debug("revised", tier=ruled.ruling.tier, before=ruled.before.tier, verdict=verdict_id)
        elif isinstance(result, Deal):
            self.metrics.deal_found(result.tier)
            log.info("deal found", tier=result.tier, discount_bps=result.discount_bps, verdict=verdict_id)
        else:
            self.metrics.listing_rejected(result.reason)
            log.debug("rejected", reason=result.reason, verdict=verdict_id)


def _by_all(turn: Turn, policies: Policies) -> Turn:
    """The turn, judged as well by what servers chose while it was found: they want no post by the old."""
    finding = turn.finding
    late = {digest: policy for digest, policy in policies.items() if digest not in finding.results}
    if not late:
        return turn
    results = {digest: judged_by(finding, policy) for digest, policy in late.items()}
    finding = msgspec.structs.replace(finding, results={**finding.results, **results})
    return msgspec.structs.replace(turn, finding=finding)


async def _keep(tx: Tx, turns: Sequence[Turn], now: datetime) -> list[Ruled]:
    """Everything that these turns found, but for what is told of it."""
    asks = [(turn.finding.ask(now), turn.finding.price.rate_id) for turn in turns]
    await prices.add_points(tx, [(ask, rate_id) for ask, rate_id in asks if ask is not None])
    await quarantine.keep(tx, [turn.finding for turn in turns], now)
    standing = await deals.standing(tx, [turn.task.version_id for turn in turns])
    judged = {(one.version_id, one.policy_hash): one for one in standing}
    rulings: list[Ruling] = []
    for turn in turns:
        rulings += await _rulings(tx, turn, {one.version_id for one in standing}, now)
    return await _keep_rulings(tx, rulings, judged)


async def _rulings(tx: Tx, turn: Turn, judged: Collection[int], now: datetime) -> list[Ruling]:
    """What each policy makes of the finding, whose valuation is kept."""
    task, finding = turn.task, turn.finding
    valuation_id = None
    if finding.valuation is not None and finding.valued_subject is not None:
        valuation_id = await prices.add_valuation(tx, finding.valued_subject, finding.valuation, now)
    slab = finding.identity.slab
    if slab is not None and slab.alt_asset_id is None and finding.alt_asset_id:
        await catalog.keep_alt_asset(tx, slab.id, finding.alt_asset_id)
    is_anew = task.priority == Priority.RECHECK and task.version_id in judged
    return [
        Ruling(finding, digest, result, valuation_id, now, is_anew)
        for digest, result in finding.results.items()
    ]


async def _keep_rulings(tx: Tx, rulings: Sequence[Ruling], judged: Judged) -> list[Ruled]:
    """Those that are new, and those that revise a verdict; a version is judged once unless it is anew."""
    new = [ruling for ruling in rulings if ruling.key not in judged]
    ids = await deals.add(tx, [ruling.verdict() for ruling in new])
    revised = [
        Ruled(ruling, judged[ruling.key].id, judged[ruling.key])
        for ruling in rulings
        if ruling.key in judged and ruling.is_anew
    ]
    await deals.revise(tx, {one.verdict_id: one.ruling.verdict() for one in revised})
    return [*(Ruled(ruling, ids[ruling.key]) for ruling in new if ruling.key in ids), *revised]
