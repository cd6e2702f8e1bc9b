"""A process of its own that asks a vendor as often as it may: `tests.recovery.asker URL DATABASE TIMES`."""

import asyncio
import sys
from random import Random

from core.clock import SystemClock
from core.domain.listings import SourceName
from core.errors import SourceRateLimited
from core.services.allowances import AllowanceService
from core.sources.http import SourceHttp, VendorLimits
from db.engine import Database

LIMITS = VendorLimits(per_minute=3000, concurrent=4, wait_s_max=30, per_day=40)


async def ask(url: str, database_url: str, times: int) -> int:
    """How many of the questions were asked."""
    db, clock = Database(database_url), SystemClock()
    try:
        async with SourceHttp(clock, random=Random(7), book=AllowanceService(db, clock)) as http:
            vendor = http.vendor(SourceName.PSA, base_url=url, limits=LIMITS)
            asked = [asyncio.create_task(vendor.get(f"/{n}", fresh=True)) for n in range(times)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        await db.close()
    refused = sum(isinstance(answer, SourceRateLimited) for answer in answers)
    assert all(isinstance(answer, SourceRateLimited) for answer in answers if isinstance(answer, Exception))
    return times - refused


if __name__ == "__main__":
    print(asyncio.run(ask(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
