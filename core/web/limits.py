"""How often one client may ask: a token bucket for each address, and a bound on the addresses remembered."""

from collections import OrderedDict

from core.clock import Clock

BURST = 60
PER_S = 2.0
CLIENTS_MAX = 10_000


class RateLimit:
    """Lets `burst` requests of a client pass at once, and `per_s` afterwards."""

    def __init__(
        self, clock: Clock, *, burst: int = BURST, per_s: float = PER_S, clients_max: int = CLIENTS_MAX
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._per_s = per_s
        self._clients_max = clients_max
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client → (tokens, when)

    def wait_s(self, client: str) -> float:
        """0 when the request may pass, which is then counted; else the seconds until one may."""
        now = self._clock.monotonic()
        tokens, at = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - at) * self._per_s)
        passes = tokens >= 1
        self._buckets[client] = (tokens - passes, now)
        if len(self._buckets) > self._clients_max:
            self._buckets.popitem(last=False)  # asked longest ago
        return 0.0 if passes else (1 - tokens) / self._per_s
