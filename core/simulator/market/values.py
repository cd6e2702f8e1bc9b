"""What things are worth at a moment: pure functions of time, so that no past needs storing."""

import math
from typing import Final

from core.simulator.market.things import Kind

DAY_MS: Final = 86_400_000
BPS: Final = 10_000


def fair_usd_micros(kind: Kind, at_ms: int) -> int:
    """What a copy of this kind is really worth."""
    turn = at_ms / DAY_MS / kind.period_days * math.tau
    swing = kind.swing * (math.sin(turn + kind.phase) + 0.35 * math.sin(5.3 * turn + 3 * kind.phase))
    return int(kind.base_usd_micros * math.exp(swing))


def discounted(fair: int, discount_bps: int) -> int:
    """The price that lies so far below the fair value (above it when negative)."""
    return fair * (BPS - discount_bps) // BPS
