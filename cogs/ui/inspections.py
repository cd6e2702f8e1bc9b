"""A fresh look at a slab: where it is on sale, what it is worth and why, and what could not be found out."""

from datetime import datetime

import discord

from cogs.ui.deals import COLOURS
from cogs.ui.errors import VENDORS
from cogs.ui.evidence import absent_lines, evidence_lines, weakness_lines, worth_line
from cogs.ui.format import amount, count, duration, profit, relative, usd
from cogs.ui.reasons import verdict_text
from cogs.ui.text import code, plain, shortened, units, web_url
from cogs.ui.titles import card_title
from core.domain.deals import Deal
from core.domain.inspections import Inspection, LastSeen, Offer, Unanswered
from core.domain.links import VENUES, alt_page, page_of

OFFERS_SHOWN_MAX = 4
LINKS_MAX = 5
FIELD_LENGTH_MAX = 1_024
DESCRIPTION_LENGTH_MAX = 3_000
_GREY, _BLUE = 0x95A5A6, 0x3498DB
_LATE = "no answer within"


def inspection_embed(found: Inspection, *, now: datetime) -> discord.Embed:
    """What is known of it at this moment, and plainly what is not."""
    embed = discord.Embed(title=_title(found), description=_description(found, now), colour=_colour(found))
    lines = evidence_lines(found.valuation.evidence) if found.valuation else []
    for name, value in (
        ("Rests on", fitting(lines, FIELD_LENGTH_MAX)),
        ("What is missing", fitting(_missing(found), FIELD_LENGTH_MAX)),
    ):
        if value:
            embed.add_field(name=name, value=value, inline=False)
    for name, value in _facts(found):
        embed.add_field(name=name, value=value)
    if found.slab is not None:
        embed.set_thumbnail(url=web_url(found.slab.image_url))
    return embed.set_footer(text="A fresh look; nothing was posted.")


def inspection_view(found: Inspection) -> discord.ui.View:
    """Links to where it is on sale, and to ALT's page."""
    title = found.slab.title if found.slab else ""
    pages = {}
    if found.mint is not None:
        pages = {VENUES[o.venue]: page_of(o.venue, found.mint, title) for o in found.offers}
    alt = alt_page(found.alt_asset_id)
    view = discord.ui.View(timeout=None)
    for label, page in [*pages.items(), *([("ALT", alt)] if alt else [])][:LINKS_MAX]:
        view.add_item(discord.ui.Button(label=label, url=page))
    return view


def fitting(lines: list[str], limit: int) -> str:
    """As many of the lines as fit."""
    shown: list[str] = []
    for line in lines:
        if units("\n".join([*shown, line])) > limit - 2:
            return "\n".join([*shown, "…"])
        shown.append(line)
    return "\n".join(shown)


def _title(found: Inspection) -> str:
    slab = found.slab
    if slab is None:
        return "Not a slab that I know"
    return card_title(slab.title, slab.grader, slab.grade, slab.certificate)


def _colour(found: Inspection) -> int:
    tiers = [offer.result.tier for offer in found.offers if isinstance(offer.result, Deal)]
    return COLOURS[tiers[0]] if tiers else _BLUE if found.slab else _GREY


def _description(found: Inspection, now: datetime) -> str:
    lines = [_offer(offer, found, now) for offer in found.offers[:OFFERS_SHOWN_MAX]]
    lines += [_seen(seen) for seen in found.last_seen[:OFFERS_SHOWN_MAX]]
    if not lines:
        lines.append(_unlisted(found))
    if found.slab is not None:
        lines.append(worth_line(found.valuation))
    if found.alike > 1:
        lines.append(f"ALT's page fits {count(found.alike, 'slab')} that I know; this is the likeliest.")
    return fitting(lines, DESCRIPTION_LENGTH_MAX)


def _offer(offer: Offer, found: Inspection, now: datetime) -> str:
    told = f", told by {VENDORS[offer.told_by]}" if offer.told_by else ""
    checked = f"checked {duration(now - offer.checked_at)} ago{told}"
    head = f"On sale at {VENUES[offer.venue]} for **{amount(offer.ask, offer.ask_usd_micros)}**"
    line = f"{head} by {code(shortened(offer.seller))} ({checked})"
    if offer.ask_usd_micros is None:
        return f"{line}\nWhat that is in dollars is not known now, so it is not judged."
    if offer.result is None:
        return line
    gain = (
        f", {profit(offer.result.net_profit_usd_micros)} after fees" if isinstance(offer.result, Deal) else ""
    )
    return f"{line}\n{verdict_text(offer.result, found.policy)}{gain}"


def _seen(seen: LastSeen) -> str:
    return (
        f"{VENUES[seen.venue]} does not tell whether it is still on sale; "
        f"I saw it there for {amount(seen.ask)} {relative(seen.seen_at)}."
    )


def _unlisted(found: Inspection) -> str:
    if found.unanswered and found.slab is None:
        return "Nobody who answered knows what this is. Try again in a minute."
    if found.slab is None:
        return (
            "I have never seen it, and nobody I may ask knows it for a graded card. "
            "Is it the right number? A token's address, or a link to the card, may tell me more."
        )
    if found.mint is None:
        return "No token of this slab is known where I look, so it is not on sale there."
    return "Not on sale where I look."


def _missing(found: Inspection) -> list[str]:
    silent = [_silence(one) for one in found.unanswered]
    look = [
        f"{plain(reason)[:1].upper()}{plain(reason)[1:]}."
        for offer in found.offers[:1]
        if isinstance(offer.result, Deal)
        for reason in offer.result.missing
    ]
    weak = [] if look else weakness_lines(found.valuation)
    return [*silent, *look, *weak, *absent_lines(found.absent)]


def _silence(one: Unanswered) -> str:
    vendor = VENDORS.get(one.source, plain(one.source, 40))
    return (
        f"{vendor} gave {one.reason}." if one.reason.startswith(_LATE) else f"{vendor} does not answer now."
    )


def _facts(found: Inspection) -> list[tuple[str, str]]:
    slab = found.slab
    evidence = found.valuation.evidence if found.valuation else ()
    population = next((item.population for item in evidence if item.population is not None), None)
    facts = [
        ("Population", count(population, "copy", "copies") if population is not None else ""),
        ("Insured", usd(slab.insured_usd_micros) if slab and slab.insured_usd_micros else ""),
        ("Certificate", f"{slab.grader} {code(slab.certificate, 40)}" if slab else ""),
        ("Token", code(found.mint) if found.mint else ""),
    ]
    return [(name, value) for name, value in facts if value]
