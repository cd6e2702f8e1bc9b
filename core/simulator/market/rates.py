"""What coins and euros cost at a moment: walks that follow from the seed, so that no past needs storing."""

import hashlib
import math
from enum import StrEnum
from functools import lru_cache
from typing import Final

from core.simulator.market.things import Currency
from core.simulator.market.values import DAY_MS

LAMPORTS_A_SOL: Final = 1_000_000_000


class Coin(StrEnum):
    """A coin that vendors quote."""

    SOL = "SOL"
    USDC = "USDC"
    ETH = "ETH"
    POL = "POL"


AROUND_USD_MICROS: Final = {
    Coin.SOL: 152_000_000,
    Coin.USDC: 1_000_000,
    Coin.ETH: 3_100_000_000,
    Coin.POL: 420_000,
}

# (days that a step of the walk takes, how far the logarithm goes): seasons down to the flutter of minutes.
_FREE: Final = (
    (61.0, 0.18),
    (23.0, 0.09),
    (6.7, 0.07),
    (1.7, 0.05),
    (0.4, 0.02),
    (0.1, 0.007),
    (0.03, 0.004),
    (0.007, 0.0015),
)
_PEGGED: Final = ((9.0, 0.0005), (0.6, 0.0003))
_EURO: Final = ((70.0, 0.03), (6.0, 0.006))
EUR_A_USD: Final = 0.92


class Rates:
    """The one series of every coin in a world: whoever asks for the same moment is told the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def usd_micros(self, coin: Coin, at_ms: int) -> int:
        """The price of one whole coin in millionths of a dollar."""
        return _usd_micros(self._seed, coin, at_ms)

    def eur_micros(self, usd_micros: int, at_ms: int) -> int:
        """An amount of dollars in millionths of a euro."""
        return int(usd_micros * EUR_A_USD * math.exp(_swing(f"{self._seed} EUR", _EURO, at_ms)))

    def dollars(self, price_atoms: int, currency: Currency, at_ms: int) -> int:
        """What an order's price is in millionths of a dollar; a USDC counts as one."""
        if currency is Currency.USDC:
            return price_atoms
        return price_atoms * self.usd_micros(Coin.SOL, at_ms) // LAMPORTS_A_SOL

    def lamports(self, price_atoms: int, currency: Currency, at_ms: int) -> int:
        """What an order's price is in lamports."""
        if currency is Currency.SOL:
            return price_atoms
        return price_atoms * LAMPORTS_A_SOL // self.usd_micros(Coin.SOL, at_ms)

    def asked_atoms(self, wanted_usd_micros: int, currency: Currency, at_ms: int) -> int:
        """A price as people type it: whole dollars from 20 up, cents below; SOL to three places."""
        if currency is Currency.SOL:
            step = LAMPORTS_A_SOL // 1000
            return max(step, self.lamports(wanted_usd_micros, Currency.USDC, at_ms) // step * step)
        step = 1_000_000 if wanted_usd_micros >= 20_000_000 else 10_000
        return max(step, wanted_usd_micros // step * step)


@lru_cache(maxsize=4096)
def _usd_micros(seed: int, coin: Coin, at_ms: int) -> int:
    swing = _swing(f"{seed} {coin}", _PEGGED if coin is Coin.USDC else _FREE, at_ms)
    return int(AROUND_USD_MICROS[coin] * math.exp(swing))


def _swing(name: str, steps: tuple[tuple[float, float], ...], at_ms: int) -> float:
    """The logarithm of how far from its middle, all steps of the walk together."""
    days = at_ms / DAY_MS
    return sum(size * _walk(f"{name} {number}", days / length) for number, (length, size) in enumerate(steps))


def _walk(name: str, place: float) -> float:
    """Between -1 and 1, smooth from each drawn point to the next."""
    whole = math.floor(place)
    rest = place - whole
    share = rest * rest * (3 - 2 * rest)
    return _drawn(name, whole) * (1 - share) + _drawn(name, whole + 1) * share


@lru_cache(maxsize=65_536)
def _drawn(name: str, place: int) -> float:
    lot = hashlib.blake2b(f"{name} {place}".encode(), digest_size=4).digest()
    return int.from_bytes(lot) / 2**31 - 1
