"""A first start reads what was sold before it: the evidence of an install without any key."""

from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from core.domain.prices import sale_key
from core.simulator.market.things import Activity, Currency, Deed, Venue, time_of
from tests.databases import on_sqlite
from tests.town import Town, town

pytestmark = pytest.mark.slow

RATE_IS_OFF_MAX, RATE_IS_OFF_MOSTLY = 0.15, 0.02
"""Candles of four days, which is what there is beyond the last month, tell what SOL cost no better."""


def sold(there: Town, since: datetime) -> dict[str, Activity]:
    """What was sold at Magic Eden, and of what is on sale at Collector Crypt, by the key of each."""
    book = there.market.book
    on_sale = {order.mint for order in book.open_orders()}
    return {
        sale_key(act.mint, act.seller, time_of(act.at_ms)): act
        for act in book.activities
        if act.deed is Deed.SALE and time_of(act.at_ms) >= since
        if act.venue is Venue.ME or act.mint in on_sale
    }


@on_sqlite
async def test_the_sales_of_90_days_are_known_once_each_by_kind_and_in_the_dollars_of_their_day(
    migrated_url: str, tmp_path: Path
) -> None:
    async with town(migrated_url, tmp_path, ALT_URL="") as there:
        since = there.clock.now() - timedelta(days=90) + timedelta(minutes=10)
        await there.live(100)
        known, truth = await there.sales(), sold(there, since)
        points = {point.dedupe_key: point for point in known}
        assert len(truth) > 20
        assert truth.keys() <= points.keys()
        off: dict[Currency, list[float]] = {Currency.SOL: [], Currency.USDC: []}
        for key, act in truth.items():
            then = there.market.rates.dollars(act.price_atoms, act.currency, act.at_ms)
            off[act.currency].append(abs(points[key].usd_micros / then - 1))
        assert set(off[Currency.USDC]) == {0}
        assert max(off[Currency.SOL]) < RATE_IS_OFF_MAX
        assert median(off[Currency.SOL]) < RATE_IS_OFF_MOSTLY
        of_kinds = [point for point in known if point.subject.startswith("kind:")]
        assert len(of_kinds) > 0.9 * len(known)
