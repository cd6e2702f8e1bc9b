"""Value: a vendor is asked once an hour for a kind; our own sales and the insured value stand beside it."""

import msgspec
import pytest

from core.domain.valuation import Evidence, EvidenceKind
from core.errors import SourceError, SourceUnavailable
from db.catalog import Slab, SlabRow
from db.prices import PricePointRow, ValuationRow
from tests.databases import NOW
from tests.services.house import House
from tests.services.reports import MINT, a_slab, by_alt, listed, sold, usd

HOUR_S = 3_600


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
        EvidenceKind.INSURED,
    ]
    assert (value.value_usd_micros, value.sales) == (usd(160).value, 3)


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
    assert (valuation.low_usd_micros, valuation.high_usd_micros) == (usd(150).value, usd(170).value)
    points = {(row.type, row.source): row.usd_micros for row in await house.rows(PricePointRow)}
    assert points == {("ask", "collectorcrypt"): usd(150).value, ("valuation", "alt"): usd(160).value}
