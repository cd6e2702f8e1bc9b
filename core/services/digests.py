"""Digests: what waited for its hour becomes one message a channel, and its lines are closed like posts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog

from core.clock import Clock
from core.domain.digests import digest, with_closing, without
from core.domain.guilds import Guild
from core.domain.posts import Closing, Destination, DigestPost, Post, Rank
from core.events import Bus, Topic
from core.services.fanout import new_nonce
from db import digests, guilds, pauses, posts
from db.digests import DueLine
from db.engine import Database, Tx
from db.posts import Wish

log = structlog.get_logger(__name__)

SERVERS_MAX = 25
"""In one transaction: a thousand servers may wait for the same minute."""


class DigestService:
    """Makes the digests whose time has come."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    async def make_due(self) -> int:
        """Make every digest that is due; how many there were."""
        made = 0
        while True:
            now = self.clock.now()
            async with self.db.read() as tx:
                if not await digests.due_servers(tx, now, 1):
                    return made
            async with self.db.write() as tx:
                made += await _make(tx, now)
            self.bus.wake(Topic.POSTS)


async def close_lines(tx: Tx, version_id: int, closing: Closing, now: datetime) -> None:
    """The version is over: it is struck through where it stands in a digest, or left out if nobody saw it."""
    await digests.drop_waiting(tx, version_id)
    for post in await posts.digests_with(tx, version_id):
        shown = post.payload
        assert isinstance(shown, DigestPost)
        if post.first_try_at is None:
            await digests.leave_out(tx, post.id, version_id)
            await _change_unseen(tx, post, without(shown, version_id), now)
        elif (closed := with_closing(shown, version_id, closing)) != shown:
            await posts.change(tx, post.id, closed, rank=Rank.CLOSING, now=now)


async def _change_unseen(tx: Tx, post: Post, rest: DigestPost, now: datetime) -> None:
    if rest.lines:
        await posts.change(tx, post.id, rest, rank=Rank.DIGEST, now=now)
    else:
        await posts.withdraw(tx, post.id)


async def _make(tx: Tx, now: datetime) -> int:
    """The digests of some servers; what is over by now, or has no place any more, is forgotten."""
    due = await digests.due(tx, await digests.due_servers(tx, now, SERVERS_MAX), now)
    servers = {guild.id: guild for guild in await guilds.with_channel(tx) if guild.paused_because is None}
    found = _by_channel(due, servers, await pauses.channels(tx))
    wishes = {place: _wish(place, lines, servers[place[0]]) for place, lines in found.items()}
    await posts.want_all(tx, list(wishes.values()), now)
    ids = await posts.ids_of(tx, [wish.key for wish in wishes.values()])
    shown: dict[int, int] = {}
    for place, lines in found.items():
        payload = wishes[place].payload
        assert isinstance(payload, DigestPost)
        versions = {line.version_id for line in payload.lines}
        shown |= {line.id: ids[wishes[place].key] for line in lines if line.version_id in versions}
    await digests.shown_in(tx, shown)
    await digests.forget(tx, {line.id for line in due} - shown.keys())
    log.info("digests made", count=len(wishes), lines=len(shown), forgotten=len(due) - len(shown))
    return len(wishes)


def _by_channel(
    due: Sequence[DueLine], servers: Mapping[int, Guild], paused: Collection[int]
) -> dict[tuple[int, int], list[DueLine]]:
    """The lines by (server, channel), where each tier goes by now."""
    found: defaultdict[tuple[int, int], list[DueLine]] = defaultdict(list)
    for line in due:
        guild = servers.get(line.guild_id)
        channel_id = None if guild is None or line.deal is None else guild.settings.channel_of(line.deal.tier)
        if channel_id is not None and channel_id not in paused:
            found[line.guild_id, channel_id].append(line)
    return found


def _wish(place: tuple[int, int], lines: Sequence[DueLine], guild: Guild) -> Wish:
    """Lines come to the same channel again only by settings that were saved since."""
    guild_id, channel_id = place
    deals = {line.version_id: line.deal for line in lines if line.deal is not None}
    return Wish(
        key=f"digest:{guild_id}:{channel_id}:{min(line.id for line in lines)}:{guild.settings_n}",
        destination=Destination(channel_id, guild_id),
        payload=digest(deals, min(line.created_at for line in lines)),
        nonce=new_nonce(),
        rank=Rank.DIGEST,
    )
