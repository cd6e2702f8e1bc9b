"""What followed wallets do becomes posts: each event once in a channel, and not too many an hour."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from core.domain.follows import (
    SAME_WITHIN,
    TOLD_WITHIN,
    Follow,
    FollowedWallet,
    FollowMorePost,
    FollowPost,
    Happening,
    happening_of,
    told_before,
)
from core.domain.listings import Report, believed
from core.domain.posts import Destination, Rank
from core.services.prices import PriceService
from db import catalog, follows, happenings, listings, posts, prices
from db.engine import Tx
from db.happenings import Hour

SHOWN_PER_HOUR = 30
HOUR = timedelta(hours=1)


class Told(msgspec.Struct, frozen=True):
    """An event by the id under which it is told, and who has not been told of it."""

    id: int
    happening: Happening
    followers: tuple[Follow, ...]


class Place(msgspec.Struct, frozen=True):
    """A channel that is told, and the wallets it follows of those who did it."""

    channel_id: int
    guild_id: int
    followed: tuple[FollowedWallet, ...]


async def tell(tx: Tx, rates: PriceService, reports: Iterable[Report], now: datetime) -> bool:
    """Want posts of what these reports say of followed wallets; whether it concerns any.

    What was before a wallet was followed, or is older than a day, or was told before, is not told.
    """
    recent = [happening_of(believed(report)) for report in reports]
    recent = [one for one in recent if one.at >= now - TOLD_WITHIN]
    if not recent:
        return False
    following = await follows.of_wallets(tx, frozenset().union(*(one.wallets for one in recent)))
    concerning = [one for one in recent if _followers(one, following)]
    if not concerning:
        return False
    await tell_more(tx, now)
    told = await _remember(tx, sorted(concerning, key=lambda one: one.at), following)
    shown = await _seen(tx, rates, [one.happening for one in told])
    await _want(tx, told, shown, now)
    return bool(told)


async def tell_more(tx: Tx, now: datetime) -> None:
    """Say in one line what a channel was not shown in an hour that is over."""
    for hour in await happenings.ended_hours(tx, now - HOUR):
        if hour.more:
            key = f"follow-more:{hour.channel_id}:{int(hour.began_at.timestamp())}"
            payload = FollowMorePost(hour.more, hour.shown, hour.began_at)
            await posts.want(tx, _wish(key, hour.channel_id, hour.guild_id, payload), now)


def key_of(happening_id: int, channel_id: int) -> str:
    """The event is one post in a channel, however often it is told."""
    return f"follow:{happening_id}:{channel_id}"


def _followers(happening: Happening, following: Iterable[Follow]) -> tuple[Follow, ...]:
    return tuple(follow for follow in following if follow.concerns(happening))


async def _remember(tx: Tx, concerning: Sequence[Happening], following: Sequence[Follow]) -> list[Told]:
    """Those that were not told before, or to whose buyer's followers they were not."""
    mints = {one.key.mint for one in concerning}
    known = await happenings.happened(tx, mints, concerning[0].at - SAME_WITHIN)
    told: list[Told] = []
    for one in concerning:
        same = told_before(one, known)
        if same is None:
            id, followers = await happenings.remember(tx, one), _followers(one, following)
        elif one.buyer is not None and same.buyer is None:
            id, followers = known.pop(same), _newly(one, same, following)
            await happenings.learn_buyer(tx, id, one.buyer)
        else:
            continue
        known[one] = id
        told.append(Told(id, one, followers))
    return told


def _newly(happening: Happening, before: Happening, following: Sequence[Follow]) -> tuple[Follow, ...]:
    """The buyer's followers in channels that know nothing of it yet."""
    knowing = {follow.channel_id for follow in _followers(before, following)}
    return tuple(f for f in _followers(happening, following) if f.channel_id not in knowing)


async def _seen(tx: Tx, rates: PriceService, told: Sequence[Happening]) -> dict[Happening, FollowPost]:
    """What a post of each shows, but for who follows it."""
    token_ids = await catalog.keep_tokens(tx, {listings.token_key(one.key) for one in told}) if told else {}
    slabs = await catalog.slabs_of(tx, list(token_ids.values()))
    values = await prices.current_values(tx, {slab.subject for slab in slabs.values()})
    exchange = await rates.exchange(tx, {one.price.unit for one in told if one.price is not None})
    shown = {}
    for one in told:
        dollars = None if one.price is None else exchange.dollars(one.price)
        post = _post(one, None if dollars is None else dollars.usd_micros)
        slab = slabs.get(token_ids[listings.token_key(one.key)])
        shown[one] = post if slab is None else _with_slab(post, slab, values)
    return shown


def _post(one: Happening, usd_micros: int | None) -> FollowPost:
    key = one.key
    return FollowPost(
        kind=one.kind,
        followed=(),
        seller=key.seller,
        buyer=one.buyer,
        chain=key.chain,
        mint=key.mint,
        venue=key.venue,
        at=one.at,
        price=one.price,
        price_usd_micros=usd_micros,
    )


def _with_slab(post: FollowPost, slab: catalog.Slab, values: Mapping[str, int]) -> FollowPost:
    facts = slab.facts
    return msgspec.structs.replace(
        post,
        title=facts.title,
        grader=facts.grader,
        grade=facts.grade,
        certificate=facts.certificate,
        image_url=facts.image_url,
        value_usd_micros=values.get(slab.subject),
    )


async def _want(tx: Tx, told: Sequence[Told], shown: Mapping[Happening, FollowPost], now: datetime) -> None:
    """One post in each channel that has room for it in this hour; what has none is counted."""
    posted = [(place, one) for one in told for place in _places(one)]
    hours = await happenings.hours_of(tx, {place.channel_id for place, _ in posted})
    wishes = []
    for place, one in posted:
        hour = hours.get(place.channel_id) or Hour(place.channel_id, place.guild_id, now)
        has_room = hour.shown < SHOWN_PER_HOUR
        counted = {"shown": hour.shown + 1} if has_room else {"more": hour.more + 1}
        hours[place.channel_id] = msgspec.structs.replace(hour, **counted)
        if has_room:
            payload = msgspec.structs.replace(shown[one.happening], followed=place.followed)
            wishes.append(_wish(key_of(one.id, place.channel_id), place.channel_id, place.guild_id, payload))
    await happenings.keep_hours(tx, hours.values())
    await posts.want_all(tx, wishes, now)


def _places(told: Told) -> list[Place]:
    followed: defaultdict[tuple[int, int], list[FollowedWallet]] = defaultdict(list)
    for follow in told.followers:
        followed[follow.channel_id, follow.guild_id].append(FollowedWallet(follow.wallet, follow.label))
    return [Place(*place, tuple(wallets)) for place, wallets in followed.items()]


def _wish(key: str, channel_id: int, guild_id: int, payload: FollowPost | FollowMorePost) -> posts.Wish:
    return posts.Wish(
        key=key,
        destination=Destination(channel_id, guild_id),
        payload=payload,
        nonce=secrets.token_hex(12),
        rank=Rank.LOOK,
    )
