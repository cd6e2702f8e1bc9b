"""Versions whose price cannot be meant: held until somebody, or another source, vouches for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.money import AMOUNT_MAX, Amount, Unit
from core.domain.quarantine import Quarantined, Suspicion
from db.base import Base
from db.catalog import TokenRow
from db.engine import Tx, insert_new
from db.listings import ListingRow, Version, VersionRow
from db.observations import ObservationRow
from db.types import Json, UtcDateTime, storable

BY_LENGTH_MAX = 60
CONFIRMS_WITHIN = 2
"""Another source's price vouches for one that is no more than so many times another."""


class QuarantineRow(Base):
    """A held version. `released_by` names who vouched for its price: a person, or a source."""

    __tablename__ = "quarantine"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    suspicion: Mapped[Suspicion] = mapped_column(Json(Suspicion))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    released_by: Mapped[str | None] = mapped_column(String(BY_LENGTH_MAX))


async def hold(tx: Tx, version_id: int, suspicion: Suspicion, now: datetime) -> None:
    """Hold a version; of one that is held already, what is suspected now."""
    row = {"version_id": version_id, "suspicion": suspicion, "held_at": now}
    new = insert_new(tx, QuarantineRow).values(row)
    told = {"suspicion": new.excluded.suspicion}
    await tx.execute(new.on_conflict_do_update(index_elements=["version_id"], set_=told))


async def release(tx: Tx, version_id: int, by: str, now: datetime) -> bool:
    """The price is believed from now on; False when the version is not held."""
    held = update(QuarantineRow).where(
        QuarantineRow.version_id == version_id, QuarantineRow.released_at.is_(None)
    )
    done = await tx.execute(held.values(released_at=now, released_by=storable(by, BY_LENGTH_MAX)))
    return done.rowcount == 1


async def of_version(tx: Tx, version_id: int) -> Quarantined | None:
    return next(iter(await _found(tx, _held().where(QuarantineRow.version_id == version_id))), None)


async def waiting(tx: Tx, limit: int) -> list[Quarantined]:
    """What is held and still on sale, newest first."""
    is_current = ListingRow.is_open, ListingRow.version_id == QuarantineRow.version_id
    still = _held().where(QuarantineRow.released_at.is_(None), *is_current)
    return await _found(tx, still.order_by(QuarantineRow.version_id.desc()).limit(limit))


async def known_among(tx: Tx, version_ids: Collection[int]) -> set[int]:
    """Those of these versions that are, or once were, held."""
    if not version_ids:
        return set()
    query = select(QuarantineRow.version_id).where(QuarantineRow.version_id.in_(version_ids))
    return set((await tx.execute(query)).scalars())


async def held_among(tx: Tx, version_ids: Collection[int]) -> set[int]:
    """Those of these versions whose price counts for nothing."""
    if not version_ids:
        return set()
    held = QuarantineRow.version_id.in_(version_ids), QuarantineRow.released_at.is_(None)
    return set((await tx.execute(select(QuarantineRow.version_id).where(*held))).scalars())


async def asked_before(tx: Tx, version: Version) -> Amount | None:
    """What the listing asked last before this version, as far as that was believed."""
    held = select(QuarantineRow.version_id).where(QuarantineRow.released_at.is_(None))
    query = (
        select(VersionRow.ask_amount, VersionRow.ask_unit)
        .where(
            VersionRow.listing_id == version.listing_id,
            VersionRow.id < version.id,
            VersionRow.id.not_in(held),
        )
        .order_by(VersionRow.n.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).first()
    return None if row is None else Amount(row.ask_amount, Unit(row.ask_unit))


async def vouched_for(tx: Tx, version: Version) -> str | None:
    """Another source that saw the listing at about this price, in this currency; None without one."""
    ask, most = version.ask, min(version.ask.value * CONFIRMS_WITHIN, AMOUNT_MAX)
    query = (
        select(func.min(ObservationRow.source))
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            VersionRow.listing_id == version.listing_id,
            VersionRow.ask_unit == ask.unit.value,
            VersionRow.ask_amount.between(ask.value // CONFIRMS_WITHIN, most),
            ObservationRow.source != version.source,
        )
    )
    found: str | None = (await tx.execute(query)).scalar_one()
    return found


def _held() -> Select[*tuple[Any, ...]]:
    columns = (QuarantineRow.held_at, QuarantineRow.released_at, QuarantineRow.released_by)
    return (
        select(QuarantineRow.version_id, TokenRow.address, QuarantineRow.suspicion, *columns)
        .join(VersionRow, VersionRow.id == QuarantineRow.version_id)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
    )


async def _found(tx: Tx, query: Select[*tuple[Any, ...]]) -> list[Quarantined]:
    return [Quarantined(*row) for row in await tx.execute(query)]
