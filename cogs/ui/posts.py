"""Posts as messages: each kind of payload has its embed and its buttons."""

from dataclasses import dataclass
from datetime import datetime

import discord

from cogs.ui.deals import allowed_pings, deal_embed, deal_view, ping
from cogs.ui.notices import notice_embed
from core.domain.notices import NoticePost
from core.domain.posts import DealPost, Payload


@dataclass(frozen=True, slots=True)
class Message:
    """What Discord is to show for a post."""

    embed: discord.Embed
    view: discord.ui.View | None = None
    content: str | None = None
    allowed_mentions: discord.AllowedMentions | None = None


def message_of(payload: Payload, *, post_id: int, now: datetime, sent_at: datetime | None) -> Message:
    """The message of a post. `sent_at` is Discord's own time of it, None before it is sent."""
    match payload:
        case DealPost():
            return Message(
                deal_embed(payload, now=now, post_id=post_id, sent_at=sent_at),
                deal_view(payload, post_id),
                ping(payload),
                allowed_pings(payload),
            )
        case NoticePost():
            return Message(notice_embed(payload, post_id))


def mark_of(post_id: int) -> str:
    """The end of an embed's address by which a message without our buttons is known again."""
    return f"#post-{post_id}"
