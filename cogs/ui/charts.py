"""Charts on Discord: a picture inside an embed, with words for those who cannot see it."""

import asyncio
from io import BytesIO

import discord

from core.charts import chart_png, chart_words
from core.domain.charts import Series
from core.domain.posts import DealPost, Post

NAME = "chart.png"


async def charted(embed: discord.Embed, chart: Series | None) -> tuple[discord.Embed, list[discord.File]]:
    """The embed with its chart inside, drawn beside the event loop, and the file to send with it."""
    if chart is None:
        return embed, []
    png = await asyncio.to_thread(chart_png, chart)
    file = discord.File(BytesIO(png), NAME, description=chart_words(chart))
    return embed.set_image(url=f"attachment://{NAME}"), [file]


def may_have_chart(client: discord.Client, post: Post) -> bool:
    """Not at the first sight of a deal, and not where the bot is known to have no Attach Files."""
    if post.message_id is None or not isinstance(post.payload, DealPost):
        return False
    channel = client.get_channel(post.destination.channel_id)
    if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return channel.permissions_for(channel.guild.me).attach_files
    return True
