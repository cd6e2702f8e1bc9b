"""Listings that are valued anew, and what the channel shows of it."""

import msgspec

from core.domain.listings import Report
from core.domain.revaluations import Revaluation, RevaluationPost, Span
from core.services.revaluations import EDITED_FOR, SHOWN_EVERY
from db.posts import PostRow
from tests.services.house import GUILD, House
from tests.services.reports import CARD, a_slab, by_alt, listed

CHANNEL = 77
SHOWN_S = SHOWN_EVERY.total_seconds()
EDITED_S = EDITED_FOR.total_seconds()


def offered(mint: str, second: float = 0, price: float = 80) -> Report:
    """A card of its own kind, at $80."""
    card = msgspec.structs.replace(CARD, name=mint)
    return listed(price, second, mint=mint, slab=a_slab(mint, card=card))


async def on_sale(house: House, worth: dict[str, float], second: float = 0) -> None:
    """Each is on sale for $80, valued and judged."""
    for mint, value in worth.items():
        house.value(by_alt(value), mint)
    await house.tell(*(offered(mint, second) for mint in worth))
    await house.appraisal.work_due()


async def stock(house: House) -> House:
    """A server, and an hour later five cards: three are GOLD, one is HIGH and one too dear."""
    await house.join()
    await on_sale(house, {"sinks": 160, "wakes": 80, "rises": 100, "stays": 160, "sells": 160})
    await house.show_posts()
    house.pass_time(3600)
    return house


async def start(house: House, span: Span = Span.ALL, *, guild_id: int = GUILD) -> Revaluation:
    return await house.revaluations.start(guild_id, span, channel_id=CHANNEL, by=1)


async def go_on(house: House, times: int = 1, pause_s: float = SHOWN_S) -> None:
    """As the jobs do: queue, value, look."""
    for _ in range(times):
        await house.revaluations.work_due()
        await house.appraisal.work_due()
        await house.show_posts()
        house.pass_time(pause_s)
    await house.revaluations.work_due()


async def shown(house: House) -> list[RevaluationPost]:
    return [row.payload for row in await house.rows(PostRow) if row.purpose == "revaluation"]


async def last(house: House) -> RevaluationPost:
    return (await shown(house))[-1]
