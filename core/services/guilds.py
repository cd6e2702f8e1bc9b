"""Servers: joining, leaving, and what their admins choose."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from core.clock import Clock
from core.domain.deals import DEFAULT_POLICY
from core.domain.guild_changes import Change, Draft, what_changed
from core.domain.guild_rules import checked
from core.domain.guilds import Guild, ServerSettings
from core.errors import InvalidInput, LimitReached, NotFound
from core.services.moves import follow_settings
from db import guild_settings, guilds, pauses, policies
from db.engine import Database, Tx
from db.guild_settings import Version
from db.guilds import NAME_LENGTH_MAX

HISTORY_MAX = 50
CHANGES_A_DAY_MAX = 200
DRAFTS_KEPT = timedelta(days=30)
UNKNOWN = "This server is not known yet; try again in a few seconds."
TOO_MANY = f"The settings were changed {CHANGES_A_DAY_MAX} times within a day. Try again tomorrow."
CHANGED_SINCE = "The settings changed since you saw them: open /settings again to see what holds now."
NOTHING_TO_UNDO = "There is nothing left to undo."
DISPUTED = (
    "Somebody else changed this meanwhile: {what}. Your draft now stands against what they chose: look at it "
    "again, then save."
)
UNDONE = "undone"
CHOSEN_AGAIN = "chosen again"

Choose = Callable[[ServerSettings], ServerSettings]
"""A change as a function of what holds at that moment: two admins at once lose nothing."""


class GuildService:
    """Who the bot serves, and what each server chose."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    async def joined(self, guild_id: int, name: str) -> Guild:
        """Remember a server (again); what it chose before is kept."""
        now = self.clock.now()
        async with self.db.write() as tx:
            before = await guilds.hold(tx, guild_id)
            guild = before or Guild(guild_id, name)
            # A version of ours that adds a rule gives the same choices another hash.
            await guilds.join(tx, guild_id, name, await _policy_of(tx, guild, now), now)
        return msgspec.structs.replace(guild, name=name[:NAME_LENGTH_MAX])

    async def left(self, guild_id: int) -> None:
        """Stop posting there; what it chose is kept for its return."""
        async with self.db.write() as tx:
            await guilds.leave(tx, guild_id, self.clock.now())

    async def get(self, guild_id: int) -> Guild | None:
        async with self.db.read() as tx:
            return await guilds.get(tx, guild_id)

    async def paused_channels(self, guild_id: int) -> dict[int, str]:
        """Why nothing is posted to these channels until an admin chooses again."""
        async with self.db.read() as tx:
            guild, paused = await guilds.get(tx, guild_id), await pauses.of_guild(tx, guild_id)
        if guild is not None and guild.paused_because and guild.settings.channel_id is not None:
            paused.setdefault(guild.settings.channel_id, guild.paused_because)
        return paused

    async def resume(self, guild_id: int, *, by: int) -> Guild:
        """Choose the same again, which ends every pause."""
        return await self.change(guild_id, lambda now: now, by=by)

    async def change(self, guild_id: int, choose: Choose, *, by: int) -> Guild:
        """Make a choice hold from now on; also ends a pause. Raises UserError when it makes no sense."""
        async with self.db.write() as tx:
            guild = await _known(tx, guild_id)
            return await self._keep(tx, guild, choose(guild.settings), by=by)

    async def choose_channel(self, guild_id: int, channel_id: int, *, by: int) -> Guild:
        """Post deals to this channel from now on; also ends a pause."""
        return await self.change(
            guild_id, lambda now: msgspec.structs.replace(now, channel_id=channel_id), by=by
        )

    async def pause(self, guild_id: int, because: str) -> None:
        """Stop posting until an admin chooses again (gone or forbidden channel)."""
        async with self.db.write() as tx:
            await guilds.pause(tx, guild_id, because)

    async def history(self, guild_id: int, limit: int = HISTORY_MAX) -> tuple[Change, ...]:
        """Who changed what, newest first; every version holds all that was chosen then."""
        async with self.db.read() as tx:
            return tuple(await guild_settings.changes(tx, guild_id, max(1, min(limit, HISTORY_MAX))))

    async def undo(self, guild_id: int, n: int, *, by: int) -> Guild:
        """Take back change `n`, the newest one; the next undo takes back the one before it, and so on.

        It is a change of its own. Raises UserError when another came after it, or there is none before.
        """
        async with self.db.write() as tx:
            guild = await _known(tx, guild_id)
            if guild.settings_n != n:
                raise InvalidInput(CHANGED_SINCE)
            target = await guild_settings.place_of(tx, guild_id, n) - 1
            if target < 1:
                raise InvalidInput(NOTHING_TO_UNDO)
            settings = await guild_settings.at_version(tx, guild_id, target)
            place = await guild_settings.place_of(tx, guild_id, target)
            return await self._keep(tx, guild, settings, by=by, restores=place)

    async def draft_of(self, guild_id: int, user_id: int) -> Draft | None:
        """What the person changed and did not save yet; None when nothing."""
        async with self.db.read() as tx:
            guild = await guilds.get(tx, guild_id)
            return None if guild is None else await guild_settings.draft(tx, guild, user_id)

    async def edit_draft(self, guild_id: int, user_id: int, choose: Choose) -> Draft | None:
        """Change the person's draft, beginning one from what holds; None when it then changes nothing.

        Raises UserError when the choice makes no sense.
        """
        async with self.db.write() as tx:
            guild = await _known(tx, guild_id)
            before = await guild_settings.draft(tx, guild, user_id)
            if before is None:
                before = Draft(guild.settings_n, guild.settings, guild.settings, guild)
            draft = msgspec.structs.replace(
                before, settings=checked(choose(before.settings), before.settings)
            )
            now = self.clock.now()
            await guild_settings.drop_drafts_before(tx, guild_id, now - DRAFTS_KEPT)
            if draft.settings == draft.base:
                await guild_settings.drop_draft(tx, guild_id, user_id)
                return None
            await guild_settings.keep_draft(tx, user_id, draft, now)
            return draft

    async def save_draft(self, guild_id: int, user_id: int) -> Guild:
        """Make the person's draft hold, together with what others changed meanwhile; again changes nothing.

        Raises UserError when both changed the same: the draft then begins anew from what holds.
        """
        async with self.db.write() as tx:
            guild = await _known(tx, guild_id)
            draft = await guild_settings.draft(tx, guild, user_id)
            if draft is None:
                return guild
            disputed = draft.disputed
            if not disputed:
                await guild_settings.drop_draft(tx, guild_id, user_id)
                return await self._keep(tx, guild, draft.result, by=user_id)
            begun_anew = Draft(guild.settings_n, guild.settings, draft.result, guild)
            await guild_settings.keep_draft(tx, user_id, begun_anew, self.clock.now())
        raise InvalidInput(DISPUTED.format(what=disputed))

    async def discard_draft(self, guild_id: int, user_id: int) -> None:
        async with self.db.write() as tx:
            await guild_settings.drop_draft(tx, guild_id, user_id)

    async def _keep(
        self, tx: Tx, guild: Guild, settings: ServerSettings, *, by: int, restores: int | None = None
    ) -> Guild:
        """The next version; one in which nothing differs ends a pause, and an undo passes it over.

        What nobody saw yet follows it.
        """
        now, settings = self.clock.now(), checked(settings, guild.settings)
        await guilds.begin_choice(tx)  # before the policy, which whoever judges by it may hold
        oldest = await guild_settings.changed_at(tx, guild.id, guild.settings_n - CHANGES_A_DAY_MAX + 1)
        if oldest is not None and now - oldest < timedelta(days=1):
            raise LimitReached(TOO_MANY)
        what = what_changed(guild.settings, settings)
        if restores is not None:
            what = f"{UNDONE}: {what}"
        elif not what:
            what, restores = CHOSEN_AGAIN, await guild_settings.place_of(tx, guild.id, guild.settings_n)
        n = guild.settings_n + 1
        changed = msgspec.structs.replace(guild, settings=settings, paused_because=None, settings_n=n)
        digest = await _policy_of(tx, changed, now)
        await guild_settings.add(tx, Version(guild.id, n, settings, digest, by, now, what, restores))
        await guilds.resume(tx, guild.id)
        await follow_settings(tx, guild, changed, now)
        return changed


async def _policy_of(tx: Tx, guild: Guild, now: datetime) -> str:
    """The hash of what the server judges by, which is to judge what is on sale, too."""
    digest = await guilds.keep_policy(tx, guild.policy, now)
    if guild.settings.channel_id is not None and guild.policy != DEFAULT_POLICY:
        await policies.ask(tx, digest, now)
    return digest


async def _known(tx: Tx, guild_id: int) -> Guild:
    guild = await guilds.hold(tx, guild_id)
    if guild is None:
        raise NotFound(UNKNOWN)
    return guild
