"""Charts: what was paid for a kind and thought of it, as a post tells of it."""

from core.domain.charts import SALES_MAX, Series, Worth, series
from core.domain.confidence import SALES_WINDOW
from core.domain.posts import DealPost, Post
from db import catalog, listings, posts, prices
from db.engine import Tx

WORTHS_READ_MAX = 1_000
"""So many of the newest are read, and thinned to what can be drawn."""


async def chart_of(tx: Tx, post_id: int) -> Series | None:
    """What the chart of a post shows: the 90 days before its deal was one; None with nothing to draw.

    It stays the same however often the post is edited, and in every server.
    """
    found = await posts.get(tx, post_id)
    drawn = None if found is None else await _series(tx, *found)
    return drawn if drawn is not None and drawn.is_telling else None


async def has_chart(tx: Tx, post: Post, version_id: int | None) -> bool:
    """Whether `chart_of` has something to draw, at the price of a few rows."""
    drawn = await _series(tx, post, version_id, newest=1)
    return drawn is not None and drawn.is_telling


async def _series(tx: Tx, post: Post, version_id: int | None, *, newest: int | None = None) -> Series | None:
    """The newest of a kind's past and what the post says; None when it is not about a slab."""
    deal = post.payload
    version = None if version_id is None else await listings.version(tx, version_id)
    if version is None or not isinstance(deal, DealPost):
        return None
    until = await posts.wanted_at(tx, post.id) if deal.was_revised else deal.observed_at
    since = until - SALES_WINDOW
    slab = (await catalog.slabs_at(tx, {version.token_id: until})).get(version.token_id)
    if slab is None:
        return None
    sold = await prices.sales(tx, slab.subject, since=since, until=until, limit=newest or SALES_MAX)
    thought = await prices.worths(
        tx, slab.subject, since=since, before=until, limit=newest or WORTHS_READ_MAX
    )
    own = Worth(until, deal.value_usd_micros, deal.low_usd_micros, deal.high_usd_micros)
    return series(sold, [*thought, own], ask_usd_micros=deal.price_usd_micros, until=until)
