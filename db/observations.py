"""Observations: one row for each report that was worked, so that a replay changes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import Report
from db.base import Base
from db.engine import Tx, insert_all_new, insert_new
from db.listings import ListingRow, VersionRow
from db.types import BigId, UtcDateTime

Told = tuple[str, str, str]


class ObservationRow(Base):
    """One report of a state, by the source's own name for it; the same one twice is a replay.

    `version_id` is the version it opened or confirmed, None when it changed nothing or ended one.
    """

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("source", "event_id", "said", name="uq_observation_event"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)
    source: Mapped[str] = mapped_column(String(24))
    event_id: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(String(16))
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed: Mapped[str] = mapped_column(String(16))


class Seen(msgspec.Struct, frozen=True):
    """A report with what it did: which listing, and the version it opened or confirmed."""

    report: Report
    listing_id: int
    changed: str
    version_id: int | None = None


async def observe(tx: Tx, seen: Sequence[Seen]) -> None:
    """Remember the reports, so that each works once; a known one that works again is of its new version."""
    new = insert_new(tx, ObservationRow)
    keys = ["source", "event_id", "said"]
    upsert = new.on_conflict_do_update(index_elements=keys, set_={"version_id": new.excluded.version_id})
    working = [_row(one) for one in seen if one.version_id is not None]
    if working:
        await tx.execute(upsert, working)
    await insert_all_new(tx, ObservationRow, [_row(one) for one in seen if one.version_id is None])


def _row(seen: Seen) -> dict[str, object]:
    return {
        "listing_id": seen.listing_id,
        "version_id": seen.version_id,
        "source": seen.report.source.value,
        "event_id": seen.report.event_id,
        "said": seen.report.said.value,
        "effective_at": seen.report.effective_at,
        "seen_at": seen.report.seen_at,
        "changed": seen.changed,
    }


async def replays(tx: Tx, reports: Collection[Report]) -> set[Told]:
    """Those of these reports that were worked before."""
    query = select(ObservationRow.source, ObservationRow.event_id, ObservationRow.said).where(
        ObservationRow.source.in_({report.source.value for report in reports}),
        ObservationRow.event_id.in_({report.event_id for report in reports}),
    )
    return {(row.source, row.event_id, row.said) for row in await tx.execute(query)}


def told(report: Report) -> Told:
    """Names a report among all reports."""
    return (report.source.value, report.event_id, report.said.value)


async def confirm_replayed(tx: Tx, source: str, event_ids: Sequence[str], seen_at: datetime) -> None:
    """A page repeats what it said before: versions that are still current were seen live again."""
    current = (
        select(ObservationRow.version_id)
        .join(ListingRow, ListingRow.id == ObservationRow.listing_id)
        .where(
            ObservationRow.source == source,
            ObservationRow.event_id.in_(event_ids),
            ListingRow.is_open,
            ListingRow.version_id == ObservationRow.version_id,
        )
    )
    live = update(VersionRow).where(VersionRow.id.in_(current), VersionRow.last_seen_live_at < seen_at)
    await tx.execute(live.values(last_seen_live_at=seen_at))
