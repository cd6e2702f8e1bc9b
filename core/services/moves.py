"""Posts that nobody saw follow their server's settings: to another channel, or nowhere."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog

from core.domain.guilds import Guild
from core.domain.moves import places_of
from core.domain.notices import NoticePost
from core.domain.posts import Post
from db import digests, guilds, pauses, posts, tries, unseen
from db.engine import Tx

Astray = Mapping[frozenset[int | None], Collection[int]]
"""Posts by id that do not stand where they belong, by where they do."""

log = structlog.get_logger(__name__)

MOVED_MAX = 500
"""In the transaction that saves the settings; any further ones when their turn to be shown comes."""


async def follow_settings(tx: Tx, before: Guild, after: Guild, now: datetime) -> None:
    """The settings of a server were saved: what waits for a channel goes where they send it.

    A notice that posting rests is withdrawn, for it does no more. Another one that waits for a channel
    given up goes to the trace channel; without one it stays: somebody has to hear of it.
    """
    ended = [pauses.notice_key(channel_id, before.settings_n) for channel_id in before.settings.channels]
    await unseen.withdraw_keys(tx, ended)
    waiting = await posts.unseen_of(tx, after.id, MOVED_MAX)
    await _put_right(tx, after, _astray(after, waiting), now)
    trace_id, given_up = after.settings.trace_channel_id, before.settings.channels - after.settings.channels
    notices = [
        post.id
        for post in waiting
        if isinstance(post.payload, NoticePost) and post.destination.channel_id in given_up
    ]
    if notices and trace_id is not None:
        await unseen.move(tx, notices, trace_id, now)


async def moved_away(tx: Tx, not_seen: Sequence[Post], now: datetime) -> set[int]:
    """Of these, which certainly nobody saw, those that their servers want elsewhere by now, and go there.

    They were on their way when the settings were saved, or asked for at that moment.
    """
    guild_ids = {guild_id for post in not_seen if (guild_id := post.destination.guild_id) is not None}
    servers = await guilds.get_all(tx, guild_ids) if guild_ids else {}
    moved: set[int] = set()
    for guild in servers.values():
        astray = _astray(guild, [post for post in not_seen if post.destination.guild_id == guild.id])
        ours = {post_id for post_ids in astray.values() for post_id in post_ids}
        for post_id in ours:
            await tries.not_sent(tx, post_id)
        await _put_right(tx, guild, astray, now)
        moved |= ours
    return moved


def _astray(guild: Guild, waiting: Sequence[Post]) -> Astray:
    astray: defaultdict[frozenset[int | None], list[int]] = defaultdict(list)
    for post in waiting:
        places = places_of(post.payload, guild.settings)
        if places and places != {post.destination.channel_id}:
            astray[places].append(post.id)
    return astray


async def _put_right(tx: Tx, guild: Guild, astray: Astray, now: datetime) -> None:
    for places, post_ids in astray.items():
        await _send(tx, post_ids, places, now)
        log.info("posts follow the settings", guild=guild.id, count=len(post_ids))


async def _send(tx: Tx, post_ids: Collection[int], places: Collection[int | None], now: datetime) -> None:
    """A digest whose lines go to several places by now is taken apart, and made anew."""
    [place, *others] = places
    if place is not None and not others:
        await unseen.move(tx, post_ids, place, now)
        return
    if others:
        await digests.wait_again(tx, post_ids)
    await unseen.withdraw(tx, post_ids)
