"""What was already open when we arrived: the best of it, once a server and arrival, without a ping."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from core.clock import Clock
from core.domain.deals import policy_hash
from core.domain.digests import quiet_until, standing
from core.domain.fanout import Send
from core.domain.guilds import Guild
from core.domain.posts import Rank
from core.events import Bus, Topic
from core.services.fanout import deal_wish
from db import arrivals, guilds, pauses, posts
from db import fanout as known
from db.arrivals import Arrival, OpenDeal
from db.engine import Database, Tx
from db.fanout import LastShown
from db.posts import Wish

log = structlog.get_logger(__name__)

SHOWN_MAX = 3
SETTLES_AFTER = timedelta(minutes=1)
"""Other sources may arrive a little later, and their best is chosen from together."""
SETTLES_WITHIN = timedelta(minutes=30)
"""A vendor that is away does not keep everybody waiting for what is judged by then."""
LOOKED_AT_MAX = 200
SERVERS_MAX = 100


class ArrivalService:
    """Chooses from what is open when all of it was judged, and tells every server once."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    async def greet_due(self) -> int:
        """Tell the servers that were not told of the newest arrival yet; how many posts that makes."""
        now = self.clock.now()
        async with self.db.read() as tx:
            arrival = await arrivals.newest(tx)
            if arrival is None or not await _is_settled(tx, arrival, now):
                return 0
            waiting = await _waiting(tx, arrival, now)
        wanted = 0
        for start in range(0, len(waiting), SERVERS_MAX):
            async with self.db.write() as tx:
                wanted += await _greet(tx, arrival, waiting[start : start + SERVERS_MAX], now)
            self.bus.wake(Topic.POSTS)
        if arrival.settled_at is None:
            async with self.db.write() as tx:
                await arrivals.settle(tx, arrival.id, now)
            log.info("arrival settled", servers=len(waiting), posts=wanted)
        return wanted


async def _is_settled(tx: Tx, arrival: Arrival, now: datetime) -> bool:
    """Whether what was open then is judged, or will not be soon."""
    if arrival.settled_at is not None or now - arrival.began_at >= SETTLES_WITHIN:
        return True
    return now - arrival.grew_at >= SETTLES_AFTER and await arrivals.is_worked_off(tx)


async def _waiting(tx: Tx, arrival: Arrival, now: datetime) -> list[Guild]:
    """The servers to tell. At night they are left in peace; a newcomer waits until there is anything open."""
    greeted = await arrivals.greeted(tx, arrival.id)
    waiting = [
        guild
        for guild in await guilds.with_channel(tx)
        if guild.id not in greeted
        and guild.paused_because is None
        and quiet_until(guild.settings.quiet, now) is None
    ]
    new = await arrivals.newcomers(tx, [guild.id for guild in waiting])
    asked = {policy_hash(guild.policy) for guild in waiting if guild.id in new}
    have = {one for one in asked if await arrivals.open_deals(tx, one, since=None, limit=1)}
    return [guild for guild in waiting if guild.id not in new or policy_hash(guild.policy) in have]


async def _greet(tx: Tx, arrival: Arrival, servers: Sequence[Guild], now: datetime) -> int:
    """A newcomer is shown the best of all that is open, the others what was new to us."""
    new = await arrivals.newcomers(tx, [guild.id for guild in servers])
    ours = await arrivals.greet(tx, arrival.id, [guild.id for guild in servers])
    servers = [guild for guild in servers if guild.id in ours]
    found: dict[tuple[str, bool], list[OpenDeal]] = {}
    for guild in servers:
        look = (policy_hash(guild.policy), guild.id in new)
        if look not in found:
            since = None if guild.id in new else arrival.began_at
            found[look] = await arrivals.open_deals(tx, look[0], since=since, limit=LOOKED_AT_MAX)
    last = await known.last_shown(tx, {one.listing_id for deals in found.values() for one in deals})
    paused = await pauses.channels(tx)
    wishes: list[Wish] = []
    for guild in servers:
        wishes += _best(guild, found[policy_hash(guild.policy), guild.id in new], last, paused)
    await posts.want_all(tx, wishes, now)
    return len(wishes)


def _best(guild: Guild, deals: Sequence[OpenDeal], last: LastShown, paused: Collection[int]) -> list[Wish]:
    """Its posts: by tier, then by net profit, without what it was shown already."""
    wishes: list[Wish] = []
    for one in sorted(deals, key=lambda one: standing(one.deal), reverse=True):
        channel_id = guild.settings.channel_of(one.deal.tier)
        if channel_id is None or channel_id in paused or (guild.id, one.listing_id) in last:
            continue
        deal = msgspec.structs.replace(one.deal, was_open_before=True)
        where = Send(channel_id, Rank.OPEN_BEFORE)
        wishes.append(deal_wish(guild.id, deal, where, version_id=one.version_id, verdict_id=one.verdict_id))
        if len(wishes) == SHOWN_MAX:
            break
    return wishes
