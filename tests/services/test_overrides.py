"""Values by hand: they decide alone and at once, end by time or by hand, and everything stays on record."""

import asyncio

import pytest

from core.domain.deals import DealTier
from core.domain.overrides import BY_TIME, Wanted
from core.domain.valuation import Evidence, EvidenceKind
from core.errors import InvalidInput, NotFound, SourceUnavailable
from db.deals import VerdictRow
from db.overrides import OverrideRow
from db.work import Priority, WorkRow
from tests.services.house import House
from tests.services.reports import a_slab, at, by_alt, listed, usd

pytestmark = pytest.mark.slow

TOKEN = "CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS"
CERTIFICATE = "PSA 12345678"
OPERATOR, ANOTHER = 1, 2
DAY_S = 86_400


async def on_sale(house: House, price: float = 80, mint: str = TOKEN) -> None:
    await house.tell(listed(price, 0, mint=mint, slab=a_slab("12345678")))


async def set_to(house: House, dollars: float = 300, what: str = CERTIFICATE, **otherwise: object) -> int:
    wanted = Wanted(dollars, "seen at an auction", **otherwise)  # type: ignore[arg-type]  # as Wanted names them
    return (await house.overrides.set(what, wanted, by=OPERATOR)).id


async def tiers(house: House) -> list[str | None]:
    return [row.tier for row in await house.rows(VerdictRow)]


@pytest.mark.parametrize(
    "what", [CERTIFICATE, "12345678", TOKEN, f"https://magiceden.io/item-details/{TOKEN}"]
)
async def test_a_value_by_hand_decides_alone_and_nobody_is_asked_beside(house: House, what: str) -> None:
    await on_sale(house)
    await set_to(house, what=what)
    house.alt.down = SourceUnavailable("alt", "HTTP 503")
    await house.appraisal.work_due()
    assert await tiers(house) == [DealTier.GOLD]
    assert house.alt.asked == []
    page = await house.deals.latest()
    best = page.items[0].deal.evidence[0]
    assert (best.kind, best.value_usd_micros, best.confidence) == (EvidenceKind.OVERRIDE, usd(300).value, 90)


async def test_what_is_on_sale_of_that_kind_is_judged_again(house: House) -> None:
    house.alt.values["12345678"] = by_alt(81)
    await on_sale(house)
    await house.appraisal.work_due()
    assert await tiers(house) == [None]
    override_id = await set_to(house)
    [row] = await house.rows(WorkRow)
    assert row.priority == Priority.RECHECK
    await house.appraisal.work_due()
    assert await tiers(house) == [DealTier.GOLD]
    await house.overrides.clear(override_id, by=ANOTHER)
    await house.appraisal.work_due()
    assert await tiers(house) == [None]


async def test_another_slab_of_the_same_kind_has_the_same_value(house: House) -> None:
    await on_sale(house)
    await set_to(house)
    await house.tell(listed(90, 1, mint="another token", slab=a_slab("87654321")))
    await house.appraisal.work_due()
    assert await tiers(house) == [DealTier.GOLD, DealTier.GOLD]


async def test_a_slab_without_a_readable_title_has_a_value_of_its_own(house: House) -> None:
    await house.tell(listed(80, 0, mint=TOKEN, slab=a_slab("12345678", card=None)))
    await house.tell(listed(80, 1, mint="another", slab=a_slab("87654321", card=None)))
    await set_to(house)
    await house.appraisal.work_due()
    assert sorted(await tiers(house), key=str) == [None, DealTier.GOLD]


async def test_a_value_ends_by_itself(house: House) -> None:
    await on_sale(house)
    await set_to(house, days=1)
    house.pass_time(DAY_S - 1)
    assert len(await house.overrides.standing()) == 1
    house.pass_time(1)
    assert await house.overrides.standing() == ()
    await on_sale(house, 81)
    await house.appraisal.work_due()
    assert EvidenceKind.OVERRIDE not in {item.kind for item in await evidence(house)}


async def test_what_is_on_sale_when_a_value_ends_is_judged_again_once(house: House) -> None:
    house.alt.values["12345678"] = by_alt(81)
    await on_sale(house)
    await set_to(house, days=1)
    await house.appraisal.work_due()
    assert await house.overrides.end_expired() == 0
    house.pass_time(DAY_S)
    assert [await house.overrides.end_expired() for _ in range(2)] == [1, 0]
    await house.appraisal.work_due()
    assert await tiers(house) == [None]
    [ended] = await house.overrides.history()
    assert (ended.cleared_by, ended.cleared_at) == (BY_TIME, at(DAY_S))


async def evidence(house: House) -> tuple[Evidence, ...]:
    page = await house.deals.latest()
    return tuple(item for view in page.items for item in view.deal.evidence)


async def test_the_newest_value_stands_and_the_one_before_does_not_come_back(house: House) -> None:
    await on_sale(house)
    await set_to(house, 300)
    second = await set_to(house, 200)
    assert [one.setting.value_usd_micros for one in await house.overrides.standing()] == [usd(200).value]
    await house.overrides.clear(second, by=ANOTHER)
    assert await house.overrides.standing() == ()


async def test_who_set_and_cleared_what_when_and_why_stays_on_record(house: House) -> None:
    await on_sale(house)
    override_id = await set_to(house, low_usd=250, high_usd=350, confidence=70)
    house.pass_time(60)
    await house.overrides.clear(override_id, by=ANOTHER)
    [row] = await house.rows(OverrideRow)
    assert (row.by, row.reason, row.confidence) == (OPERATOR, "seen at an auction", 70)
    assert (row.low_usd_micros, row.high_usd_micros) == (usd(250).value, usd(350).value)
    assert (row.cleared_by, row.cleared_at) == (ANOTHER, house.clock.now())
    assert row.title.startswith("[PSA 10] ")


async def test_of_two_who_clear_it_one_is_told(house: House) -> None:
    await on_sale(house)
    override_id = await set_to(house)
    ends = [house.overrides.clear(override_id, by=by) for by in (OPERATOR, ANOTHER)]
    outcomes = await asyncio.gather(*ends, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotFound", "Override"]


async def test_two_who_set_it_at_once_leave_one_value(house: House) -> None:
    await on_sale(house)
    await asyncio.gather(set_to(house, 300), set_to(house, 200))
    assert len(await house.overrides.standing()) == 1
    assert len(await house.overrides.history()) == 2


async def test_a_slab_nobody_ever_saw_has_no_value_by_hand(house: House) -> None:
    with pytest.raises(NotFound, match="do not know that slab"):
        await set_to(house)
    with pytest.raises(InvalidInput, match="did not understand"):
        await set_to(house, what="https://evil.com")
    assert await house.rows(OverrideRow) == []
