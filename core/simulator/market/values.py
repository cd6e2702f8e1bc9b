"""What things are worth at a moment: pure functions of time, so that no past needs storing."""

import math
from typing import Final

from core.simulator.market.things import Currency, Kind

DAY_MS: Final = 86_400_000
SOL_USD_MICROS: Final = 152_000_000
LAMPORTS_A_SOL: Final = 1_000_000_000
BPS: Final = 10_000

# (period in days, amplitude of the logarithm): slow seasons down to the flutter of an hour.
_SOL_WAVES: Final = ((61.0, 0.14), (23.0, 0.06), (6.7, 0.025), (0.9, 0.008), (0.04, 0.0015))


def fair_usd_micros(kind: Kind, at_ms: int) -> int:
    """What a copy of this kind is really worth."""
    turn = at_ms / DAY_MS / kind.period_days * math.tau
    swing = kind.swing * (math.sin(turn + kind.phase) + 0.35 * math.sin(5.3 * turn + 3 * kind.phase))
    return int(kind.base_usd_micros * math.exp(swing))


def sol_usd_micros(at_ms: int) -> int:
    """The price of one SOL."""
    days = at_ms / DAY_MS
    swing = sum(size * math.sin(days / period * math.tau) for period, size in _SOL_WAVES)
    return int(SOL_USD_MICROS * math.exp(swing))


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
