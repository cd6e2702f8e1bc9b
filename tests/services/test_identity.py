"""Verify: what another vendor says of a slab must equal what the vault says; silence is not a word."""

import msgspec
import pytest

from core.domain.catalog import Grade, GradeLabel, Grader, SlabFacts
from core.domain.deals import Reason
from core.domain.listings import SourceName, Venue
from core.errors import SourceError
from core.services.identity import AUTHORITIES, IdentityService
from db.catalog import SlabRow, TokenSlabRow
from db.listings import Version
from tests.services.fakes import Market
from tests.services.house import House
from tests.services.reports import ME, MINT, a_slab, listed

OURS = a_slab(MINT)


async def told_by_eden(house: House, mint: str = MINT) -> None:
    await house.tell(listed(80, 0, mint=mint, source=ME, venue=Venue.ME))


async def test_a_listing_the_vault_tells_of_needs_no_second_word(house: House) -> None:
    await house.tell(listed(80, 0))
    identity = await house.identity.of(await house.version())
    assert identity.slab is not None
    assert (identity.slab.facts, identity.verified_by, identity.reason) == (OURS, "collectorcrypt", None)
    assert house.vault.asked == house.eden.asked == []


async def test_two_vendors_that_agree_are_both_named(house: House) -> None:
    house.know()
    house.eden.slabs[MINT] = msgspec.structs.replace(OURS, title="another title", card=None)
    await told_by_eden(house)
    identity = await house.identity.of(await house.version())
    assert identity.slab is not None
    assert (identity.slab.facts, identity.verified_by) == (OURS, "collectorcrypt+magiceden")


@pytest.mark.parametrize(
    "theirs",
    [
        msgspec.structs.replace(OURS, grader=Grader.CGC),
        msgspec.structs.replace(OURS, certificate="2"),
        msgspec.structs.replace(OURS, grade=Grade(90)),
    ],
)
async def test_a_difference_is_a_mismatch(house: House, theirs: SlabFacts) -> None:
    house.know()
    house.eden.slabs[MINT] = theirs
    await told_by_eden(house)
    identity = await house.identity.of(await house.version())
    assert (identity.slab, identity.reason) == (None, Reason.MISMATCH)
    assert identity.verified_by == "collectorcrypt+magiceden"


async def test_a_label_that_only_one_names_is_no_difference(house: House) -> None:
    house.know()
    house.eden.slabs[MINT] = msgspec.structs.replace(OURS, grade=Grade(100, GradeLabel.PRISTINE))
    await told_by_eden(house)
    assert (await house.identity.of(await house.version())).reason is None


async def test_a_reporter_that_does_not_know_the_slab_has_no_say(house: House) -> None:
    house.know()
    await told_by_eden(house)
    identity = await house.identity.of(await house.version())
    assert (identity.reason, identity.verified_by) == (None, "collectorcrypt")


@pytest.mark.parametrize("who", ["vault", "eden"])
async def test_an_outage_of_somebody_who_must_be_asked_waits(house: House, who: str) -> None:
    house.know()
    {"vault": house.vault, "eden": house.eden}[who].break_down()
    await told_by_eden(house)
    with pytest.raises(SourceError):
        await house.identity.of(await house.version())


async def test_a_token_unknown_to_the_vault_is_no_slab(house: House) -> None:
    house.eden.slabs[MINT] = OURS
    await told_by_eden(house)
    identity = await house.identity.of(await house.version())
    assert (identity.slab, identity.reason) == (None, Reason.NOT_A_SLAB)
    assert await house.rows(SlabRow) == []


async def test_what_the_vault_said_once_is_known(house: House) -> None:
    house.know()
    await told_by_eden(house)
    await house.identity.of(await house.version())
    house.vault.break_down()
    assert (await house.identity.of(await house.version())).slab is not None
    assert house.vault.asked == [f"slab {MINT}"]


async def test_a_reporter_that_is_switched_off_is_not_asked(house: House) -> None:
    house.know()
    house.eden.slabs[MINT] = a_slab("another")
    await told_by_eden(house)
    without_eden = IdentityService(house.db, house.clock, {house.vault.name: house.vault})
    assert (await without_eden.of(await house.version())).verified_by == "collectorcrypt"


async def test_two_listings_of_a_token_learned_at_once_are_one_slab(house: House) -> None:
    house.know()
    for seller in ("a", "b", "c", "d"):
        await house.tell(listed(80, 0, source=ME, venue=Venue.ME, seller=seller))
    assert await house.appraisal.work_due() == 4
    assert len(await house.rows(TokenSlabRow)) == 1
    assert (await house.operations.queue()).waiting == 0


async def told_by_beezie(house: House, *, slab: SlabFacts | None = None) -> Version:
    report = listed(80, 0, source=SourceName.BEEZIE, venue=Venue.BEEZIE)
    await house.tell(msgspec.structs.replace(report, slab=slab))
    return await house.version()


async def test_a_token_of_another_vault_is_what_its_own_marketplace_says(house: House) -> None:
    beezie = Market(SourceName.BEEZIE)
    beezie.slabs[MINT] = OURS
    service = IdentityService(house.db, house.clock, {house.vault.name: house.vault, beezie.name: beezie})
    identity = await service.of(await told_by_beezie(house))
    assert identity.slab is not None
    assert (identity.slab.facts, identity.verified_by) == (OURS, "beezie")
    assert house.vault.asked == []


async def test_a_token_that_no_vault_takes_for_a_slab_is_none(house: House) -> None:
    beezie = Market(SourceName.BEEZIE)
    service = IdentityService(house.db, house.clock, {beezie.name: beezie})
    identity = await service.of(await told_by_beezie(house))
    assert (identity.slab, identity.reason, identity.verified_by) == (None, Reason.NOT_A_SLAB, "beezie")


async def test_a_report_that_brings_its_slab_needs_no_question(house: House) -> None:
    identity = await house.identity.of(await told_by_beezie(house, slab=OURS))
    assert (identity.verified_by, identity.reason) == ("beezie", None)


async def test_a_token_whose_marketplace_was_switched_off_waits(house: House) -> None:
    version = await told_by_beezie(house)
    with pytest.raises(SourceError, match="beezie: is switched off"):
        await house.identity.of(version)


def test_every_venue_has_somebody_who_knows_its_vault() -> None:
    assert set(AUTHORITIES) == set(Venue)
