"""Readiness: one bad check is enough."""

from core.domain.operations import Check, Readiness

GOOD = Check("database", is_ok=True, age_s=0.0, says="answers")
BAD = Check("gateway", is_ok=False, age_s=None, says="lost")


def test_a_house_is_ready_when_every_check_passes() -> None:
    assert Readiness((GOOD, GOOD)).is_ready
    assert not Readiness((GOOD, BAD)).is_ready
