"""The scorecard on Discord: the figures by tier, what they mean, and where it was most wrong."""

import asyncio
from datetime import timedelta
from io import BytesIO

import discord

from cogs.ui.format import count, duration, percent, profit, relative, usd
from cogs.ui.text import plain, units
from cogs.ui.titles import card_name
from core.charts.scores import scores_png, scores_words
from core.domain.catalog import slab_name
from core.domain.deals import DealTier
from core.domain.links import page_of
from core.domain.outcomes import JudgedBy
from core.domain.scorecard import DEFINITION, Miss, Period, Scorecard, TierScore

CHART_NAME = "scorecard.png"
NAME_LENGTH_MAX = 60
FIELD_LENGTH_MAX = 1_024
_PERIODS = {
    Period.WEEK: "the last 7 days",
    Period.MONTH: "the last 30 days",
    Period.QUARTER: "the last 90 days",
    Period.ALL: "all time",
}
DOUBTED = frozenset({DealTier.SUSPICIOUS, DealTier.UNDETERMINED})
_COLOUR = 0x3498DB


def scorecard_embed(card: Scorecard) -> discord.Embed:
    """Every tier is there; those without a single post are named as such."""
    embed = discord.Embed(
        title=f"Scorecard: {_PERIODS[card.period]}", description=_summary(card), colour=_COLOUR
    )
    for score in card.tiers:
        if score.posted:
            embed.add_field(name=_heading(score), value=_figures(score), inline=False)
    empty = [score.tier.name for score in card.tiers if not score.posted]
    if empty and card.posted:
        embed.add_field(name="Nothing posted yet", value=", ".join(empty), inline=False)
    if card.worst:
        embed.add_field(name="Worst misses", value=_worst(card), inline=False)
    if card.posted:
        embed.set_image(url=f"attachment://{CHART_NAME}")
    return embed


async def scorecard_chart(card: Scorecard) -> list[discord.File]:
    """The bars, drawn beside the event loop; none when nothing was posted."""
    if not card.posted:
        return []
    drawn = await asyncio.to_thread(scores_png, card)
    return [discord.File(BytesIO(drawn), filename=CHART_NAME, description=scores_words(card))]


def rate_text(score: TierScore) -> str:
    """`30 % hit`, or while some are open `30 % hit so far, 80 % at most`."""
    assert score.rate_bps is not None, "something was posted"
    assert score.rate_max_bps is not None, "something was posted"
    known = f"{_percent(score.rate_bps)} hit"
    return f"{known} so far, {_percent(score.rate_max_bps)} at most" if score.open else known


def _summary(card: Scorecard) -> str:
    where = "I posted here" if card.guild_id is not None else "I posted anywhere"
    if not card.posted:
        return f"No deal that {where} in {_PERIODS[card.period]}.\n\n{DEFINITION}"
    whole = TierScore(card.tiers[0].tier, card.posted, card.hits, card.posted - card.hits - card.open)
    many = count(card.posted, "deal")
    return f"**{many} {where}**: {_verdicts(whole)}\n**{rate_text(whole)}**\n\n{DEFINITION}"


def _heading(score: TierScore) -> str:
    return f"{score.tier.name}: {score.posted:,} posted, {rate_text(score)}"


def _figures(score: TierScore) -> str:
    lines = [_verdicts(score)]
    if score.judged:
        value = "the very value that was in doubt" if score.tier in DOUBTED else "our value"
        lines.append(f"Judged: {score.by_sale:,} by sales, {score.by_valuation:,} by {value}")
    if score.sold_after_median_s is not None:
        took = duration(timedelta(seconds=score.sold_after_median_s))
        lines.append(f"{score.sold:,} of {score.posted:,} sold, half of those within {took}")
    else:
        lines.append("None sold at the posted price yet")
    if score.profit_usd_micros is not None and score.profit_median_usd_micros is not None:
        typical = profit(score.profit_median_usd_micros)
        lines.append(f"Bought and resold: {profit(score.profit_usd_micros)} in all, typically {typical}")
    return "\n".join(lines)


def _verdicts(score: TierScore) -> str:
    return f"{count(score.hits, 'hit')}, {count(score.misses, 'miss', 'misses')}, {score.open:,} still open"


def _worst(card: Scorecard) -> str:
    lines: list[str] = []
    for miss in card.worst:
        line = _miss_line(miss)
        if units("\n".join([*lines, line])) > FIELD_LENGTH_MAX:
            break
        lines.append(line)
    return "\n".join(lines)


def _miss_line(miss: Miss) -> str:
    name = plain(card_name(miss.title, miss.grader, miss.grade, ""), NAME_LENGTH_MAX)
    shown = slab_name(miss.grader, miss.grade, name).replace("[", "\\[").replace("]", "\\]")
    proof = "others paid up to" if miss.by is JudgedBy.SALE else "we later thought"
    said = f"at {usd(miss.price_usd_micros)}, {proof} {usd(miss.proof_usd_micros)}"
    left = f"{profit(miss.profit_usd_micros)}, {relative(miss.shown_at)} · {_link(miss)}"
    return f"**{miss.tier.name}** {shown} {said}: {left}"


def _link(miss: Miss) -> str:
    message = miss.message
    if message is None:
        return f"[listing]({page_of(miss.venue, miss.mint, miss.title)})"
    return (
        f"[post](https://discord.com/channels/{message.guild_id}/{message.channel_id}/{message.message_id})"
    )


def _percent(bps: int) -> str:
    """Whole percents are enough, rounded down."""
    return percent(bps // 100 * 100)
