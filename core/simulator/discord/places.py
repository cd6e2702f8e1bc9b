"""What befalls servers and channels while clients are connected: the bot comes and goes, outages, changes."""

from typing import TYPE_CHECKING

from .gateway import guild_create
from .guilds import Channel, Guild, Member, Overwrite, Role
from .population import BOT_ID, BOT_ROLE_ID
from .sessions import GUILD_MEMBERS, GUILDS
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld


def leave(world: "DiscordWorld", guild: Guild) -> None:
    """The bot is removed from a guild: it is told so, and may nothing there any more."""
    del guild.members[BOT_ID]
    _tell(world, "GUILD_DELETE", guild, {"id": str(guild.id)})


def join(world: "DiscordWorld", guild: Guild) -> None:
    """The bot is invited (back), with its own role where the guild has kept it."""
    role_ids = [BOT_ROLE_ID] if BOT_ROLE_ID in guild.roles else []
    guild.members[BOT_ID] = Member(world.users[BOT_ID], role_ids, world.now())
    _show(world, guild, is_new=True)


def begin_outage(world: "DiscordWorld", guild: Guild) -> None:
    """The guild is unavailable, for those who are connected and for those who come."""
    world.unavailable.add(guild.id)
    _tell(world, "GUILD_DELETE", guild, {"id": str(guild.id), "unavailable": True})


def end_outage(world: "DiscordWorld", guild: Guild) -> None:
    """The guild is back."""
    world.unavailable.discard(guild.id)
    _show(world, guild, is_new=False)


def overwrite(world: "DiscordWorld", channel: Channel, rule: Overwrite) -> None:
    """A channel's permissions change for a role or a member, and clients hear of it."""
    assert channel.guild_id is not None
    channel.overwrites[rule.target_id] = rule
    _tell(world, "CHANNEL_UPDATE", world.guilds[channel.guild_id], channel.to_json())


def remove_channel(world: "DiscordWorld", channel: Channel) -> None:
    """A channel is deleted, and clients hear of it."""
    assert channel.guild_id is not None
    guild = world.guilds[channel.guild_id]
    del guild.channels[channel.id]
    _tell(world, "CHANNEL_DELETE", guild, channel.to_json())


def change_role(
    world: "DiscordWorld", guild: Guild, role: Role, *, is_mentionable: bool, permissions: int
) -> None:
    """Who may mention a role, or what it allows, changes, and clients hear of it."""
    role.is_mentionable, role.permissions = is_mentionable, permissions
    _tell(world, "GUILD_ROLE_UPDATE", guild, {"guild_id": str(guild.id), "role": role.to_json()})


def remove_role(world: "DiscordWorld", guild: Guild, role: Role) -> None:
    """A role is deleted, its members and channels lose it, and clients hear of the role alone."""
    del guild.roles[role.id]
    for member in guild.members.values():
        member.role_ids = [role_id for role_id in member.role_ids if role_id != role.id]
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    _tell(world, "GUILD_ROLE_DELETE", guild, {"guild_id": str(guild.id), "role_id": str(role.id)})


def give_roles(world: "DiscordWorld", guild: Guild, person_id: int, role_ids: list[int]) -> None:
    """A member has these roles now. Without the members intent a client hears that of itself alone."""
    member = guild.members[person_id]
    member.role_ids = list(role_ids)
    intent = 0 if person_id == BOT_ID else GUILD_MEMBERS
    payload = member.to_json() | {"guild_id": str(guild.id)}
    world.sessions.dispatch("GUILD_MEMBER_UPDATE", payload, guild_id=guild.id, intent=intent)


def _show(world: "DiscordWorld", guild: Guild, *, is_new: bool) -> None:
    """Clients tell a guild they joined from one that is back by the word about its outage."""
    for session in world.sessions.all():
        if session.intents & GUILDS and session.is_for(guild.id):
            shown = guild_create(guild, session.intents)
            if is_new:
                del shown["unavailable"]
            session.dispatch("GUILD_CREATE", shown)


def _tell(world: "DiscordWorld", event: str, guild: Guild, payload: Json) -> None:
    world.sessions.dispatch(event, payload, guild_id=guild.id, intent=GUILDS)
