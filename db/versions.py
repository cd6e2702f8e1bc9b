"""Versions begin, are seen again and end; with them the episodes and the state of their listings."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from core.domain.listings import Report
from db.base import Base
from db.engine import Tx
from db.listings import EpisodeRow, ListingRow, VersionRow
from db.types import UtcDateTime

_LISTINGS = Base.metadata.tables[ListingRow.__tablename__]
_VERSIONS = Base.metadata.tables[VersionRow.__tablename__]


class Opening(msgspec.Struct, frozen=True):
    """A listed report of a listing; `episode_id` is the stay that goes on, None when one begins.

    `is_old`: as it was open before anybody looked, whatever else its page tells.
    """

    listing_id: int
    report: Report
    episode_id: int | None = None
    is_old: bool = False


async def begin(tx: Tx, openings: Sequence[Opening], *, is_baseline: bool) -> dict[int, int]:
    """The next version of each listing begins and is its state; the one before ends. Ids by listing.

    A listing is named once.
    """
    if not openings:
        return {}
    listing_ids = [opening.listing_id for opening in openings]
    episodes = await _episodes(tx, openings)
    numbers = await _numbers(tx, listing_ids)
    await _end(tx, {opening.listing_id: opening.report.effective_at for opening in openings})
    rows = [
        _row(
            opening,
            episodes[opening.listing_id],
            numbers[opening.listing_id] + 1,
            is_baseline=is_baseline or opening.is_old,
        )
        for opening in openings
    ]
    await tx.execute(insert(VersionRow), rows)
    ids = await _newest(tx, listing_ids)
    await _open_listings(tx, openings, episodes, ids)
    return ids


async def baselines(tx: Tx, version_ids: Collection[int]) -> set[int]:
    """Those of these versions that were open before anybody looked."""
    query = select(VersionRow.id).where(VersionRow.id.in_(version_ids), VersionRow.is_baseline)
    return set((await tx.execute(query)).scalars()) if version_ids else set()


async def close(tx: Tx, listing_id: int, report: Report) -> None:
    """The listing is no longer on sale; its episode and version end."""
    await _end(tx, {listing_id: report.effective_at})
    episode = update(EpisodeRow).where(EpisodeRow.listing_id == listing_id, EpisodeRow.closed_at.is_(None))
    await tx.execute(episode.values(closed_at=report.effective_at, reason=report.said.value))
    state = {
        "is_open": False,
        "state_at": report.effective_at,
        "state_seen_at": report.seen_at,
        "state_source": report.source.value,
        "closed_as": report.said.value,
    }
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(state))


async def confirm(tx: Tx, seen_at: Mapping[int, datetime]) -> None:
    """These versions were seen live once more."""
    at = bindparam("seen_at", type_=UtcDateTime)
    live = update(_VERSIONS).where(
        VersionRow.id == bindparam("of_version"), VersionRow.last_seen_live_at < at
    )
    if seen_at:
        rows = [{"of_version": version_id, "seen_at": seen} for version_id, seen in seen_at.items()]
        await tx.execute(live.values(last_seen_live_at=at), rows)


async def _episodes(tx: Tx, openings: Sequence[Opening]) -> dict[int, int]:
    """The episode of each opening, by listing."""
    going_on = {one.listing_id: one.episode_id for one in openings if one.episode_id is not None}
    begun = [one for one in openings if one.episode_id is None]
    if not begun:
        return going_on
    rows = [{"listing_id": one.listing_id, "opened_at": one.report.effective_at} for one in begun]
    await tx.execute(insert(EpisodeRow), rows)
    newest = select(EpisodeRow.listing_id, func.max(EpisodeRow.id)).group_by(EpisodeRow.listing_id)
    found = newest.where(EpisodeRow.listing_id.in_([one.listing_id for one in begun]))
    return going_on | {row[0]: row[1] for row in await tx.execute(found)}


async def _numbers(tx: Tx, listing_ids: Collection[int]) -> Counter[int]:
    """How many versions each listing had."""
    last = select(VersionRow.listing_id, func.max(VersionRow.n)).group_by(VersionRow.listing_id)
    return Counter({row[0]: row[1] for row in await tx.execute(last.where(_of(listing_ids)))})


async def _newest(tx: Tx, listing_ids: Collection[int]) -> dict[int, int]:
    newest = select(VersionRow.listing_id, func.max(VersionRow.id)).group_by(VersionRow.listing_id)
    return {row[0]: row[1] for row in await tx.execute(newest.where(_of(listing_ids)))}


async def _end(tx: Tx, ended_at: Mapping[int, datetime]) -> None:
    is_live = (VersionRow.listing_id == bindparam("of_listing"), VersionRow.ended_at.is_(None))
    ended = update(_VERSIONS).where(*is_live).values(ended_at=bindparam("at", type_=UtcDateTime))
    await tx.execute(ended, [{"of_listing": id, "at": at} for id, at in ended_at.items()])


def _row(opening: Opening, episode_id: int, n: int, *, is_baseline: bool) -> dict[str, object]:
    report = opening.report
    assert report.ask is not None, "a listed report has an ask"
    return {
        "listing_id": opening.listing_id,
        "episode_id": episode_id,
        "n": n,
        "ask_amount": report.ask.value,
        "ask_unit": report.ask.unit.value,
        "source": report.source.value,
        "listed_at": report.listed_at,
        "first_seen_at": report.seen_at,
        "last_seen_live_at": report.seen_at,
        "is_baseline": is_baseline,
    }


async def _open_listings(
    tx: Tx, openings: Sequence[Opening], episodes: Mapping[int, int], versions: Mapping[int, int]
) -> None:
    rows = []
    for opening in openings:
        report = opening.report
        assert report.ask is not None, "a listed report has an ask"
        row = {
            "of_listing": opening.listing_id,
            "ask_amount": report.ask.value,
            "ask_unit": report.ask.unit.value,
            "state_at": report.effective_at,
            "state_seen_at": report.seen_at,
            "state_source": report.source.value,
            "episode_id": episodes[opening.listing_id],
            "version_id": versions[opening.listing_id],
        }
        rows.append(row)
    told = {name: bindparam(name, type_=_LISTINGS.c[name].type) for name in rows[0] if name != "of_listing"}
    opened = update(_LISTINGS).where(ListingRow.id == bindparam("of_listing"))
    await tx.execute(opened.values(is_open=True, closed_as=None, missing_since=None, **told), rows)


def _of(listing_ids: Collection[int]) -> ColumnElement[bool]:
    return VersionRow.listing_id.in_(listing_ids)
