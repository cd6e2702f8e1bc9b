"""A first start on a market with 5,000 live listings: python -m tests.benchmarks.first_start.

Prints when the market is known, when the first new deal is posted, and what was posted of what was open.
"""

import asyncio
import logging
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from core.cli.run import serve_roles
from core.runtime import Runtime, open_runtime
from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.discord.messages import Message
from core.simulator.discord.population import BOT_ID, DEALS_ID
from db import work
from tests.e2e.community import Community, arrived, settings_of

LISTINGS, CARDS = 5_000, 8_000
NEW_DEALS, DEAL_BPS = 3, 4_000
OPEN_BEFORE = "already open when I arrived"


async def start(folder: Path) -> None:
    config = SimulatorConfig(pace=0, cards=CARDS, listings=LISTINGS, has_limits=False)
    async with open_simulator(config) as simulator:
        community = Community(simulator, settings_of(simulator, f"sqlite:///{folder}/cartel.db", folder))
        on_sale = len(list(simulator.market.book.open_orders()))
        began = time.monotonic()
        async with open_runtime(community.settings) as runtime:
            serving = asyncio.create_task(serve_roles(runtime))
            try:
                await community.until(lambda: simulator.discord.sessions.is_online)
                await community.setup()
                await arrived(runtime)
                print(f"{on_sale} on sale; known after {time.monotonic() - began:.1f} s", flush=True)
                listed = time.monotonic()
                mints = [
                    simulator.market.list_deal(datetime.now(UTC), discount_bps=DEAL_BPS).mint
                    for _ in range(NEW_DEALS)
                ]
                for mint in mints:
                    await community.post_of(mint)
                print(f"{NEW_DEALS} new deals posted after {time.monotonic() - listed:.1f} s", flush=True)
                await _tell(runtime, community, began)
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)


async def _tell(runtime: Runtime, community: Community, began: float) -> None:
    async with runtime.db.read() as tx:
        waiting = (await work.depth(tx)).waiting
    posts = [m for m in community.simulator.discord.messages.all_in(DEALS_ID) if _is_public(m)]
    before = [post for post in posts if OPEN_BEFORE in str(post.payload)]
    pings = [post for post in posts if post.payload["content"]]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"after {time.monotonic() - began:.0f} s: {len(posts)} posts, {len(before)} of them already open, "
        f"{len(pings)} pings; {waiting} still to be valued; {memory} MiB with the simulator",
        flush=True,
    )


def _is_public(message: Message) -> bool:
    return message.author_id == BOT_ID and message.ephemeral_to is None


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("discord").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder:
        asyncio.run(start(Path(folder)))


if __name__ == "__main__":
    main()
