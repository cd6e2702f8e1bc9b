"""Back after an hour in which we, or all vendors, were away: no pings, three a server, everything right."""

from typing import Any

import pytest

from core.domain.listings import Reported
from core.domain.posts import DealPost
from db.posts import PostRow
from tests.services.house import House
from tests.services.shop import SERVERS, STEP_S, Sent, Shop

pytestmark = pytest.mark.slow

OTHERS, DEALS, FRESH = 260, 40, 6
OUTAGE_S = 3_600


@pytest.fixture
async def shop(house: House) -> Shop:
    """Hundreds of cards were on sale when we came, dozens of them deals; some more were listed since."""
    shop = Shop(house)
    await shop.found_servers()
    for number in range(OTHERS):
        shop.put(f"other-{number}", 155)
    for number in range(DEALS):
        shop.put(f"deal-{number}", 100 + number / 10)
    await shop.live(160)
    assert len(shop.sent) == 3 * len(SERVERS)
    await shop.live(2 * OUTAGE_S, step_s=600)
    for number in range(FRESH):
        shop.put(f"fresh-{number}", 80)
        await shop.live(STEP_S)
    assert [sent.pings for sent in shop.sent[6:]] == [True] * FRESH * len(SERVERS)
    shop.sent.clear()
    return shop


def meanwhile(shop: Shop) -> None:
    """An hour in the market."""
    shop.end("fresh-0", Reported.SOLD)
    shop.end("fresh-1", Reported.DELISTED)
    shop.put("fresh-2", 155)
    shop.put("fresh-3", 70)
    for number in range(5):
        shop.end(f"other-{number}", Reported.SOLD)
    for number in range(20):
        shop.put(f"later-{number}", 150)
    for number in range(12):
        shop.put(f"bargain-{number}", 90 + number)


async def said(shop: Shop) -> dict[str, set[Any]]:
    """How the posts of each token were closed, None for open ones."""
    found: dict[str, set[Any]] = {}
    for row in await shop.house.rows(PostRow):
        if isinstance(row.payload, DealPost) and row.state == "shown":
            closing = row.payload.closing
            found.setdefault(row.payload.mint, set()).add(closing and closing.how.value)
    return found


async def check(shop: Shop, *, known: set[str]) -> None:
    """`known`: deals that were seen before the outage, and not shown."""
    closed = await said(shop)
    assert [closed[f"fresh-{number}"] for number in range(FRESH)] == [
        {"sold"}, {"delisted"}, {"listed"}, {"listed"}, {None}, {None}
    ]  # fmt: skip
    old = [sent for sent in shop.sent if sent.mint in known]
    new = [sent for sent in shop.sent if sent.mint not in known]
    assert not any(sent.pings for sent in shop.sent)
    assert sorted(sent.mint for sent in old) == sorted([*known] * len(SERVERS))
    assert sorted(map(place, new)) == [(server, f"bargain-{n}") for server in SERVERS for n in range(3)]
    assert all(sent.post.payload.was_open_before for sent in new if isinstance(sent.post.payload, DealPost))
    shop.sent.clear()
    shop.put("news", 80)
    await shop.live(STEP_S)
    told = sorted((place(sent), sent.pings) for sent in shop.sent)
    assert told == [((server, "news"), True) for server in SERVERS]


def place(sent: Sent) -> tuple[int | None, str]:
    return sent.post.destination.guild_id, sent.mint


async def test_after_an_hour_in_which_we_were_away(shop: Shop) -> None:
    shop.put("judged", 80)  # and nobody was shown it any more
    shop.house.pass_time(STEP_S)
    await shop.look()
    await shop.only_seen("seen")
    shop.house.pass_time(OUTAGE_S)
    meanwhile(shop)
    shop.answer()
    await shop.live(600)
    await check(shop, known={"judged", "seen"})


async def test_after_an_hour_in_which_no_vendor_answered(shop: Shop) -> None:
    await shop.only_seen("seen")
    shop.break_down()
    await shop.live(OUTAGE_S)
    assert shop.sent == []
    meanwhile(shop)
    shop.answer()
    await shop.live(900)
    await check(shop, known={"seen"})


@pytest.mark.parametrize("away_s", [899, 900, 901])
@pytest.mark.parametrize("who", ["we", "vendors"])
async def test_only_more_than_a_quarter_of_an_hour_is_an_outage(
    house: House, who: str, away_s: float
) -> None:
    shop = Shop(house)
    await shop.found_servers()
    shop.put("other", 155)
    await shop.live(2 * OUTAGE_S, step_s=600)  # the last look is at its end
    shop.put("bargain", 80)
    if who == "vendors":
        shop.break_down()
        for _ in range(4):
            house.pass_time(away_s / 5)
            await shop.look()
        shop.answer()
        house.pass_time(away_s / 5)
    else:
        house.pass_time(away_s)
    await shop.look()
    await shop.show()
    assert [sent.pings for sent in shop.sent] == ([True] * len(SERVERS) if away_s <= 900 else [])
    await shop.live(120)
    assert sorted(map(place, shop.sent)) == [(server, "bargain") for server in SERVERS]
    assert [sent.pings for sent in shop.sent] == [away_s <= 900] * len(SERVERS)
