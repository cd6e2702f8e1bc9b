"""A digest: the deals of an hour or a night, two lines each."""

import discord

from cogs.ui.format import amount, profit, relative, under, usd
from cogs.ui.text import units
from cogs.ui.titles import card_title
from core.domain.links import VENUES, page_of
from core.domain.listings import Reported
from core.domain.posts import Closing, DigestLine, DigestPost

COLOUR = 0x3498DB
LENGTH_MAX = 4_096
_NAME_MAX = 110
_ENDINGS: dict[Reported, str] = {
    Reported.SOLD: "sold",
    Reported.DELISTED: "delisted",
    Reported.GONE: "no longer on sale",
    Reported.LISTED: "repriced",
}


def digest_embed(digest: DigestPost, post_id: int) -> discord.Embed:
    """Best first; a line whose listing ended is struck through. Nobody is pinged."""
    found = len(digest.lines) + digest.more
    head = f"**{found} more {'deal' if found == 1 else 'deals'}**, the first found {relative(digest.since)}"
    lines = [text for line in digest.lines for text in _lines(line)]
    cut = digest.more
    while units("\n".join([head, *lines, _more(cut)])) > LENGTH_MAX:
        lines, cut = lines[:-2], cut + 1
    if cut:
        lines.append(_more(cut))
    embed = discord.Embed(description="\n".join([head, *lines]), colour=COLOUR)
    return embed.set_footer(text=f"digest {post_id}")


def _lines(line: DigestLine) -> tuple[str, str]:
    name = card_title(line.title, line.grader, line.grade, line.certificate, _NAME_MAX)
    page = page_of(line.venue, line.mint, line.title)
    price = amount(line.price, line.price_usd_micros)
    if line.closing is not None:
        return f"~~{name}~~", f"{price} → {_ending(line.closing)} · [{VENUES[line.venue]}]({page})"
    return (
        f"**{line.tier.upper()}** · {name}",
        f"{price} → worth {usd(line.value_usd_micros)} · {under(line.discount_bps)}"
        f" · {profit(line.net_profit_usd_micros)} · [{VENUES[line.venue]}]({page})",
    )


def _ending(closing: Closing) -> str:
    price = closing.new_ask or closing.paid
    word = "repriced" if closing.new_ask else _ENDINGS[closing.how]
    return f"{word} at {amount(price)}" if price else word


def _more(count: int) -> str:
    return f"… and {count:,} more: `/deals latest`"
