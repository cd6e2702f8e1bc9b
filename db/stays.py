"""Stays on sale that have ended, written whole: listing, episode and versions, and no work for anybody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import BindParameter, bindparam, func, insert, select, tuple_, update

from core.domain.stays import Stay, overlap
from db.base import Base
from db.engine import Tx, insert_new
from db.listings import EpisodeRow, ListingRow, VersionRow

_LISTINGS = Base.metadata.tables[ListingRow.__tablename__]
ListingKey = tuple[str, int, str]
Span = tuple[datetime, datetime | None]


class Told(msgspec.Struct, frozen=True):
    """A stay with the id of its token; it has asks."""

    stay: Stay
    token_id: int

    @property
    def key(self) -> ListingKey:
        return (self.stay.key.venue.value, self.token_id, self.stay.key.seller)

    @property
    def span(self) -> Span:
        return (self.stay.opened_at, self.stay.end.at)


class Written(msgspec.Struct, frozen=True):
    """A stay that was new, with the id of each ask's version."""

    stay: Stay
    version_ids: tuple[int, ...]


class _Place(msgspec.Struct, frozen=True):
    """A stay that is to be written under a listing."""

    stay: Stay
    listing_id: int
    episode_id: int = 0


async def keep_stays(tx: Tx, told: Sequence[Told]) -> list[Written]:
    """Write those stays that share no moment with a known one of the same listing; the listing's state moves
    forwards only, and an open one stays as it is. Hold the turn of ingest: see `listings.take_turn`."""
    ids = await _keep_listings(tx, told)
    places = await _new_ones(tx, [_Place(one.stay, ids[one.key]) for one in told])
    if not places:
        return []
    placed = await _add_episodes(tx, places)
    written = await _add_versions(tx, placed)
    await _move_states(tx, placed, written)
    return written


async def _keep_listings(tx: Tx, told: Iterable[Told]) -> dict[ListingKey, int]:
    rows = {
        one.key: {
            "venue": one.key[0],
            "token_id": one.key[1],
            "seller": one.key[2],
            "is_open": False,
            "state_at": one.stay.end.at,
            "state_seen_at": one.stay.end.seen_at,
            "state_source": one.stay.end.source.value,
            "closed_as": one.stay.end.state.value,
        }
        for one in told
    }
    if not rows:
        return {}
    await tx.execute(insert_new(tx, ListingRow).on_conflict_do_nothing(), list(rows.values()))
    key = tuple_(ListingRow.venue, ListingRow.token_id, ListingRow.seller)
    columns = (ListingRow.id, ListingRow.venue, ListingRow.token_id, ListingRow.seller)
    query = select(*columns).where(key.in_(list(rows))).order_by(ListingRow.id).with_for_update()
    return {(row.venue, row.token_id, row.seller): row.id for row in await tx.execute(query)}


async def _new_ones(tx: Tx, places: Sequence[_Place]) -> list[_Place]:
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    listing_ids = {place.listing_id for place in places}
    query = select(EpisodeRow.listing_id, EpisodeRow.opened_at, EpisodeRow.closed_at)
    for row in await tx.execute(query.where(EpisodeRow.listing_id.in_(listing_ids))):
        spans[row.listing_id].append((row.opened_at, row.closed_at))
    new = []
    for place in places:
        ours, known = (place.stay.opened_at, place.stay.end.at), spans[place.listing_id]
        if not any(overlap(ours, span) for span in known):
            known.append(ours)
            new.append(place)
    return new


async def _add_episodes(tx: Tx, places: Sequence[_Place]) -> list[_Place]:
    rows = [
        {
            "listing_id": place.listing_id,
            "opened_at": place.stay.opened_at,
            "closed_at": place.stay.end.at,
            "reason": place.stay.end.state.value,
        }
        for place in places
    ]
    await tx.execute(insert(EpisodeRow), rows)
    listing_ids = {place.listing_id for place in places}
    query = select(EpisodeRow.id, EpisodeRow.listing_id, EpisodeRow.opened_at)
    found = await tx.execute(query.where(EpisodeRow.listing_id.in_(listing_ids)))
    ids = {(row.listing_id, row.opened_at): row.id for row in found}
    return [
        msgspec.structs.replace(place, episode_id=ids[place.listing_id, place.stay.opened_at])
        for place in places
    ]


async def _add_versions(tx: Tx, places: Sequence[_Place]) -> list[Written]:
    """All are baseline, so that none is ever announced."""
    of_these = VersionRow.listing_id.in_({place.listing_id for place in places})
    query = select(VersionRow.listing_id, func.max(VersionRow.n)).where(of_these)
    last = Counter({row[0]: row[1] for row in await tx.execute(query.group_by(VersionRow.listing_id))})
    rows: list[dict[str, object]] = []
    numbers: list[list[tuple[int, int]]] = []
    for place in places:
        own = [(place.listing_id, last[place.listing_id] + n + 1) for n in range(len(place.stay.asks))]
        last[place.listing_id] += len(own)
        numbers.append(own)
        rows += _versions(place, [n for _, n in own])
    await tx.execute(insert(VersionRow), rows)
    found = await tx.execute(select(VersionRow.id, VersionRow.listing_id, VersionRow.n).where(of_these))
    ids = {(row.listing_id, row.n): row.id for row in found}
    return [
        Written(place.stay, tuple(ids[key] for key in own))
        for place, own in zip(places, numbers, strict=True)
    ]


def _versions(place: _Place, numbers: Sequence[int]) -> list[dict[str, object]]:
    """Each lives from its ask to the next event."""
    asks = place.stay.asks
    ends = [*(ask.at for ask in asks[1:]), place.stay.end.at]
    return [
        {
            "listing_id": place.listing_id,
            "episode_id": place.episode_id,
            "n": n,
            "ask_amount": ask.amount,
            "ask_unit": ask.unit.value,
            "source": ask.source.value,
            "listed_at": ask.at,
            "first_seen_at": ask.seen_at,
            "last_seen_live_at": max(end, ask.seen_at),
            "ended_at": end,
            "is_baseline": True,
        }
        for ask, end, n in zip(asks, ends, numbers, strict=True)
    ]


async def _move_states(tx: Tx, places: Sequence[_Place], written: Sequence[Written]) -> None:
    rows = [
        {
            "of_listing": place.listing_id,
            "at": place.stay.end.at,
            "seen_at": place.stay.end.seen_at,
            "source": place.stay.end.source.value,
            "said": place.stay.end.state.value,
            "amount": place.stay.asks[-1].amount,
            "unit": place.stay.asks[-1].unit.value,
            "episode": place.episode_id,
            "version": one.version_ids[-1],
        }
        for place, one in zip(places, written, strict=True)
    ]
    is_newer = (ListingRow.is_open.is_(False), ListingRow.state_at <= bindparam("at"))
    change = update(_LISTINGS).where(ListingRow.id == bindparam("of_listing"), *is_newer)
    state: dict[str, BindParameter[object]] = {
        "state_at": bindparam("at"),
        "state_seen_at": bindparam("seen_at"),
        "state_source": bindparam("source"),
        "closed_as": bindparam("said"),
        "ask_amount": bindparam("amount"),
        "ask_unit": bindparam("unit"),
        "episode_id": bindparam("episode"),
        "version_id": bindparam("version"),
    }
    await tx.execute(change.values(state), rows)
