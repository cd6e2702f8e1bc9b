"""The way of a listing through the line, told in the order in which it happened to each price of it."""

from datetime import datetime, timedelta

import discord

from cogs.ui.errors import VENDORS
from cogs.ui.evidence import evidence_lines, worth_line
from cogs.ui.format import amount, count, duration, relative, times, under
from cogs.ui.inspections import fitting
from cogs.ui.reasons import rejection_text, tier_text
from cogs.ui.text import code, plain, shortened, units
from cogs.ui.titles import card_title
from core.domain.deals import DealPolicy
from core.domain.links import VENUES
from core.domain.listings import Reported
from core.domain.posts import PostState
from core.domain.quarantine import BY_OWNER
from core.domain.traces import (
    Former,
    Held,
    Judged,
    ListingTrace,
    ShownAs,
    Told,
    Trace,
    Unposted,
    VersionTrace,
    Waiting,
)

VERSIONS_SHOWN_MAX, TOLD_SHOWN_MAX, OTHERS_SHOWN_MAX = 3, 6, 3
EVIDENCE_SHOWN_MAX, FORMER_SHOWN_MAX = 3, 3
FIELD_LENGTH_MAX, EMBED_LENGTH_MAX = 1_024, 6_000
ERROR_LENGTH_MAX = 120
TOLD_TO_WAIT, RATES = "not yet: ", "rates"
EXPIRES_AFTER = timedelta(hours=24)
_COLOUR = 0x3498DB
_SAID: dict[Reported, str] = {
    Reported.LISTED: "on sale",
    Reported.SOLD: "sold",
    Reported.DELISTED: "taken off the market",
    Reported.GONE: "gone",
}
_CHANGED = {
    "opens": "new to us",
    "reprices": "another price",
    "closes": "that ended it",
    "confirms": "as known",
    "ignored": "older than what was known, or the same",
}
_UNPOSTED: dict[Unposted, str] = {
    Unposted.NO_CHANNEL: "Not posted: no channel is chosen for deals here; `/setup` chooses one",
    Unposted.HIDDEN: "Not posted: this call is left out here; `/settings` shows it again",
    Unposted.NO_TRACE_CHANNEL: "Not posted: what is too good to be true is shown in a trace channel only, "
    "and none is chosen here; `/settings` chooses one",
    Unposted.PAUSED: "Not posted: posting is paused here; `/setup` says why",
    Unposted.REPEATED: "Not posted again: an earlier price was, and it fell too little or too soon after "
    "that; `/settings` has the rule for repeats",
    Unposted.TOO_LATE: "Not posted: this server's settings are newer, or it was over before its digest",
}
_SERVERS = "Judged by the settings of this server; times are those of our own records."
_DEFAULT = "Judged by the default settings, without posts: ask in a server for its own."


def trace_embed(trace: Trace, *, now: datetime) -> discord.Embed:
    """The newest listing price by price, and a line for each other one."""
    slab = trace.slab
    title = "A token without a slab that we know"
    if slab is not None:
        title = card_title(slab.title, slab.grader, slab.grade, slab.certificate)
    embed = discord.Embed(title=title, colour=_COLOUR)
    embed.description = _overview(trace)
    for name, value in _fields(trace, now):
        shown = (name, value) if value else (name, "–")
        if units(embed.title or "") + len(embed) + units("".join(shown)) > EMBED_LENGTH_MAX:
            break
        embed.add_field(name=shown[0], value=shown[1], inline=False)
    return embed.set_footer(text=_SERVERS if trace.is_servers else _DEFAULT)


def _overview(trace: Trace) -> str:
    if not trace.listings:
        return "I know the token, but never saw it on sale."
    lines = [_standing(listing) for listing in trace.listings[: 1 + OTHERS_SHOWN_MAX]]
    return "\n".join([*lines, *([f"Token {code(trace.mint)}"] if trace.mint else [])])


def _standing(listing: ListingTrace) -> str:
    where = f"{VENUES[listing.venue]}, by {code(shortened(listing.seller))}"
    if listing.is_open:
        return f"**On sale** at {where}"
    word = _SAID[listing.closed_as] if listing.closed_as else "ended"
    return f"{word.capitalize()} {relative(listing.state_at)} at {where}"


def _fields(trace: Trace, now: datetime) -> list[tuple[str, str]]:
    if not trace.listings:
        return []
    newest = trace.listings[0]
    fields = [
        (f"Price {version.n}: {amount(version.ask)}", _story(version, trace.policy, now))
        for version in newest.versions[:VERSIONS_SHOWN_MAX]
    ]
    told = [_report(one) for one in newest.told[:TOLD_SHOWN_MAX]]
    more = len(newest.told) - len(told)
    told += [f"… and {count(more, 'earlier report')}"] if more > 0 else []
    return [*fields, ("Who told of it", fitting(told, FIELD_LENGTH_MAX))]


def _story(version: VersionTrace, policy: DealPolicy, now: datetime) -> str:
    lines = [_seen(version)]
    lines += [_held(version.held)] if version.held else []
    lines += _judgement(version.judged, policy) if version.judged else [_unjudged(version, now)]
    lines += [_waiting(version.waiting, now)] if version.waiting else []
    lines += [_post(post, version) for post in version.posts]
    lines += [f"Waits for the digest of {relative(version.digest_at)}"] if version.digest_at else []
    lines += [_UNPOSTED[version.unposted]] if version.unposted else []
    if version.ended_at is not None:
        lines.append(f"Over {relative(version.ended_at)}")
    return fitting(lines, FIELD_LENGTH_MAX)


def _seen(version: VersionTrace) -> str:
    vendor = _vendor(version.source)
    seen = f"Seen {relative(version.first_seen_at)}, told by {vendor}"
    if version.is_baseline:
        return f"{seen}; it was open before I looked, so it is valued but not posted by itself"
    if version.listed_at is None:
        return seen
    return f"{seen}, {duration(version.first_seen_at - version.listed_at)} after it was listed"


def _judgement(judged: Judged, policy: DealPolicy) -> list[str]:
    if judged.tier is not None:
        verdict = f"**{judged.tier.upper()}**: {tier_text(judged.tier, judged.discount_bps, policy)}"
    else:
        assert judged.reason is not None, "a verdict has a tier or a reason"
        verdict = f"**No deal**: {rejection_text(judged.reason, judged.discount_bps, policy)}"
    took = duration(timedelta(milliseconds=judged.ours_ms))
    vendors = " and ".join(_vendor(name) for name in judged.verified_by.split("+"))
    when = f"decided {took} after it was seen, what it is was told by {vendors}"
    again = f"; valued anew {relative(judged.revised_at)}" if judged.revised_at else ""
    lines = [f"{verdict} ({when}{again})", *map(_former, judged.before[:FORMER_SHOWN_MAX])]
    if judged.valuation is not None:
        best = evidence_lines(judged.valuation.evidence[:EVIDENCE_SHOWN_MAX])
        lines += [worth_line(judged.valuation), *(f"-# {line}" for line in best)]
    return lines


def _former(one: Former) -> str:
    """What it was called before that."""
    word = one.tier.upper() if one.tier else "No deal"
    discount = "" if one.discount_bps is None else f", {under(one.discount_bps)}"
    return f"-# Before that: {word}{discount}, since {relative(one.decided_at)}"


def _unjudged(version: VersionTrace, now: datetime) -> str:
    if version.is_judged:
        return "Not judged by the settings of this server: newer than it, not asked then, or too long ago"
    if version.waiting is not None:
        return "No verdict yet"
    if version.ended_at is not None:
        return "No verdict: it was over before its turn came"
    if now - version.first_seen_at > EXPIRES_AFTER:
        return "No verdict: somebody who had to be asked was away for a whole day, and then it was too late"
    return "No verdict is known"


def _waiting(waiting: Waiting, now: datetime) -> str:
    because = _cause(waiting.because)
    if waiting.parked_at is not None:
        return f"**Given up** {relative(waiting.parked_at)} until an operator queues it again: {because}"
    if not waiting.because:
        return f"Waits for its turn, for {duration(now - waiting.since)}"
    tries = count(waiting.attempts, "try", "tries")
    return f"Waits after {tries}: {because}; tried again {relative(waiting.next_try_at)}"


def _cause(error: str) -> str:
    """Who keeps it waiting, without the words of a vendor or of a fault of ours."""
    source = error.removeprefix(TOLD_TO_WAIT).partition(":")[0]
    if source == RATES:
        return "no fresh rate of its currency is known"
    if source not in VENDORS:
        return "a fault of ours"
    return f"{VENDORS[source]} " + (
        "asks us to wait" if error.startswith(TOLD_TO_WAIT) else "does not answer"
    )


def _held(held: Held) -> str:
    far = times(held.suspicion.asked.usd_micros, held.suspicion.against_usd_micros)
    against = "its value" if held.suspicion.is_against_value else "its last price"
    if held.released_at is None:
        return f"**In quarantine** since {relative(held.held_at)}: {far} {against} cannot be meant"
    released_by = held.released_by or "somebody"
    by = "an operator" if released_by.startswith(BY_OWNER) else plain(released_by, 60)
    return f"Was in quarantine ({far} {against}) until {by} vouched for it"


def _post(post: ShownAs, version: VersionTrace) -> str:
    kind = "Stood in a digest" if post.is_digest else "Posted"
    if post.sent_at is None or post.message_id is None:
        return _unsent(post, version)
    since = version.listed_at or version.first_seen_at
    page = f"https://discord.com/channels/{post.guild_id}/{post.channel_id}/{post.message_id}"
    after = "it was listed" if version.listed_at else "I saw it"
    where = f"{_otherwise(post, version)} in <#{post.channel_id}>"
    return f"{kind}{where} {duration(post.sent_at - since)} after {after}: [post {post.post_id}]({page})"


def _otherwise(post: ShownAs, version: VersionTrace) -> str:
    """As what the post shows it, where that is not what is told of it above."""
    if post.tier is None or post.agrees(version.judged):
        return ""
    call = f" as **{post.tier.upper()}**"
    if post.policy is not None:
        text = tier_text(post.tier, post.discount_bps, post.policy)
        return f"{call} (by the settings of then: {text})"
    discount = "" if post.discount_bps is None else f": {under(post.discount_bps)}"
    return f"{call} (as it was valued then{discount})"


def _unsent(post: ShownAs, version: VersionTrace) -> str:
    where = f"{_otherwise(post, version)} in <#{post.channel_id}>"
    match post.state:
        case PostState.WITHDRAWN if version.ended_at is None:
            return f"Was to be posted{where}, but posting there was paused or ended; `/setup` says why"
        case PostState.WITHDRAWN:
            return "Was to be posted, but was over before anybody saw it"
        case PostState.PARKED:
            return f"Could not be posted{where}: {plain(post.because, ERROR_LENGTH_MAX)}"
        case _:
            because = f" ({plain(post.because, ERROR_LENGTH_MAX)})" if post.because else ""
            return f"Is to be posted{where}, wanted {relative(post.wanted_at)}{because}"


def _report(told: Told) -> str:
    what = _CHANGED.get(told.changed, plain(told.changed, 20))
    return f"{relative(told.seen_at)} {_vendor(told.source)}: {_SAID[told.said]} ({what})"


def _vendor(name: str) -> str:
    return VENDORS.get(name, plain(name, 40))
