"""A deal explained to somebody who has read nothing: what is offered, why it is cheap, how sure that is."""

import discord

from cogs.ui.deals import COLOURS
from cogs.ui.errors import VENDORS
from cogs.ui.evidence import evidence_lines
from cogs.ui.format import amount, count, is_even, percent, profit, under, usd
from cogs.ui.inspections import fitting
from cogs.ui.text import plain
from cogs.ui.titles import card_title, deal_title
from core.domain.catalog import grade_text
from core.domain.deals import DealTier
from core.domain.links import VENUES, links, page_of
from core.domain.listings import Reported
from core.domain.posts import DealPost, DigestLine, DigestPost
from core.domain.valuation import EvidenceKind

FIELD_LENGTH_MAX = 1_024
LINES_MAX = 3
_COLOUR = 0x3498DB
_CALLS: dict[DealTier, str] = {
    DealTier.GOLD: "**GOLD** is our strongest call: far below its value, of which we are sure enough.",
    DealTier.HIGH: "**HIGH** is a strong call: well below its value, of which we are sure enough.",
    DealTier.INFO: "**INFO** is a modest call: somewhat below its value, of which we are sure enough.",
    DealTier.LOOK: "**LOOK** is no call: it seems cheap, but too little is known of its value.",
    DealTier.UNDETERMINED: "**UNDETERMINED**: what we valued may be another variant. Compare the pictures.",
    DealTier.SUSPICIOUS: "**SUSPICIOUS**: this is too cheap to be true. Expect a mistake or a trick.",
}
_RISKS: dict[EvidenceKind, str] = {
    EvidenceKind.OVERRIDE: "The value was set by hand, by those who run this bot.",
    EvidenceKind.ALT: "ALT sometimes confuses variants of a card: compare the names.",
    EvidenceKind.PRICECHARTING: "PriceCharting follows the market with some delay.",
    EvidenceKind.SALES: "Past sales are those we saw; the market may have moved since.",
    EvidenceKind.AVERAGE: "An average of past sales lags behind when the market moves.",
    EvidenceKind.INSURED: "An insured value is only what the vault noted down; it is often far off.",
}
_ENDINGS: dict[Reported, str] = {
    Reported.SOLD: "It was sold since.",
    Reported.DELISTED: "It was taken off the market since.",
    Reported.GONE: "It is no longer on sale.",
    Reported.LISTED: "Its price changed since.",
}
_BUY = "`Buy` looks whether it is still on sale at that price, and hands you the link. I never buy for you."
_COPY = "`Copy` sends the certificate and the token, each alone in a message, for a long-press on a phone."


def explanation_embed(deal: DealPost) -> discord.Embed:
    """What a post says, in whole sentences."""
    embed = discord.Embed(
        title=deal_title(deal), colour=COLOURS[deal.tier], description=fitting(_offer(deal), 4_000)
    )
    thought = "think it is" if deal.closing is None else "thought it was"
    for name, lines in (
        (f"Why we {thought} worth that", _why(deal)),
        ("How sure that is", _sureness(deal)),
        ("What could be wrong", _risks(deal)),
        ("What the buttons do", _buttons(deal)),
    ):
        embed.add_field(name=name, value=fitting(lines, FIELD_LENGTH_MAX), inline=False)
    return embed


def digest_explanation(digest: DigestPost) -> discord.Embed:
    """What a digest is, and its best deals in sentences."""
    lines = [
        "This is a digest: deals that were not worth a message each, or came while it was quiet here, "
        "the best first. Nobody was pinged for it.",
        *(_line(line) for line in digest.lines[:LINES_MAX]),
    ]
    left = len(digest.lines) - LINES_MAX + digest.more
    if left > 0:
        lines.append(f"… and {count(left, 'further deal')}.")
    lines.append("Ask `/deals inspect` with a certificate or a link for a fresh look at one of them.")
    return discord.Embed(title="Deals in a digest", colour=_COLOUR, description=fitting(lines, 4_000))


def _offer(deal: DealPost) -> list[str]:
    price = amount(deal.price, deal.price_usd_micros)
    label = f" {deal.grade.label}" if deal.grade.label else ""
    graded = f"{deal.grader} has graded it {grade_text(deal.grade)}{label}"
    is_open = deal.closing is None
    offers, thinks, costs = (
        ("offers", "think it is", "is") if is_open else ("offered", "thought it was", "was")
    )
    lines = [
        f"Somebody {offers} this card at {VENUES[deal.venue]} for **{price}**. {graded} and sealed it in "
        "plastic (a *slab*); it lies in a vault, and whoever buys its token owns it.",
        f"We {thinks} worth about **{usd(deal.value_usd_micros)}**: the price {costs} "
        f"**{under(deal.discount_bps)}** that. Sold again at its value it would {_left(deal)} after fees.",
        _CALLS[deal.tier],
    ]
    return lines if deal.closing is None else [*lines, f"**{_ENDINGS[deal.closing.how]}**"]


def _left(deal: DealPost) -> str:
    """`leave +$56.00`, `have broken even`."""
    micros, is_over = deal.net_profit_usd_micros, deal.closing is not None
    if is_even(micros):
        return "have broken even" if is_over else "break even"
    if micros < 0:
        return f"{'have lost' if is_over else 'lose'} {usd(-micros)}"
    return f"{'have left' if is_over else 'leave'} {profit(micros)}"


def _why(deal: DealPost) -> list[str]:
    return evidence_lines(deal.evidence) or ["Nothing is known."]


def _sureness(deal: DealPost) -> list[str]:
    low, high = deal.low_usd_micros, deal.high_usd_micros
    between = f"{usd(low)} – {usd(high)}" if low < high else "not known"
    lines = [
        f"Confidence {deal.confidence} of 100: of a hundred values of which we are so sure, about "
        f"{deal.confidence} are truly within their range. This one's is {between}."
    ]
    lines += [f"Missing: {plain(reason)}." for reason in deal.missing]
    silent = [VENDORS.get(name, plain(name, 40)) for name in deal.silent]
    lines += [f"{' and '.join(silent)} gave no answer when it was valued."] if silent else []
    return lines


def _risks(deal: DealPost) -> list[str]:
    best = deal.evidence[0].kind if deal.evidence else None
    lines = [_RISKS[best]] if best else []
    if deal.tier is DealTier.SUSPICIOUS:
        lines.append(
            f"At {percent(deal.discount_bps)} under its value, the price or the card is likely wrong."
        )
    if deal.closing is None:
        lines.append(f"Good offers live for seconds: {_to_do(deal)}")
    lines.append("Nothing here is advice; what it is worth is an estimate, and you buy at your own risk.")
    return lines


def _to_do(deal: DealPost) -> str:
    if _can_buy(deal):
        return "press `Buy` before you decide, and look at the pictures."
    return "open the listing before you decide, and look at the pictures."


def _can_buy(deal: DealPost) -> bool:
    """Whether the post has a Buy button that can be pressed."""
    return deal.tier is not DealTier.SUSPICIOUS and deal.closing is None


def _buttons(deal: DealPost) -> list[str]:
    """What the post has, in its order."""
    pages = [f"`{label}`" for label, _ in links(deal)]
    opens = "opens the card's page there." if len(pages) == 1 else "open the card's pages there."
    return [f"{', '.join(pages)} {opens}", *([_BUY] if _can_buy(deal) else []), _COPY]


def _line(line: DigestLine) -> str:
    name = card_title(line.title, line.grader, line.grade, line.certificate, 110)
    page = page_of(line.venue, line.mint, line.title)
    return (
        f"**{name}** is offered at [{VENUES[line.venue]}]({page}) for "
        f"{amount(line.price, line.price_usd_micros)}, and worth about {usd(line.value_usd_micros)} "
        f"({under(line.discount_bps)})."
    )
