"""Fan-out: which servers get a post of a deal, a line in a digest, or nothing; few queries a batch."""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from core.domain.deals import RANK
from core.domain.fanout import IntoDigest, Last, Place, Send, place
from core.domain.guilds import Guild
from core.domain.notices import TracePost
from core.domain.posts import DealPost, Destination, Rank
from db import digests, guilds, pauses, posts
from db import fanout as known
from db.digests import Waiting
from db.engine import Tx
from db.fanout import LastShown
from db.listings import Version
from db.posts import Wish

_TURN = 0.618_033_988_75
"""The golden ratio: however many versions in a row, their first servers are spread evenly."""


class Call(msgspec.Struct, frozen=True):
    """A verdict that earned a tier, and what a post of it would show.

    `is_revision`: the version was judged before and has risen, or is a deal only now; it pings nobody.
    """

    verdict_id: int
    policy_hash: str
    version: Version
    deal: DealPost
    is_revision: bool = False

    @property
    def is_news(self) -> bool:
        """What was open before we looked is posted by the arrival, if at all."""
        return self.is_revision or not self.version.is_baseline


class Trace(msgspec.Struct, frozen=True):
    """A version that is judged by nobody, for the trace channels."""

    version: Version
    post: TracePost


class Outbox:
    """What a batch comes to: posts and lines, counted as they are decided."""

    def __init__(self, shown_in_hour: Counter[int], last: LastShown) -> None:
        self.shown_in_hour = shown_in_hour
        self.last = last
        self.wishes: list[Wish] = []
        self.waiting: list[Waiting] = []
        self.by_themselves: set[tuple[int, int]] = set()

    def put(self, guild: Guild, call: Call, where: Place, now: datetime) -> None:
        version, deal, verdict_id = call.version, call.deal, call.verdict_id
        if isinstance(where, Send):
            wish = deal_wish(guild.id, deal, where, version_id=version.id, verdict_id=verdict_id)
            self.wishes.append(wish)
            self.shown_in_hour[where.channel_id] += 1
            self.by_themselves.add((guild.id, version.id))
        elif isinstance(where, IntoDigest):
            price = deal.price_usd_micros
            line = Waiting(guild.id, version.id, verdict_id, deal.tier.value, price, where.until)
            self.waiting.append(line)
        else:
            return
        self.last[guild.id, version.listing_id] = Last(deal.tier, deal.price_usd_micros, now)


async def want_posts(tx: Tx, calls: Sequence[Call], now: datetime) -> None:
    """Ask for the posts of these calls in every server that judges by their policies.

    The same listing may be among the calls under several policies, but under each only once.
    """
    news = sorted(
        (call for call in calls if call.is_news), key=lambda call: RANK[call.deal.tier], reverse=True
    )  # the best takes what room an hour has
    if not news:
        return
    servers = await guilds.of_policies(tx, {call.policy_hash for call in news})
    if not any(servers.values()):
        return
    paused = await pauses.channels(tx)
    outbox = Outbox(
        await known.shown_lately(tx, now),
        await known.last_shown(tx, {call.version.listing_id for call in news}),
    )
    for call in news:
        for guild in in_turn(servers[call.policy_hash], call.version.id):
            _put(outbox, guild, call, paused, now)
    await digests.unwait(tx, outbox.by_themselves)
    await digests.wait(tx, outbox.waiting, now)
    await posts.want_all(tx, sorted(outbox.wishes, key=lambda wish: wish.rank), now)


async def want_traces(tx: Tx, traces: Sequence[Trace], now: datetime) -> None:
    """Ask for these in the trace channel of every server that has one, as far as its hour has room."""
    if not traces:
        return
    paused = await pauses.channels(tx)
    shown = await known.shown_lately(tx, now)
    wishes = []
    for guild in await guilds.with_channel(tx):
        channel_id = guild.settings.trace_channel_id
        if channel_id is None or channel_id in paused or guild.paused_because is not None:
            continue
        room = max(0, guild.settings.posts_per_hour - shown[channel_id])
        wishes += [_trace_wish(guild.id, channel_id, trace) for trace in traces[:room]]
    await posts.want_all(tx, wishes, now)


def in_turn(servers: Sequence[Guild], number: int) -> Iterator[Guild]:
    """The servers, begun with another one for each number: nobody is always the last."""
    first = int(number * _TURN % 1 * len(servers)) if servers else 0
    yield from servers[first:]
    yield from servers[:first]


def deal_wish(guild_id: int, deal: DealPost, where: Send, *, version_id: int, verdict_id: int) -> Wish:
    """A deal's post. A version has one in a server for each tier that it rises to."""
    return Wish(
        key=f"deal:{guild_id}:{version_id}:{deal.tier}",
        destination=Destination(where.channel_id, guild_id),
        payload=msgspec.structs.replace(deal, ping_role_id=where.role_id),
        nonce=new_nonce(),
        rank=where.rank,
        version_id=version_id,
        verdict_id=verdict_id,
    )


def _trace_wish(guild_id: int, channel_id: int, trace: Trace) -> Wish:
    return Wish(
        key=f"trace:{guild_id}:{trace.version.id}",
        destination=Destination(channel_id, guild_id),
        payload=trace.post,
        nonce=new_nonce(),
        rank=Rank.LOOK,
    )


def new_nonce() -> str:
    return secrets.token_hex(12)


def _put(outbox: Outbox, guild: Guild, call: Call, paused: frozenset[int], now: datetime) -> None:
    last = outbox.last.get((guild.id, call.version.listing_id))
    where = place(call.deal, guild.settings, last, outbox.shown_in_hour, now)
    if isinstance(where, Send | IntoDigest) and where.channel_id in paused:
        return
    outbox.put(guild, call, where, now)
