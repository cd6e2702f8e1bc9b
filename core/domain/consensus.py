"""Where several uncertain values agree: each is near the truth, but for a few that are about another thing.

A voice is taken for a bell around its own value (in logarithms), `spread` wide, and with the probability
`doubt` for a value of something else, which may be anything. The answer is the likeliest point of all voices
together: their weighted mean where they agree, the better supported side where they do not.
"""

from collections.abc import Sequence
from math import exp, log

import msgspec

ELSEWHERE = 1.0
"""How far, in logarithms, the value of another thing typically lies off: 2.7 times."""
STEPS_MAX = 40
_NEGLIGIBLE = 1e-12  # keeps a logarithm finite where even the wide bell is zero
_ARRIVED = 0.01  # a step of this part of the spread changes nothing that is shown
_SAME = 0.5  # peaks as near to each other as this part of their spread are one


class Voice(msgspec.Struct, frozen=True):
    """One value (above zero). spread: the standard deviation of its logarithm, above zero."""

    usd_micros: int
    spread: float
    doubt: float


class Consensus(msgspec.Struct, frozen=True):
    """`probability`: that of this side, when the voices take sides; 1 when they do not."""

    usd_micros: int
    spread: float
    probability: float


class _Peak(msgspec.Struct, frozen=True):
    """A point that voices speak for; `log_mass` compares it with other points."""

    at: float
    spread: float
    log_mass: float


def consensus(voices: Sequence[Voice]) -> Consensus:
    """The likeliest value, from at least one voice."""
    peaks: list[_Peak] = []
    for found in sorted((_climb(voice, voices) for voice in voices), key=lambda peak: -peak.log_mass):
        if all(abs(found.at - peak.at) > _SAME * peak.spread for peak in peaks):
            peaks.append(found)
    best = peaks[0]
    probability = 1 / sum(exp(peak.log_mass - best.log_mass) for peak in peaks)
    return Consensus(round(exp(best.at)), best.spread, probability)


def merged(one: Voice, other: Voice) -> Voice:
    """Two values that are about the right thing together or not at all: their weighted mean."""
    firm, other_firm = one.spread**-2, other.spread**-2
    mean = (firm * log(one.usd_micros) + other_firm * log(other.usd_micros)) / (firm + other_firm)
    return Voice(round(exp(mean)), (firm + other_firm) ** -0.5, max(one.doubt, other.doubt))


def _climb(start: Voice, voices: Sequence[Voice]) -> _Peak:
    """The peak above a voice: every step is to the mean of all, weighed by how far each means it."""
    at, step = log(start.usd_micros), start.spread
    for _ in range(STEPS_MAX):
        if step <= _ARRIVED * start.spread:
            break
        pulls = [_pull(voice, at) for voice in voices]
        mean = sum(pull * log(voice.usd_micros) for pull, voice in zip(pulls, voices, strict=True)) / sum(
            pulls
        )
        step, at = abs(mean - at), mean
    spread = sum(_pull(voice, at) for voice in voices) ** -0.5
    return _Peak(at, spread, log(spread) + sum(log(sum(_parts(voice, at))) for voice in voices))


def _pull(voice: Voice, at: float) -> float:
    near, far = _parts(voice, at)
    return near / (near + far) / voice.spread**2


def _parts(voice: Voice, at: float) -> tuple[float, float]:
    """How well the point fits a voice that means this thing, and one that means another."""
    off = at - log(voice.usd_micros)
    near = exp(-((off / voice.spread) ** 2) / 2) / voice.spread * (1 - voice.doubt)
    return near, exp(-((off / ELSEWHERE) ** 2) / 2) / ELSEWHERE * voice.doubt + _NEGLIGIBLE
