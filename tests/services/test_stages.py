"""Each stage of the line is counted by outcome, timed, and tells how old what passed was."""

from collections import Counter

from core.domain.deals import DealPolicy, DealTier, Reason
from core.domain.listings import Venue
from core.errors import SourceUnavailable
from tests.services.house import House
from tests.services.reports import ME, MINT, a_slab, by_alt, listed, sol

DOWN = SourceUnavailable("alt", "does not answer")
COUNT, AGES = "cartel_line_seconds_count", "cartel_line_age_seconds_sum"
STAGES = ("filter", "verify", "value", "decide", "record")


def passages(house: House) -> dict[str, dict[str, float]]:
    """By stage, how many ended with which outcome."""
    found: dict[str, dict[str, float]] = {}
    for metric in house.metrics.registry.collect():
        for sample in metric.samples:
            if sample.name == COUNT and sample.labels["stage"] in STAGES:
                found.setdefault(sample.labels["stage"], {})[sample.labels["outcome"]] = sample.value
    return found


async def judge(house: House, price: float = 80) -> None:
    await house.tell(listed(price, 0))
    await house.appraisal.work_due()


async def test_a_deal_passes_every_stage(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.pass_time(3)
    await house.appraisal.work_due()
    assert passages(house) == {
        "filter": {"passed": 1},
        "verify": {"passed": 1},
        "value": {"passed": 1},
        "decide": {DealTier.GOLD: 1},
        "record": {"stored": 1},
    }
    ages = [house.metrics.registry.get_sample_value(AGES, {"stage": stage}) for stage in STAGES]
    assert ages == [3.0] * len(STAGES)


async def test_what_is_filtered_goes_no_further_and_is_recorded(house: House) -> None:
    await house.price_sol("150")
    await house.tell(listed(sol(1e-9), 0))
    await house.appraisal.work_due()
    assert passages(house) == {"filter": {"filtered": 1}, "record": {"stored": 1}}


async def test_what_nobody_wants_is_not_verified_with_another_source(house: House) -> None:
    house.know()
    await house.price_sol("150")
    await house.tell(listed(sol(1e-9), 0, source=ME, venue=Venue.ME))
    await house.appraisal.work_due()
    assert f"slab {MINT}" not in house.eden.asked


async def test_a_mismatch_is_an_outcome_of_verify(house: House) -> None:
    house.know()
    house.eden.slabs[MINT] = a_slab("another")
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    await house.appraisal.work_due()
    assert passages(house)["verify"] == {Reason.MISMATCH: 1}
    assert "value" not in passages(house)


async def test_an_outage_is_a_wait_of_its_stage_and_a_bug_a_failure(house: House) -> None:
    house.alt.down = DOWN
    await judge(house)
    assert passages(house) == {"filter": {"passed": 1}, "verify": {"passed": 1}, "value": {"waits": 1}}
    house.alt.down, house.alt.bug = None, KeyError("a bug")
    house.pass_time(60)
    await house.appraisal.work_due()
    assert passages(house)["value"] == {"waits": 1, "failed": 1}


async def test_a_price_that_cannot_be_meant_and_a_card_without_a_value_are_outcomes_of_value(
    house: House,
) -> None:
    await judge(house, 80)
    house.value(by_alt(160))
    await judge(house, 0.5)
    assert passages(house)["value"] == {"nothing": 1, Reason.QUARANTINED: 1}
    assert passages(house)["decide"] == {Reason.NO_VALUE: 1}


async def test_each_policy_is_one_evaluation(house: House) -> None:
    for number in range(1, 4):
        await house.join(number, policy=DealPolicy(confidence_min=50 + number))
    house.value(by_alt(160, confidence=52))
    await judge(house)
    assert Counter(passages(house)["decide"]) == {DealTier.GOLD: 2, DealTier.LOOK: 2}
