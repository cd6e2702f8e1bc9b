"""A listing that is judged and shown, and what /deals why tells of it."""

import msgspec

from core.domain.guilds import QuietHours
from core.domain.listings import Mint
from core.domain.traces import Trace, VersionTrace
from tests.services.house import GUILD, House
from tests.services.reports import a_slab, by_alt, listed

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
SLAB = a_slab("12345678")


async def listed_at(house: House, price: float, second: float = 0) -> None:
    await house.tell(listed(price, second, mint=TOKEN, slab=SLAB))


async def judged_at(house: House, price: float, second: float = 0) -> None:
    """On sale, and worth 160 by ALT's word."""
    house.alt.values["12345678"] = by_alt(160)
    await listed_at(house, price, second)
    await house.appraisal.work_due()


async def why(house: House, what: str = TOKEN, guild_id: int | None = GUILD) -> Trace:
    return await house.traces.why(what, guild_id=guild_id)


async def only_version(house: House, guild_id: int | None = GUILD) -> VersionTrace:
    [listing] = (await why(house, guild_id=guild_id)).listings
    [version] = listing.versions
    return version


async def wait_for_a_digest(house: House, price: float) -> None:
    quiet = QuietHours(starts_minute=0, ends_minute=13 * 60)
    await house.guilds.change(GUILD, lambda now: msgspec.structs.replace(now, quiet=quiet), by=1)
    await judged_at(house, price)


async def show_the_digest(house: House) -> None:
    house.pass_time(3_600)
    await house.digests.make_due()
    await house.show_posts()
