"""What a server is told beside deals: of its own bot, and of prices that cannot be meant."""

import discord

from cogs.ui.format import amount, times, usd
from cogs.ui.text import code
from cogs.ui.titles import card_title
from core.domain.links import VENUES, page_of
from core.domain.notices import NoticePost, TracePost
from core.domain.quarantine import Doubt

COLOUR = 0xE67E22
TRACE_COLOUR = 0xE74C3C


def notice_embed(notice: NoticePost, post_id: int) -> discord.Embed:
    """Without a title of its own: that would be a link, and the address is the message's mark."""
    embed = discord.Embed(description=f"**{notice.title}**\n{notice.text}", colour=COLOUR)
    return embed.set_footer(text=f"notice {post_id}")


def trace_embed(trace: TracePost, post_id: int) -> discord.Embed:
    """A listing whose price cannot be meant, and what it was held against. It can be bought nowhere here."""
    name = card_title(trace.title, trace.grader, trace.grade, trace.certificate)
    page = page_of(trace.venue, trace.mint, trace.title)
    embed = discord.Embed(
        description=f"**{name}**\n{amount(trace.price, trace.suspicion.asked.usd_micros)}: {_why(trace)}\n"
        f"Kept apart: no deal, and it teaches nobody what the card is worth. [{VENUES[trace.venue]}]({page})",
        colour=TRACE_COLOUR,
    )
    embed.add_field(name="Token", value=code(trace.mint), inline=False)
    return embed.set_footer(text=f"quarantine · trace {post_id}")


def _why(trace: TracePost) -> str:
    suspicion = trace.suspicion
    against = usd(suspicion.against_usd_micros)
    what = f"the value of {against}" if suspicion.is_against_value else f"the last price of {against}"
    far = times(suspicion.asked.usd_micros, suspicion.against_usd_micros)
    if suspicion.doubt is Doubt.OTHER_CURRENCY:
        otherwise = suspicion.asked.otherwise_usd_micros
        fits = f" ({usd(otherwise)})" if otherwise is not None else ""
        return f"{far} {what}, and the same number in the other currency{fits} would fit."
    return f"{far} {what}: a slip of the decimal point, most likely."
