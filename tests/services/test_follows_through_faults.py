"""A followed wallet's busy hours, of which each teller tells a part: late, twice, in any order, or never."""

from collections import Counter
from random import Random

import msgspec
import pytest

from core.domain.follows import FollowMorePost, FollowPost
from core.domain.listings import Report, Reported
from core.errors import SourceUnavailable
from core.services.follows import LOOK_EVERY
from core.services.happenings import SHOWN_PER_HOUR
from db.posts import PostRow
from tests.services.house import House
from tests.services.reports import ME, at, ended, page, sold
from tests.services.wallets import WHALE, buys, follow, posts, rows, whales

pytestmark = pytest.mark.slow

HOUR_S = 3_600
STEP_S = 180
assert LOOK_EVERY.total_seconds() < STEP_S


def life(random: Random, hours: int, tokens: int) -> list[Report]:
    """Each token is put on sale, and sold or taken back some minutes later; some are bought. Oldest first."""
    found = []
    for number in range(tokens):
        mint, began_s = f"mint-{number}", random.uniform(1, hours * HOUR_S - 1_000)
        until_s = began_s + random.uniform(200, 900)
        found.append(whales(80 + number, round(began_s), mint=mint))
        how = random.choice([Reported.SOLD, Reported.DELISTED])
        if how is Reported.SOLD:
            found.append(sold(80 + number, round(until_s), mint=mint, seller=WHALE))
        else:
            found.append(ended(how, round(until_s), mint=mint, seller=WHALE))
        if number % 3 == 0:
            found.append(buys(round(until_s) + 5, mint=f"bought-{number}"))
    return sorted(found, key=lambda report: report.effective_at)


def as_eden(report: Report, random: Random) -> Report:
    """The same under another id, and dated by another clock."""
    effective_at = report.effective_at.replace(microsecond=random.randrange(1_000_000))
    return msgspec.structs.replace(
        report, source=ME, event_id=f"eden:{report.event_id}", effective_at=effective_at, slab=None
    )


def events(reports: list[Report]) -> Counter[tuple[str, str]]:
    return Counter((report.key.mint, report.said.value) for report in reports)


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_event_is_told_once_and_none_is_lost(house: House, seed: int) -> None:
    random = Random(seed)
    before = [whales(70, -HOUR_S, mint="old"), sold(70, -60, mint="old", seller=WHALE)]
    happens = life(random, 3, 24)
    eden = [as_eden(report, random) for report in happens]
    await house.join()
    await follow(house)
    for now_s in range(STEP_S, 4 * HOUR_S, STEP_S):
        house.pass_time(STEP_S)
        told = [report for report in happens if report.effective_at <= at(now_s)]
        repeated = [one for one in eden if one.effective_at <= at(now_s)] + eden[: len(told) // 2]
        house.vault.did[WHALE] = page(*before, *told)
        house.eden.did[WHALE] = page(*before, *random.sample(repeated, len(repeated)))
        is_hour_out = HOUR_S < now_s < 2 * HOUR_S
        for vendor in (house.vault, house.eden):
            is_down = is_hour_out or random.random() < 0.3
            vendor.down = SourceUnavailable(vendor.name, "does not answer") if is_down else None
        if random.random() < 0.7:  # the line hears of some, in no order, and again and again
            await house.tell(*random.sample(told[-12:], min(12, len(told))))
        await house.follows.look_due()
    assert Counter((post.mint, post.kind.value) for post in await posts(house)) == events(happens)
    assert {row.purpose for row in await rows(house)} == {"follow"}


async def test_after_an_hour_without_vendors_a_channel_is_told_its_share_and_how_much_more(
    house: House,
) -> None:
    happens = [whales(80, 60 + number, mint=f"mint-{number}") for number in range(2 * SHOWN_PER_HOUR + 7)]
    await house.join()
    await follow(house)
    await follow(house, guild_id=await another(house), channel_id=8)
    house.vault.break_down()
    house.eden.break_down()
    for _ in range(HOUR_S // STEP_S):
        house.pass_time(STEP_S)
        assert await house.follows.look_due() == 2
    assert await rows(house) == []
    house.vault.down = house.eden.down = None
    house.vault.did[WHALE] = page(*happens)
    house.eden.did[WHALE] = page(*(as_eden(report, Random(1)) for report in happens))
    for _ in range(HOUR_S // STEP_S + 2):
        house.pass_time(STEP_S)
        await house.follows.look_due()
    for channel_id in (7, 8):
        told = [row.payload for row in await rows(house) if row.channel_id == channel_id]
        assert [type(one) for one in told] == [FollowPost] * SHOWN_PER_HOUR + [FollowMorePost]
        assert (told[-1].shown, told[-1].more) == (SHOWN_PER_HOUR, len(happens) - SHOWN_PER_HOUR)
        assert [one.mint for one in told[:-1]] == [f"mint-{number}" for number in range(SHOWN_PER_HOUR)]
    assert {row.purpose for row in await house.rows(PostRow)} == {"follow", "follow_more"}


async def another(house: House) -> int:
    await house.join(51, channel_id=6_000)
    return 51
