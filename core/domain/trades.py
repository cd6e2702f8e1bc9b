"""Who sold a token to whom, and which sales say nothing of its worth because it only went back and forth."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from core.domain.listings import Report, Wallet

BACK_AND_FORTH_WITHIN = timedelta(days=30)
"""A token that two wallets hand each other within this was not sold at a price that means anything."""


class Trade(msgspec.Struct, frozen=True):
    """A sale of a token. `price_id` names the price that was paid; `buyer` is None when nobody said."""

    price_id: int
    seller: Wallet
    buyer: Wallet | None
    at: datetime


def is_with_oneself(report: Report) -> bool:
    """Whether the seller is the buyer."""
    return report.buyer is not None and report.buyer == report.key.seller


def back_and_forth(trade: Trade, others: Iterable[Trade]) -> tuple[int, ...]:
    """The prices that mean nothing, this one's too, when one of the token's other trades undoes this one."""
    undoing = [other.price_id for other in others if _undoes(other, trade)]
    return (trade.price_id, *undoing) if undoing else ()


def _undoes(other: Trade, trade: Trade) -> bool:
    goes_back = (other.seller, other.buyer) == (trade.buyer, trade.seller)
    return goes_back and abs(other.at - trade.at) <= BACK_AND_FORTH_WITHIN
