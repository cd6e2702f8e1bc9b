"""Wallets that servers follow, what those did lately, when they were last asked about, what channels saw."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Row,
    Select,
    String,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.follows import LABEL_LENGTH_MAX, Follow
from core.domain.listings import Chain, Wallet
from db.base import Base
from db.engine import Tx, insert_new
from db.guilds import GuildRow
from db.types import ERROR_LENGTH_MAX, BigId, UtcDateTime, storable


class FollowRow(Base):
    """A wallet that a channel of a server is told about."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("guild_id", "wallet", name="uq_follow_wallet"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(ForeignKey("guild.id"))
    channel_id: Mapped[int] = mapped_column(BigInteger, index=True)
    wallet: Mapped[str] = mapped_column(String(128), index=True)
    chain: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH_MAX))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    followed_by: Mapped[int] = mapped_column(BigInteger)
    paused_because: Mapped[str | None] = mapped_column(String(ERROR_LENGTH_MAX))


class LookRow(Base):
    """When a source was last asked what a wallet did."""

    __tablename__ = "follow_look"

    wallet: Mapped[str] = mapped_column(String(128), primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)


async def hold_guild(tx: Tx, guild_id: int) -> bool:
    """One at a time changes what a server follows; false for an unknown one."""
    query = select(GuildRow.id).where(GuildRow.id == guild_id).with_for_update()
    return (await tx.execute(query)).first() is not None


async def keep(tx: Tx, follow: Follow, chain: Chain, *, by: int) -> None:
    """Follow a wallet, or follow it with another label or in another channel; since when stays."""
    row = {
        "guild_id": follow.guild_id,
        "channel_id": follow.channel_id,
        "wallet": follow.wallet,
        "chain": chain.value,
        "label": follow.label,
        "since": follow.since,
        "followed_by": by,
    }
    told = {name: row[name] for name in ("channel_id", "label", "followed_by")} | {"paused_because": None}
    upsert = insert_new(tx, FollowRow).values(row)
    await tx.execute(upsert.on_conflict_do_update(index_elements=["guild_id", "wallet"], set_=told))


async def of_guild(tx: Tx, guild_id: int) -> list[Follow]:
    """What a server follows, the oldest first."""
    query = _follows().where(FollowRow.guild_id == guild_id).order_by(FollowRow.id)
    return [_follow(row) for row in await tx.execute(query)]


async def count_wallets(tx: Tx) -> int:
    """How many wallets are followed at all, by however many servers."""
    return (await tx.execute(select(func.count(FollowRow.wallet.distinct())))).scalar_one()


async def is_followed(tx: Tx, wallet: Wallet) -> bool:
    return (
        await tx.execute(select(FollowRow.id).where(FollowRow.wallet == wallet).limit(1))
    ).first() is not None


async def of_wallets(tx: Tx, wallets: Collection[Wallet]) -> list[Follow]:
    """Who is to be told about these wallets, held until the transaction ends: nobody stops in between."""
    query = (
        _follows()
        .join(GuildRow, GuildRow.id == FollowRow.guild_id)
        .where(FollowRow.wallet.in_(list(wallets)))
        .where(FollowRow.paused_because.is_(None), GuildRow.left_at.is_(None))
        .order_by(FollowRow.id)
        .with_for_update(read=True, of=FollowRow)
    )
    return [_follow(row) for row in await tx.execute(query)]


async def end(tx: Tx, guild_id: int, wallet: Wallet) -> None:
    """The server follows the wallet no longer."""
    await tx.execute(delete(FollowRow).where(FollowRow.guild_id == guild_id, FollowRow.wallet == wallet))


async def pause(tx: Tx, channel_id: int, because: str) -> bool:
    """The channel's wallets rest until somebody follows them anew; whether any did not rest yet."""
    awake = update(FollowRow).where(FollowRow.channel_id == channel_id, FollowRow.paused_because.is_(None))
    put_to_rest = awake.values(paused_because=storable(because, ERROR_LENGTH_MAX)).returning(FollowRow.id)
    return bool((await tx.execute(put_to_rest)).all())


async def forget_looks(tx: Tx) -> None:
    """Nobody asks about wallets that nobody follows."""
    await tx.execute(delete(LookRow).where(LookRow.wallet.not_in(select(FollowRow.wallet))))


async def to_look_at(tx: Tx, source: str, chain: Chain, *, before: datetime, limit: int) -> list[Wallet]:
    """The wallets a source was not asked about since `before`, the longest ago first."""
    looked_at = func.max(LookRow.looked_at)
    query = (
        select(FollowRow.wallet)
        .join(GuildRow, GuildRow.id == FollowRow.guild_id)
        .outerjoin(LookRow, and_(LookRow.wallet == FollowRow.wallet, LookRow.source == source))
        .where(FollowRow.chain == chain.value, FollowRow.paused_because.is_(None), GuildRow.left_at.is_(None))
        .where(or_(LookRow.looked_at.is_(None), LookRow.looked_at < before))
        .group_by(FollowRow.wallet)
        .order_by(looked_at.asc().nulls_first(), FollowRow.wallet)
        .limit(limit)
    )
    return [Wallet(wallet) for wallet in (await tx.execute(query)).scalars()]


async def looked_at(tx: Tx, source: str, wallets: Sequence[Wallet], now: datetime) -> None:
    """These had their turn."""
    if not wallets:
        return
    upsert = insert_new(tx, LookRow).on_conflict_do_update(
        index_elements=["wallet", "source"], set_={"looked_at": now}
    )
    await tx.execute(upsert, [{"wallet": w, "source": source, "looked_at": now} for w in wallets])


def _follows() -> Select[int, int, int, str, str, datetime, str | None]:
    return select(
        FollowRow.id,
        FollowRow.guild_id,
        FollowRow.channel_id,
        FollowRow.wallet,
        FollowRow.label,
        FollowRow.since,
        FollowRow.paused_because,
    )


def _follow(row: Row[int, int, int, str, str, datetime, str | None]) -> Follow:
    id, guild_id, channel_id, wallet, label, since, paused_because = row
    return Follow(id, guild_id, channel_id, Wallet(wallet), label, since, paused_because)
