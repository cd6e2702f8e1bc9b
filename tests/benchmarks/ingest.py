"""A full page of new listings taken in, timed: python -m tests.benchmarks.ingest [DATABASE_URL]."""

import asyncio
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from core.domain.catalog import CardKey
from core.domain.listings import Report
from db.engine import Database
from tests.databases import make_ready
from tests.services.house import House
from tests.services.reports import a_slab, listed

ROWS = 1_000
KINDS = 400


async def take_in(url: str, folder: Path) -> None:
    """The page once as new, once repriced, once as a replay."""
    await make_ready(url, folder)
    db = Database(url)
    house = House(db)
    for price, second, told in ((80, 0, "new"), (70, 60, "repriced"), (70, 60, "replayed")):
        reports = [_listed(n, price, second) for n in range(ROWS)]
        begun = time.perf_counter()
        await house.tell(*reports)
        print(f"{ROWS} {told}: {time.perf_counter() - begun:.2f} s", flush=True)
    await db.close()


def _listed(n: int, price: int, second: int) -> Report:
    card = CardKey("Pokemon", "Base Set", str(n % KINDS), "Charizard", year=1999)
    return listed(price, second, mint=f"mint-{n}", slab=a_slab(f"cert-{n}", card=card, insured=100))


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/cartel.db"
        asyncio.run(take_in(url, Path(folder)))


if __name__ == "__main__":
    main()
