"""On a world whose fair values are known: the combined value is near them, and its confidence is meant.

The numbers in core/domain/valuation.py were chosen on the worlds 7, 8 and 9: these are others.
"""

from collections.abc import Mapping, Sequence
from math import log
from statistics import fmean, median

import pytest
from msgspec import Struct

from core.domain.accuracy import learnt_spreads
from core.domain.listings import SourceName
from core.domain.valuation import Evidence, EvidenceKind, Valuation, combine
from core.services.evidence import COMPARED_MAX
from core.simulator.market.settings import InsuredNoise
from tests.simulator.market.witness import Told, Witness

pytestmark = pytest.mark.slow

SEEDS = (101, 102, 103)
INSTALLS: Mapping[str, tuple[SourceName, ...]] = {
    "stock": (),
    "alt": (SourceName.ALT,),
    "pricecharting": (SourceName.PRICECHARTING,),
    "both": (SourceName.ALT, SourceName.PRICECHARTING),
}
BANDS = range(40, 100, 10)
BAND_MIN = 1_000
POINTS_MAX = 10


class Judged(Struct, frozen=True):
    """A valuation beside the truth."""

    install: str
    valuation: Valuation
    fair_usd_micros: int

    @property
    def band(self) -> int:
        return self.valuation.confidence // 10 * 10

    @property
    def is_inside(self) -> bool:
        return self.valuation.low_usd_micros <= self.fair_usd_micros <= self.valuation.high_usd_micros

    @property
    def error(self) -> float:
        return self.error_of(self.valuation.value_usd_micros)

    def error_of(self, usd_micros: int) -> float:
        """How far off, as a logarithm."""
        return abs(log(usd_micros / self.fair_usd_micros))

    def error_of_kind(self, kind: EvidenceKind) -> float | None:
        """That of one source alone, None where it says nothing; an average of our own sales is no other."""
        found = [item for item in self.valuation.evidence if item.kind is kind]
        if kind is EvidenceKind.AVERAGE:
            found = [item for item in found if item.vendor is not None]
        return self.error_of(found[0].value_usd_micros) if found else None


Judgements = Mapping[InsuredNoise, Sequence[Judged]]


def valued(evidence: Sequence[tuple[Sequence[Evidence], Evidence]]) -> list[Valuation]:
    """As an install values that has looked at the first few before and learnt from them."""
    past = [value for known, hint in evidence[:COMPARED_MAX] if (value := combine([*known, hint]))]
    learnt = learnt_spreads([value.evidence for value in past])
    return [value for known, hint in evidence if (value := combine([*known, hint], learnt))]


def judged(
    install: str, told: Sequence[Told], insured: Mapping[InsuredNoise, Sequence[Evidence]]
) -> dict[InsuredNoise, list[Judged]]:
    """Every token of a world, valued by such an install."""
    known = [one.evidence(INSTALLS[install]) for one in told]
    return {
        noise: [
            Judged(install, value, one.fair_usd_micros)
            for one, value in zip(told, valued([*zip(known, hints, strict=True)]), strict=True)
        ]
        for noise, hints in insured.items()
    }


@pytest.fixture(scope="module")
def judgements() -> Judgements:
    found: dict[InsuredNoise, list[Judged]] = {noise: [] for noise in InsuredNoise}
    for witness in map(Witness, SEEDS):
        told = witness.told()
        insured = {noise: witness.insured(noise) for noise in InsuredNoise}
        for install in INSTALLS:
            for noise, some in judged(install, told, insured).items():
                found[noise] += some
    return found


def by_band(judged: Sequence[Judged]) -> dict[int, list[Judged]]:
    bands: dict[int, list[Judged]] = {}
    for one in judged:
        bands.setdefault(one.band, []).append(one)
    return bands


def stated_and_inside(judged: Sequence[Judged]) -> tuple[float, float]:
    """The confidence that is stated, and the share of true values in the ranges, both in percent."""
    return fmean(one.valuation.confidence for one in judged), 100 * fmean(one.is_inside for one in judged)


every_noise = pytest.mark.parametrize("noise", InsuredNoise)
every_install = pytest.mark.parametrize("install", INSTALLS)


@every_noise
def test_a_stated_confidence_is_the_share_of_true_values_in_the_range(
    judgements: Judgements, noise: InsuredNoise
) -> None:
    bands = by_band(judgements[noise])
    assert {band: len(bands[band]) >= BAND_MIN for band in BANDS} == dict.fromkeys(BANDS, True)
    for band in BANDS:
        stated, inside = stated_and_inside(bands[band])
        assert abs(stated - inside) <= POINTS_MAX, f"{band}: {inside:.0f} % inside, {stated:.0f} stated"


@every_noise
@every_install
def test_so_it_is_in_each_install_where_there_are_enough_to_tell(
    judgements: Judgements, noise: InsuredNoise, install: str
) -> None:
    bands = by_band([one for one in judgements[noise] if one.install == install])
    for band, some in bands.items():
        stated, inside = stated_and_inside(some)
        assert len(some) < BAND_MIN or abs(stated - inside) <= POINTS_MAX, f"{band}: {inside:.0f} % inside"


@every_noise
@every_install
def test_the_combined_value_is_no_worse_than_any_single_source_where_that_says_something(
    judgements: Judgements, noise: InsuredNoise, install: str
) -> None:
    here = [one for one in judgements[noise] if one.install == install]
    for kind in EvidenceKind:
        pairs = [(error, one.error) for one in here if (error := one.error_of_kind(kind)) is not None]
        if pairs:
            alone, combined = (median(errors) for errors in zip(*pairs, strict=True))
            assert combined <= alone, f"{kind}: {combined:.4f} against {alone:.4f} alone"
