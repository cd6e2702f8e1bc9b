"""Following wallets: who follows which, and asking vendors for what the line does not hear of."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.domain.follows import Follow, label_fault, label_of, wallet_of
from core.domain.listings import CHAINS, Chain, Wallet
from core.domain.notices import NoticePost
from core.domain.posts import Destination, Rank
from core.errors import InvalidInput, LimitReached, NotFound, SourceError
from core.events import Bus, Topic
from core.services import happenings as telling
from core.services.prices import PriceService
from core.sources.base import Page, Sources, Urgency, WalletActivitySource, asking
from db import follows, happenings, listings, posts, unseen
from db.engine import Database, Tx

WALLETS_OF_SERVER_MAX = 25
WALLETS_MAX = 500
LOOK_EVERY = timedelta(seconds=60)
LOOKS_MAX = 3
"""Wallets asked about at each vendor in a run: every one has its turn, and the line its budget."""
KEPT = timedelta(hours=48)
NOT_AN_ADDRESS = (
    "That is no wallet address. One of Solana has 32 to 44 letters and digits, such as "
    "`7xKXtg2CWjJhUz8Vu4tFmNzBR9yGQ4pH3Pq5bLrZ1d6E`; one of Polygon is `0x` and 40 of them."
)

log = structlog.get_logger(__name__)


class FollowService:
    """The use cases of `/follow`, and its poller."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, prices: PriceService, sources: Sources) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.prices = prices
        self.sources = sources.wallet_activities
        self.chains = frozenset(CHAINS[venue] for venue in sources.states)

    async def add(self, guild_id: int, address: str, *, channel_id: int, label: str, by: int) -> Follow:
        """Tell a channel what a wallet does from now on; a followed one gets this channel and label.

        Raises InvalidInput, LimitReached, NotFound.
        """
        wallet, chain = self._wallet(address)
        label = label_of(label)
        if fault := label_fault(label):
            raise InvalidInput(f"I cannot use that label: {fault}.")
        follow = Follow(0, guild_id, channel_id, wallet, label, self.clock.now())
        async with self.db.write() as tx:
            if not await follows.hold_guild(tx, guild_id):
                raise NotFound("This server is not known yet; try again in a few seconds.")
            await _refuse_too_many(tx, follow)
            await follows.keep(tx, follow, chain, by=by)
            return next(f for f in await follows.of_guild(tx, guild_id) if f.wallet == wallet)

    async def all(self, guild_id: int) -> tuple[Follow, ...]:
        """What a server follows, the oldest first."""
        async with self.db.read() as tx:
            return tuple(await follows.of_guild(tx, guild_id))

    async def remove(self, guild_id: int, said: str) -> Follow:
        """Follow it no longer, by address or label: what is not shown yet never will be. Raises NotFound."""
        async with self.db.write() as tx:
            await follows.hold_guild(tx, guild_id)
            following = await follows.of_guild(tx, guild_id)
            follow = _named(following, said)
            await follows.end(tx, guild_id, follow.wallet)
            others = {f.wallet for f in following if f.channel_id == follow.channel_id} - {follow.wallet}
            if not others:
                await happenings.forget_hour(tx, follow.channel_id)
            did = await happenings.happened_to(tx, follow.wallet)
            keys = [
                telling.key_of(id, follow.channel_id) for one, id in did.items() if not others & one.wallets
            ]
            await unseen.withdraw_keys(tx, keys)
        return follow

    async def channel_closed(self, channel_id: int, because: str, *, tell: Destination | None) -> None:
        """Its wallets rest until they are followed anew; that is told once."""
        async with self.db.write() as tx:
            if not await follows.pause(tx, channel_id, because):
                return
            await unseen.withdraw_from(tx, channel_id)
            await happenings.forget_hour(tx, channel_id)
            if tell is not None:
                now = self.clock.now()
                await posts.want(tx, _pause_wish(channel_id, because, tell, now), now)
        self.bus.wake(Topic.POSTS)

    async def look_due(self) -> int:
        """Ask each vendor about the wallets whose turn it is, and say what was too much for an hour.

        A vendor that gives no answer is asked again in its turn, and tells then what it did not tell now.
        """
        async with self.db.read() as tx:
            if not await follows.count_wallets(tx):
                return 0
        async with self.db.write() as tx:
            await telling.tell_more(tx, self.clock.now())
            await happenings.forget(tx, self.clock.now() - KEPT)
            await follows.forget_looks(tx)
        looked_at = 0
        with asking(Urgency.BACKFILL):
            for source in self.sources:
                looked_at += await self._look(source)
        self.bus.wake(Topic.POSTS)
        return looked_at

    async def _look(self, source: WalletActivitySource) -> int:
        before = self.clock.now() - LOOK_EVERY
        async with self.db.read() as tx:
            due = await follows.to_look_at(tx, source.name, Chain.SOLANA, before=before, limit=LOOKS_MAX)
        if due:  # their turn is over whatever the answer, so that none starves another
            async with self.db.write() as tx:
                await follows.looked_at(tx, source.name, due, self.clock.now())
        for wallet in due:
            try:
                pages = [page async for page in source.wallet_activities(wallet, pages_max=1)]
            except SourceError as error:
                log.debug("a wallet could not be asked about", source=error.source)
                break
            await self._tell(pages)
        return len(due)

    async def _tell(self, pages: Sequence[Page]) -> None:
        reports = [report for page in pages for report in page.reports]
        if not reports:
            return
        async with self.db.write() as tx:
            await listings.take_turn(tx)  # the line may hear of the same event at this moment
            await telling.tell(tx, self.prices, reports, self.clock.now())

    def _wallet(self, address: str) -> tuple[Wallet, Chain]:
        found = wallet_of(address)
        if found is None:
            raise InvalidInput(NOT_AN_ADDRESS)
        if found[1] not in self.chains:
            raise InvalidInput(
                f"I watch no marketplace on {found[1].capitalize()}, so I could tell you nothing."
            )
        return found


def _pause_wish(channel_id: int, because: str, tell: Destination, now: datetime) -> posts.Wish:
    text = (
        f"<#{channel_id}>: {because}\n\nThe wallets that are followed there rest until that is mended: give "
        "me the permission, or choose another channel, and follow them again with `/follow add`."
    )
    return posts.Wish(
        key=f"follow-pause:{channel_id}:{int(now.timestamp())}",
        destination=tell,
        payload=NoticePost("I cannot tell about wallets any more", text),
        nonce=secrets.token_hex(12),
        rank=Rank.HIGH,
    )


async def _refuse_too_many(tx: Tx, follow: Follow) -> None:
    following = await follows.of_guild(tx, follow.guild_id)
    if any(known.wallet == follow.wallet for known in following):
        return
    if len(following) >= WALLETS_OF_SERVER_MAX:
        raise LimitReached(
            f"This server follows {WALLETS_OF_SERVER_MAX} wallets, which is all it may: remove one first."
        )
    if not await follows.is_followed(tx, follow.wallet) and await follows.count_wallets(tx) >= WALLETS_MAX:
        raise LimitReached(f"I follow {WALLETS_MAX} wallets for all servers, and cannot ask about more.")


def _named(following: Sequence[Follow], said: str) -> Follow:
    found = wallet_of(said)
    by_label = [f for f in following if f.label and f.label.casefold() == said.strip().casefold()]
    matches = [f for f in following if found is not None and f.wallet == found[0]] or by_label
    if not matches:
        raise NotFound("This server follows no such wallet. `/follow list` shows which it does.")
    if len(matches) > 1:
        raise InvalidInput("More than one wallet has that label: name the address.")
    return matches[0]
