"""Channels that turned the bot away: nothing is sent there until the server's admins choose again."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.engine import Tx, insert_new
from db.guilds import GuildRow
from db.types import ERROR_LENGTH_MAX, UtcDateTime, storable


class PauseRow(Base):
    """A refusal under the version of the server's settings that chose the channel; a later one ends it."""

    __tablename__ = "channel_pause"

    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    settings_n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    because: Mapped[str] = mapped_column(String(ERROR_LENGTH_MAX))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


async def begin(
    tx: Tx, guild_id: int, channel_id: int, *, settings_n: int, because: str, now: datetime
) -> bool:
    """Whether this is news: the channel was not paused yet."""
    row = {
        "channel_id": channel_id,
        "settings_n": settings_n,
        "guild_id": guild_id,
        "because": storable(because, ERROR_LENGTH_MAX),
        "at": now,
    }
    insert = insert_new(tx, PauseRow).values(row).on_conflict_do_nothing().returning(PauseRow.channel_id)
    return (await tx.execute(insert)).scalar_one_or_none() is not None


async def channels(tx: Tx) -> frozenset[int]:
    """The channels that are paused now."""
    return frozenset((await tx.execute(select(PauseRow.channel_id).join(GuildRow, _IS_CURRENT))).scalars())


async def of_guild(tx: Tx, guild_id: int) -> dict[int, str]:
    """Why each paused channel of the server is, by channel."""
    query = select(PauseRow.channel_id, PauseRow.because).join(GuildRow, _IS_CURRENT)
    rows = await tx.execute(query.where(PauseRow.guild_id == guild_id).order_by(PauseRow.channel_id))
    return {row.channel_id: row.because for row in rows}


async def reasons(tx: Tx) -> list[str]:
    """What an operator reads of each pause, newest first."""
    query = select(GuildRow.name, PauseRow.because).join(GuildRow, _IS_CURRENT).order_by(PauseRow.at.desc())
    return [f"{row.name}: {row.because}" for row in await tx.execute(query)]


def notice_key(channel_id: int, settings_n: int) -> str:
    """The key of the post that tells of a pause."""
    return f"pause:{channel_id}:{settings_n}"


_IS_CURRENT = (
    (GuildRow.id == PauseRow.guild_id)
    & (GuildRow.settings_n == PauseRow.settings_n)
    & GuildRow.left_at.is_(None)
)
