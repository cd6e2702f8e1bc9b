"""Inspect: a fresh look that says what it found, what it did not, and leaves no verdict behind."""

import asyncio
import itertools
from dataclasses import replace

import msgspec
import pytest

from core.domain.catalog import CertificateFacts, Grade, Grader
from core.domain.deals import Deal, DealPolicy, DealTier, Reason, Rejection
from core.domain.inspections import Inspection
from core.domain.listings import Mint, SourceName, Venue
from core.domain.overrides import Wanted
from core.domain.valuation import EvidenceKind
from core.errors import InvalidInput, SourceError, SourceUnavailable
from core.services.inspections import InspectionService
from core.sources.base import LiveListing
from db.deals import VerdictRow
from db.posts import PostRow
from db.prices import ValuationRow
from db.work import WorkRow
from tests.services.house import GUILD, House
from tests.services.reports import CARD, ME, TITLE, a_slab, by_alt, listed, on_sale, sol, sold, usd

pytestmark = pytest.mark.slow

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
SLAB = a_slab("12345678")
LINK = f"https://collectorcrypt.com/assets/solana/{TOKEN}"
PEOPLE = itertools.count(1)


class Psa:
    """PSA's word on certificates."""

    name = SourceName.PSA

    def __init__(self) -> None:
        self.known: dict[str, CertificateFacts] = {}
        self.down: SourceError | None = None

    async def certificate(self, number: str) -> CertificateFacts | None:
        if self.down is not None:
            raise self.down
        return self.known.get(number)


async def known(house: House, price: float = 80) -> None:
    """A token that was listed, is still live at that price, and is worth 160 by ALT's word."""
    house.know(TOKEN, SLAB)
    house.alt.values["12345678"] = by_alt(160)
    house.vault.on_sale[TOKEN] = on_sale(price)
    await house.tell(listed(price, 0, mint=TOKEN, slab=SLAB))


async def look(house: House, what: str = LINK, guild_id: int | None = None) -> Inspection:
    return await house.inspections.inspect(what, by=next(PEOPLE), guild_id=guild_id)


def tier_of(found: Inspection) -> DealTier | None:
    [offer] = found.offers
    return offer.result.tier if isinstance(offer.result, Deal) else None


@pytest.mark.parametrize("what", [TOKEN, LINK, "PSA 12345678", "12345678"])
async def test_a_look_says_what_it_is_where_it_is_and_what_it_is_worth(house: House, what: str) -> None:
    await known(house)
    found = await look(house, what)
    assert found.slab == SLAB
    [offer] = found.offers
    assert (offer.venue, offer.ask, offer.ask_usd_micros) == (Venue.CC, usd(80), usd(80).value)
    assert tier_of(found) is DealTier.GOLD
    assert found.valuation is not None
    assert found.valuation.value_usd_micros == usd(160).value
    assert (found.mint, found.unanswered, found.last_seen) == (TOKEN, (), ())


async def test_a_look_posts_nothing_and_stores_no_verdict(house: House) -> None:
    await known(house)
    await house.join()
    await look(house)
    assert await house.rows(VerdictRow) == await house.rows(PostRow) == []
    assert len(await house.rows(WorkRow)) == 1


async def test_what_a_vendor_said_is_kept_so_that_it_is_asked_once_an_hour(house: House) -> None:
    await known(house)
    first = await look(house)
    house.pass_time(60)
    second = await look(house)
    assert first.valuation == second.valuation
    assert len(house.alt.asked) == len(await house.rows(ValuationRow)) == 1
    house.pass_time(3_601)
    await look(house)
    assert len(house.alt.asked) == 2


async def test_the_verdict_is_that_of_the_server_that_asks(house: House) -> None:
    await known(house)
    await house.join(policy=DealPolicy(sellers_blocked=("seller",)))
    assert tier_of(await look(house)) is DealTier.GOLD
    [offer] = (await look(house, guild_id=GUILD)).offers
    assert offer.result == Rejection(Reason.SELLER)


async def test_a_token_nobody_told_of_is_asked_for_at_its_vault(house: House) -> None:
    house.know(TOKEN, SLAB)
    house.alt.values["12345678"] = by_alt(160)
    house.vault.on_sale[TOKEN] = on_sale(80)
    found = await look(house)
    assert (found.slab, tier_of(found)) == (SLAB, DealTier.GOLD)


async def test_a_token_that_is_no_slab_is_said_to_be_none(house: House) -> None:
    found = await look(house)
    assert (found.slab, found.offers, found.valuation, found.unanswered) == (None, (), None, ())


async def test_a_slab_that_is_not_on_sale_is_valued_nevertheless(house: House) -> None:
    await known(house)
    await house.tell(sold(80, 10, mint=TOKEN))
    house.vault.on_sale.clear()
    found = await look(house, "PSA 12345678")
    assert found.offers == ()
    assert found.valuation is not None


async def test_an_offer_that_two_market_places_tell_of_is_one(house: House) -> None:
    await known(house)
    at_eden = on_sale(80, venue=Venue.ME)
    house.vault.on_sale[TOKEN] = house.eden.on_sale[TOKEN] = at_eden
    assert [offer.venue for offer in (await look(house)).offers] == [Venue.ME]


async def test_two_offers_stand_beside_each_other_the_cheaper_first(house: House) -> None:
    await known(house)
    house.eden.on_sale[TOKEN] = on_sale(70, venue=Venue.ME, seller="another")
    assert [offer.ask for offer in (await look(house)).offers] == [usd(70), usd(80)]


async def test_a_market_place_that_takes_it_for_another_slab_is_not_believed(house: House) -> None:
    await known(house)
    house.vault.on_sale[TOKEN] = house.eden.on_sale[TOKEN] = on_sale(80, venue=Venue.ME)
    house.eden.slabs[TOKEN] = msgspec.structs.replace(SLAB, grade=Grade(90))
    [offer] = (await look(house)).offers
    assert offer.result == Rejection(Reason.MISMATCH)


async def test_a_price_without_a_rate_is_shown_and_not_judged(house: House) -> None:
    await known(house)
    house.vault.on_sale[TOKEN] = on_sale(sol(1))
    [offer] = (await look(house)).offers
    assert (offer.ask, offer.ask_usd_micros, offer.result) == (sol(1), None, None)


async def test_a_price_that_the_line_keeps_apart_is_kept_apart_here_too(house: House) -> None:
    await known(house)
    await house.price_sol("150")
    await house.tell(listed(sol(160), 1, mint=TOKEN, slab=SLAB))
    await house.appraisal.work_due()
    house.vault.on_sale[TOKEN] = on_sale(sol(160))
    [offer] = (await look(house)).offers
    assert offer.result == Rejection(Reason.QUARANTINED)
    house.vault.on_sale[TOKEN] = on_sale(80)
    assert tier_of(await look(house)) is DealTier.GOLD


async def test_vendors_that_are_down_are_named_and_the_rest_is_said(house: House) -> None:
    await known(house)
    house.vault.break_down()
    house.alt.down = SourceUnavailable("alt", "HTTP 503")
    found = await look(house)
    assert {one.source for one in found.unanswered} == {"collectorcrypt", "alt"}
    [seen] = found.last_seen
    assert (found.slab, found.offers, seen.ask, seen.venue) == (SLAB, (), usd(80), Venue.CC)
    assert await house.rows(ValuationRow) == []


async def test_a_value_without_a_vendor_that_is_down_is_not_kept(house: House) -> None:
    await known(house)
    house.know(TOKEN, a_slab("12345678", insured=100))
    await house.tell(listed(81, 1, mint=TOKEN, slab=a_slab("12345678", insured=100)))
    house.alt.down = SourceUnavailable("alt", "HTTP 503")
    found = await look(house)
    assert found.valuation is not None
    assert found.valuation.kinds == {EvidenceKind.INSURED}
    assert await house.rows(ValuationRow) == []


async def test_a_vendor_that_is_too_slow_is_named_and_not_waited_for(house: House) -> None:
    await known(house)
    house.alt.gate.clear()
    house.inspections.answer_limit_s = 0.02
    async with asyncio.timeout(10):
        found = await look(house)
    [late] = found.unanswered
    assert (late.source, late.reason) == ("alt", "no answer within 0.02 s")
    assert tier_of(found) is None


async def test_a_value_set_by_hand_is_what_it_is_worth(house: House) -> None:
    await known(house)
    await house.overrides.set("PSA 12345678", Wanted(100, "I know it"), by=1)
    found = await look(house)
    assert found.valuation is not None
    assert found.valuation.value_usd_micros == usd(100).value


def with_psa(house: House) -> Psa:
    psa = Psa()
    sources = replace(house.inspections.sources, certificates=(psa,))
    house.inspections = InspectionService(house.db, house.clock, house.prices, sources)
    return psa


async def test_a_certificate_that_was_never_on_sale_is_valued_by_psas_word(house: House) -> None:
    psa = with_psa(house)
    psa.known["777777"] = CertificateFacts(Grader.PSA, "777777", Grade(100), CARD, TITLE)
    house.alt.values["777777"] = by_alt(160)
    found = await look(house, "PSA 777777")
    assert found.slab is not None
    assert found.valuation is not None
    assert (found.slab.title, found.valuation.value_usd_micros) == (TITLE, usd(160).value)
    assert (found.mint, found.offers) == (None, ())


async def test_our_own_sales_of_its_kind_count_for_a_certificate_we_never_saw(house: House) -> None:
    for n in range(3):
        mint = f"mint-{n}"
        await house.tell(listed(100, n, mint=mint, slab=a_slab(mint)), sold(100, 10 + n, mint=mint))
    house.pass_time(60)
    psa = with_psa(house)
    psa.known["777777"] = CertificateFacts(Grader.PSA, "777777", Grade(100), CARD, TITLE)
    found = await look(house, "777777")
    assert found.valuation is not None
    assert found.valuation.sales == 3


async def test_a_certificate_nobody_knows_is_unknown_and_psa_is_named_when_it_is_absent(house: House) -> None:
    found = await look(house, "PSA 777777")
    assert (found.slab, found.absent) == (None, (SourceName.PSA,))
    psa = with_psa(house)
    psa.down = SourceUnavailable("psa", "HTTP 500")
    found = await look(house, "PSA 777777")
    assert ([one.source for one in found.unanswered], found.absent) == (["psa"], ())


async def test_a_number_of_two_companies_is_asked_back(house: House) -> None:
    await known(house)
    other = msgspec.structs.replace(SLAB, grader=Grader.CGC)
    await house.tell(listed(80, 1, mint="another", slab=other))
    with pytest.raises(InvalidInput, match="CGC and PSA both have that number"):
        await look(house, "12345678")
    assert (await look(house, "CGC 12345678")).slab == other
    with pytest.raises(InvalidInput, match="no SGC certificate with that number, but one of CGC"):
        await look(house, "SGC 12345678")


async def test_an_asset_of_alts_is_the_slab_of_it_that_is_on_sale(house: House) -> None:
    await known(house)
    await house.appraisal.work_due()
    found = await look(house, "https://app.alt.xyz/research/asset-1")
    assert (found.slab, found.alike) == (SLAB, 1)
    assert (await look(house, "https://app.alt.xyz/research/asset-2")).slab is None


async def test_a_bug_is_a_bug_and_no_missing_answer(house: House) -> None:
    await known(house)
    house.alt.bug = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        await look(house)


async def test_a_link_to_elsewhere_is_never_followed(house: House) -> None:
    with pytest.raises(InvalidInput):
        await look(house, f"https://evil.com/item-details/{TOKEN}")
    assert house.vault.asked == house.eden.asked == []
    assert house.alt.asked == []


async def test_many_may_ask_at_once(house: House) -> None:
    await known(house)
    found = await asyncio.gather(*(look(house) for _ in range(10)))
    assert {tier_of(one) for one in found} == {DealTier.GOLD}


async def test_who_told_of_an_offer_instead_of_its_market_place_is_named(house: House) -> None:
    await known(house)
    told: LiveListing = msgspec.structs.replace(on_sale(80, venue=Venue.ME), told_by=ME)
    house.vault.on_sale[TOKEN] = told
    [offer] = (await look(house)).offers
    assert offer.told_by is ME
