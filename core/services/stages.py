"""The stages between the queue and a verdict, and what is measured at the end of each."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.clock import Clock
from core.errors import SourceError
from core.telemetry import Metrics

WAITS = "waits"
CUT = "cut"
FAILED = "failed"


class Stage(StrEnum):
    """In the order in which a version passes them; each ends with an outcome of its own."""

    FILTER = "filter"
    VERIFY = "verify"
    VALUE = "value"
    DECIDE = "decide"
    RECORD = "record"


@dataclass(slots=True)
class Passage:
    """One passage through a stage. Whoever does not say how it ended has failed."""

    outcome: str = FAILED


@dataclass(frozen=True, slots=True)
class Stages:
    """Where the passages of versions are timed and counted."""

    clock: Clock
    metrics: Metrics

    @contextmanager
    def passing(self, stage: Stage, since: datetime) -> Iterator[Passage]:
        """A passage of what became known at that time."""
        passage, began = Passage(), self.clock.monotonic()
        try:
            yield passage
        except SourceError:
            passage.outcome = WAITS
            raise
        except asyncio.CancelledError:
            passage.outcome = CUT
            raise
        finally:
            age_s = max(0.0, (self.clock.now() - since).total_seconds())
            took_s = self.clock.monotonic() - began
            self.metrics.stage_ended(stage, passage.outcome, took_s, age_s)
