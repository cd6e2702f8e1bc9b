"""Ingest: batches of reports become listings, episodes, versions and work, each once."""

from collections.abc import Hashable, Sequence
from datetime import datetime

import msgspec
import structlog

from core.clock import Clock
from core.domain import listings as rules
from core.domain.listings import Report, Reported, Step
from core.domain.runs import runs
from core.events import Bus, ListingClosed, ListingOpened, Topic
from core.services import closings, doubts, happenings, quarantine, sales, slabs
from core.services.prices import Dollars, PriceService
from core.services.sales import TokenSale
from core.telemetry import Metrics, bind_correlation
from db import catalog, events, listings, observations, prices, versions, work
from db.engine import Database, Tx
from db.events import Fact
from db.listings import Found
from db.observations import Seen
from db.versions import Opening
from db.work import Priority

BATCH = 200
STAGE = "ingest"
_BPS = 10_000
_PRIOR_MAX = 2**40

log = structlog.get_logger(__name__)


class Taken(msgspec.Struct, frozen=True):
    """A report, the listing it is about, and what it does to it, or makes one wonder about."""

    report: Report
    found: Found
    step: Step
    casts_doubt: bool = False

    @property
    def moves_token(self) -> bool:
        """Whether nobody else can have the token on sale any more."""
        is_sale = self.report.said is Reported.SOLD and self.step is Step.CLOSES
        return is_sale or self.step is Step.OPENS

    def fact(self, payload: ListingOpened | ListingClosed) -> Fact:
        return Fact("market", f"listing:{self.found.id}", payload)


class IngestService:
    """Takes reports in the order they are given."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, prices: PriceService, metrics: Metrics) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.prices = prices
        self.metrics = metrics

    async def take(self, reports: Sequence[Report], *, is_baseline: bool) -> None:
        """Oldest first; a batch is one transaction."""
        for start in range(0, len(reports), BATCH):
            batch = [rules.believed(report) for report in reports[start : start + BATCH]]
            began, taken, facts = self.clock.monotonic(), list[Taken](), list[Fact]()
            async with self.db.write() as tx:
                await listings.take_turn(tx)
                for run in runs(batch, _names):
                    own = await _look_up(tx, run)
                    facts += await self._take_run(tx, own, is_baseline=is_baseline)
                    taken += own
                news = [one.report for one in taken if _is_news(one)]
                await happenings.tell(tx, self.prices, news, self.clock.now())
                has_doubts = await _doubt(tx, taken, self.clock.now())
                await events.append(tx, facts, self.clock.now())
            self.bus.wake(Topic.WORK, Topic.POSTS, Topic.EVENTS, *([Topic.RECHECKS] if has_doubts else ()))
            self._measure(taken, self.clock.monotonic() - began)

    async def _take_run(self, tx: Tx, taken: Sequence[Taken], *, is_baseline: bool) -> list[Fact]:
        facts = await self._open(tx, [one for one in taken if one.step in _OPENING], is_baseline=is_baseline)
        for one in taken:
            if one.step is Step.CLOSES:
                with bind_correlation(one.report.key.mint):
                    facts |= await self._close(tx, one)
        await _confirm(tx, [one for one in taken if one.step is Step.CONFIRMS])
        await observations.observe(tx, [_seen(one) for one in taken if one.step is Step.IGNORED])
        return [facts[one.found.id] for one in taken if one.found.id in facts]

    async def _open(self, tx: Tx, opening: Sequence[Taken], *, is_baseline: bool) -> dict[int, Fact]:
        """New versions, in new episodes unless the price changed within one."""
        now = self.clock.now()
        for one in opening:
            if one.step is Step.REPRICES and one.found.version_id is not None:
                await closings.close_posts(tx, one.found.version_id, one.report, now)
        facts = {one.found.token_id: one.report.slab for one in opening if one.report.slab is not None}
        await slabs.keep(tx, facts, now)
        old = {one.found.id for one in opening} if is_baseline else await _old(tx, opening)
        openings = [_opening(one, is_old=one.found.id in old) for one in opening]
        ids = await versions.begin(tx, openings, is_baseline=is_baseline)
        await observations.observe(tx, [_seen(one, ids[one.found.id]) for one in opening])
        priors = await self._priors(tx, opening, ids)
        behind = {ids[listing_id] for listing_id in old}
        for priority, is_behind in ((Priority.BACKFILL, True), (Priority.FRESH, False)):
            queued = {id: prior for id, prior in priors.items() if (id in behind) is is_behind}
            await work.add(tx, queued, priority=priority, now=now)
        return {
            one.found.id: _opened(one, ids[one.found.id], is_baseline=one.found.id in old) for one in opening
        }

    async def _priors(self, tx: Tx, opening: Sequence[Taken], ids: dict[int, int]) -> dict[int, int]:
        """Price against what is cheaply known, in basis points, by version: the smallest goes first."""
        known = await catalog.slabs_of(tx, [one.found.token_id for one in opening])
        values = await prices.current_values(tx, {slab.subject for slab in known.values()})
        exchange = await self.prices.exchange(tx, {one.report.ask.unit for one in opening if one.report.ask})
        priors = {}
        for one in opening:
            slab = known.get(one.found.token_id)
            dollars = None if one.report.ask is None else exchange.dollars(one.report.ask)
            reference = None if slab is None else values.get(slab.subject) or slab.facts.insured_usd_micros
            priors[ids[one.found.id]] = _prior(dollars, reference)
        return priors

    async def _close(self, tx: Tx, one: Taken) -> dict[int, Fact]:
        found, report = one.found, one.report
        if found.version_id is not None:
            await closings.close_posts(tx, found.version_id, report, self.clock.now())
        await versions.close(tx, found.id, report)
        await observations.observe(tx, [_seen(one)])
        if report.said is Reported.SOLD:
            await self._keep_sale(tx, one)
        if found.standing is None:
            return {}
        log.debug("no longer on sale", how=report.said, source=report.source)
        return {found.id: one.fact(ListingClosed(found.id, report.key.mint, report.said))}

    async def _keep_sale(self, tx: Tx, one: Taken) -> None:
        found, report = one.found, one.report
        paid = report.paid or (found.standing.ask if found.standing else None)
        dollars = None if paid is None else await self.prices.dollars_then(tx, paid, report.effective_at)
        if paid is None or dollars is None:
            return
        sale = TokenSale(found.token_id, report, paid, dollars)
        await sales.keep(tx, [sale], self.clock.now())
        await quarantine.judge_sale(tx, found.version_id, sale)

    def _measure(self, taken: Sequence[Taken], took_s: float) -> None:
        """Each report is through when its batch is."""
        for one in taken:
            age_s = (one.report.seen_at - one.report.effective_at).total_seconds()
            self.metrics.stage_ended(STAGE, one.step, took_s, max(0.0, age_s))


_OPENING = frozenset({Step.OPENS, Step.REPRICES})


def _is_news(one: Taken) -> bool:
    """Whether it happened just now, or may tell who bought."""
    is_change = one.step in {*_OPENING, Step.CLOSES} and not one.report.is_sighting
    return is_change or one.report.said is Reported.SOLD


def _names(report: Report) -> tuple[Hashable, ...]:
    """A run names each listing, and each event of a vendor, once."""
    return (report.key, observations.told(report))


async def _look_up(tx: Tx, run: Sequence[Report]) -> list[Taken]:
    """What each of these reports does to its listing, which is held until the transaction ends."""
    token_ids = await catalog.keep_tokens(tx, {listings.token_key(report.key) for report in run})
    found = await listings.keep(tx, run, token_ids)
    replays = await observations.replays(tx, run)
    return [_taken(report, found[report.key], replays) for report in run]


def _taken(report: Report, found: Found, replays: set[observations.Told]) -> Taken:
    is_replay = observations.told(report) in replays
    step = rules.step(found.standing, report, is_replay=is_replay)
    is_doubt = step is Step.IGNORED and not is_replay and rules.casts_doubt(found.standing, report)
    return Taken(report, found, step, is_doubt)


async def _doubt(tx: Tx, taken: Sequence[Taken], now: datetime) -> bool:
    """What these reports make of other listings of their tokens; whether any is in doubt."""
    moved_at: dict[int, datetime] = {}
    for one in taken:
        if one.moves_token:
            known_at = moved_at.get(one.found.token_id, one.report.effective_at)
            moved_at[one.found.token_id] = max(known_at, one.report.effective_at)
    return await doubts.doubt_rivals(tx, moved_at, {one.found.id for one in taken if one.casts_doubt}, now)


def _seen(one: Taken, version_id: int | None = None) -> Seen:
    return Seen(one.report, one.found.id, one.step.value, version_id)


def _opening(one: Taken, *, is_old: bool) -> Opening:
    goes_on = one.found.episode_id if one.step is Step.REPRICES else None
    return Opening(one.found.id, one.report, goes_on, is_old)


async def _old(tx: Tx, opening: Sequence[Taken]) -> set[int]:
    """The listings that were no news and were only missed since: a vendor's hole makes none of them."""
    back = {
        one.found.version_id: one.found.id
        for one in opening
        if rules.is_same_again(one.found.standing, one.report)
    }
    found = await versions.baselines(tx, [id for id in back if id is not None])
    return {back[version_id] for version_id in found}


def _opened(one: Taken, version_id: int, *, is_baseline: bool) -> Fact:
    report, is_repriced = one.report, one.step is Step.REPRICES
    assert report.ask is not None, "a listed report has an ask"
    with bind_correlation(report.key.mint):
        log.debug(
            "listed", version=version_id, venue=report.key.venue, source=report.source, repriced=is_repriced
        )
    return one.fact(ListingOpened(version_id, report.key.mint, report.ask, is_repriced, is_baseline))


def _prior(dollars: Dollars | None, reference_usd_micros: int | None) -> int:
    if dollars is None or not reference_usd_micros:
        return _BPS
    return min(dollars.usd_micros * _BPS // reference_usd_micros, _PRIOR_MAX)


async def _confirm(tx: Tx, confirming: Sequence[Taken]) -> None:
    """What is open was seen once more."""
    seen_at = {one.found.version_id: one.report.seen_at for one in confirming if one.found.version_id}
    await versions.confirm(tx, seen_at)
    await observations.observe(tx, [_seen(one, one.found.version_id) for one in confirming])
