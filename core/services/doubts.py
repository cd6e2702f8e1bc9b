"""Doubts: what one report says of a token may mean that another listing of it has ended unnoticed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from db import rechecks
from db.engine import Tx
from db.rechecks import OpenListing


async def doubt_rivals(
    tx: Tx, moved_at: Mapping[int, datetime], doubted: Collection[int], now: datetime
) -> bool:
    """Doubt these listings, and all but the newest of what is open for a token; whether there were any.

    `moved_at`: when each token was put on sale or sold. Whoever had it on sale before no longer has it.
    """
    found: set[int] = set(doubted)
    if moved_at:
        by_token: defaultdict[int, list[OpenListing]] = defaultdict(list)
        for one in await rechecks.open_of_tokens(tx, moved_at):
            by_token[one.token_id].append(one)
        for token_id, rivals in by_token.items():
            newest = max([moved_at[token_id], *(one.state_at for one in rivals)])
            found |= {one.id for one in rivals if one.state_at < newest}
    if found:
        await rechecks.doubt(tx, found, now)
    return bool(found)
