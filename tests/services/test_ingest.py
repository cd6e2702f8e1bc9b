"""What ingest tells of itself: how many reports did what, how old they were, how long their batch took."""

import msgspec
from prometheus_client import CollectorRegistry

from tests.services.house import House
from tests.services.reports import at, listed, sold


def counted(registry: CollectorRegistry) -> dict[str, float]:
    """The reports taken in, by what they did."""
    return {
        sample.labels["outcome"]: sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "cartel_line_seconds_count" and sample.labels["stage"] == "ingest"
    }


async def test_every_report_is_counted_by_what_it_did(house: House) -> None:
    await house.tell(listed(80, 0), listed(80, 0, mint="other"))
    await house.tell(listed(70, 10), sold(70, 20), listed(60, 5))
    await house.tell(listed(70, 10), sold(70, 20))
    assert counted(house.metrics.registry) == {"opens": 2, "reprices": 1, "closes": 1, "ignored": 1}


async def test_the_age_of_a_report_is_what_passed_before_we_saw_it(house: House) -> None:
    late = msgspec.structs.replace(listed(80, 0, mint="late"), seen_at=at(45))
    ahead = msgspec.structs.replace(listed(80, 5, mint="ahead"), seen_at=at(0))
    await house.tell(late, ahead)
    registry = house.metrics.registry
    assert registry.get_sample_value("cartel_line_age_seconds_sum", {"stage": "ingest"}) == 45
    assert registry.get_sample_value("cartel_line_age_seconds_count", {"stage": "ingest"}) == 2
