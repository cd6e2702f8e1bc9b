"""Posts as messages: each kind of payload has its embed and its buttons."""

from dataclasses import dataclass
from datetime import datetime

import discord

from cogs.ui.deals import allowed_pings, deal_embed, deal_view, ping
from cogs.ui.digests import digest_embed
from cogs.ui.follows import follow_embed, follow_more_embed
from cogs.ui.notices import notice_embed, trace_embed
from cogs.ui.revaluations import revaluation_embed, revaluation_view
from core.domain.follows import FollowMorePost, FollowPost
from core.domain.notices import NoticePost, TracePost
from core.domain.posts import DealPost, DigestPost, Payload
from core.domain.revaluations import RevaluationPost

MARKED = "https://discord.com/"


@dataclass(frozen=True, slots=True)
class Message:
    """What Discord is to show for a post."""

    embed: discord.Embed
    view: discord.ui.View | None = None
    content: str | None = None
    allowed_mentions: discord.AllowedMentions | None = None


def message_of(payload: Payload, *, post_id: int, now: datetime, sent_at: datetime | None) -> Message:
    """The message of a post. `sent_at` is Discord's own time of it, None before it is sent.

    It carries its mark, unless its embed leads somewhere: such a one is known by its buttons.
    """
    looks = _looks(payload, post_id=post_id, now=now, sent_at=sent_at)
    looks.embed.url = looks.embed.url or f"{MARKED}{mark_of(post_id)}"
    return looks


def _looks(payload: Payload, *, post_id: int, now: datetime, sent_at: datetime | None) -> Message:
    match payload:
        case DealPost():
            return Message(
                deal_embed(payload, now=now, post_id=post_id, sent_at=sent_at),
                deal_view(payload, post_id),
                ping(payload, now),
                allowed_pings(payload, now),
            )
        case DigestPost():
            return Message(digest_embed(payload, post_id))
        case NoticePost():
            return Message(notice_embed(payload, post_id))
        case TracePost():
            return Message(trace_embed(payload, post_id))
        case FollowPost():
            return Message(follow_embed(payload, mark_of(post_id)))
        case FollowMorePost():
            return Message(follow_more_embed(payload))
        case RevaluationPost():
            return Message(revaluation_embed(payload), revaluation_view(payload))


def mark_of(post_id: int) -> str:
    """The end of an embed's address by which a message without our buttons is known again."""
    return f"#post-{post_id}"
