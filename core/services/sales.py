"""Sales of tokens: each is a price once, whoever tells of it, unless it was no sale to somebody else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from core.domain.listings import Report
from core.domain.money import Amount
from core.domain.prices import PricePoint, PriceType, sale_key, sale_keys_near
from core.domain.runs import runs
from core.domain.trades import Trade, back_and_forth, is_with_oneself
from core.services.prices import Dollars
from db import catalog, prices, trades
from db.catalog import Slab
from db.engine import Tx

log = structlog.get_logger(__name__)

WASH = "wash"
"""Why a price is set apart: the token only went back and forth."""
SAME_SALE_WITHIN = timedelta(minutes=10)
"""Nobody sells the same token twice within this."""

Told = Mapping[int, Sequence[Trade]]


class TokenSale(msgspec.Struct, frozen=True):
    """The report of a sale, with what was paid and what that was in dollars."""

    token_id: int
    report: Report
    paid: Amount
    dollars: Dollars

    @property
    def key(self) -> str:
        key = self.report.key
        return sale_key(key.mint, key.seller, self.report.effective_at)

    @property
    def keys_near(self) -> tuple[str, ...]:
        """What else the same sale may be named, by another's clock."""
        key = self.report.key
        return sale_keys_near(key.mint, key.seller, self.report.effective_at)


async def keep(tx: Tx, sold: Sequence[TokenSale], now: datetime) -> int:
    """Keep the sales as prices of what the tokens stood for then; how many were new, and sales at all."""
    real = [sale for sale in sold if not is_with_oneself(sale.report) and sale.dollars.usd_micros]
    return sum([await _keep_run(tx, run, now) for run in runs(real, _token)])


async def _keep_run(tx: Tx, run: Sequence[TokenSale], now: datetime) -> int:
    """Each token is sold once in a run."""
    told = await trades.of_tokens(tx, [sale.token_id for sale in run])
    known = await _known(tx, run, told)
    new = [sale for sale in run if sale.token_id not in known]
    known |= await _add(tx, new, now)
    kept = {sale.token_id: _trade(sale, known[sale.token_id]) for sale in run}
    await trades.keep(tx, {id: (sale.report.key.venue, kept[id]) for id, sale in _by_token(run).items()})
    await prices.set_apart(tx, _undone(kept, told, new), WASH)
    return len(new)


async def _known(tx: Tx, run: Sequence[TokenSale], told: Told) -> dict[int, int]:
    """The prices of those that were told before, by token.

    Another source, or another clock, may have dated the same sale a little earlier or later.
    """
    near = {sale.token_id: sale.keys_near for sale in run}
    ids = await prices.known_points(tx, [key for keys in near.values() for key in keys])
    known = {}
    for sale in run:
        same = [trade.price_id for trade in told.get(sale.token_id, ()) if _is_same(trade, sale)]
        named = [ids[key] for key in near[sale.token_id] if key in ids]
        if same or named:
            known[sale.token_id] = min(same or named)
    return known


async def _add(tx: Tx, new: Sequence[TokenSale], now: datetime) -> dict[int, int]:
    """The ids of their prices, by token."""
    slabs = await catalog.slabs_at(tx, {sale.token_id: sale.report.effective_at for sale in new})
    points = [(_point(sale, slabs.get(sale.token_id), now), sale.dollars.rate_id) for sale in new]
    await prices.add_points(tx, points)
    ids = await prices.known_points(tx, [sale.key for sale in new])
    return {sale.token_id: ids[sale.key] for sale in new}


def _undone(kept: Mapping[int, Trade], told: Told, new: Sequence[TokenSale]) -> set[int]:
    """The prices that mean nothing."""
    undone: set[int] = set()
    mints = {sale.token_id: sale.report.key.mint for sale in new}
    for token_id, trade in kept.items():
        pair = back_and_forth(trade, told.get(token_id, ()))
        if pair and token_id in mints:
            log.info("a token only went back and forth", mint=mints[token_id], sales=len(pair))
        undone.update(pair)
    return undone


def _token(sale: TokenSale) -> Collection[int]:
    return (sale.token_id,)


def _by_token(run: Sequence[TokenSale]) -> dict[int, TokenSale]:
    return {sale.token_id: sale for sale in run}


def _is_same(trade: Trade, sale: TokenSale) -> bool:
    is_near = abs(trade.at - sale.report.effective_at) <= SAME_SALE_WITHIN
    return trade.seller == sale.report.key.seller and is_near


def _trade(sale: TokenSale, price_id: int) -> Trade:
    return Trade(price_id, sale.report.key.seller, sale.report.buyer, sale.report.effective_at)


def _point(sale: TokenSale, slab: Slab | None, now: datetime) -> PricePoint:
    return PricePoint(
        subject=f"token:{sale.token_id}" if slab is None else slab.subject,
        source=sale.report.source.value,
        type=PriceType.SALE,
        at=sale.report.effective_at,
        known_at=now,
        amount=sale.paid,
        usd_micros=sale.dollars.usd_micros,
        key=sale.key,
    )
