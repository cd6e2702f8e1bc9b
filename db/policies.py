"""Policies that servers chose and that did not judge yet what is on sale already."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import DealPolicy, Reason
from core.domain.valuation import Valuation
from db.base import Base
from db.catalog import Slab, slabs_of
from db.deals import VerdictRow
from db.engine import Tx, insert_new
from db.guilds import PolicyRow
from db.listings import ListingRow, Version, versions
from db.prices import PricePointRow, ValuationRow
from db.types import UtcDateTime


class BacklogRow(Base):
    """A policy that has to catch up: with all of what is on sale, or with what is newer than `after`."""

    __tablename__ = "policy_backlog"

    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"), primary_key=True)
    after: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Backlog(msgspec.Struct, frozen=True):
    """The policy whose turn it is."""

    policy_hash: str
    policy: DealPolicy
    after: int | None
    asked_at: datetime


class Judged(msgspec.Struct, frozen=True):
    """A version on sale as another policy's verdict found it; `reason` is why it was refused, if it was."""

    version: Version
    slab: Slab | None
    verified_by: str
    reason: Reason | None
    valuation_id: int | None
    valuation: Valuation | None
    price_usd_micros: int | None


class Page(msgspec.Struct, frozen=True):
    """Versions in turn, oldest first. The next page begins after `last`; None after the last page."""

    judged: tuple[Judged, ...]
    last: int | None


async def ask(tx: Tx, policy_hash: str, now: datetime) -> None:
    """Let the policy judge what is on sale, from the beginning."""
    anew = {"after": None, "asked_at": now}
    row = insert_new(tx, BacklogRow).values(policy_hash=policy_hash, **anew)
    await tx.execute(row.on_conflict_do_update(index_elements=["policy_hash"], set_=anew))


async def next_backlog(tx: Tx) -> Backlog | None:
    """The policy that was chosen first; None when all have caught up."""
    query = (
        select(BacklogRow.policy_hash, PolicyRow.body, BacklogRow.after, BacklogRow.asked_at)
        .join(PolicyRow, PolicyRow.hash == BacklogRow.policy_hash)
        .order_by(BacklogRow.asked_at, BacklogRow.policy_hash)
        .limit(1)
    )
    row = (await tx.execute(query)).first()
    return None if row is None else Backlog(*row)


async def go_on(tx: Tx, backlog: Backlog, page: Page) -> None:
    """Where the next page begins, or the end; unless somebody asked anew meanwhile."""
    is_same = (BacklogRow.policy_hash == backlog.policy_hash, BacklogRow.asked_at == backlog.asked_at)
    if page.last is None:
        await tx.execute(delete(BacklogRow).where(*is_same))
    else:
        await tx.execute(update(BacklogRow).where(*is_same).values(after=page.last))


async def unjudged(tx: Tx, backlog: Backlog, *, page: int, newest: int) -> Page:
    """What is on sale, judged by others and not by this policy; of all that, only so many of the newest.

    Oldest first, so that the newest deals have the newest verdicts.
    """
    own = select(VerdictRow.id).where(
        VerdictRow.version_id == ListingRow.version_id, VerdictRow.policy_hash == backlog.policy_hash
    )
    query = select(ListingRow.version_id, ListingRow.token_id).where(ListingRow.is_open, ~own.exists())
    after = backlog.after
    if after is None:
        beyond = query.order_by(ListingRow.version_id.desc()).offset(newest).limit(1)
        after = (await tx.execute(beyond)).scalar_one_or_none() or 0
    turn = query.where(ListingRow.version_id > after).order_by(ListingRow.version_id).limit(page)
    rows = (await tx.execute(turn)).all()
    ids = [row.version_id for row in rows]
    tokens = {row.version_id: row.token_id for row in rows}
    verdicts = await _verdicts(tx, ids)
    found = await versions(tx, list(verdicts))
    slabs = await slabs_of(tx, [tokens[id] for id in verdicts])
    dollars = await _dollars(tx, list(verdicts))
    values = await _valuations(tx, [one.valuation_id or 0 for one in verdicts.values()])
    judged = tuple(
        Judged(
            version=found[id],
            slab=slabs.get(tokens[id]),
            verified_by=one.verified_by,
            reason=one.reason,
            valuation_id=one.valuation_id,
            valuation=values.get(one.valuation_id or 0),
            price_usd_micros=dollars.get(id),
        )
        for id, one in verdicts.items()
        if id in found
    )
    return Page(judged, ids[-1] if len(ids) == page else None)


class _Said(msgspec.Struct, frozen=True):
    verified_by: str
    reason: Reason | None
    valuation_id: int | None


async def _verdicts(tx: Tx, version_ids: Collection[int]) -> dict[int, _Said]:
    """What another policy said of each version: one that had it valued, where there is one."""
    columns = (VerdictRow.verified_by, VerdictRow.reason, VerdictRow.valuation_id)
    query = select(VerdictRow.version_id, *columns).where(VerdictRow.version_id.in_(version_ids))
    said: dict[int, _Said] = {}
    for row in await tx.execute(query.order_by(VerdictRow.version_id, VerdictRow.id)):
        before = said.get(row.version_id)
        if before is None or (row.valuation_id or 0) > (before.valuation_id or 0):
            reason = None if row.reason is None else Reason(row.reason)
            said[row.version_id] = _Said(row.verified_by, reason, row.valuation_id)
    return said


async def _dollars(tx: Tx, version_ids: Collection[int]) -> dict[int, int]:
    """What each version asks, as it was reckoned for its first verdict."""
    keys = {f"ask:{version_id}": version_id for version_id in version_ids}
    query = select(PricePointRow.dedupe_key, PricePointRow.usd_micros)
    rows = await tx.execute(query.where(PricePointRow.dedupe_key.in_(keys)))
    return {keys[row.dedupe_key]: row.usd_micros for row in rows}


async def _valuations(tx: Tx, ids: Collection[int]) -> dict[int, Valuation]:
    query = select(ValuationRow.__table__).where(ValuationRow.id.in_(set(ids)))
    return {
        row.id: Valuation(
            row.value_usd_micros, row.low_usd_micros, row.high_usd_micros, row.confidence, row.evidence
        )
        for row in await tx.execute(query)
    }
