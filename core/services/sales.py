"""Sales of tokens: each is a price once, whoever tells of it, unless it was no sale to somebody else."""

from datetime import datetime, timedelta

import msgspec
import structlog

from core.domain.listings import Report
from core.domain.money import Amount
from core.domain.prices import PricePoint, PriceType, sale_key, sale_keys_near
from core.domain.trades import Trade, back_and_forth, is_with_oneself
from core.services.prices import Dollars
from db import catalog, prices, trades
from db.engine import Tx

log = structlog.get_logger(__name__)

WASH = "wash"
"""Why a price is set apart: the token only went back and forth."""
SAME_SALE_WITHIN = timedelta(minutes=10)
"""Nobody sells the same token twice within this."""


class TokenSale(msgspec.Struct, frozen=True):
    """The report of a sale, with what was paid and what that was in dollars."""

    token_id: int
    report: Report
    paid: Amount
    dollars: Dollars


async def keep(tx: Tx, sale: TokenSale, now: datetime) -> bool:
    """Keep the sale as a price of what the token stood for then; whether it was new, and one at all."""
    report = sale.report
    if is_with_oneself(report) or not sale.dollars.usd_micros:
        return False
    price_id = await _known(tx, sale)
    is_new = price_id is None
    if price_id is None:
        price_id = await _add(tx, sale, now)
    trade = Trade(price_id, report.key.seller, report.buyer, report.effective_at)
    await trades.keep(tx, sale.token_id, report.key.venue, trade)
    if report.buyer is not None:
        undone = back_and_forth(trade, await trades.of_token(tx, sale.token_id, by=report.buyer))
        await prices.set_apart(tx, undone, WASH)
        if undone and is_new:
            log.info("a token only went back and forth", mint=report.key.mint, sales=len(undone))
    return is_new


async def _known(tx: Tx, sale: TokenSale) -> int | None:
    """Another source, or another clock, may have dated the same sale a little earlier or later."""
    key, at = sale.report.key, sale.report.effective_at
    told = await trades.of_token(tx, sale.token_id, by=key.seller)
    same = [trade.price_id for trade in told if abs(trade.at - at) <= SAME_SALE_WITHIN]
    return min(same, default=None) or await prices.find(tx, sale_keys_near(key.mint, key.seller, at))


async def _add(tx: Tx, sale: TokenSale, now: datetime) -> int:
    report = sale.report
    slab = await catalog.slab_at(tx, sale.token_id, report.effective_at)
    point = PricePoint(
        subject=f"token:{sale.token_id}" if slab is None else slab.subject,
        source=report.source.value,
        type=PriceType.SALE,
        at=report.effective_at,
        known_at=now,
        amount=sale.paid,
        usd_micros=sale.dollars.usd_micros,
        key=sale_key(report.key.mint, report.key.seller, report.effective_at),
    )
    await prices.add_point(tx, point, rate_id=sale.dollars.rate_id)
    price_id = await prices.find(tx, [point.key])
    assert price_id is not None, "a price just added is there"
    return price_id
