"""Buy and Copy: a post's id and nothing else; the truth is read again at each press."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Self

import discord

from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import amount, duration, under
from cogs.ui.presses import Pressed
from cogs.ui.text import clean, code, shortened
from cogs.ui.titles import deal_title
from core.domain.deals import discount_bps
from core.domain.links import VENUES, order_link
from core.domain.posts import BuyCheck, BuyState, DealPost

if TYPE_CHECKING:
    from cogs.client import CartelBot

POST_ID = r"(?P<post_id>[0-9]{1,18})"
CERTIFICATE_LENGTH_MAX = 100
_LIVE, _CHANGED, _GONE = 0x2ECC71, 0xE67E22, 0x95A5A6
_COLOURS = {
    BuyState.LIVE: _LIVE,
    BuyState.REPRICED: _CHANGED,
    BuyState.RESOLD: _CHANGED,
    BuyState.MOVED: _CHANGED,
    BuyState.GONE: _GONE,
}


class BuyButton(
    Pressed, discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=rf"v1:buy:{POST_ID}"
):
    """Re-reads the listing and hands over the marketplace's link. State: the post's id."""

    def __init__(self, post_id: int, *, disabled: bool = False) -> None:
        style = discord.ButtonStyle.secondary if disabled else discord.ButtonStyle.success
        super().__init__(
            discord.ui.Button(label="Buy", style=style, custom_id=f"v1:buy:{post_id}", disabled=disabled)
        )
        self.post_id = post_id

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["post_id"]))

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        bot: CartelBot = interaction.client
        check = await bot.services.deals.check(self.post_id, by=interaction.user.id)
        await interaction.followup.send(
            embed=buy_embed(check, now=bot.clock.now()), view=buy_view(check), ephemeral=True
        )


class CopyButton(
    Pressed, discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=rf"v1:copy:{POST_ID}"
):
    """Answers with what a phone can copy: one value a message, nothing else in it. State: the post's id."""

    def __init__(self, post_id: int) -> None:
        super().__init__(discord.ui.Button(label="Copy", custom_id=f"v1:copy:{post_id}"))
        self.post_id = post_id

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["post_id"]))

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        bot: CartelBot = interaction.client
        deal = await bot.services.deals.posted(self.post_id)
        for value in copied(deal):
            await interaction.followup.send(value, ephemeral=True)


def copied(deal: DealPost) -> tuple[str, ...]:
    """The certificate, then the token; one that is unknown is left out."""
    values = (clean(deal.certificate, CERTIFICATE_LENGTH_MAX), clean(deal.mint, CERTIFICATE_LENGTH_MAX))
    return tuple(value for value in values if value)


def buy_embed(check: BuyCheck, *, now: datetime) -> discord.Embed:
    """What a fresh look at the listing found."""
    deal = check.deal
    embed = discord.Embed(
        title=deal_title(deal),
        description=f"{_found(check)}{_standing(check)}",
        colour=_COLOURS[check.state],
        url=order_link(deal, check.venue),
    )
    embed.set_footer(text=f"checked {duration(now - check.checked_at)} ago at {VENUES[deal.venue]}")
    return embed


def buy_view(check: BuyCheck) -> discord.ui.View:
    """The link to the marketplace where the order lives; none when there is nothing to buy."""
    view = discord.ui.View(timeout=None)
    if check.state is not BuyState.GONE:
        venue = check.venue or check.deal.venue
        view.add_item(discord.ui.Button(label=f"Open at {VENUES[venue]}", url=order_link(check.deal, venue)))
    return view


def _found(check: BuyCheck) -> str:
    posted = amount(check.deal.price, check.deal.price_usd_micros)
    asked = amount(check.ask, check.ask_usd_micros) if check.ask else "an unknown price"
    match check.state:
        case BuyState.LIVE:
            return f"**Still on sale** at {asked}, by the same seller."
        case BuyState.REPRICED:
            return f"**The price has changed**: {posted} → {asked}."
        case BuyState.RESOLD:
            seller = code(shortened(check.deal.seller))
            return f"**Another seller** offers it now at {asked}; the post was about {seller}."
        case BuyState.MOVED:
            there = VENUES[check.venue or check.deal.venue]
            return f"**Moved to {there}**: {asked} now, by the same seller; it was {posted}."
        case BuyState.GONE:
            return "**No longer on sale.** It was sold or taken off the market."


def _standing(check: BuyCheck) -> str:
    if check.ask_usd_micros is None or check.deal.value_usd_micros <= 0:
        return ""
    bps = discount_bps(check.ask_usd_micros, check.deal.value_usd_micros)
    return f"\nThat is {under(bps)}, by the value of the post."
