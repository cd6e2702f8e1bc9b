"""Held prices in memory, as a test puts them there."""

from core.domain.quarantine import Quarantined
from core.errors import NotFound
from core.services.quarantine import QuarantineService


class MemoryQuarantine(QuarantineService):
    """Holds the prices that a test puts here, by version."""

    def __init__(self) -> None:
        self.prices_held: dict[int, Quarantined] = {}
        self.released: list[tuple[int, str]] = []

    async def held(self) -> tuple[Quarantined, ...]:
        return tuple(self.prices_held.values())

    async def release(self, version_id: int, by: str) -> None:
        if self.prices_held.pop(version_id, None) is None:
            raise NotFound(f"No price is held under {version_id}.")
        self.released.append((version_id, by))
