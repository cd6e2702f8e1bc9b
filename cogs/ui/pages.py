"""A list of open deals whose pages are turned: what was asked for, the deals, and the buttons below."""

import re
from typing import TYPE_CHECKING, Self

import discord

from cogs.ui.deals import deals_embed
from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import percent, usd
from cogs.ui.presses import Pressed
from cogs.ui.text import plain
from core.domain.filters import DealFilter
from core.domain.guilds import Guild
from core.domain.links import VENUES
from core.domain.posts import DealPage

if TYPE_CHECKING:
    from cogs.client import CartelBot

_LABELS = {"a": "◀ Newer", "b": "Older ▶", "n": "Newest"}


class PageButton(
    Pressed,
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"v1:page:(?P<page_id>[0-9]{1,18}):(?P<way>[abn])(?P<cursor>[0-9]{1,18})",
):
    """Turns a list's page. State: the list's id, which way, and the deal next to which the page lies.

    `way`: a, what follows after that deal; b, what came before it; n, the newest.
    """

    def __init__(self, page_id: int, way: str, cursor: int, *, disabled: bool = False) -> None:
        custom_id = f"v1:page:{page_id}:{way}{cursor}"
        super().__init__(discord.ui.Button(label=_LABELS[way], custom_id=custom_id, disabled=disabled))
        self.page_id, self.way, self.cursor = page_id, way, cursor

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["page_id"]), match["way"], int(match["cursor"]))

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        bot: CartelBot = interaction.client
        cursor = {"a": {"after": self.cursor}, "b": {"before": self.cursor}}.get(self.way, {})
        page, where = await bot.services.deals.turn(
            self.page_id, guild_id=interaction.guild_id, by=interaction.user.id, **cursor
        )
        await interaction.edit_original_response(
            embed=page_embed(page, where), view=page_view(page, self.page_id)
        )


def page_embed(page: DealPage, where: DealFilter, guild: Guild | None = None) -> discord.Embed:
    """The deals that fit, under what was asked for; `guild` for what to do when there are none at all."""
    embed = deals_embed(page, tier=where.tier, guild=guild)
    if where.is_narrow:
        embed.title = f"{embed.title}: {filter_text(where)}"[:256]
    if not page.items and (where.is_narrow or page.has_newer):
        embed.description = _nothing_here(page)
    if page.is_cut:
        narrower = "" if where.tier else "choose a tier, or "
        embed.set_footer(text=f"There were too many to look at them all: {narrower}go on with Older.")
    return embed


def _nothing_here(page: DealPage) -> str:
    if page.is_cut:
        return "None of those that I looked at fits."
    return "None further that is still open." if page.has_newer else "No open deal fits. Leave out a filter."


def page_view(page: DealPage, page_id: int | None) -> discord.ui.View:
    """Nothing where everything is on one page."""
    view = discord.ui.View(timeout=None)
    if page_id is None:
        return view
    first = page.items[0].version_id if page.items else 0
    has_newer = page.has_newer and bool(page.items)
    view.add_item(PageButton(page_id, "a", first, disabled=not has_newer))
    view.add_item(PageButton(page_id, "b", page.next_before or 0, disabled=page.next_before is None))
    return view.add_item(PageButton(page_id, "n", 0))


def filter_text(where: DealFilter) -> str:
    """What was asked for beside the tier, in a few words."""
    ceiling, least = where.price_max_usd_micros, where.discount_min_bps
    parts = (
        where.grader and str(where.grader),
        where.category and plain(where.category, 60),
        ceiling is not None and f"up to {usd(ceiling)}",
        least is not None and f"at least {percent(least)} under",
        where.venue and VENUES[where.venue],
        where.text and f"“{plain(where.text, 60)}”",
    )
    return " · ".join(part for part in parts if part)
