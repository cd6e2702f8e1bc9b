"""What became of one try to show a post, and what each refusal of Discord means for it."""

from dataclasses import dataclass
from datetime import datetime

import discord

from cogs.ui.errors import report
from core.domain.posts import Post

OLD_EDIT_RETRY_S = 3_600.0
TOO_MANY_OLD_EDITS = 30046
FORBIDDEN = 50013
CHANNEL_CLOSED: dict[int, str] = {
    10003: "The channel for deals does not exist any more.",
    10004: "I am no longer a member of this server.",
    50001: "I cannot see the channel for deals.",
    FORBIDDEN: "I may not post in the channel for deals.",
}
PERSON_CLOSED: dict[int, str] = {
    50007: "This person takes no messages from me.",
    50278: "This person takes no messages from me.",
}
NO_HISTORY = (
    "It may have been sent before a crash, and without Read Message History in that channel "
    "I cannot look. Not sent again."
)
TOO_MUCH_HISTORY = (
    "It may have been sent before a crash, and too much was written since to look. Not sent again."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Discord has this revision as this message."""

    rev: int
    message_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """To be tried again, after a growing back-off or the given time.

    `is_channel_busy`: nothing else is taken there before that time, either.
    """

    reason: str
    retry_after_s: float | None = None
    is_channel_busy: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """Not to be tried again by itself. `is_channel_closed`: nothing else can be posted there either."""

    reason: str
    is_channel_closed: bool = False


Outcome = Shown | Failed | Parked


def refused(post: Post, refusal: discord.HTTPException) -> Outcome:
    """What an answer of Discord other than yes means for a post."""
    if refusal.code in CHANNEL_CLOSED:
        return Parked(CHANNEL_CLOSED[refusal.code], is_channel_closed=_is_closed_for_all(post, refusal))
    if refusal.code in PERSON_CLOSED:
        return Parked(PERSON_CLOSED[refusal.code])
    if refusal.code == TOO_MANY_OLD_EDITS:
        return Failed("Discord limits edits of old messages", OLD_EDIT_RETRY_S)
    if refusal.status in {401, 403, 408, 429} or refusal.status >= 500:
        return Failed(f"Discord answered {refusal.status}: {refusal.text:.200}")
    return Parked(report(refusal, subject=f"post {post.id}"))


def _is_closed_for_all(post: Post, refusal: discord.HTTPException) -> bool:
    """An edit may be refused for less than a send: a picture that may not be attached, for one."""
    return post.message_id is None or refusal.code != FORBIDDEN
