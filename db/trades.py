"""Trades: who sold which token to whom, beside the price that was paid."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import ForeignKey, String, cast, func, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import Mint, Venue, Wallet
from core.domain.trades import Trade
from db.base import Base
from db.catalog import TokenRow
from db.engine import Tx, insert_new
from db.prices import PricePointRow
from db.types import BigId, UtcDateTime


class TradeRow(Base):
    """One sale of a token; `price_id` is the price point of it."""

    __tablename__ = "trade"

    price_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("price_point.id"), primary_key=True, autoincrement=False
    )
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"), index=True)
    venue: Mapped[str] = mapped_column(String(16))
    seller: Mapped[str] = mapped_column(String(128))
    buyer: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Unidentified(msgspec.Struct, frozen=True):
    """A sale that is kept with its token, because nobody had said what the token is."""

    price_id: int
    token_id: int
    mint: Mint
    venue: Venue


async def keep(tx: Tx, sold: Mapping[int, tuple[Venue, Trade]]) -> None:
    """Remember the trade of each token; of a known one the buyer, if that was not known."""
    rows = [
        {
            "price_id": trade.price_id,
            "token_id": token_id,
            "venue": venue.value,
            "seller": trade.seller,
            "buyer": trade.buyer,
            "at": trade.at,
        }
        for token_id, (venue, trade) in sold.items()
    ]
    insert_trade = insert_new(tx, TradeRow)
    buyer = func.coalesce(TradeRow.buyer, insert_trade.excluded.buyer)
    upsert = insert_trade.on_conflict_do_update(index_elements=["price_id"], set_={"buyer": buyer})
    if rows:
        await tx.execute(upsert, rows)


async def of_tokens(tx: Tx, token_ids: Collection[int]) -> dict[int, list[Trade]]:
    """Who sold these tokens to whom, by token."""
    query = select(TradeRow.token_id, TradeRow.price_id, TradeRow.seller, TradeRow.buyer, TradeRow.at)
    found: defaultdict[int, list[Trade]] = defaultdict(list)
    for token_id, price_id, seller, buyer, at in await tx.execute(
        query.where(TradeRow.token_id.in_(list(token_ids)))
    ):
        found[token_id].append(Trade(price_id, Wallet(seller), None if buyer is None else Wallet(buyer), at))
    return found


async def unidentified(tx: Tx, *, after: int, limit: int) -> list[Unidentified]:
    """Sales that are kept with their tokens, in the order in which they were kept; those beyond `after`."""
    query = (
        select(TradeRow.price_id, TradeRow.token_id, TokenRow.address, TradeRow.venue)
        .join(TokenRow, TokenRow.id == TradeRow.token_id)
        .join(PricePointRow, PricePointRow.id == TradeRow.price_id)
        .where(PricePointRow.subject == literal("token:") + cast(TradeRow.token_id, String))
        .where(TradeRow.price_id > after)
        .order_by(TradeRow.price_id)
        .limit(limit)
    )
    return [
        Unidentified(price_id, token_id, Mint(address), Venue(venue))
        for price_id, token_id, address, venue in await tx.execute(query)
    ]
