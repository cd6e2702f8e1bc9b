"""Digests: deals of an hour or a night in one message, and when that is due."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from core.domain.deals import RANK
from core.domain.guilds import QuietHours
from core.domain.posts import Closing, DealPost, DigestLine, DigestPost

LINES_MAX = 15
"""As many as a message has room for, with two lines each."""
MINUTES_A_DAY = 24 * 60


def digest_line(deal: DealPost, version_id: int) -> DigestLine:
    return DigestLine(
        version_id=version_id,
        tier=deal.tier,
        title=deal.title,
        grader=deal.grader,
        grade=deal.grade,
        certificate=deal.certificate,
        mint=deal.mint,
        venue=deal.venue,
        price=deal.price,
        price_usd_micros=deal.price_usd_micros,
        value_usd_micros=deal.value_usd_micros,
        discount_bps=deal.discount_bps,
        net_profit_usd_micros=deal.net_profit_usd_micros,
    )


def digest(found: Mapping[int, DealPost], since: datetime) -> DigestPost:
    """The best of these deals (by version), by tier and then by net profit."""
    best = sorted(found, key=lambda version_id: standing(found[version_id]), reverse=True)
    lines = tuple(digest_line(found[version_id], version_id) for version_id in best[:LINES_MAX])
    return DigestPost(lines, len(best) - len(lines), since)


def standing(deal: DealPost) -> tuple[int, int]:
    """How good a deal is, to compare."""
    return RANK[deal.tier], deal.net_profit_usd_micros


def without(digest: DigestPost, version_id: int) -> DigestPost:
    """The digest without a version, for as long as nobody saw it."""
    lines = tuple(line for line in digest.lines if line.version_id != version_id)
    return msgspec.structs.replace(digest, lines=lines)


def with_closing(digest: DigestPost, version_id: int, closing: Closing) -> DigestPost:
    """The digest after a version ended; how it ended first stands."""
    lines = tuple(
        msgspec.structs.replace(line, closing=closing)
        if line.version_id == version_id and line.closing is None
        else line
        for line in digest.lines
    )
    return msgspec.structs.replace(digest, lines=lines)


def hour_ends_at(channel_id: int, now: datetime) -> datetime:
    """The end of the hour that a channel's digest covers.

    Each channel's hour ends at a minute of its own, or a thousand digests would be due at once.
    """
    minute = channel_id // 2**22 % 60
    ends_at = now.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
    return ends_at if ends_at > now else ends_at + timedelta(hours=1)


def quiet_until(quiet: QuietHours | None, now: datetime) -> datetime | None:
    """When the quiet hours end that are now, by the clock on the wall; None when it is not quiet.

    A wall clock that is put forward or back takes the hours with it.
    """
    if quiet is None:
        return None
    here = now.astimezone(_zone(quiet.zone))
    minute = here.hour * 60 + here.minute
    if not _is_between(minute, quiet.starts_minute, quiet.ends_minute):
        return None
    day = here.date() + timedelta(days=int(minute >= quiet.ends_minute))
    hour, minute = divmod(quiet.ends_minute % MINUTES_A_DAY, 60)
    ends_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=here.tzinfo)
    # A wall clock that is put back passes the end twice.
    ends = [ends_at.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return next((end for end in ends if end > now), now + timedelta(minutes=1))


def _is_between(minute: int, starts: int, ends: int) -> bool:
    if starts <= ends:
        return starts <= minute < ends
    return minute >= starts or minute < ends


def _zone(name: str) -> ZoneInfo:
    """A zone that this machine does not know (any more) is UTC: a post must not fail for it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
