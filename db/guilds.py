"""Servers, what they chose last, and the content-addressed policies they point to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, Row, Select, String, func, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import DealPolicy, policy_hash
from core.domain.guilds import DEFAULT_SETTINGS, Guild, ServerSettings
from db.base import Base
from db.engine import Tx, insert_new, is_postgres
from db.types import Json, UtcDateTime

NAME_LENGTH_MAX = 100
_CHOICES_LOCK = 0x0CA2D8


class PolicyRow(Base):
    """A policy by the hash of its content; never changed."""

    __tablename__ = "policy"

    hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    body: Mapped[DealPolicy] = mapped_column(Json(DealPolicy))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuildRow(Base):
    """A server that invited the bot. `left_at` is set while it is gone.

    `policy_hash` and `has_channel` repeat what the version `settings_n` says, for those who look for servers.
    """

    __tablename__ = "guild"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    settings_n: Mapped[int] = mapped_column(Integer)
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"), index=True)
    has_channel: Mapped[bool]
    paused_because: Mapped[str | None] = mapped_column(String(300))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SettingsRow(Base):
    """One version of what a server chose; never changed. `restores` is the version that an undo repeats."""

    __tablename__ = "guild_settings"

    guild_id: Mapped[int] = mapped_column(ForeignKey("guild.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[ServerSettings] = mapped_column(Json(ServerSettings))
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"))
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(300))
    restores: Mapped[int | None] = mapped_column(Integer)


IS_JUDGED = (GuildRow.left_at.is_(None), GuildRow.has_channel.is_(true()))
"""The servers whose policy has a say: they are there and chose a channel."""


async def hold_choices(tx: Tx) -> None:
    """No server chooses anything until the transaction ends; others may hold that as well."""
    if is_postgres(tx):
        await tx.execute(select(func.pg_advisory_xact_lock_shared(_CHOICES_LOCK)))


async def begin_choice(tx: Tx) -> None:
    """A server is about to choose: whoever judges and posts by what holds now ends first."""
    if is_postgres(tx):
        await tx.execute(select(func.pg_advisory_xact_lock(_CHOICES_LOCK)))


async def keep_policy(tx: Tx, policy: DealPolicy, now: datetime) -> str:
    """Store a policy unless it is there already; its hash."""
    digest = policy_hash(policy)
    row = {"hash": digest, "body": policy, "created_at": now}
    await tx.execute(insert_new(tx, PolicyRow).values(row).on_conflict_do_nothing())
    return digest


async def active_hashes(tx: Tx) -> frozenset[str]:
    """Which policies servers with a channel point to."""
    return frozenset((await tx.execute(select(GuildRow.policy_hash).where(*IS_JUDGED).distinct())).scalars())


async def policies(tx: Tx, hashes: Collection[str]) -> dict[str, DealPolicy]:
    """The content of these policies."""
    if not hashes:
        return {}
    rows = await tx.execute(select(PolicyRow.hash, PolicyRow.body).where(PolicyRow.hash.in_(hashes)))
    return {row.hash: row.body for row in rows}


async def join(tx: Tx, guild_id: int, name: str, policy: str, now: datetime) -> None:
    """A server is there (again) and judges by this policy; its choices stay."""
    row = {"name": name[:NAME_LENGTH_MAX], "policy_hash": policy, "left_at": None}
    insert = insert_new(tx, GuildRow).values(
        id=guild_id, settings_n=0, has_channel=False, joined_at=now, **row
    )
    await tx.execute(insert.on_conflict_do_update(index_elements=["id"], set_=row))


async def leave(tx: Tx, guild_id: int, now: datetime) -> None:
    await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(left_at=now))


async def get(tx: Tx, guild_id: int) -> Guild | None:
    row = (await tx.execute(_guilds().where(GuildRow.id == guild_id))).first()
    return None if row is None else _guild(row)


async def get_all(tx: Tx, guild_ids: Collection[int]) -> dict[int, Guild]:
    """Those of them that are known, by id."""
    return {row.id: _guild(row) for row in await tx.execute(_guilds().where(GuildRow.id.in_(guild_ids)))}


async def hold(tx: Tx, guild_id: int) -> Guild | None:
    """The server, which nobody else changes until the transaction ends."""
    await tx.execute(select(GuildRow.id).where(GuildRow.id == guild_id).with_for_update())
    return await get(tx, guild_id)  # a statement of its own: it sees what was waited for


async def with_channel(tx: Tx) -> list[Guild]:
    """The servers that chose where deals go, paused ones included."""
    return [_guild(row) for row in await tx.execute(_guilds().where(*IS_JUDGED).order_by(GuildRow.id))]


async def of_policies(tx: Tx, hashes: Collection[str]) -> dict[str, list[Guild]]:
    """The servers of each of these policies that want posts now, by policy; one query."""
    query = _guilds().where(GuildRow.policy_hash.in_(hashes), *IS_JUDGED, GuildRow.paused_because.is_(None))
    found: dict[str, list[Guild]] = {digest: [] for digest in hashes}
    for row in await tx.execute(query.order_by(GuildRow.id)):
        found[row.policy_hash].append(_guild(row))
    return found


async def pause(tx: Tx, guild_id: int, because: str) -> None:
    await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(paused_because=because[:300]))


async def resume(tx: Tx, guild_id: int) -> None:
    await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(paused_because=None))


def _guilds() -> Select[*tuple[Any, ...]]:
    columns = (GuildRow.id, GuildRow.name, GuildRow.paused_because, GuildRow.settings_n, GuildRow.policy_hash)
    is_current = (SettingsRow.guild_id == GuildRow.id) & (SettingsRow.n == GuildRow.settings_n)
    return select(*columns, SettingsRow.body).outerjoin(SettingsRow, is_current)


def _guild(row: Row[*tuple[Any, ...]]) -> Guild:
    settings = DEFAULT_SETTINGS if row.body is None else row.body
    return Guild(row.id, row.name, settings, row.paused_because, row.settings_n)
