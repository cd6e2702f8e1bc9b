"""Pools of connections: when all of them are back, an engine can be let go of."""

import asyncio
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

PATIENCE_S = 5.0
"""How long transactions under way are waited for, such as those of discord.py's own tasks."""
LOOK_EVERY_S = 0.005


async def come_home(*engines: AsyncEngine) -> None:
    """Wait until nobody holds a connection: one that comes back to a pool that is no more is never closed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while any(is_lent(engine) for engine in engines):  # noqa: ASYNC110  # a pool tells of nothing
                await asyncio.sleep(LOOK_EVERY_S)


def is_lent(engine: AsyncEngine) -> bool:
    """Whether somebody holds a connection, or it is on its way back."""
    return isinstance(engine.pool, QueuePool) and engine.pool.checkedout() > 0
