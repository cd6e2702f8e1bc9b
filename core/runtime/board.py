"""What the sources are to remember beyond a call: which vendor is down, written down at once."""

import asyncio
from datetime import datetime

import structlog

from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.services.operations import OperationService
from core.sources.base import Breaker

log = structlog.get_logger(__name__)


class SourceBoard:
    """Writes down, beside the call that noticed, that a vendor went down or came back."""

    def __init__(self, operations: OperationService) -> None:
        self._operations = operations
        self._writing: set[asyncio.Task[None]] = set()

    def record(self, source: SourceName, breaker: Breaker, *, at: datetime) -> None:
        since = breaker.since if breaker.is_open else at
        health = SourceHealth(source.value, breaker.is_open, since, breaker.reason)
        task = asyncio.create_task(self._operations.source_changed(health))
        self._writing.add(task)
        task.add_done_callback(self._written)

    async def close(self) -> None:
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _written(self, task: "asyncio.Task[None]") -> None:
        self._writing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a vendor's state was not written down", error=repr(task.exception()))
