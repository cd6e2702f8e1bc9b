"""A replay on Discord: what other settings would have posted, tier by tier, and what became of it."""

from collections.abc import Sequence

import discord

from cogs.ui.format import count, percent, profit, relative, usd
from cogs.ui.scorecard import rate_text
from cogs.ui.text import plain, units
from cogs.ui.titles import card_name
from core.domain.catalog import slab_name
from core.domain.links import page_of
from core.domain.outcomes import Ending, Judgement, Outcome
from core.domain.replays import VERSIONS_MAX, Example, Replay, Side
from core.domain.scorecard import TierScore

NAME_LENGTH_MAX = 50
FIELD_LENGTH_MAX = 1_024
_BETTER, _SAME = 0x2ECC71, 0x3498DB
_LEFT_OUT = (
    "Your rule for repeats is used. Left out: the posts-per-hour limit and quiet hours, which only move a "
    "deal into a digest; what was already open at a start; and later re-valuations. "
    "/deals scorecard says what a hit is."
)
_ENDINGS = {
    Ending.SOLD: "sold",
    Ending.DELISTED: "delisted",
    Ending.GONE: "gone",
    Ending.REPRICED: "repriced",
}


def replay_embed(replay: Replay) -> discord.Embed:
    """Changed settings beside the present ones; the present ones alone when nothing is changed."""
    embed = discord.Embed(
        title=f"Replay of the last {count(replay.days, 'day')}",
        description="\n".join(_summary(replay)),
        colour=_BETTER if replay.is_changed else _SAME,
    )
    if replay.is_changed:
        embed.add_field(name="With your change", value=_side(replay.changed, replay.days), inline=False)
    embed.add_field(name="With your present settings", value=_side(replay.present, replay.days), inline=False)
    if replay.best_gained:
        named = f"You would have seen {replay.gained:,} more, the best of them"
        embed.add_field(name=named, value=_examples(replay.best_gained), inline=False)
    if replay.best_lost:
        named = f"You would have missed {replay.lost:,}, the best of them"
        embed.add_field(name=named, value=_examples(replay.best_lost), inline=False)
    embed.set_footer(text=_left_out(replay))
    return embed


def _summary(replay: Replay) -> list[str]:
    were = "it was" if replay.looked_at == 1 else "they were"
    looked = f"Looked at {count(replay.looked_at, 'listing')} as {were} first seen."
    if replay.is_cut:
        looked = f"Looked at the newest {VERSIONS_MAX:,} listings only: there were more in these days."
    if not replay.is_changed:
        return [looked, "Nothing is changed yet: choose an option, or draft a change with `/settings`."]
    before, after = replay.present.posted, replay.changed.posted
    return [
        f"**{count(after, 'post')} instead of {before:,}** "
        f"({_a_day(after, replay.days)} a day instead of {_a_day(before, replay.days)})",
        looked,
        "Nothing is saved by this.",
    ]


def _side(side: Side, days: int) -> str:
    if not side.posted:
        return "Not a single post."
    lines = [_tier_line(score) for score in side.tiers if score.posted]
    return "\n".join([*lines, f"{_a_day(side.posted, days)} posts a day"])


def _tier_line(score: TierScore) -> str:
    line = f"**{score.tier.name} {score.posted:,}**: {rate_text(score)}; {score.sold:,} sold"
    if score.profit_usd_micros is None:
        return line
    return f"{line}; would have brought {profit(score.profit_usd_micros)}"


def _examples(examples: Sequence[Example]) -> str:
    lines: list[str] = []
    for example in examples:
        line = _example_line(example)
        if units("\n".join([*lines, line])) > FIELD_LENGTH_MAX:
            break
        lines.append(line)
    return "\n".join(lines)


def _example_line(example: Example) -> str:
    would = example.would
    name = plain(card_name(would.title, would.grader, would.grade, ""), NAME_LENGTH_MAX)
    shown = slab_name(would.grader, would.grade, name).replace("[", "\\[", 1).replace("]", "\\]", 1)
    return (
        f"**{would.deal.tier.name}** {shown} at {usd(would.price_usd_micros)}, "
        f"{percent(would.deal.discount_bps // 100 * 100)} under {usd(would.value_usd_micros)}: "
        f"{outcome_text(example.outcome)} · [listing]({page_of(would.venue, would.mint, would.title)})"
    )


def outcome_text(outcome: Outcome) -> str:
    """How it ended, and whether it was a hit."""
    known = outcome.known
    if known.ending is None or known.ended_at is None:
        ended = "still on sale"
    else:
        ended = f"{_ENDINGS[known.ending]} {relative(known.ended_at)}"
    return f"{ended}, {_judged(outcome.judgement)}"


def _judged(judgement: Judgement | None) -> str:
    if judgement is None:
        return "open"
    return f"{'hit' if judgement.is_hit else 'miss'} ({profit(judgement.profit_usd_micros)})"


def _left_out(replay: Replay) -> str:
    said = ["Rests on the value each listing was first given, never on what became known later."]
    if replay.not_valued:
        said.append(f"Not counted: {replay.not_valued:,} that all filters left out then, so none was valued.")
    if replay.not_judged:
        said.append(
            f"Not counted: {replay.not_judged:,} that had no answer (gone before it, or still waiting) "
            "or no price in dollars."
        )
    said.append(_LEFT_OUT)
    return " ".join(said)


def _a_day(posts: int, days: int) -> str:
    tenths = (posts * 10 + days // 2) // days
    return f"{tenths // 10:,}.{tenths % 10}"
