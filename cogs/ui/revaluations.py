"""A re-valuation on Discord: its progress, its result, and the button that ends it."""

import re
from typing import TYPE_CHECKING, Self

import discord

from cogs.ui.errors import VENDORS, Interaction, guarded
from cogs.ui.format import amount, count, duration, under, usd
from cogs.ui.guilds import server_of_admin
from cogs.ui.presses import Pressed
from cogs.ui.text import plain
from cogs.ui.titles import card_name
from core.domain.catalog import slab_name
from core.domain.links import page_of
from core.domain.revaluations import (
    Found,
    Outcome,
    Progress,
    Revaluation,
    RevaluationPost,
    RevaluationState,
    Span,
)

if TYPE_CHECKING:
    from cogs.client import CartelBot

BAR_LENGTH = 20
NAME_LENGTH_MAX = 100
_COLOURS: dict[RevaluationState, int] = {
    RevaluationState.RUNNING: 0x3498DB,
    RevaluationState.DONE: 0x2ECC71,
    RevaluationState.CANCELLED: 0x95A5A6,
}
_TITLES: dict[RevaluationState, str] = {
    RevaluationState.RUNNING: "Re-valuing {}",
    RevaluationState.DONE: "Re-valued {}",
    RevaluationState.CANCELLED: "Re-valuing {} was cancelled",
}
_CHANGES = (
    (Outcome.NEW, "new"),
    (Outcome.RAISED, "raised"),
    (Outcome.FALLEN, "fallen"),
    (Outcome.SAME, "unchanged"),
    (Outcome.CLOSED, "gone or repriced"),
    (Outcome.UNANSWERED, "without a vendor's answer"),
)


class CancelButton(
    Pressed,
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"v1:recheck:(?P<revaluation_id>[0-9]{1,18})",
):
    """Ends a run; for those who manage the server. State: the run's id."""

    def __init__(self, revaluation_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Cancel",
                style=discord.ButtonStyle.danger,
                custom_id=f"v1:recheck:{revaluation_id}",
            )
        )
        self.revaluation_id = revaluation_id

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["revaluation_id"]))

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = server_of_admin(interaction)
        bot: CartelBot = interaction.client
        await bot.services.revaluations.cancel(self.revaluation_id, guild_id=server.id)
        await interaction.followup.send(
            "Cancelled. What is in the queue already is still valued.", ephemeral=True
        )


def revaluation_embed(post: RevaluationPost) -> discord.Embed:
    """How far a run is, or what came of it."""
    embed = discord.Embed(
        title=_title(post.state, post.span),
        description="\n".join(_lines(post)),
        colour=_COLOURS[post.state],
    )
    for found in post.progress.best:
        embed.add_field(name=_found_name(found), value=_found_value(found), inline=False)
    return embed.set_footer(text=f"re-valuation {post.revaluation_id}")


def revaluation_view(post: RevaluationPost) -> discord.ui.View:
    """Cancel, as long as there is something to cancel; a message that is over has no button."""
    view = discord.ui.View(timeout=None)
    if post.state is RevaluationState.RUNNING and not post.goes_on_below:
        view.add_item(CancelButton(post.revaluation_id))
    return view


def begun_embed(run: Revaluation) -> discord.Embed:
    """The private answer to whoever asked."""
    text = (
        f"{count(run.total, 'listing')} will be valued anew, after fresh ones and within what the vendors "
        f"allow. <#{run.channel_id}> shows how it goes."
    )
    title = _title(RevaluationState.RUNNING, run.span)
    return discord.Embed(title=title, description=text + _cut(run.cut), colour=0x3498DB)


def listings_of(span: Span) -> str:
    return "everything on sale" if span is Span.ALL else f"what was first seen in the last {span.value}"


def _title(state: RevaluationState, span: Span) -> str:
    return _TITLES[state].format(listings_of(span))


def _lines(post: RevaluationPost) -> list[str]:
    progress = post.progress
    lines = [_counted(post)]
    changes = [f"{progress.counts[kind]:,} {word}" for kind, word in _CHANGES if progress.counts.get(kind)]
    if changes:
        lines.append(" · ".join(changes))
    if post.state is RevaluationState.RUNNING and progress.waiting:
        names = " and ".join(VENDORS.get(name, plain(name, 40)) for name in progress.waits_for)
        lines.append(f"{count(progress.waiting, 'listing')} wait{_s(progress)} for {names or 'a vendor'}.")
    if post.because:
        lines.append(post.because)
    if post.goes_on_below:
        lines.append("It goes on in a newer message below.")
    elif post.ended_at is not None:
        lines.append(f"It took {duration(post.ended_at - post.created_at)}.")
    if post.cut:
        lines.append(_cut(post.cut).strip())
    return lines


def _counted(post: RevaluationPost) -> str:
    ended, total = post.progress.ended, post.total
    if post.state is not RevaluationState.RUNNING:
        return f"**{post.progress.revalued:,} of {count(total, 'listing')}** valued anew."
    filled = BAR_LENGTH * ended // total if total else BAR_LENGTH
    return f"`{'█' * filled}{'░' * (BAR_LENGTH - filled)}` {ended:,} of {count(total, 'listing')}"


def _s(progress: Progress) -> str:
    return "s" if progress.waiting == 1 else ""


def _cut(cut: int) -> str:
    return f" The newest are taken; {cut:,} older ones were too many." if cut else ""


def _found_name(found: Found) -> str:
    before = f"{found.before.upper()} → " if found.before else ""
    name = card_name(found.title, found.grader, found.grade, "")
    title = slab_name(found.grader, found.grade, plain(name, NAME_LENGTH_MAX))
    return f"{before}{found.tier.upper()} · {title}"


def _found_value(found: Found) -> str:
    price = amount(found.price, found.price_usd_micros)
    address = page_of(found.venue, found.mint, found.title)
    return f"[{price}]({address}) → worth {usd(found.value_usd_micros)} · {under(found.discount_bps)}"
