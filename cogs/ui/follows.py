"""Followed wallets on Discord: their posts, the list of them, and what a label may not say."""

import asyncio
from collections.abc import Sequence

import discord
from discord import app_commands

from cogs.ui.errors import Interaction
from cogs.ui.format import amount, count, relative, under, usd
from cogs.ui.text import clean, code, plain, shortened, units, web_url
from cogs.ui.titles import card_name
from core.domain.catalog import slab_name
from core.domain.deals import discount_bps
from core.domain.follows import (
    Follow,
    FollowedWallet,
    FollowKind,
    FollowMorePost,
    FollowPost,
    has_name,
    label_of,
    words_of,
)
from core.domain.links import VAULT, VENUES, page_of
from core.errors import InvalidInput, NotAllowed

CHOICES_MAX = 25
CHOICE_LENGTH_MAX = 100
WORDS_MAX = 6
MEMBERS_ASKED_MAX = 100
ASK_LIMIT_S = 10.0
TITLE_LENGTH_MAX = 230
LINES_LENGTH_MAX = 3_900
WALLET_LENGTH_MAX = 64
UNCHECKED = "I could not check whether that label names a member: leave it out, or try again."
_COLOURS: dict[FollowKind, int] = {
    FollowKind.LISTED: 0x3498DB,
    FollowKind.SOLD: 0x2ECC71,
    FollowKind.DELISTED: 0x95A5A6,
    FollowKind.GONE: 0x95A5A6,
}
_BLUE, _GREY = 0x3498DB, 0x95A5A6


def follow_embed(post: FollowPost, mark: str) -> discord.Embed:
    """What happened, for how much, and what we think of that. `mark` ends the embed's address."""
    embed = discord.Embed(
        title=_title(post),
        description="\n".join(_lines(post)),
        colour=_COLOURS[post.kind],
        url=page_of(post.venue, post.mint, post.title) + mark,
    )
    for followed in post.followed:
        name = f"Wallet · {plain(followed.label)}" if followed.label else "Wallet"
        embed.add_field(name=name, value=code(followed.wallet, WALLET_LENGTH_MAX), inline=False)
    embed.add_field(name="Token", value=code(post.mint), inline=False)
    return embed.set_thumbnail(url=web_url(post.image_url))


def follow_more_embed(post: FollowMorePost) -> discord.Embed:
    """One line for all that was too much."""
    text = (
        f"… and {post.more:,} more in the hour from {relative(post.since)}, after the "
        f"{post.shown} that were shown."
    )
    return discord.Embed(title="More from followed wallets", description=text, colour=_GREY)


def followed_embed(follow: Follow) -> discord.Embed:
    """What is followed from now on."""
    text = (
        f"{_wallet(FollowedWallet(follow.wallet, follow.label))} is followed in <#{follow.channel_id}>: what "
        "it lists, sells, buys and takes off the market from now on, not what it did before."
    )
    return discord.Embed(title="Wallet followed", description=text, colour=_COLOURS[FollowKind.SOLD])


def unfollowed_embed(follow: Follow) -> discord.Embed:
    text = f"{_wallet(FollowedWallet(follow.wallet, follow.label))} is followed no longer."
    return discord.Embed(title="Wallet no longer followed", description=text, colour=_GREY)


def follows_embed(following: Sequence[Follow]) -> discord.Embed:
    """Every wallet of a server, as many as a message has room for."""
    embed = discord.Embed(title=f"This server follows {count(len(following), 'wallet')}", colour=_BLUE)
    lines: list[str] = []
    left = LINES_LENGTH_MAX
    for follow in following:
        line = _line(follow)
        left -= units(line) + 1
        if left < 0:
            lines.append(f"… and {len(following) - len(lines)} more")
            break
        lines.append(line)
    embed.description = "\n".join(lines) or "None yet: `/follow add` follows one."
    return embed


def follow_choices(following: Sequence[Follow], typed: str) -> list[app_commands.Choice[str]]:
    """The wallets whose label or address has in it what was typed."""
    wanted = typed.strip().casefold()
    fitting = [f for f in following if wanted in f.label.casefold() or wanted in f.wallet.casefold()]
    return [app_commands.Choice(name=_choice(f), value=f.wallet) for f in fitting[:CHOICES_MAX]]


async def refuse_names(interaction: Interaction, label: str) -> None:
    """An address never stands beside a member's name. Raises InvalidInput, NotAllowed when unchecked."""
    label = label_of(label)
    words = words_of(label)
    if interaction.guild is None or not words:
        return
    if len(words) > WORDS_MAX:
        raise InvalidInput(f"I cannot use that label: it has more than {WORDS_MAX} words.")
    for word in words:
        name = await _member_called(interaction.guild, word, label)
        if name is not None:
            raise InvalidInput(
                f"I cannot use that label: {code(name, 40)} is the name of a member, and an address is not "
                "shown beside one unless its owner proved it and agreed."
            )


async def _member_called(guild: discord.Guild, word: str, label: str) -> str | None:
    """The name of a member that begins with the word and is in the label."""
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            members = await guild.query_members(word, limit=MEMBERS_ASKED_MAX, cache=False)
    except (TimeoutError, discord.DiscordException) as error:
        raise NotAllowed(UNCHECKED) from error
    names = [name for member in members for name in (member.name, member.global_name, member.nick) if name]
    return next((name for name in names if has_name(label, name)), None)


def _title(post: FollowPost) -> str:
    if post.grader is None or post.grade is None:
        return f"Token {shortened(post.mint)}"
    name = card_name(post.title, post.grader, post.grade, post.certificate)
    return slab_name(post.grader, post.grade, plain(name, TITLE_LENGTH_MAX))


def _lines(post: FollowPost) -> list[str]:
    price = amount(post.price, post.price_usd_micros) if post.price else ""
    lines = [_deed(post, f" for **{price}**" if price else "")]
    if post.value_usd_micros:
        lines.append(f"Our value is {usd(post.value_usd_micros)}{_discount(post)}.")
    return [*lines, f"{relative(post.at)} · {' · '.join(_pages(post))}"]


def _pages(post: FollowPost) -> list[str]:
    """The order's own marketplace first, then the vault's other one."""
    venues = [post.venue, *(venue for venue in VAULT if post.venue in VAULT and venue is not post.venue)]
    return [f"[{VENUES[venue]}]({page_of(venue, post.mint, post.title)})" for venue in venues]


def _deed(post: FollowPost, price: str) -> str:
    sellers = [followed for followed in post.followed if followed.wallet == post.seller]
    buyers = [followed for followed in post.followed if followed.wallet == post.buyer]
    seller = _wallet(sellers[0]) if sellers else code(shortened(post.seller))
    match post.kind:
        case FollowKind.LISTED:
            return f"{seller} **lists** it{price}."
        case FollowKind.DELISTED:
            return f"{seller} **took it off the market**."
        case FollowKind.GONE:
            return f"{seller} offers it **no longer**; no sale was reported."
        case FollowKind.SOLD:
            buyer = _wallet(buyers[0]) if buyers else code(shortened(post.buyer or ""))
            if sellers:
                return f"{seller} **sold** it{price}{f' to {buyer}' if post.buyer else ''}."
            return f"{buyer} **bought** it{price} from {seller}."


def _discount(post: FollowPost) -> str:
    if post.price_usd_micros is None or not post.value_usd_micros:
        return ""
    return f", so the price is {under(discount_bps(post.price_usd_micros, post.value_usd_micros))}"


def _wallet(followed: FollowedWallet) -> str:
    address = code(shortened(followed.wallet))
    return f"**{plain(followed.label)}** {address}" if followed.label else address


def _line(follow: Follow) -> str:
    named = f"**{plain(follow.label)}** " if follow.label else ""
    where = f"in <#{follow.channel_id}>, followed {relative(follow.since)}"
    line = f"{named}{code(follow.wallet, WALLET_LENGTH_MAX)} {where}"
    if follow.paused_because is None:
        return line
    return f"{line}\nPaused: {plain(follow.paused_because)} Add it again to go on."


def _choice(follow: Follow) -> str:
    short = shortened(follow.wallet)
    return clean(f"{follow.label} · {short}" if follow.label else short, CHOICE_LENGTH_MAX)
