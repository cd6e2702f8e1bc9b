"""Deals: every look at one after its verdict."""

from collections.abc import Mapping

from core.clock import Clock
from core.domain.deals import DEFAULT_POLICY, DealTier, policy_hash
from core.domain.filters import DealFilter
from core.domain.links import VENUES
from core.domain.listings import Mint, SourceName, Venue
from core.domain.operations import SourceHealth
from core.domain.posts import BuyCheck, BuyState, DealPage, DealPost, DealView, DigestPost
from core.errors import NotFound
from core.services.askers import Askers
from core.services.evidence import WAITED_FOR
from core.services.glances import Glances
from core.services.identity import AUTHORITIES
from core.services.prices import PriceService
from core.sources.base import ListingStateSource, LiveListing, Urgency, asking
from db import catalog, deals, guilds, operations, pages, posts, traces, work
from db.engine import Database, Tx

PAGE_MAX = 100
LISTED_MAX = 10
SEARCHED_AT_ONCE, SEARCHES_MAX = 250, 20
"""A narrow search looks at so many of the newest deals, and then says that it stopped."""
PRESSED_TOO_OFTEN = (
    "You pressed Buy {most} times within a minute, and the marketplaces answer all of us only so often. Try "
    "again in {left}; the links below the post open the listing all the while."
)
LISTS_MAX = 20
LISTED_TOO_OFTEN = "Those were {most} pages of deals within a minute. Try again in {left}."
GAMES_KEPT_S = 60.0
"""They are proposed anew at each letter that somebody types."""
_AWAITED = frozenset({*WAITED_FOR, *AUTHORITIES.values(), SourceName.MAGIC_EDEN})
"""Who must say what a listed token is, or what it is worth."""


class DealService:
    """The use cases of a deal."""

    def __init__(
        self, db: Database, clock: Clock, prices: PriceService, states: Mapping[Venue, ListingStateSource]
    ) -> None:
        self.db = db
        self.clock = clock
        self.prices = prices
        self.states = states
        self._glances = Glances(clock)
        self._pressers = Askers(clock, PRESSED_TOO_OFTEN)
        self._readers = Askers(clock, LISTED_TOO_OFTEN, most=LISTS_MAX)
        self._games: tuple[str, ...] = ()
        self._games_read_s = 0.0

    async def latest(
        self,
        *,
        tier: DealTier | None = None,
        guild_id: int | None = None,
        limit: int = 10,
        before: int | None = None,
    ) -> DealPage:
        """The newest open deals under the server's policy (the default one without a server)."""
        where = DealFilter(tier=tier)
        async with self.db.read() as tx:
            digest = await _policy_hash(tx, guild_id)
            return await _page(tx, digest, where, limit=limit, before=before)

    async def browse(
        self, where: DealFilter, *, guild_id: int | None, by: int
    ) -> tuple[DealPage, int | None]:
        """The newest open deals that fit, and the id of the list when it has further pages.

        Raises LimitReached for who asks all the time.
        """
        self._readers.take(by)
        async with self.db.read() as tx:
            page = await _page(tx, await _policy_hash(tx, guild_id), where, limit=LISTED_MAX)
        if page.next_before is None:
            return page, None
        async with self.db.write() as tx:
            return page, await pages.keep(tx, where, by=by, now=self.clock.now())

    async def turn(
        self,
        page_id: int,
        *,
        guild_id: int | None,
        by: int,
        before: int | None = None,
        after: int | None = None,
    ) -> tuple[DealPage, DealFilter]:
        """Another page of a list, as its deals are now; the first without a cursor.

        Raises NotFound, LimitReached.
        """
        self._readers.take(by)
        async with self.db.read() as tx:
            where = await pages.get(tx, page_id)
            if where is None:
                raise NotFound("This list is too old to go on. Ask for a new one with `/deals latest`.")
            digest = await _policy_hash(tx, guild_id)
            return await _page(tx, digest, where, limit=LISTED_MAX, before=before, after=after), where

    async def categories(self) -> tuple[str, ...]:
        """The games of all cards that are known, or were a minute ago."""
        now_s = self.clock.monotonic()
        if not self._games or now_s - self._games_read_s >= GAMES_KEPT_S:
            async with self.db.read() as tx:
                self._games = await catalog.games(tx)
            self._games_read_s = now_s
        return self._games

    async def posted(self, post_id: int) -> DealPost:
        """What a post says now. Raises NotFound."""
        async with self.db.read() as tx:
            found = await posts.get(tx, post_id)
        payload = None if found is None else found[0].payload
        if not isinstance(payload, DealPost):
            raise NotFound("This post is not known any more.")
        return payload

    async def said_in(self, message_id: int) -> DealPost | DigestPost:
        """What a message of ours offers. Raises NotFound for any other message."""
        async with self.db.read() as tx:
            payload = await traces.said_in(tx, message_id)
        if not isinstance(payload, DealPost | DigestPost):
            raise NotFound("This is not a deal of mine. Choose a message of mine that offers a card.")
        return payload

    async def check(self, post_id: int, *, by: int) -> BuyCheck:
        """Re-read the listing of a post at its source; who asks with others is answered with them.

        Raises NotFound, SourceError, LimitReached for who asks all the time.
        """
        self._pressers.take(by)
        deal = await self.posted(post_id)
        source = self.states.get(deal.venue)
        if source is None:
            raise NotFound(f"I no longer watch {VENUES[deal.venue]}: open the listing by its link.")
        with asking(Urgency.CLICK):
            glance = await self._glances.at(source, deal.venue, Mint(deal.mint))
        if glance.live is None:
            return BuyCheck(deal, BuyState.GONE, None, None, glance.at)
        return await self._compare(deal, glance.live)

    async def _compare(self, deal: DealPost, live: LiveListing) -> BuyCheck:
        async with self.db.read() as tx:
            dollars = await self.prices.dollars(tx, live.ask)
        state = BuyState.LIVE
        if live.seller != deal.seller:
            state = BuyState.RESOLD
        elif live.venue is not deal.venue:
            state = BuyState.MOVED
        elif live.ask != deal.price:
            state = BuyState.REPRICED
        ask_usd_micros = None if dollars is None else dollars.usd_micros
        return BuyCheck(deal, state, live.ask, ask_usd_micros, live.checked_at, live.venue)


async def _policy_hash(tx: Tx, guild_id: int | None) -> str:
    guild = None if guild_id is None else await guilds.get(tx, guild_id)
    return policy_hash(DEFAULT_POLICY if guild is None else guild.policy)


async def _page(
    tx: Tx,
    digest: str,
    where: DealFilter,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> DealPage:
    """The page next to a cursor. Where too little is newer than `after`, it is the first page."""
    limit = max(1, min(limit, PAGE_MAX))
    found, cut_at = await _fitting(tx, digest, where, limit=limit + 1, before=before, after=after)
    if after is not None and len(found) <= limit and cut_at is None:
        return await _page(tx, digest, where, limit=limit)
    shown = found[-limit:] if after is not None else found[:limit]
    has_older = after is not None or len(found) > limit
    older = shown[-1].version_id if shown and has_older else cut_at
    has_newer = before is not None or after is not None
    return DealPage(tuple(shown), older, await _waits_for(tx), has_newer, cut_at is not None)


async def _fitting(
    tx: Tx, digest: str, where: DealFilter, *, limit: int, before: int | None, after: int | None
) -> tuple[list[DealView], int | None]:
    """Deals that fit, newest first; and the last one looked at, where the search ended before all."""
    rows = SEARCHED_AT_ONCE if where.is_narrow else limit
    found: list[DealView] = []
    for _ in range(SEARCHES_MAX):
        batch = await deals.latest(tx, digest, tier=where.tier, limit=rows, before=before, after=after)
        fitting = [view for view in batch if where.admits(view.deal)]
        found = [*fitting, *found] if after is not None else [*found, *fitting]
        if len(found) >= limit or len(batch) < rows:
            return (found[-limit:] if after is not None else found[:limit]), None
        after, before = (batch[0].version_id, None) if after is not None else (None, batch[-1].version_id)
    return found, after or before


async def _waits_for(tx: Tx) -> tuple[SourceHealth, ...]:
    """The sources known to be down, and those that keep a new listing waiting before they are."""
    known = await operations.sources(tx)
    down = {source.name: source for source in known if source.is_down and source.name in _AWAITED}
    failing = {reason.partition(":")[0] for reason in await work.reasons(tx)} & set(SourceName)
    begun = {name: SourceHealth(name, is_down=True, since=None) for name in failing - down.keys()}
    return tuple(source for _, source in sorted((down | begun).items()))
