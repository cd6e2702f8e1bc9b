"""Value: a vendor is asked once an hour for a kind; our own sales and the insured value stand beside it."""

from datetime import timedelta

import msgspec
import pytest

from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.domain.posts import DealPost
from core.domain.valuation import Evidence, EvidenceKind, Valuation, combine
from core.domain.wallets import SaleSeen
from core.errors import SourceError, SourceRateLimited, SourceUnavailable
from core.services.evidence import COMPARED_EVERY, EvidenceService
from db import prices
from db.catalog import Slab, SlabRow
from db.prices import PricePointRow, ValuationRow
from tests.databases import NOW
from tests.services.fakes import Appraiser, Past
from tests.services.house import House
from tests.services.reports import MINT, a_slab, at, by_alt, listed, sold, usd

HOUR_S = 3_600
CHARTED = Evidence(EvidenceKind.PRICECHARTING, usd(165).value, 70, asset_id="product-1")


def seen(*dollars: float) -> tuple[SaleSeen, ...]:
    """Sales elsewhere, a day apart, the newest first."""
    day_s = 86_400
    return tuple(SaleSeen(f"sale-{n}", at(-n * day_s), usd(price)) for n, price in enumerate(dollars))


def by_name(valuation: Valuation) -> dict[EvidenceKind, Evidence]:
    return {item.kind: item for item in valuation.evidence}


async def slab_of(house: House, slab_id: int = 1) -> Slab:
    [row] = [row for row in await house.rows(SlabRow) if row.id == slab_id]
    return Slab(row.id, row.kind_id, row.facts, row.alt_asset_id)


async def test_without_any_evidence_there_is_no_value(house: House) -> None:
    await house.tell(listed(80, 0))
    assert await house.evidence.value(await slab_of(house)) is None


async def test_every_kind_of_evidence_stands_in_the_valuation(house: House) -> None:
    house.value(by_alt(160))
    for second, mint in enumerate(("a", "b", "c")):
        await house.tell(listed(150, second, mint=mint), sold(150, second + 0.5, mint=mint))
    await house.tell(listed(80, 5, slab=a_slab(MINT, insured=200)))
    house.pass_time(60)
    value = await house.evidence.value(await slab_of(house, 4))
    assert value is not None
    assert [item.kind for item in value.evidence] == [
        EvidenceKind.ALT,
        EvidenceKind.SALES,
        EvidenceKind.AVERAGE,
        EvidenceKind.INSURED,
    ]
    assert usd(155).value < value.value_usd_micros < usd(160).value
    assert value.sales == 3


async def test_an_outage_is_no_value_but_a_failure(house: House) -> None:
    house.alt.down = SourceUnavailable("alt", "does not answer")
    await house.tell(listed(80, 0, slab=a_slab(insured=200)))
    with pytest.raises(SourceError):
        await house.evidence.value(await slab_of(house))


async def test_a_value_serves_every_certificate_of_its_kind_for_an_hour(house: House) -> None:
    house.value(by_alt(160), "a")
    await house.tell(listed(150, 0, mint="a"))
    await house.appraisal.work_due()
    house.pass_time(HOUR_S)
    await house.tell(listed(150, HOUR_S, mint="b"))
    await house.appraisal.work_due()
    assert house.alt.asked == [("a", None)]
    house.pass_time(1)
    house.value(by_alt(170), "c")
    await house.tell(listed(150, HOUR_S + 1, mint="c"))
    await house.appraisal.work_due()
    assert house.alt.asked == [("a", None), ("c", None)]


async def test_a_kind_that_is_listed_again_and_again_is_still_valued_anew_each_hour(house: House) -> None:
    for n in range(4):
        house.value(by_alt(160), f"mint-{n}")
        await house.tell(listed(150, n, mint=f"mint-{n}"))
        await house.appraisal.work_due()
        house.pass_time(HOUR_S / 2)
    assert len(house.alt.asked) == 2


async def test_a_slab_without_a_kind_is_valued_by_its_own_certificate(house: House) -> None:
    for mint in ("a", "b"):
        house.value(by_alt(160), mint)
        await house.tell(listed(150, 0, mint=mint, slab=a_slab(mint, card=None)))
    await house.appraisal.work_due()
    assert sorted(house.alt.asked) == [("a", None), ("b", None)]
    assert sorted(row.subject for row in await house.rows(ValuationRow)) == ["slab:1", "slab:2"]


async def test_a_vendors_name_for_a_certificate_is_kept_for_good(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(150, 0))
    await house.appraisal.work_due()
    house.pass_time(2 * HOUR_S)
    await house.tell(listed(140, 2 * HOUR_S))
    await house.appraisal.work_due()
    assert house.alt.asked == [(MINT, None), (MINT, "asset-1")]


async def test_an_insured_value_is_the_slabs_own_not_its_kinds(house: House) -> None:
    await house.tell(listed(150, 0, slab=a_slab(insured=200)))
    await house.appraisal.work_due()
    [valuation] = await house.rows(ValuationRow)
    assert valuation.subject == "slab:1"


async def test_a_valuation_keeps_the_evidence_it_rests_on(house: House) -> None:
    found = Evidence(EvidenceKind.ALT, usd(160).value, 80, usd(150).value, usd(170).value, "Robin", "asset-1")
    house.value(found)
    await house.tell(listed(150, 0))
    await house.appraisal.work_due()
    [valuation] = await house.rows(ValuationRow)
    assert valuation.subject == "kind:1"
    assert valuation.evidence == (msgspec.structs.replace(found, said_at=NOW),)
    assert valuation.value_usd_micros == usd(160).value
    assert usd(150).value < valuation.low_usd_micros < usd(160).value < valuation.high_usd_micros
    points = {(row.type, row.source): row.usd_micros for row in await house.rows(PricePointRow)}
    assert points == {("ask", "collectorcrypt"): usd(150).value, ("valuation", "alt"): usd(160).value}


@pytest.fixture
def charting() -> Appraiser:
    return Appraiser(SourceName.PRICECHARTING)


@pytest.fixture
def past() -> Past:
    return Past(SourceName.ALT)


async def test_each_vendor_is_asked_by_its_own_name_for_the_card(house: House, charting: Appraiser) -> None:
    house.evidence = EvidenceService(house.db, house.clock, (house.alt, charting))
    house.appraisal = house.worker("another")
    house.value(by_alt(160))
    charting.values[MINT] = CHARTED
    for price, second in ((150, 0), (140, 2 * HOUR_S)):
        await house.tell(listed(price, second))
        await house.appraisal.work_due()
        house.pass_time(2 * HOUR_S)
    assert house.alt.asked == [(MINT, None), (MINT, "asset-1")]
    assert charting.asked == [(MINT, None), (MINT, "product-1")]


@pytest.mark.parametrize("name", [SourceName.ALT, SourceName.PRICECHARTING])
async def test_a_vendor_of_values_that_is_down_is_waited_for(house: House, name: SourceName) -> None:
    vendor = Appraiser(name)
    vendor.down = SourceUnavailable(name, "does not answer")
    await house.tell(listed(80, 0, slab=a_slab(insured=200)))
    with pytest.raises(SourceError):
        await EvidenceService(house.db, house.clock, (vendor,)).value(await slab_of(house))


@pytest.mark.parametrize(
    "error",
    [SourceUnavailable("alt", "does not answer"), SourceRateLimited("alt", "no budget", retry_after_s=60)],
)
async def test_sales_that_are_not_told_are_not_waited_for_and_their_source_is_named(
    house: House, past: Past, error: SourceError
) -> None:
    past.down = error
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    value = await EvidenceService(house.db, house.clock, (house.alt,), (past,)).value(await slab_of(house))
    assert value is not None
    assert (value.value_usd_micros, value.silent) == (usd(160).value, ("alt",))


async def test_any_other_source_of_values_without_an_answer_is_named_and_not_waited_for(house: House) -> None:
    silent = Appraiser(SourceName.EBAY)
    silent.down = SourceUnavailable("ebay", "does not answer")
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    value = await EvidenceService(house.db, house.clock, (silent, house.alt)).value(await slab_of(house))
    assert value is not None
    assert (value.value_usd_micros, value.silent) == (usd(160).value, ("ebay",))


async def test_a_market_place_that_is_down_is_named_because_its_sales_are_not_seen(house: House) -> None:
    await house.operations.source_changed(SourceHealth("magiceden", True, NOW, "does not answer"))
    await house.join()
    post = await house.post_a_deal()
    assert isinstance(post.payload, DealPost)
    assert post.payload.silent == ("magiceden",)


async def test_the_average_is_of_all_sales_and_a_vendor_is_asked_for_them_once_an_hour(
    house: House, past: Past
) -> None:
    house.evidence = EvidenceService(house.db, house.clock, (house.alt,), (past,))
    house.appraisal = house.worker("another")
    house.value(by_alt(160))
    past.sold[MINT] = seen(150, 170, 160)
    await house.tell(listed(140, -10, mint="b"), sold(140, -5, mint="b"))
    for price, second in ((150, 0), (149, 60), (148, HOUR_S)):
        await house.tell(listed(price, second))
        await house.appraisal.work_due()
        house.pass_time(HOUR_S / 2 + 1)
    value = await house.evidence.value(await slab_of(house, 2))
    assert value is not None
    average = by_name(value)[EvidenceKind.AVERAGE]
    assert (average.value_usd_micros, average.sales, average.vendor) == (usd(155).value, 4, "alt")
    assert by_name(value)[EvidenceKind.SALES].sales == 1
    assert past.asked == [(MINT, "asset-1"), (MINT, "asset-1")]


async def test_what_insured_values_are_worth_is_learnt_from_what_was_valued_before(house: House) -> None:
    await house.tell(listed(150, 0, slab=a_slab(insured=200)))
    slab = await slab_of(house)
    before = await house.evidence.value(slab)
    exact = combine([by_alt(100), Evidence(EvidenceKind.INSURED, usd(100).value, 40)])
    assert exact is not None
    async with house.db.write() as tx:
        for n in range(50):
            await prices.add_valuation(tx, f"kind:{n + 100}", exact, NOW)
    house.clock.advance(COMPARED_EVERY + timedelta(seconds=1))
    after = await house.evidence.value(slab)
    assert before is not None
    assert after is not None
    assert before.low_usd_micros < after.low_usd_micros < after.high_usd_micros < before.high_usd_micros
