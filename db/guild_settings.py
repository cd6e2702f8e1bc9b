"""What servers chose, version by version, and what their admins are about to choose."""

from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Integer, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.guild_changes import Change, Draft
from core.domain.guilds import DEFAULT_SETTINGS, Guild, ServerSettings
from db.base import Base
from db.engine import Tx, insert_new
from db.guilds import GuildRow, SettingsRow
from db.types import Json, UtcDateTime, storable

WHAT_LENGTH_MAX = 300


class DraftRow(Base):
    """What an admin has changed and not saved. `base_n` is the version that it began from."""

    __tablename__ = "settings_draft"

    guild_id: Mapped[int] = mapped_column(ForeignKey("guild.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    base_n: Mapped[int] = mapped_column(Integer)
    body: Mapped[ServerSettings] = mapped_column(Json(ServerSettings))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Version(msgspec.Struct, frozen=True):
    """A version to store. `restores` is the one that an undo repeats."""

    guild_id: int
    n: int
    settings: ServerSettings
    policy_hash: str
    by: int
    at: datetime
    what: str
    restores: int | None = None


async def add(tx: Tx, version: Version) -> None:
    """The server's newest choice, which holds from now on."""
    row = {
        "guild_id": version.guild_id,
        "n": version.n,
        "body": version.settings,
        "policy_hash": version.policy_hash,
        "changed_by": version.by,
        "at": version.at,
        "what": storable(version.what, WHAT_LENGTH_MAX),
        "restores": version.restores,
    }
    await tx.execute(insert(SettingsRow).values(row))
    pointer = {
        "settings_n": version.n,
        "policy_hash": version.policy_hash,
        "has_channel": version.settings.channel_id is not None,
    }
    await tx.execute(update(GuildRow).where(GuildRow.id == version.guild_id).values(pointer))


async def at_version(tx: Tx, guild_id: int, n: int) -> ServerSettings:
    """What held as version n; the default before anything was chosen."""
    of_guild = (SettingsRow.guild_id == guild_id, SettingsRow.n == n)
    found = (await tx.execute(select(SettingsRow.body).where(*of_guild))).scalar_one_or_none()
    return DEFAULT_SETTINGS if found is None else found


async def place_of(tx: Tx, guild_id: int, n: int) -> int:
    """The version that n stands for: itself, or the one that it repeats as an undo."""
    of_guild = (SettingsRow.guild_id == guild_id, SettingsRow.n == n)
    restored = (await tx.execute(select(SettingsRow.restores).where(*of_guild))).scalar_one_or_none()
    return n if restored is None else restored


async def changed_at(tx: Tx, guild_id: int, n: int) -> datetime | None:
    """When version n was chosen; None when there is none."""
    of_guild = (SettingsRow.guild_id == guild_id, SettingsRow.n == n)
    return (await tx.execute(select(SettingsRow.at).where(*of_guild))).scalar_one_or_none()


async def changes(tx: Tx, guild_id: int, limit: int) -> list[Change]:
    """The newest versions, newest first."""
    columns = (SettingsRow.n, SettingsRow.changed_by, SettingsRow.at, SettingsRow.what, SettingsRow.body)
    query = select(*columns).where(SettingsRow.guild_id == guild_id).order_by(SettingsRow.n.desc())
    return [Change(*row) for row in await tx.execute(query.limit(limit))]


async def draft(tx: Tx, guild: Guild, user_id: int) -> Draft | None:
    """What the person is about to choose there; None when nothing."""
    query = select(DraftRow.base_n, DraftRow.body).where(*_of(guild.id, user_id))
    row = (await tx.execute(query)).first()
    if row is None:
        return None
    return Draft(row.base_n, await at_version(tx, guild.id, row.base_n), row.body, guild)


async def keep_draft(tx: Tx, user_id: int, draft: Draft, now: datetime) -> None:
    values = {"base_n": draft.base_n, "body": draft.settings, "at": now}
    row = insert_new(tx, DraftRow).values(guild_id=draft.guild.id, user_id=user_id, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["guild_id", "user_id"], set_=values))


async def drop_draft(tx: Tx, guild_id: int, user_id: int) -> None:
    await tx.execute(delete(DraftRow).where(*_of(guild_id, user_id)))


async def drop_drafts_before(tx: Tx, guild_id: int, at: datetime) -> None:
    """Forget what nobody came back to."""
    await tx.execute(delete(DraftRow).where(DraftRow.guild_id == guild_id, DraftRow.at < at))


def _of(guild_id: int, user_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DraftRow.guild_id == guild_id, DraftRow.user_id == user_id
