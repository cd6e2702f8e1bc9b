"""The follow-up of a posted deal: one closing edit when its listing ends or changes its price."""

from datetime import datetime

import msgspec

from core.domain.listings import Report, Reported
from core.domain.posts import Closing, DealPost, Rank
from core.services.digests import close_lines
from db import outcomes, posts, work
from db.engine import Tx


async def close_posts(tx: Tx, version_id: int, report: Report, now: datetime) -> None:
    """The version is over: its work ends, its posts get their closing edit, unseen ones are withdrawn."""
    await work.drop(tx, version_id)
    closing = closing_of(report)
    for post in await posts.of_versions(tx, [version_id]):
        if post.first_try_at is None:
            await posts.withdraw(tx, post.id)
        elif isinstance(post.payload, DealPost) and post.payload.closing is None:
            closed = msgspec.structs.replace(post.payload, closing=closing)
            await posts.change(tx, post.id, closed, rank=Rank.CLOSING, now=now)
    await close_lines(tx, version_id, closing, now)
    await outcomes.look_again(tx, version_id, now)


def closing_of(report: Report) -> Closing:
    """How the report ends a post."""
    if report.said is Reported.LISTED:
        return Closing(report.said, report.effective_at, new_ask=report.ask)
    return Closing(report.said, report.effective_at, paid=report.paid)
