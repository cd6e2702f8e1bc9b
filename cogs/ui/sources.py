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
SHORT_REASON_LENGTH_MAX = 40
NOTHING = "–"
_DESCRIPTION_MAX = 4_000
_GREEN, _RED = discord.Colour(0x2ECC71), discord.Colour(0xE74C3C)


def refuse_strangers(interaction: Interaction) -> None:
    """Only who administers the operator's server, at this moment. Raises NotAllowed."""
    if interaction.guild is None or not interaction.permissions.administrator:
        raise NotAllowed("Only administrators of this server can see that.")


def sources_embed(views: Iterable[SourceView], *, now: datetime) -> discord.Embed:
    """Every vendor in a line or two: those that are down first, those that are off last.

    Where there is too much to say, reasons get shorter before a vendor is left out.
    """
    ordered = sorted(views, key=_rank)
    embed = discord.Embed(title="Sources", colour=_RED if any(map(_is_ill, ordered)) else _GREEN)
    lines = [_line(view, now, REASON_LENGTH_MAX) for view in ordered]
    if sum(units(line) + 1 for line in lines) > _DESCRIPTION_MAX:
        lines = [_line(view, now, SHORT_REASON_LENGTH_MAX) for view in ordered]
    embed.description = _fitting(lines)
    embed.set_footer(text="Calls and failures are those of the last hour; latencies are p50 and p95")
    return embed


def state_of(view: SourceView, now: datetime, reason_max: int = REASON_LENGTH_MAX) -> str:
    """Whether it is asked, and whether it answers; the reason is the vendor's, as it came."""
    if view.plan.off_because:
        return f"off: {view.plan.off_because}"
    if view.is_down:
        return f"down{_since(view.down_since, now)}: {clean(view.down_because, reason_max)}"
    seen = view.seen
    if seen is None:
        return "not asked yet"
    if seen.failed_at is not None and (seen.succeeded_at is None or seen.failed_at > seen.succeeded_at):
        return f"failed {ago(seen.failed_at, now)}: {clean(seen.failure, reason_max)}"
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


def changes_of(seen: SourceCalls | None, reason_max: int = REASON_LENGTH_MAX) -> str:
    """Answers of another shape than documented; empty when there were none."""
    if seen is None or seen.change is None:
        return ""
    said = clean(seen.change.reason, reason_max)
    return f"{count(seen.changes, 'answer')} not understood in the last hour, the newest: {said}"


def _since(at: datetime | None, now: datetime) -> str:
    return "" if at is None else f" for {duration(now - at)} (since {at:%Y-%m-%d %H:%M} UTC)"


def _is_ill(view: SourceView) -> bool:
    return view.is_down and not view.plan.off_because


def _rank(view: SourceView) -> tuple[bool, bool]:
    return bool(view.plan.off_because), not view.is_down


def _line(view: SourceView, now: datetime, reason_max: int) -> str:
    shown = 2 * REASON_LENGTH_MAX  # with the backslashes
    line = f"**{view.plan.name}** {plain(state_of(view, now, reason_max), shown)}"
    if view.plan.off_because:
        return line
    details = [_figures(view, now), plain(changes_of(view.seen, reason_max), shown)]
    return "\n".join([line, *(f"-# {detail}" for detail in details if detail)])


def _figures(view: SourceView, now: datetime) -> str:
    """Of one that was not asked yet only what is left of its day, where it counts any."""
    seen, today = view.seen, f"{today_of(view)} today"
    if seen is None:
        return "" if view.left_today is None else today
    parts = [
        f"last answer {ago(seen.succeeded_at, now)}",
        f"{failures_of(seen)} failed",
        today,
        latency_of(seen),
        f"data {age_of(seen, now)} old",
    ]
    return " · ".join(parts)


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
