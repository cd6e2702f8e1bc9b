"""Quarantine: prices that cannot be meant are held and told of, and let go when somebody vouches for them."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from core.clock import Clock
from core.domain.listings import Chain
from core.domain.money import AMOUNT_MAX, Amount
from core.domain.notices import TracePost
from core.domain.quarantine import (
    OFF_MIN,
    Asked,
    Quarantined,
    Suspicion,
    in_other_currency,
    is_off,
    suspect,
)
from core.errors import NotFound
from core.events import Bus, Topic
from core.services import fanout
from core.services.fanout import Trace
from core.services.findings import Finding, ask_key
from core.services.prices import Exchange, PriceService
from core.services.sales import TokenSale
from db import listings, prices, quarantine, trades, work
from db.engine import Database, Tx
from db.work import Priority

APART = "quarantine"
"""Why a price is set apart: nobody can have meant it."""
LISTED_MAX = 25
ID_END = 2**63
LOOKED_AT_MAX = 200
BY_ITS_VALUE = "its value"

log = structlog.get_logger(__name__)


async def keep(tx: Tx, findings: Sequence[Finding], now: datetime) -> None:
    """Hold what is suspect, and let go what no longer is."""
    suspect = [one for one in findings if one.suspicion is not None]
    known = await quarantine.known_among(tx, [one.version.id for one in suspect])
    for one in suspect:
        assert one.suspicion is not None
        await quarantine.hold(tx, one.version.id, one.suspicion, now)
    await prices.judge_points(tx, [ask_key(one.version.id) for one in suspect], APART)
    traces = [_trace(one) for one in suspect if one.version.id not in known and not one.version.is_baseline]
    await fanout.want_traces(tx, [trace for trace in traces if trace is not None], now)
    cleared = [one.version.id for one in findings if one.suspicion is None and one.valuation is not None]
    for version_id in await quarantine.held_among(tx, cleared):
        await _let_go(tx, version_id, BY_ITS_VALUE, now)


async def judge_sale(tx: Tx, version_id: int | None, sale: TokenSale) -> None:
    """A sale at a price that is held counts for nothing, as long as nobody else tells of it."""
    if version_id is None or not await quarantine.held_among(tx, [version_id]):
        return
    version = await listings.version(tx, version_id)
    if version is not None and version.source == sale.report.source:
        await prices.judge_points(tx, sale.keys_near, APART)


class QuarantineService:
    """What is held, and who may let it go."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, prices: PriceService) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.prices = prices

    async def suspicion(self, finding: Finding) -> Suspicion | None:
        """Why the price of a valued version cannot be meant; None as well for one that is vouched for."""
        version, asked = finding.version, max(1, min(finding.price.usd_micros, AMOUNT_MAX))
        value = finding.valuation.value_usd_micros if finding.valuation is not None else None
        if value is not None and not is_off(asked, value, OFF_MIN):
            return None
        other = in_other_currency(version.ask) if version.key.chain is Chain.SOLANA else None
        async with self.db.read() as tx:
            before = await quarantine.asked_before(tx, version)
            exchange = await self.prices.exchange(tx, {one.unit for one in (other, before) if one})
            otherwise, asked_before = (_usd_micros(exchange, amount) for amount in (other, before))
            suspicion = suspect(Asked(asked, otherwise, asked_before), value)
            if suspicion is None or await quarantine.vouched_for(tx, version) is not None:
                return None
            known = await quarantine.of_version(tx, version.id)
        return suspicion if known is None or known.released_at is None else None

    async def held(self) -> tuple[Quarantined, ...]:
        """What is held and still on sale, newest first."""
        async with self.db.read() as tx:
            return tuple(await quarantine.waiting(tx, LISTED_MAX))

    async def release(self, version_id: int, by: str) -> None:
        """Believe the price of a version, which is judged again. Raises NotFound when it is not held."""
        async with self.db.write() as tx:
            if not 0 < version_id < ID_END or not await self._release(tx, version_id, by):
                raise NotFound(f"No price is held under {version_id}.")
        self.bus.wake(Topic.WORK)

    async def look_again(self) -> int:
        """Release what another source has seen at about that price by now; how many those were."""
        async with self.db.read() as tx:
            held = await quarantine.waiting(tx, LOOKED_AT_MAX)
            versions = [await listings.version(tx, one.version_id) for one in held]
            vouched = {one.id: await quarantine.vouched_for(tx, one) for one in versions if one is not None}
        released = {version_id: by for version_id, by in vouched.items() if by is not None}
        if not released:
            return 0
        async with self.db.write() as tx:
            for version_id, by in released.items():
                await self._release(tx, version_id, by)
        self.bus.wake(Topic.WORK)
        return len(released)

    async def _release(self, tx: Tx, version_id: int, by: str) -> bool:
        now = self.clock.now()
        version = await listings.version(tx, version_id)
        if version is None or not await _let_go(tx, version_id, by, now):
            return False
        log.info("a price is believed", version=version_id, by=by)
        sold = (await trades.of_tokens(tx, [version.token_id])).get(version.token_id, ())
        theirs = [trade.price_id for trade in sold if trade.seller == version.key.seller]
        await prices.count_again(tx, theirs, APART)
        if version.is_current:
            await work.add(tx, {version_id: 0}, priority=Priority.RECHECK, now=now)
        return True


def _trace(finding: Finding) -> Trace | None:
    slab, version = finding.identity.slab, finding.version
    if slab is None or finding.suspicion is None:
        return None
    facts = slab.facts
    return Trace(
        version,
        TracePost(
            title=facts.title,
            grader=facts.grader,
            grade=facts.grade,
            certificate=facts.certificate,
            mint=version.key.mint,
            venue=version.key.venue,
            price=version.ask,
            suspicion=finding.suspicion,
        ),
    )


def _usd_micros(exchange: Exchange, amount: Amount | None) -> int | None:
    dollars = None if amount is None else exchange.dollars(amount)
    return None if dollars is None or dollars.usd_micros > AMOUNT_MAX else dollars.usd_micros


async def _let_go(tx: Tx, version_id: int, by: str, now: datetime) -> bool:
    await prices.judge_points(tx, [ask_key(version_id)], None)
    return await quarantine.release(tx, version_id, by, now)
