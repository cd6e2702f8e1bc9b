"""200 listings at once with 5 deals among them, timed to the post: python -m tests.benchmarks.burst.

A valuation takes 150 ms, and 10 are asked for at a time. What goes first is decided by the insured values,
which tell the true ones well, hardly (rank correlation 0.3), or not at all.
"""

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import func, select

from core.cli.run import serve_roles
from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from core.domain.valuation import Evidence, EvidenceKind
from core.runtime import Runtime, open_runtime
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, GENERAL_ID
from core.sources.base import Page, Sources
from db.deals import VerdictRow
from tests.e2e.community import settings_of

LISTINGS, DEALS = 200, 5
VALUATION_S, AT_ONCE = 0.15, 10
DEAL_RATIO = 0.6
CORRELATION = 0.3
WAIT_S = 60
ALONE = 2
"""So many listings come one by one before the burst; with the first everything has begun."""
NOISES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing: its price, what it is worth, and what the vault insures it for; in dollars."""

    mint: str
    price: float
    worth: float
    insured: float

    @property
    def is_deal(self) -> bool:
        return self.price < 0.9 * self.worth


class SlowAppraiser:
    """ALT, to which each question takes as long as in life."""

    name = SourceName.ALT

    def __init__(self, worth: Mapping[str, float]) -> None:
        self._worth = worth
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None:
        async with self._slots:
            await asyncio.sleep(VALUATION_S)
        return Evidence(
            EvidenceKind.ALT, _micros(self._worth[slab.certificate]), 80, asset_name=slab.title, asset_id="a"
        )


class Vault:
    """Collector Crypt, which told everything with its page."""

    name = SourceName.COLLECTOR_CRYPT

    async def slab(self, mint: Mint) -> SlabFacts | None:
        return None


def offers(noise: float | None, random: Random) -> list[Offer]:
    """The burst; noise None: insured values that have nothing to do with worth."""
    made = []
    for n in range(LISTINGS):
        worth = math.exp(random.gauss(4.5, 0.8))
        ratio = DEAL_RATIO if n % (LISTINGS // DEALS) == LISTINGS // DEALS // 2 else random.uniform(0.95, 1.4)
        told = random.gauss(4.5, 0.8) if noise is None else math.log(worth) + random.gauss(0, noise)
        made.append(Offer(f"mint-{n}", worth * ratio, worth, math.exp(told)))
    random.shuffle(made)
    return made


def rank_correlation(made: list[Offer]) -> float:
    """Between what the prior promises and what is true."""
    promised = _ranks([offer.price / offer.insured for offer in made])
    true = _ranks([offer.price / offer.worth for offer in made])
    middle = (len(made) - 1) / 2
    over = sum((a - middle) * (b - middle) for a, b in zip(promised, true, strict=True))
    return over / sum((a - middle) ** 2 for a in promised)


def noisy() -> list[Offer]:
    """The burst whose prior is nearest to the rank correlation asked for."""
    tried = [offers(noise, Random(7)) for noise in NOISES]
    return min(tried, key=lambda made: abs(rank_correlation(made) - CORRELATION))


async def burst(made: list[Offer], folder: Path) -> None:
    """One burst through a whole bot: database, line, outbox, discord.py and a look-alike of Discord."""
    config = SimulatorConfig(pace=0, cards=20, listings=0, has_limits=False)
    async with open_simulator(config) as simulator:
        settings = settings_of(simulator, f"sqlite:///{folder}/cartel.db", folder)
        alt = SlowAppraiser({offer.mint: offer.worth for offer in [*made, *_alone(made)]})
        vault = Vault()
        sources = Sources(slabs={vault.name: vault}, states={}, valuations=(alt,))
        async with open_runtime(settings, vendors=lambda _settings, _http: sources) as runtime:
            serving = asyncio.create_task(serve_roles(runtime))
            try:
                await _set_up(simulator, DEALS_ID)
                for alone in _alone(made):
                    began = time.monotonic()
                    await runtime.listings.ingest(_page([alone]))
                    alone_s = (await _posted(simulator, [alone], began))[alone.mint]
                await _set_up(
                    simulator, GENERAL_ID
                )  # Discord takes five messages in five seconds of a channel
                began = time.monotonic()
                await runtime.listings.ingest(_page(made))
                posted = await _posted(simulator, made, began)
                decided_s = await _all_decided(runtime, began)
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)
    print(f"  one listing alone: {alone_s:.2f} s")
    deals = sorted(posted.values())
    posted_s = f"median {median(deals):.2f} s, last {deals[-1]:.2f} s"
    ahead = decided_s / median(deals)
    print(f"  deals: {posted_s}; all {LISTINGS} decided: {decided_s:.2f} s ({ahead:.1f} times the median)")


async def _set_up(simulator: Simulator, channel_id: int) -> None:
    discord = simulator.discord
    await discord.watchers.until(lambda: discord.sessions.is_online, seconds=WAIT_S)
    act = await discord.people.run_command(ADA_ID, DEALS_ID, "setup", {"channel": str(channel_id)})
    await discord.people.settled(act)


async def _posted(simulator: Simulator, made: list[Offer], began: float) -> dict[str, float]:
    """When each deal was there, in seconds after the beginning."""
    deals = {offer.mint for offer in made if offer.is_deal}
    seen: dict[str, float] = {}

    def look() -> bool:
        written = simulator.discord.messages.all_in
        for message in (*written(DEALS_ID), *written(GENERAL_ID)):
            for mint in deals - seen.keys():
                if message.author_id == BOT_ID and f"{mint}`" in str(message.payload):
                    seen[mint] = time.monotonic() - began
        return seen.keys() == deals

    await simulator.discord.watchers.until(look, seconds=WAIT_S)
    return seen


async def _all_decided(runtime: Runtime, began: float) -> float:
    while True:
        async with runtime.db.read() as tx:
            decided = (await tx.execute(select(func.count(VerdictRow.id)))).scalar_one()
        if decided >= LISTINGS + ALONE:
            return time.monotonic() - began
        await asyncio.sleep(0.02)


def _alone(made: list[Offer]) -> list[Offer]:
    """Deals of the burst's kind that come before it."""
    deals = [offer for offer in made if offer.is_deal][:ALONE]
    return [replace(offer, mint=f"alone-{n}") for n, offer in enumerate(deals)]


def _page(made: list[Offer]) -> Page:
    now = datetime.now(UTC)
    return Page(tuple(_listed(offer, now) for offer in made), now, lists_live=True)


def _listed(offer: Offer, now: datetime) -> Report:
    card = CardKey("Pokemon", "Base Set", offer.mint, "Charizard", year=1999)
    title = f"1999 {offer.mint} Charizard PSA 10 Base Set"
    slab = SlabFacts(Grader.PSA, offer.mint, Grade(100), title, card, "Pokemon", "", _micros(offer.insured))
    return Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, Mint(offer.mint), Wallet("seller")),
        source=SourceName.COLLECTOR_CRYPT,
        event_id=offer.mint,
        said=Reported.LISTED,
        effective_at=now,
        seen_at=now,
        ask=Amount(_micros(offer.price), Unit.USD_MICROS),
        listed_at=now,
        slab=slab,
    )


def _ranks(values: list[float]) -> list[int]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0] * len(values)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks


def _micros(dollars: float) -> int:
    return round(dollars * 1_000_000)


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("discord").setLevel(logging.ERROR)
    priors = {
        "informative": offers(0.02, Random(7)),
        "noisy": noisy(),
        "useless": offers(None, Random(7)),
    }
    for name, made in priors.items():
        print(f"{name} prior, rank correlation {rank_correlation(made):.2f}", flush=True)
        with TemporaryDirectory() as folder:
            asyncio.run(burst(made, Path(folder)))


if __name__ == "__main__":
    main()
