"""What nobody reads any more, found in one stretch of a table after another and deleted by id."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, exists, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.domain.listings import Step
from db.deals import RevisionRow, VerdictRow
from db.digests import DigestLineRow
from db.engine import Tx
from db.events import EventRow
from db.listings import ListingRow, VersionRow
from db.observations import ObservationRow
from db.outcomes import OutcomeRow
from db.pages import PageRow
from db.posts import PostRow
from db.revaluation_items import ItemRow
from db.revaluations import RevaluationRow

_CHANGED_NOTHING = (Step.CONFIRMS.value, Step.IGNORED.value)
_SHOWN = (PostRow.verdict_id, DigestLineRow.verdict_id, OutcomeRow.verdict_id)
_IS_OVER = VersionRow.ended_at.is_not(None)
Ids = InstrumentedAttribute[int]
EVENTS, PAGES, ITEMS = EventRow.seq, PageRow.id, ItemRow.revaluation_id
OBSERVATIONS, REVISIONS, VERDICTS = ObservationRow.id, RevisionRow.id, VerdictRow.id
"""What rows are deleted by: the items of a run go with it."""


class Stretch(msgspec.Struct, frozen=True):
    """Which rows of a stretch may go; the next one begins after `last`. `is_end`: there is none yet."""

    ids: tuple[int, ...]
    last: int
    is_end: bool


async def old_events(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """What happened before that time."""
    query = select(EventRow.seq).where(EventRow.at < before).order_by(EventRow.at).limit(limit)
    return _all_of((await tx.execute(query)).scalars(), after, limit)


async def old_pages(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """Lists that were opened before that time."""
    query = select(PageRow.id).where(PageRow.at < before).order_by(PageRow.at).limit(limit)
    return _all_of((await tx.execute(query)).scalars(), after, limit)


async def old_items(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """What the listings of a run came to that ended before that time: one run at a time, of thousands."""
    query = select(ItemRow.revaluation_id).join(RevaluationRow, RevaluationRow.id == ItemRow.revaluation_id)
    oldest = query.where(RevaluationRow.ended_at < before).order_by(ItemRow.revaluation_id).limit(1)
    return _all_of((await tx.execute(oldest)).scalars(), after, 1)


async def old_revisions(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """What verdicts were before that time, of versions that are over."""
    query = (
        select(RevisionRow.id, RevisionRow.decided_at.label("at"), _IS_OVER.label("goes"))
        .join(VersionRow, VersionRow.id == RevisionRow.version_id)
        .where(RevisionRow.id > after)
        .order_by(RevisionRow.id)
        .limit(limit)
    )
    return _aged((await tx.execute(query)).all(), before, after=after, limit=limit)


async def repeated_revisions(tx: Tx, newest: int, *, after: int, limit: int) -> Stretch:
    """All but the `newest` of a version under a policy, and those that hold the version's first value."""
    query = select(RevisionRow.id, RevisionRow.version_id).where(RevisionRow.id > after)
    rows = (await tx.execute(query.order_by(RevisionRow.id).limit(limit))).all()
    of_one = (RevisionRow.version_id, RevisionRow.policy_hash)
    ranked = (
        select(RevisionRow.id, RevisionRow.valuation_id)
        .add_columns(func.row_number().over(partition_by=of_one, order_by=RevisionRow.id.desc()).label("n"))
        .add_columns(
            func.min(RevisionRow.valuation_id).over(partition_by=RevisionRow.version_id).label("first")
        )
        .where(RevisionRow.version_id.in_({row.version_id for row in rows}))
        .subquery()
    )
    is_later = or_(ranked.c.valuation_id.is_(None), ranked.c.valuation_id != ranked.c.first)
    ids = (await tx.execute(select(ranked.c.id).where(ranked.c.n > newest, is_later))).scalars()
    return Stretch(tuple(ids), rows[-1].id if rows else after, len(rows) < limit)


async def old_observations(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """Reports from before that time that changed nothing and are not of what is on sale now."""
    is_current = and_(ListingRow.is_open, ListingRow.version_id == ObservationRow.version_id)
    goes = and_(ObservationRow.changed.in_(_CHANGED_NOTHING), func.coalesce(~is_current, True))
    query = (
        select(ObservationRow.id, ObservationRow.seen_at.label("at"), goes.label("goes"))
        .join(ListingRow, ListingRow.id == ObservationRow.listing_id)
        .where(ObservationRow.id > after)
        .order_by(ObservationRow.id)
        .limit(limit)
    )
    return _aged((await tx.execute(query)).all(), before, after=after, limit=limit)


async def old_rejections(tx: Tx, before: datetime, *, after: int, limit: int) -> Stretch:
    """Verdicts from before that time that are no deals, of versions that are over.

    The first verdict of each version stays, whatever it was, and so does one that was ever shown.
    """
    other = aliased(VerdictRow)
    is_first = ~exists().where(other.version_id == VerdictRow.version_id, other.id < VerdictRow.id)
    goes = and_(
        VerdictRow.tier.is_(None),
        _IS_OVER,
        not_(or_(is_first, *(exists().where(column == VerdictRow.id) for column in _SHOWN))),
    )
    query = (
        select(VerdictRow.id, VerdictRow.decided_at.label("at"), goes.label("goes"))
        .join(VersionRow, VersionRow.id == VerdictRow.version_id)
        .where(VerdictRow.id > after)
        .order_by(VerdictRow.id)
        .limit(limit)
    )
    return _aged((await tx.execute(query)).all(), before, after=after, limit=limit)


async def last_id(tx: Tx, ids: Ids) -> int:
    """The newest row's; SQLite gives the ids of newest rows that are gone to the next ones."""
    return (await tx.execute(select(func.coalesce(func.max(ids), 0)))).scalar_one()


async def forget(tx: Tx, ids: Ids, gone: Collection[int]) -> int:
    """Delete these; how many rows that were."""
    done = await tx.execute(delete(ids.class_).where(ids.in_(gone)))
    return done.rowcount


def _all_of(ids: Iterable[int], after: int, limit: int) -> Stretch:
    found = tuple(ids)
    return Stretch(found, after, len(found) < limit)


def _aged(rows: Sequence[Row[*tuple[Any, ...]]], before: datetime, *, after: int, limit: int) -> Stretch:
    """Rows come in the order of their ids, and so of their times: the first young one is the end."""
    old = [row for row in rows if row.at < before]
    ids = tuple(row.id for row in old if row.goes)
    return Stretch(ids, old[-1].id if old else after, len(old) < limit)
