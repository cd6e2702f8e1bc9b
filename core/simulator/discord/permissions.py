"""Who may do what where: roles and overwrites to permission bits, as Discord computes them."""

from enum import IntFlag
from typing import Final

from .guilds import Channel, Guild, Member


class Permission(IntFlag):
    """The bits that the look-alike acts upon."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31


ALL: Final = (1 << 50) - 1
READING: Final = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
PEOPLE: Final = (
    READING
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
)
BOT: Final = PEOPLE | Permission.USE_EXTERNAL_EMOJIS
DM: Final = int(BOT)
_SENDING: Final = (
    Permission.SEND_TTS_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.MENTION_EVERYONE
)


def guild_permissions(guild: Guild, member: Member) -> int:
    """What the member's roles allow, before any channel has its say."""
    if guild.owner_id == member.user.id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & Permission.ADMINISTRATOR else bits


def channel_permissions(guild: Guild, channel: Channel, member: Member) -> int:
    """What the member may do in the channel. Without VIEW_CHANNEL that is nothing."""
    bits = guild_permissions(guild, member)
    if bits == ALL:
        return bits
    bits = _with_overwrites(bits, guild, channel, member)
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    if not bits & Permission.SEND_MESSAGES:
        bits &= ~_SENDING
    return int(bits)


def _with_overwrites(bits: int, guild: Guild, channel: Channel, member: Member) -> int:
    """Discord's order: everyone, then all roles together, then the member."""
    for group in ([guild.id], member.role_ids, [member.user.id]):
        found = [channel.overwrites[target] for target in group if target in channel.overwrites]
        for overwrite in found:
            bits &= ~overwrite.deny
        for overwrite in found:
            bits |= overwrite.allow
    return bits
