"""The vendors as their operator reads them: what each does now, in words, and all of them in an embed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import discord

from cogs.ui.errors import Interaction
from cogs.ui.format import count, duration
from cogs.ui.text import clean, plain, units
from core.domain.sources import SourceCalls, SourceView
from core.errors import NotAllowed

REASON_LENGTH_MAX = 120
NOTHING = "–"
_DESCRIPTION_MAX = 4_000
_GREEN, _RED = discord.Colour(0x2ECC71), discord.Colour(0xE74C3C)


def refuse_strangers(interaction: Interaction) -> None:
    """Only who administers the operator's server, at this moment. Raises NotAllowed."""
    if interaction.guild is None or not interaction.permissions.administrator:
        raise NotAllowed("Only administrators of this server can see that.")


def sources_embed(views: Iterable[SourceView], *, now: datetime) -> discord.Embed:
    """Every vendor in a line or two, those that are off in one each at the end."""
    asked = [view for view in views if not view.plan.off_because]
    off = [_state_line(view, now) for view in views if view.plan.off_because]
    is_well = not any(view.is_down for view in asked)
    embed = discord.Embed(title="Sources", colour=_GREEN if is_well else _RED)
    embed.description = _fitting([*(_line(view, now) for view in asked), *off])
    embed.set_footer(text="Calls and failures are those of the last hour; latencies are p50 and p95")
    return embed


def state_of(view: SourceView, now: datetime) -> str:
    """Whether it is asked, and whether it answers; the reason is the vendor's, as it came."""
    if view.plan.off_because:
        return f"off: {view.plan.off_because}"
    if view.is_down:
        return f"down{_since(view.down_since, now)}: {clean(view.down_because, REASON_LENGTH_MAX)}"
    seen = view.seen
    if seen is None:
        return "not asked yet"
    if seen.failed_at is not None and (seen.succeeded_at is None or seen.failed_at > seen.succeeded_at):
        return f"failed {ago(seen.failed_at, now)}: {clean(seen.failure, REASON_LENGTH_MAX)}"
    return "answers"


def ago(at: datetime | None, now: datetime) -> str:
    return NOTHING if at is None else f"{duration(now - at)} ago"


def failures_of(seen: SourceCalls | None) -> str:
    """`3 of 120` calls of the last hour."""
    return f"{seen.failures} of {seen.calls:,}" if seen is not None and seen.calls else NOTHING


def today_of(view: SourceView) -> str:
    """What was asked today, and what is left where the vendor counts days."""
    return f"{view.used_today:,} asked" if view.left_today is None else f"{view.left_today:,} left"


def latency_of(seen: SourceCalls | None) -> str:
    if seen is None or seen.p50_ms is None or seen.p95_ms is None:
        return NOTHING
    return f"{seen.p50_ms} / {seen.p95_ms} ms"


def age_of(seen: SourceCalls | None, now: datetime) -> str:
    """How old the oldest of what the last calls told is."""
    if seen is None or seen.oldest_data_at is None:
        return NOTHING
    return duration(max(now - seen.oldest_data_at, timedelta(0)))


def changes_of(seen: SourceCalls | None) -> str:
    """Answers of another shape than documented; empty when there were none."""
    if seen is None or seen.change is None:
        return ""
    said = clean(seen.change.reason, REASON_LENGTH_MAX)
    return f"{count(seen.changes, 'answer')} not understood in the last hour, the newest: {said}"


def _since(at: datetime | None, now: datetime) -> str:
    return "" if at is None else f" for {duration(now - at)} (since {at:%Y-%m-%d %H:%M} UTC)"


def _state_line(view: SourceView, now: datetime) -> str:
    return f"**{view.plan.name}** {plain(state_of(view, now), 2 * REASON_LENGTH_MAX)}"


def _line(view: SourceView, now: datetime) -> str:
    seen = view.seen
    parts = [
        f"last answer {ago(seen.succeeded_at if seen else None, now)}",
        f"{failures_of(seen)} failed",
        today_of(view),
        latency_of(seen),
        f"data {age_of(seen, now)} old",
    ]
    line = _state_line(view, now)
    told = [line] if seen is None else [line, f"-# {' · '.join(parts)}"]
    changed = changes_of(seen)
    return "\n".join([*told, f"-# {plain(changed, 2 * REASON_LENGTH_MAX)}"] if changed else told)


def _fitting(lines: Iterable[str]) -> str:
    """As many of them as a description holds."""
    shown: list[str] = []
    left = _DESCRIPTION_MAX
    for line in lines:
        left -= units(line) + 1
        if left < 0:
            return "\n".join([*shown, "…"])
        shown.append(line)
    return "\n".join(shown)
