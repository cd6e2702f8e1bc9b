"""Deals on Discord: the post itself and the list of the newest, as functions of domain values."""

from datetime import datetime

import discord

from cogs.ui.buttons import BuyButton, CopyButton
from cogs.ui.errors import VENDORS
from cogs.ui.format import amount, count, duration, percent, profit, relative, under, usd
from cogs.ui.text import code, plain, shortened, units, web_url
from cogs.ui.titles import deal_title
from core.domain.deals import DealTier
from core.domain.fanout import is_news
from core.domain.guilds import Guild
from core.domain.links import VENUES, links, order_link
from core.domain.listings import Reported
from core.domain.operations import SourceHealth
from core.domain.posts import Closing, DealPage, DealPost, DealView
from core.domain.valuation import Evidence, EvidenceKind

COLOURS: dict[DealTier, int] = {
    DealTier.GOLD: 0xF1C40F,
    DealTier.HIGH: 0x2ECC71,
    DealTier.INFO: 0x3498DB,
    DealTier.LOOK: 0x9B59B6,
    DealTier.UNDETERMINED: 0xE67E22,
    DealTier.SUSPICIOUS: 0xE74C3C,
}
CLOSED_COLOUR = 0x95A5A6
EVIDENCE_SHOWN_MAX = 3
MISSING_SHOWN_MAX = 4
SILENT_SHOWN_MAX = 3
EMBED_LENGTH_MAX = 6_000
_LISTED_NAME_MAX = 120
_SOURCES: dict[EvidenceKind, str] = {
    EvidenceKind.OVERRIDE: "set by hand at {}",
    EvidenceKind.ALT: "ALT {}",
    EvidenceKind.PRICECHARTING: "PriceCharting {}",
    EvidenceKind.SALES: "{sales} in 90 days around {}",
    EvidenceKind.AVERAGE: "Cartel average {} of {sales}",
    EvidenceKind.INSURED: "insured for {}",
}
_ENDINGS: dict[Reported, str] = {
    Reported.SOLD: "Sold",
    Reported.DELISTED: "Delisted",
    Reported.GONE: "No longer on sale, noticed",
    Reported.LISTED: "Repriced",
}


def deal_embed(deal: DealPost, *, now: datetime, post_id: int, sent_at: datetime | None) -> discord.Embed:
    """A deal as a message. `sent_at` is Discord's time of the message, None before it is sent."""
    embed = discord.Embed(
        title=deal_title(deal),
        description="\n".join(_lines(deal, sent_at)),
        colour=CLOSED_COLOUR if deal.closing else COLOURS[deal.tier],
        url=order_link(deal),
    )
    for name, value in _facts(deal):
        embed.add_field(name=name, value=value)
    embed.add_field(name="Token", value=code(deal.mint), inline=False)
    embed.set_thumbnail(url=web_url(deal.image_url))
    embed.set_footer(text=_footer(deal, post_id, sent_at or now))
    return embed


def deal_view(deal: DealPost, post_id: int) -> discord.ui.View:
    """CC, ALT, ME, Buy, Copy: one row. Nothing suspicious is offered, nothing sold can be bought."""
    view = discord.ui.View(timeout=None)
    for label, address in links(deal):
        view.add_item(discord.ui.Button(label=label, url=address))
    if deal.tier is not DealTier.SUSPICIOUS:
        view.add_item(BuyButton(post_id, disabled=deal.closing is not None))
    view.add_item(CopyButton(post_id))
    return view


def ping(deal: DealPost, now: datetime) -> str | None:
    """The line above the embed, only there to ping a role: never for what is old news."""
    if deal.ping_role_id is None or deal.closing or deal.was_open_before or not is_news(deal, now):
        return None
    return f"<@&{deal.ping_role_id}>"


def allowed_pings(deal: DealPost, now: datetime) -> discord.AllowedMentions:
    roles = [discord.Object(deal.ping_role_id)] if ping(deal, now) and deal.ping_role_id else []
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def deals_embed(page: DealPage, *, tier: DealTier | None, guild: Guild | None) -> discord.Embed:
    """The newest open deals, or what to do so that there will be some, and who keeps further ones waiting."""
    which = f" {tier.upper()}" if tier else ""
    embed = discord.Embed(title=f"Newest open{which} deals", colour=COLOURS[tier or DealTier.INFO])
    said = [] if page.items else [_nothing_yet(tier, guild)]
    embed.description = "\n".join(said + [_waits_for(source) for source in page.waits_for]) or None
    left = EMBED_LENGTH_MAX - units(f"{embed.title}{embed.description or ''}")
    for item in page.items:
        name, value = _listed_name(item.deal), _listed_value(item)
        left -= units(name) + units(value)
        if left < 0:
            break
        embed.add_field(name=name, value=value, inline=False)
    return embed


def _lines(deal: DealPost, sent_at: datetime | None) -> list[str]:
    lines = [f"**{_ending(deal.closing, sent_at)}**"] if deal.closing else []
    lines += [_price_line(deal), f"**{deal.tier.upper()}** · {_trust_line(deal)}"]
    return lines + _warnings(deal) + _silence(deal)


def _price_line(deal: DealPost) -> str:
    price = amount(deal.price, deal.price_usd_micros)
    return (
        f"{price} → worth {usd(deal.value_usd_micros)} · {under(deal.discount_bps)}"
        f" · {profit(deal.net_profit_usd_micros)} after fees"
    )


def _trust_line(deal: DealPost) -> str:
    rests_on = ", ".join(_evidence(item) for item in deal.evidence[:EVIDENCE_SHOWN_MAX])
    return f"confidence {deal.confidence} of 100: {rests_on or 'nothing is known'}"


def _evidence(item: Evidence) -> str:
    return _SOURCES[item.kind].format(usd(item.value_usd_micros), sales=count(item.sales, "sale"))


def _warnings(deal: DealPost) -> list[str]:
    match deal.tier:
        case DealTier.SUSPICIOUS:
            return [
                f"Too good to be true at {percent(deal.discount_bps)} under: look twice. No Buy button here."
            ]
        case DealTier.UNDETERMINED:
            valued = next((item.asset_name for item in deal.evidence if item.asset_name), "")
            named = f" What was valued: {plain(valued)}." if valued else ""
            return [f"Check by eye: this may be another variant than the one valued.{named}"]
        case DealTier.LOOK:
            missing = [plain(reason) for reason in deal.missing[:MISSING_SHOWN_MAX]]
            return [f"Not sure enough for a call: {'; '.join(missing) or 'the evidence is thin'}."]
    return []


def _silence(deal: DealPost) -> list[str]:
    names = [VENDORS.get(name, plain(name, 40)) for name in deal.silent[:SILENT_SHOWN_MAX]]
    return [f"No answer from {' and '.join(names)}: some of what is known there is missing."] if names else []


def _facts(deal: DealPost) -> list[tuple[str, str]]:
    low, high = deal.low_usd_micros, deal.high_usd_micros
    population = next((item.population for item in deal.evidence if item.population is not None), None)
    facts = [
        ("Range", f"{usd(low)} – {usd(high)}" if low < high else ""),
        ("Population", count(population, "copy", "copies") if population is not None else ""),
        ("Cartel average", _average(deal)),
        ("Insured", usd(deal.insured_usd_micros) if deal.insured_usd_micros else ""),
        ("Certificate", f"{deal.grader} {code(deal.certificate, 40)}"),
        ("Seller", f"{code(shortened(deal.seller))} at {VENUES[deal.venue]}"),
        ("Listed", relative(deal.listed_at) if deal.listed_at else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _average(deal: DealPost) -> str:
    found = next((item for item in deal.evidence if item.kind is EvidenceKind.AVERAGE), None)
    return f"{usd(found.value_usd_micros)} · {count(found.sales, 'sale')}" if found else ""


def _footer(deal: DealPost, post_id: int, shown_at: datetime) -> str:
    """Time-to-post and our share of it."""
    ours = duration(shown_at - deal.observed_at)
    if deal.listed_at is None:
        timing = f"seen {ours} before this post"
    elif deal.was_open_before:
        timing = f"already open when I arrived, listed {duration(shown_at - deal.listed_at)} before this post"
    elif deal.was_revised:
        timing = f"valued anew, listed {duration(shown_at - deal.listed_at)} before this post"
    else:
        timing = f"listed {duration(shown_at - deal.listed_at)} before this post · ours {ours}"
    return f"{timing} · deal {post_id}"


def _ending(closing: Closing, sent_at: datetime | None) -> str:
    word = "Repriced" if closing.new_ask else _ENDINGS[closing.how]
    price = closing.new_ask or closing.paid
    at = f" at {amount(price)}" if price else ""
    if sent_at is None:
        return f"{word} before this post{at}"
    side = "after" if closing.at >= sent_at else "before"
    return f"{word} {duration(abs(closing.at - sent_at))} {side} this post{at}"


def _nothing_yet(tier: DealTier | None, guild: Guild | None) -> str:
    if guild is not None and guild.paused_because:
        return f"Posting here is paused: {plain(guild.paused_because)} An admin can mend it with `/setup`."
    if guild is not None and guild.deals_channel_id is None:
        return "Nothing yet, and no channel is chosen for deals: an admin can choose one with `/setup`."
    if tier is not None:
        return f"No {tier.upper()} deal is open right now. Try `/deals latest` without a tier."
    return "No deal is open right now. Good ones live for seconds: the next will be posted as it appears."


def _waits_for(source: SourceHealth) -> str:
    name = VENDORS.get(source.name, plain(source.name, 40))
    silent = f"stopped answering {relative(source.since)}" if source.since else "does not answer right now"
    return f"{name} {silent}: new listings wait for it."


def _listed_name(deal: DealPost) -> str:
    return f"{deal.tier.upper()} · {deal_title(deal, _LISTED_NAME_MAX)}"


def _listed_value(item: DealView) -> str:
    pages = " · ".join(f"[{label}]({address})" for label, address in links(item.deal))
    return f"{_price_line(item.deal)}\n{pages} · {relative(item.deal.listed_at or item.decided_at)}"
