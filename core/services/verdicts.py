"""Record: the verdicts of a version, its prices, its posts and its events in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import msgspec
import structlog

from core.clock import Clock
from core.domain.deals import Deal, Rejection
from core.domain.posts import DealPost
from core.domain.prices import PricePoint, PriceType
from core.domain.valuation import EvidenceKind, Valuation
from core.events import DealFound, ListingRejected
from core.services import fanout
from core.services.fanout import Call
from core.services.identity import Identity
from core.services.prices import Dollars
from core.telemetry import Metrics
from db import catalog, deals, events, listings, prices, work
from db.catalog import Slab
from db.deals import Verdict
from db.engine import Database, Tx
from db.events import Fact
from db.listings import Version
from db.work import Task

log = structlog.get_logger(__name__)

EXPIRED = "expired"
"""Counted among the reasons, though it is none of a listing's own."""


class Finding(msgspec.Struct, frozen=True):
    """What the line found out about a version, per policy hash."""

    version: Version
    identity: Identity
    price: Dollars
    valuation: Valuation | None = None
    results: Mapping[str, Deal | Rejection] = {}

    def with_results(self, valuation: Valuation | None, results: Mapping[str, Deal | Rejection]) -> Self:
        return msgspec.structs.replace(self, valuation=valuation, results=results)


class Ruling(msgspec.Struct, frozen=True):
    """What one policy made of the finding."""

    finding: Finding
    digest: str
    result: Deal | Rejection
    valuation_id: int | None
    at: datetime

    @property
    def deal(self) -> DealPost | None:
        """What a post of it would show."""
        return deal_post(self.finding, self.result) if isinstance(self.result, Deal) else None

    def verdict(self) -> Verdict:
        result, finding = self.result, self.finding
        ours = self.at - finding.version.first_seen_at
        return Verdict(
            version_id=finding.version.id,
            policy_hash=self.digest,
            valuation_id=self.valuation_id,
            tier=result.tier.value if isinstance(result, Deal) else None,
            reason=result.reason.value if isinstance(result, Rejection) else None,
            discount_bps=result.discount_bps,
            verified_by=finding.identity.verified_by,
            deal=self.deal,
            decided_at=self.at,
            ours_ms=max(0, min(int(ours.total_seconds() * 1000), 2**31 - 1)),
        )


class VerdictService:
    """Writes findings down, once."""

    def __init__(self, db: Database, clock: Clock, metrics: Metrics) -> None:
        self.db = db
        self.clock = clock
        self.metrics = metrics

    async def record(self, task: Task, owner: str, finding: Finding) -> None:
        """Store the finding unless the version's turn passed to somebody else or its listing ended."""
        async with self.db.write() as tx:
            if not await work.holds(tx, task, owner):
                return
            version = await listings.version(tx, finding.version.id)
            if version is not None and version.is_current:
                await self._store(tx, finding)
            await work.done(tx, task)

    async def drop(self, task: Task) -> None:
        """The version is over: it needs no verdict."""
        log.info("a version needs no verdict", why="over")
        async with self.db.write() as tx:
            await work.done(tx, task)

    async def expire(self, task: Task) -> None:
        """A source was away for so long that nobody wants the verdict any more: counted, and no verdict."""
        log.info("a version needs no verdict", why="expired")
        async with self.db.write() as tx:
            await work.done(tx, task)
        self.metrics.listing_rejected(EXPIRED)

    async def _store(self, tx: Tx, finding: Finding) -> None:
        now = self.clock.now()
        slab = finding.identity.slab
        if slab is not None:
            await self._keep_ask(tx, finding, slab, now)
            await self._keep_asset(tx, finding, slab)
        valuation_id = await self._keep_valuation(tx, finding, slab, now)
        facts: list[Fact] = []
        for digest, result in finding.results.items():
            facts += await self._store_ruling(tx, Ruling(finding, digest, result, valuation_id, now))
        await events.append(tx, facts, now)

    async def _keep_asset(self, tx: Tx, finding: Finding, slab: Slab) -> None:
        asset_id = _alt_asset(finding.valuation)
        if asset_id and slab.alt_asset_id is None:
            await catalog.keep_alt_asset(tx, slab.id, asset_id)

    async def _keep_ask(self, tx: Tx, finding: Finding, slab: Slab, now: datetime) -> None:
        version = finding.version
        point = PricePoint(
            subject=slab.subject,
            source=version.source,
            type=PriceType.ASK,
            at=version.listed_at or version.first_seen_at,
            known_at=now,
            amount=version.ask,
            usd_micros=finding.price.usd_micros,
            key=f"ask:{version.id}",
        )
        await prices.add_point(tx, point, rate_id=finding.price.rate_id)

    async def _keep_valuation(self, tx: Tx, finding: Finding, slab: Slab | None, now: datetime) -> int | None:
        if finding.valuation is None or slab is None:
            return None
        is_of_kind = finding.valuation.kinds != {EvidenceKind.INSURED}
        subject = slab.subject if is_of_kind else f"slab:{slab.id}"
        return await prices.add_valuation(tx, subject, finding.valuation, now)

    async def _store_ruling(self, tx: Tx, ruling: Ruling) -> list[Fact]:
        result, version = ruling.result, ruling.finding.version
        verdict_id = await deals.add(tx, ruling.verdict())
        if verdict_id is None:
            return []
        subject = f"verdict:{verdict_id}"
        if isinstance(result, Rejection):
            self.metrics.listing_rejected(result.reason)
            log.debug("rejected", reason=result.reason, verdict=verdict_id)
            rejected = ListingRejected(verdict_id, version.id, version.key.mint, result.reason)
            return [Fact("market", subject, rejected)]
        self.metrics.deal_found(result.tier)
        log.info("deal found", tier=result.tier, discount_bps=result.discount_bps, verdict=verdict_id)
        if ruling.deal is not None:
            call = Call(verdict_id, ruling.digest, version, ruling.deal)
            await fanout.want_posts(tx, [call], ruling.at)
        found = DealFound(verdict_id, version.id, version.key.mint, result.tier, result.discount_bps)
        return [Fact("market", subject, found)]


def deal_post(finding: Finding, deal: Deal) -> DealPost:
    """What a post of this deal shows."""
    version, valuation = finding.version, finding.valuation
    assert finding.identity.slab is not None, "a deal has a slab"
    assert valuation is not None, "a deal has a value"
    slab = finding.identity.slab.facts
    return DealPost(
        tier=deal.tier,
        title=slab.title,
        grader=slab.grader,
        grade=slab.grade,
        certificate=slab.certificate,
        mint=version.key.mint,
        venue=version.key.venue,
        seller=version.key.seller,
        price=version.ask,
        price_usd_micros=finding.price.usd_micros,
        value_usd_micros=valuation.value_usd_micros,
        low_usd_micros=valuation.low_usd_micros,
        high_usd_micros=valuation.high_usd_micros,
        confidence=valuation.confidence,
        discount_bps=deal.discount_bps,
        net_profit_usd_micros=deal.net_profit_usd_micros,
        evidence=valuation.evidence,
        observed_at=version.first_seen_at,
        listed_at=version.listed_at,
        insured_usd_micros=slab.insured_usd_micros,
        image_url=slab.image_url,
        alt_asset_id=_alt_asset(valuation) or "",
        missing=deal.missing,
        silent=valuation.silent,
    )


def _alt_asset(valuation: Valuation | None) -> str | None:
    found = valuation.evidence if valuation is not None else ()
    return next((item.asset_id for item in found if item.kind is EvidenceKind.ALT and item.asset_id), None)
