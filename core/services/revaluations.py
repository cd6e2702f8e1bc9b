"""`/deals recheck`: what is on sale is valued anew, a little at a time; how far that is, is rows."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from core.clock import Clock
from core.domain.deals import DEFAULT_POLICY, Candidate, DealPolicy, policy_hash, screen
from core.domain.listings import SourceName
from core.domain.posts import Destination, Rank
from core.domain.revaluations import (
    Outcome,
    Progress,
    Revaluation,
    RevaluationPost,
    RevaluationState,
    Span,
    outcome_of,
)
from core.errors import InvalidInput, LimitReached, NotFound
from core.events import Bus, Topic
from core.services.askers import Askers
from core.services.prices import PriceService
from db import catalog, guilds, posts, revaluation_items, revaluations, work
from db.engine import Database, Tx
from db.revaluation_items import Item, OnSale
from db.revaluations import Page
from db.work import Priority

LOOKED_AT_MAX = 20_000
LOOKED_AT_ONCE = 500
RUNS_MAX = 100
QUEUED_MAX = 200
"""Listings of all runs that are in the queue at a time: others who re-value there have their turn."""
SHOWN_EVERY = timedelta(seconds=15)
EDITED_FOR = timedelta(minutes=50)
"""Discord takes few edits of messages older than an hour: progress goes on in a new one before that."""
STARTS_MAX, STARTS_WITHIN_S = 5, 600.0
STARTED_TOO_OFTEN = "Here {most} re-valuations were begun within ten minutes. Try again in {left}."
POLICY_CHANGED = (
    "The server's thresholds or filters were changed meanwhile. Start it again to judge by those."
)


class Bounds(msgspec.Struct, frozen=True):
    """Of one run: how many listings it takes, and how many of them are in the queue at a time."""

    listings: int = 5_000
    queued: int = 50


BOUNDS = Bounds()


class RevaluationService:
    """Begins, works and ends runs; one at a time for a server."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        bus: Bus,
        prices: PriceService,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.prices = prices
        self.bounds = bounds
        self._starters = Askers(clock, STARTED_TOO_OFTEN, most=STARTS_MAX, within_s=STARTS_WITHIN_S)

    async def start(self, guild_id: int, span: Span, *, channel_id: int, by: int) -> Revaluation:
        """Have what was first seen within the span, and passes the server's filter, valued anew.

        The newest `bounds.listings` are taken. Raises NotFound, LimitReached, InvalidInput.
        """
        now = self.clock.now()
        async with self.db.read() as tx:  # before the long look at all that is on sale
            await self._refuse_second(tx, guild_id)
        self._starters.take(guild_id)
        policy = await self._policy(guild_id)
        digest = policy_hash(policy)
        chosen = await self._choose(policy, None if span.length is None else now - span.length)
        if not chosen:
            raise NotFound("Nothing on sale was first seen in that time and passes this server's filter.")
        most = self.bounds.listings
        taken, cut = chosen[:most], max(0, len(chosen) - most)
        state = RevaluationState.RUNNING
        run = Revaluation(0, guild_id, channel_id, by, span, digest, state, len(taken), cut, now)
        async with self.db.write() as tx:
            await revaluations.hold_guild(tx, guild_id)
            await self._refuse_second(tx, guild_id)
            run = await revaluations.begin(tx, run)
            await revaluation_items.keep(tx, run.id, taken)
            await _want(tx, run, 1, _post(run, Progress()), now)
        self.bus.wake(Topic.POSTS)
        return run

    async def cancel(self, id: int, *, guild_id: int) -> None:
        """End a run of this server. Raises NotFound when it is not running."""
        async with self.db.write() as tx:
            run = await revaluations.get(tx, id)
            if run is None or run.guild_id != guild_id or run.state is not RevaluationState.RUNNING:
                raise NotFound("This re-valuation is over.")
            await self._end(tx, run, RevaluationState.CANCELLED, await _progress(tx, run, ()))
        self.bus.wake(Topic.POSTS)

    async def work_due(self) -> int:
        """Take every run a step further; how many there are."""
        async with self.db.read() as tx:
            running = await revaluations.running(tx, limit=RUNS_MAX)
        for run in running:
            share = min(self.bounds.queued, max(1, QUEUED_MAX // len(running)))
            async with self.db.write() as tx:
                await self._advance(tx, run.id, share)
            self.bus.wake(Topic.WORK, Topic.POSTS)
        return len(running)

    async def _policy(self, guild_id: int) -> DealPolicy:
        async with self.db.read() as tx:
            guild = await guilds.get(tx, guild_id)
        if guild is None:
            raise NotFound("This server is not known yet; try again in a few seconds.")
        if guild.deals_channel_id is None and guild.policy != DEFAULT_POLICY:
            raise InvalidInput(
                "Choose a channel for deals with `/setup` first: nobody is judged for without."
            )
        return guild.policy

    async def _choose(self, policy: DealPolicy, since: datetime | None) -> list[OnSale]:
        """The newest first; as far as it is known what they are, the filter lets them through."""
        async with self.db.read() as tx:
            found = await revaluation_items.on_sale(tx, policy_hash(policy), since=since, limit=LOOKED_AT_MAX)
            chosen: list[OnSale] = []
            for start in range(0, len(found), LOOKED_AT_ONCE):
                chosen += await self._passing(tx, found[start : start + LOOKED_AT_ONCE], policy)
        return chosen

    async def _passing(self, tx: Tx, found: Sequence[OnSale], policy: DealPolicy) -> list[OnSale]:
        slabs = await catalog.slabs_of(tx, [one.token_id for one in found])
        exchange = await self.prices.exchange(tx, {one.ask.unit for one in found})
        passing = []
        for one in found:
            slab, dollars = slabs.get(one.token_id), exchange.dollars(one.ask)
            if slab is None:
                is_in = not one.is_no_slab
            else:
                price = policy.price_min_usd_micros if dollars is None else dollars.usd_micros
                is_in = screen(Candidate(price, one.seller, slab.facts), policy) is None
            passing += [one] if is_in else []
        return passing

    async def _refuse_second(self, tx: Tx, guild_id: int) -> None:
        for run in await revaluations.running(tx, guild_id=guild_id):
            ended = sum((await revaluation_items.counts(tx, run.id)).values())
            raise LimitReached(
                f"A re-valuation is running for this server: {ended:,} of {run.total:,}, shown in "
                f"<#{run.channel_id}>. Cancel it there, or wait until it is done."
            )

    async def _advance(self, tx: Tx, id: int, share: int) -> None:
        """What came of the queued ones is noted, the next are queued, and the channel sees it."""
        run = await revaluations.get(tx, id)
        if run is None or run.state is not RevaluationState.RUNNING:
            return
        guild = await guilds.get(tx, run.guild_id)
        if guild is None or policy_hash(guild.policy) != run.policy_hash:
            progress = await _progress(tx, run, ())
            await self._end(tx, run, RevaluationState.CANCELLED, progress, because=POLICY_CHANGED)
            return
        queued = await self._fill(tx, run, share)
        progress = await _progress(tx, run, queued)
        if queued or progress.ended < run.total:
            await self._show(tx, run, _post(run, progress))
        else:
            await self._end(tx, run, RevaluationState.DONE, progress)

    async def _fill(self, tx: Tx, run: Revaluation, share: int) -> tuple[Item, ...]:
        """The items that are in the queue now."""
        now = self.clock.now()
        queued = await revaluation_items.items(tx, run, queued=True, limit=QUEUED_MAX)
        concluded = _concluded(queued, run)
        waiting = [item for item in queued if item.n not in concluded]
        following = await revaluation_items.items(tx, run, queued=False, limit=max(0, share - len(waiting)))
        concluded |= _concluded(following, run)
        new = [item for item in following if item.n not in concluded]
        await revaluation_items.conclude(tx, run.id, concluded)
        if new:
            priors = {item.version_id: item.n for item in new}
            await work.add(tx, priors, priority=Priority.RECHECK, now=now)
            await revaluation_items.hurry(tx, list(priors))
            await revaluation_items.queue(tx, run.id, [item.n for item in new], now)
        return (*waiting, *new)

    async def _end(
        self, tx: Tx, run: Revaluation, state: RevaluationState, progress: Progress, *, because: str = ""
    ) -> None:
        now = self.clock.now()
        await revaluations.end(tx, run.id, state, now)
        ended = msgspec.structs.replace(run, state=state, ended_at=now)
        await self._show(tx, ended, msgspec.structs.replace(_post(ended, progress), because=because))

    async def _show(self, tx: Tx, run: Revaluation, payload: RevaluationPost) -> None:
        """Change the newest message, not too often; begin a new one before it is too old for that.

        Progress waits while Discord does not have the look before: it may have asked for a pause.
        """
        now = self.clock.now()
        number, shown_at, page = await revaluations.page(tx, run.id)
        if page is None or page.payload == payload:
            return
        is_over = run.state is not RevaluationState.RUNNING
        is_old = page.sent_at is not None and now - page.sent_at >= EDITED_FOR
        rests = not page.is_shown or now - shown_at < SHOWN_EVERY
        if rests and not (is_over or is_old):
            return
        if not is_old:
            await posts.change(tx, page.post_id, payload, rank=Rank.LOOK, now=now)
        else:
            await self._leave(tx, page)
            number += 1
            await _want(tx, run, number, payload, now)
        await revaluations.turn_page(tx, run.id, number, now)

    async def _leave(self, tx: Tx, page: Page) -> None:
        """The last edit of a message: who reads it is sent on."""
        if isinstance(page.payload, RevaluationPost):
            left = msgspec.structs.replace(page.payload, goes_on_below=True)
            await posts.change(tx, page.post_id, left, rank=Rank.CLOSING, now=self.clock.now())


def _concluded(items: Sequence[Item], run: Revaluation) -> dict[int, Outcome]:
    """What those came to that nobody works any more, by number."""
    found = {item.n: _outcome(item, run) for item in items}
    return {n: outcome for n, outcome in found.items() if outcome is not None}


def _outcome(item: Item, run: Revaluation) -> Outcome | None:
    if not item.is_current:
        return Outcome.CLOSED
    if item.is_parked:
        return Outcome.UNANSWERED
    if not item.is_worked:
        return None
    if item.decided_at is not None and item.decided_at >= run.created_at:
        return outcome_of(item.before, item.tier)
    return Outcome.UNANSWERED if item.is_queued else None


async def _progress(tx: Tx, run: Revaluation, queued: Sequence[Item]) -> Progress:
    waiting = [item for item in queued if _awaited(item) is not None]
    names = sorted({name for item in waiting if (name := _awaited(item)) is not None})
    return Progress(
        counts=await revaluation_items.counts(tx, run.id),
        waiting=len(waiting),
        waits_for=tuple(names),
        best=tuple(await revaluation_items.best(tx, run)),
    )


def _awaited(item: Item) -> SourceName | None:
    """Whose answer the item waits for."""
    name = item.waits_because.removeprefix("not yet: ").partition(":")[0]
    return SourceName(name) if name in set(SourceName) else None


def _post(run: Revaluation, progress: Progress) -> RevaluationPost:
    return RevaluationPost(
        revaluation_id=run.id,
        span=run.span,
        state=run.state,
        total=run.total,
        cut=run.cut,
        created_at=run.created_at,
        progress=progress,
        ended_at=run.ended_at,
    )


async def _want(tx: Tx, run: Revaluation, page: int, payload: RevaluationPost, now: datetime) -> None:
    wish = posts.Wish(
        key=revaluations.key_of(run.id, page),
        destination=Destination(run.channel_id, run.guild_id),
        payload=payload,
        nonce=secrets.token_hex(12),
        rank=Rank.INFO,
    )
    await posts.want(tx, wish, now)
