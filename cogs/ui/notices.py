"""What a server is told about its own bot."""

import discord

from core.domain.notices import NoticePost

COLOUR = 0xE67E22


def notice_embed(notice: NoticePost, post_id: int) -> discord.Embed:
    return discord.Embed(title=notice.title, description=notice.text, colour=COLOUR).set_footer(
        text=f"notice {post_id}"
    )
