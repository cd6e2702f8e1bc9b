"""`bot.py scrape NAME`: one source's refresh by itself, with progress; what it finds is kept."""

import time

import msgspec

from cogs.ui.format import count
from cogs.ui.text import clean
from core.cli.sources import asked
from core.domain.listings import SourceName
from core.errors import NotFound, SourceError, StartError
from core.runtime import Runtime, open_runtime
from core.services.catalogues import CatalogueService, SetKept
from core.settings import Settings
from core.sources.base import CatalogueSource, ListingSource

TELL_EVERY_S = 3.0
"""How often a long read says how far it came."""


async def run(settings: Settings, name: str, *, set_id: str | None = None) -> int:
    """Read the source, and keep what it says. Raises StartError, on SQLite also while the bot runs."""
    source = asked(settings, name)
    async with open_runtime(msgspec.structs.replace(settings, roles=())) as runtime:
        try:
            print(await _refresh(runtime, source, set_id))
        except (SourceError, NotFound) as error:
            reason = str(error).rstrip(".")
            raise StartError(f"It broke off: {reason}. What was read before is kept.") from error
        finally:
            me = runtime.services.operations.me
            await runtime.services.sources.tell(me.id, runtime.tally.told())
    return 0


async def _refresh(runtime: Runtime, name: SourceName, set_id: str | None) -> str:
    """Whatever it is there for; what was new, as a sentence. Raises StartError when that is nothing."""
    sources = runtime.sources
    for shop in sources.listings:
        if shop.name is name:
            return await _all_listings(runtime, shop)
    for feed in sources.activities:
        if feed.name is name:
            new = await runtime.listings.poll_activities(feed)
            return f"{count(new, 'event')} not known before."
    for books in sources.rates:
        if books.name is name:
            rates = await runtime.prices.keep_rates_of(books)
            return "\n".join(f"{rate.pair} is {rate.usd}." for rate in rates) or "It knows none of our rates."
    for catalogue in sources.catalogues:
        if catalogue.name is name:
            return await _catalogue(runtime, catalogue, set_id)
    raise StartError(
        f"{name} is asked about one card or wallet at a time, so there is nothing to refresh: "
        f"`python bot.py sources check {name}` asks it something."
    )


async def _all_listings(runtime: Runtime, shop: ListingSource) -> str:
    tell, read = _Teller(), 0

    def told(reports: int) -> None:
        nonlocal read
        read += reports
        tell(f"{count(read, 'listing')} read …")

    new = await runtime.listings.read_all(shop, told)
    return f"{count(read, 'listing')} read, {new:,} not known before; the bot values them, and posts none."


async def _catalogue(runtime: Runtime, catalogue: CatalogueSource, set_id: str | None) -> str:
    tell, sets = _Teller(), list[SetKept]()

    def told(kept: SetKept) -> None:
        sets.append(kept)
        name = f"{kept.card_set.game}: {clean(kept.card_set.name)}"
        tell(f"set {kept.number:,} of {kept.of:,}, {name}: {count(kept.cards, 'card')} …")

    await CatalogueService(runtime.db, runtime.clock).refresh(catalogue, told, set_id=set_id)
    cards, new = sum(kept.cards for kept in sets), sum(kept.new_prices for kept in sets)
    return f"{count(len(sets), 'set')} read: {count(cards, 'card')}, {count(new, 'new price')}."


class _Teller:
    """Prints the first word of progress, and then one every few seconds."""

    def __init__(self) -> None:
        self._told_at = -TELL_EVERY_S

    def __call__(self, line: str) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(line, flush=True)
