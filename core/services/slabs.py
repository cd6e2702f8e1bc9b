"""What a token is: kept once somebody who knows has said it, and then its sales count for the kind."""

from collections.abc import Mapping
from datetime import datetime

from core.domain.catalog import SlabFacts
from db import catalog, prices
from db.catalog import Slab
from db.engine import Tx


async def keep(tx: Tx, facts: Mapping[int, SlabFacts], now: datetime) -> dict[int, Slab]:
    """Each of these tokens stands for its slab from now on."""
    slab_ids = await catalog.keep_slabs(tx, list(facts.values()), now)
    await catalog.link(tx, {id: slab_ids[catalog.slab_key(slab)] for id, slab in facts.items()}, now)
    slabs = await catalog.slabs_of(tx, facts)
    await prices.move_sales(
        tx, {name: slab.subject for id, slab in slabs.items() for name in _names(id, slab)}
    )
    return slabs


def _names(token_id: int, slab: Slab) -> list[str]:
    """What sales were kept under as long as nobody knew better."""
    token = f"token:{token_id}"
    return [token] if slab.kind_id is None else [token, f"slab:{slab.id}"]
