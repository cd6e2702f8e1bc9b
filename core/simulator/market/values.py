"""What things are worth at a moment: pure functions of time, so that no past needs storing."""

import hashlib
import math
from functools import lru_cache
from typing import Final

from core.simulator.market.things import Currency, Kind

DAY_MS: Final = 86_400_000
SOL_USD_MICROS: Final = 152_000_000
LAMPORTS_A_SOL: Final = 1_000_000_000
BPS: Final = 10_000

# (days that a step of the walk takes, how far the logarithm goes): seasons down to the flutter of minutes.
_SOL_STEPS: Final = (
    (61.0, 0.18),
    (23.0, 0.09),
    (6.7, 0.07),
    (1.7, 0.05),
    (0.4, 0.02),
    (0.1, 0.007),
    (0.03, 0.004),
    (0.007, 0.0015),
)


def fair_usd_micros(kind: Kind, at_ms: int) -> int:
    """What a copy of this kind is really worth."""
    turn = at_ms / DAY_MS / kind.period_days * math.tau
    swing = kind.swing * (math.sin(turn + kind.phase) + 0.35 * math.sin(5.3 * turn + 3 * kind.phase))
    return int(kind.base_usd_micros * math.exp(swing))


def sol_usd_micros(at_ms: int) -> int:
    """The price of one SOL: the same walk in every world."""
    days = at_ms / DAY_MS
    swing = sum(size * _walk(number, days / length) for number, (length, size) in enumerate(_SOL_STEPS))
    return int(SOL_USD_MICROS * math.exp(swing))


def _walk(number: int, place: float) -> float:
    """Between -1 and 1, smooth from each drawn point to the next."""
    whole = math.floor(place)
    rest = place - whole
    share = rest * rest * (3 - 2 * rest)
    return _drawn(number, whole) * (1 - share) + _drawn(number, whole + 1) * share


@lru_cache(maxsize=65_536)
def _drawn(number: int, place: int) -> float:
    lot = hashlib.blake2b(f"SOL/USD {number} {place}".encode(), digest_size=4).digest()
    return int.from_bytes(lot) / 2**31 - 1


def usd_micros(price_atoms: int, currency: Currency, at_ms: int) -> int:
    """What an order's price is in dollars."""
    if currency is Currency.USDC:
        return price_atoms
    return price_atoms * sol_usd_micros(at_ms) // LAMPORTS_A_SOL


def lamports(price_atoms: int, currency: Currency, at_ms: int) -> int:
    """What an order's price is in lamports."""
    if currency is Currency.SOL:
        return price_atoms
    return price_atoms * LAMPORTS_A_SOL // sol_usd_micros(at_ms)


def asked_atoms(wanted_usd_micros: int, currency: Currency, at_ms: int) -> int:
    """A price as people type it: whole dollars from 20 up, cents below; SOL to three places."""
    if currency is Currency.SOL:
        step = LAMPORTS_A_SOL // 1000
        return max(step, lamports(wanted_usd_micros, Currency.USDC, at_ms) // step * step)
    step = 1_000_000 if wanted_usd_micros >= 20_000_000 else 10_000
    return max(step, wanted_usd_micros // step * step)


def discounted(fair: int, discount_bps: int) -> int:
    """The price that lies so far below the fair value (above it when negative)."""
    return fair * (BPS - discount_bps) // BPS
