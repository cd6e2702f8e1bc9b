"""What the processes do that are killed: each scene takes a house, and a number to tell its turns apart."""

from datetime import timedelta

import msgspec

from core.domain.deals import DealTier
from core.domain.listings import Report, Reported
from core.domain.replays import Quick
from core.services.arrivals import SETTLES_AFTER
from core.services.outcomes import OutcomeService
from core.services.replays import ReplayService
from core.services.revaluations import Bounds, RevaluationService
from tests.services.house import GUILD, House
from tests.services.reports import CARD, ME, a_slab, at, by_alt, ended, listed, page, sold
from tests.services.wallets import WHALE, buys, whales

TURN_S = 7_200
"""From one turn of a tale to the next."""


def offered(n: int, name: str, price: float, second: float) -> Report:
    """A card of the n-th turn, all of which are of one kind."""
    mint, card = f"{n}-{name}", msgspec.structs.replace(CARD, name=f"card {n}")
    return listed(price, n * TURN_S + second, mint=mint, slab=a_slab(mint, card=card))


def endings(n: int) -> list[Report]:
    """What becomes of the n-th turn's cards in the minute after its first hour."""
    at_s = n * TURN_S + 3_600
    return [
        sold(80, at_s + 1, mint=f"{n}-sold"),
        offered(n, "cut", 79, 3_602),
        ended(Reported.DELISTED, at_s + 3, mint=f"{n}-back"),
        sold(130, at_s + 4, mint=f"{n}-line"),
        sold(150, at_s + 5, mint=f"{n}-other"),
    ]


async def make_digests(house: House, _n: int) -> None:
    await house.digests.make_due()


async def take_off(house: House, n: int) -> None:
    """The first line of the n-th digest is off the market."""
    await house.tell(ended(Reported.DELISTED, n * 3_600 + 1_800, mint=f"{n}-0"))


async def follow_to_the_end(house: House, n: int) -> None:
    await house.tell(*endings(n))
    few_at_a_time = OutcomeService(house.db, house.clock, house.metrics, house.evidence, batch=2)
    await few_at_a_time.follow_up()


LOTS = [f"lot {number}" for number in range(4)]
"""What is valued anew in every turn."""


def lot(mint: str) -> Report:
    return listed(80, mint=mint, slab=a_slab(mint, card=msgspec.structs.replace(CARD, name=mint)))


def appraise_lots(house: House, n: int) -> None:
    """ALT says another value of each lot in each turn."""
    for mint in LOTS:
        house.value(by_alt(120 + 10 * n), mint)


async def recheck(house: House, n: int) -> None:
    """As the jobs do, until the run is over: queue, value, look."""
    appraise_lots(house, n)
    bounds = Bounds(queued=2)
    run = RevaluationService(house.db, house.clock, house.bus, house.prices, bounds)
    while await run.work_due():
        await house.appraisal.work_due()


TRIED = Quick(discounts_bps={DealTier.INFO: 100})
"""Of the lots at $80 that are worth little more, too."""


async def replay(house: House, _n: int) -> None:
    """One version a page."""
    await ReplayService(house.db, house.clock, page=1).try_out(GUILD, 1, 7, TRIED)


DEEDS_S = 3_600
"""Between the turns of a followed wallet."""


def deeds(n: int) -> list[Report]:
    """What the whale does in its n-th turn, as the line hears of it."""
    at_s = n * DEEDS_S + 10
    return [
        whales(80, at_s, mint=f"{n}-kept"),
        whales(90, at_s + 1, mint=f"{n}-sold"),
        ended(Reported.DELISTED, at_s + 200, mint=f"{n}-kept", seller=WHALE),
        sold(90, at_s + 201, mint=f"{n}-sold", seller=WHALE),
        buys(at_s + 202, mint=f"{n}-bought"),
    ]


def as_eden(report: Report) -> Report:
    """The same as Magic Eden tells it, which dates it a little otherwise."""
    effective_at = report.effective_at + timedelta(seconds=3)
    return msgspec.structs.replace(
        report, source=ME, event_id=f"eden:{report.event_id}", effective_at=effective_at, slab=None
    )


async def look_at_wallets(house: House, n: int) -> None:
    """Both vendors tell all that they know of the whale, the newest first."""
    known = [report for turn in range(n + 1) for report in deeds(turn)]
    house.vault.did[WHALE] = page(*known)
    house.eden.did[WHALE] = page(*map(as_eden, known))
    await house.follows.look_due()


async def hear_of_wallets(house: House, n: int) -> None:
    await house.tell(*deeds(n))


MANY = 20


async def hear_of_many(house: House, n: int) -> None:
    await house.tell(*(whales(80, 10, mint=f"{n}-{number}") for number in range(MANY)))


async def judge_lots(house: House, _n: int) -> None:
    """What waits is valued, judged and posted."""
    for mint in LOTS:
        house.value(by_alt(160), mint)
    await house.appraisal.work_due()


ARRIVES_S = 7_200
OFFERED = 6


async def arrive(house: House, n: int) -> None:
    """The n-th time that we are back: three pages are read and judged, and the best of it is shown."""
    for number in range(OFFERED):
        house.value(by_alt(160), f"{n}-{number}")
    offers = [listed(80 + number, n * ARRIVES_S, mint=f"{n}-{number}") for number in range(OFFERED)]
    offers = [msgspec.structs.replace(offer, seen_at=house.clock.now()) for offer in offers]
    seen_s = (house.clock.now() - at(0)).total_seconds()
    house.vault.pages = [page(*offers[start : start + 2], seen_s=seen_s) for start in (4, 2, 0)]
    await house.listings.poll_listings(house.vault)
    await house.appraisal.work_due()
    house.pass_time(SETTLES_AFTER.total_seconds())
    await house.arrivals.greet_due()
