"""Running processes, how they show that they live, and what becomes of what they held."""

from datetime import datetime

from sqlalchemy import Boolean, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.operations import ProcessState
from db import jobs, tries, work
from db.base import Base
from db.engine import Tx, insert_new, lost_sign_of_life
from db.types import UtcDateTime


class ProcessRow(Base):
    """A running process; one that stops beating is gone."""

    __tablename__ = "process"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    roles: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gateway_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gateway_is_up: Mapped[bool] = mapped_column(Boolean)


async def start_process(tx: Tx, process: ProcessState) -> None:
    row = {
        "id": process.id,
        "roles": process.roles,
        "version": process.version,
        "started_at": process.started_at,
        "heartbeat_at": process.heartbeat_at,
        "gateway_at": process.gateway_at,
        "gateway_is_up": process.gateway_is_up,
    }
    await tx.execute(insert_new(tx, ProcessRow).values(row).on_conflict_do_nothing())


async def beat(tx: Tx, process_id: str, *, gateway_is_up: bool | None, now: datetime) -> None:
    values: dict[str, object] = {"heartbeat_at": now, "gateway_is_up": bool(gateway_is_up)}
    if gateway_is_up:
        values["gateway_at"] = now
    await tx.execute(update(ProcessRow).where(ProcessRow.id == process_id).values(values))


async def end_process(tx: Tx, process_id: str) -> None:
    await tx.execute(delete(ProcessRow).where(ProcessRow.id == process_id))


async def bury_the_dead(tx: Tx, *, but: str) -> list[str]:
    """Forget processes that are gone; their ids.

    On SQLite a lock file lets one process run, so every other one is gone. On PostgreSQL each holds
    a lock that ends with its connection; whoever's lock can be had is gone.
    """
    others = list((await tx.execute(select(ProcessRow.id).where(ProcessRow.id != but))).scalars())
    dead = [id for id in others if await lost_sign_of_life(tx, id)]
    if dead:
        await tx.execute(delete(ProcessRow).where(ProcessRow.id.in_(dead)))
    return dead


async def hand_over(tx: Tx, owners: list[str], now: datetime) -> None:
    """What these processes had taken is free: job leases, claimed work, posts they were sending."""
    if not owners:
        return
    await jobs.free(tx, owners)
    await work.release(tx, owners)
    await tries.release(tx, now)


async def processes(tx: Tx) -> list[ProcessState]:
    rows = await tx.execute(select(ProcessRow.__table__).order_by(ProcessRow.started_at))
    return [
        ProcessState(r.id, r.roles, r.version, r.started_at, r.heartbeat_at, r.gateway_at, r.gateway_is_up)
        for r in rows
    ]
