"""What a token is: kept once somebody who knows has said it, and then its sales count for the kind."""

from datetime import datetime

from core.domain.catalog import SlabFacts
from db import catalog, prices
from db.catalog import Slab
from db.engine import Tx


async def keep(tx: Tx, token_id: int, facts: SlabFacts, now: datetime) -> Slab:
    """The token stands for this slab from now on."""
    slab_id = await catalog.keep_slab(tx, facts, now)
    await catalog.link(tx, token_id, slab_id, now)
    slab = await catalog.slab_of(tx, token_id)
    assert slab is not None, "a token just linked has its slab"
    unnamed = [f"token:{token_id}"] if slab.kind_id is None else [f"token:{token_id}", f"slab:{slab_id}"]
    await prices.move_sales(tx, unnamed, slab.subject)
    return slab
