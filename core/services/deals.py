"""Deals: every look at one after its verdict."""

from collections.abc import Mapping

from core.clock import Clock
from core.domain.deals import DEFAULT_POLICY, DealTier, policy_hash
from core.domain.links import VENUES
from core.domain.listings import Mint, SourceName, Venue
from core.domain.operations import SourceHealth
from core.domain.posts import BuyCheck, BuyState, DealPage, DealPost
from core.errors import NotFound
from core.services.evidence import WAITED_FOR
from core.services.identity import AUTHORITIES
from core.services.prices import PriceService
from core.sources.base import ListingStateSource, LiveListing, Urgency, asking
from db import deals, guilds, operations, posts, work
from db.engine import Database, Tx

PAGE_MAX = 100
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

    async def latest(
        self,
        *,
        tier: DealTier | None = None,
        guild_id: int | None = None,
        limit: int = 10,
        before: int | None = None,
    ) -> DealPage:
        """The newest open deals under the server's policy (the default one without a server)."""
        limit = max(1, min(limit, PAGE_MAX))
        async with self.db.read() as tx:
            guild = None if guild_id is None else await guilds.get(tx, guild_id)
            policy = DEFAULT_POLICY if guild is None else guild.policy
            digest = policy_hash(policy)
            found = await deals.latest(tx, digest, tier=tier, limit=limit + 1, before=before)
            waits_for = await _waits_for(tx)
        more = found[limit - 1].id if len(found) > limit else None
        return DealPage(tuple(found[:limit]), more, waits_for)

    async def posted(self, post_id: int) -> DealPost:
        """What a post says now. Raises NotFound."""
        async with self.db.read() as tx:
            found = await posts.get(tx, post_id)
        payload = None if found is None else found[0].payload
        if not isinstance(payload, DealPost):
            raise NotFound("This post is not known any more.")
        return payload

    async def check(self, post_id: int) -> BuyCheck:
        """Re-read the listing of a post at its source. Raises NotFound, SourceError."""
        deal = await self.posted(post_id)
        source = self.states.get(deal.venue)
        if source is None:
            raise NotFound(f"I no longer watch {VENUES[deal.venue]}: open the listing by its link.")
        with asking(Urgency.CLICK):
            live = await source.live(Mint(deal.mint))
        if live is None:
            return BuyCheck(deal, BuyState.GONE, None, None, self.clock.now())
        return await self._compare(deal, live)

    async def _compare(self, deal: DealPost, live: LiveListing) -> BuyCheck:
        async with self.db.read() as tx:
            dollars = await self.prices.dollars(tx, live.ask)
        state = BuyState.LIVE
        if (live.seller, live.venue) != (deal.seller, deal.venue):
            state = BuyState.RESOLD
        elif live.ask != deal.price:
            state = BuyState.REPRICED
        ask_usd_micros = None if dollars is None else dollars.usd_micros
        return BuyCheck(deal, state, live.ask, ask_usd_micros, live.checked_at)


async def _waits_for(tx: Tx) -> tuple[SourceHealth, ...]:
    """The sources known to be down, and those that keep a new listing waiting before they are."""
    known = await operations.sources(tx)
    down = {source.name: source for source in known if source.is_down and source.name in _AWAITED}
    failing = {reason.partition(":")[0] for reason in await work.reasons(tx)} & set(SourceName)
    begun = {name: SourceHealth(name, is_down=True, since=None) for name in failing - down.keys()}
    return tuple(source for _, source in sorted((down | begun).items()))
