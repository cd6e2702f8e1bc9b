"""Servers, and the content-addressed policies they point to."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Row, Select, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.deals import DealPolicy, policy_hash
from core.domain.guilds import Guild, ServerSettings
from db.base import Base
from db.engine import Tx, insert_new
from db.types import Json, UtcDateTime


class PolicyRow(Base):
    """A policy by the hash of its content; never changed."""

    __tablename__ = "policy"

    hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    body: Mapped[DealPolicy] = mapped_column(Json(DealPolicy))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuildRow(Base):
    """A server that invited the bot. `left_at` is set while it is gone."""

    __tablename__ = "guild"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policy.hash"), index=True)
    deals_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    paused_because: Mapped[str | None] = mapped_column(String(300))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chosen_by: Mapped[int | None] = mapped_column(BigInteger)
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


async def keep_policy(tx: Tx, policy: DealPolicy, now: datetime) -> str:
    """Store a policy unless it is there already; its hash."""
    digest = policy_hash(policy)
    row = {"hash": digest, "body": policy, "created_at": now}
    await tx.execute(insert_new(tx, PolicyRow).values(row).on_conflict_do_nothing())
    return digest


async def active_policies(tx: Tx) -> dict[str, DealPolicy]:
    """The policies that servers with a channel point to, by hash."""
    query = (
        select(PolicyRow.hash, PolicyRow.body)
        .join(GuildRow, GuildRow.policy_hash == PolicyRow.hash)
        .where(GuildRow.left_at.is_(None), GuildRow.deals_channel_id.is_not(None))
        .distinct()
    )
    rows = await tx.execute(query)
    return {row.hash: row.body for row in rows}


async def join(tx: Tx, guild_id: int, name: str, policy: str, now: datetime) -> None:
    """A server is there (again); its choices stay."""
    row = {"id": guild_id, "name": name[:100], "policy_hash": policy, "joined_at": now}
    insert = insert_new(tx, GuildRow).values(row)
    await tx.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_={"name": name[:100], "left_at": None})
    )


async def leave(tx: Tx, guild_id: int, now: datetime) -> None:
    await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(left_at=now))


async def get(tx: Tx, guild_id: int) -> Guild | None:
    row = (await tx.execute(_guilds().where(GuildRow.id == guild_id))).first()
    return None if row is None else _guild(row)


async def with_channel(tx: Tx) -> list[Guild]:
    """The servers that chose where deals go, paused ones included."""
    query = _guilds().where(GuildRow.left_at.is_(None), GuildRow.deals_channel_id.is_not(None))
    return [_guild(row) for row in await tx.execute(query.order_by(GuildRow.id))]


async def posting_to(tx: Tx, policy_hash: str) -> list[Guild]:
    """The servers of a policy that want posts now."""
    query = _guilds().where(
        GuildRow.policy_hash == policy_hash,
        GuildRow.left_at.is_(None),
        GuildRow.deals_channel_id.is_not(None),
        GuildRow.paused_because.is_(None),
    )
    return [_guild(row) for row in await tx.execute(query.order_by(GuildRow.id))]


async def choose_channel(tx: Tx, guild_id: int, channel_id: int, *, by: int, now: datetime) -> bool:
    """Set where deals go and end a pause; False when the server is unknown."""
    values = {"deals_channel_id": channel_id, "paused_because": None, "chosen_by": by, "chosen_at": now}
    done = await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(values))
    return done.rowcount == 1


async def pause(tx: Tx, guild_id: int, because: str) -> None:
    await tx.execute(update(GuildRow).where(GuildRow.id == guild_id).values(paused_because=because[:300]))


def _guilds() -> Select[int, str, int | None, DealPolicy, str | None]:
    return select(
        GuildRow.id, GuildRow.name, GuildRow.deals_channel_id, PolicyRow.body, GuildRow.paused_because
    ).join(PolicyRow, PolicyRow.hash == GuildRow.policy_hash)


def _guild(row: Row[int, str, int | None, DealPolicy, str | None]) -> Guild:
    id, name, channel_id, policy, paused_because = row
    return Guild(id, name, ServerSettings(policy, channel_id), paused_because)
