"""A past that was recorded elsewhere is read into the database, line by line, in batches.

Nothing of it makes work, events or posts, and what is known already stays as it is: the same file may be read
again, and a read that broke off begun anew.
"""

from collections.abc import Callable, Iterable
from itertools import islice

import msgspec

from core.clock import Clock
from core.domain.history import LINE_BYTES_MAX, Line, LineError, ListingLine
from core.domain.history_file import HistoryFile, check_header
from core.domain.stays import Stay, Stays
from core.errors import StartError
from core.services.past import Past
from db import listings
from db.engine import Database

BATCH = 1_000
FAULTS_MAX = 20


class Progress(msgspec.Struct, frozen=True):
    """How far a read came, and what was new. `still_open`: on sale at the end, and left to the vendors."""

    lines: int
    faults: int
    stays: int
    prices: int
    known: int
    without_rate: int
    recent: int
    still_open: int


class HistoryService:
    """Reads history files into the database of one world."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        world: str,
        told: Callable[[int, str], None],
        progressed: Callable[[Progress], None],
    ) -> None:
        self.db = db
        self.clock = clock
        self.world = world
        self.told = told
        self.progressed = progressed

    async def read(self, lines: Iterable[bytes]) -> Progress:
        """Read the whole file. Raises StartError for another world's, and after FAULTS_MAX bad lines.

        A bad line is told with its number and reason, and left out.
        """
        rest = iter(lines)
        check_header(next(rest, b"")[: LINE_BYTES_MAX + 1], self.world, self.clock.now())
        reading = _Reading(self)
        numbered = enumerate(rest, start=2)
        while batch := list(islice(numbered, BATCH)):
            await self._write(reading, reading.understood(batch))
            self.progressed(reading.progress())
        return reading.progress()

    async def _write(self, reading: "_Reading", batch: list[Line | Stay]) -> None:
        async with self.db.write() as tx:
            await listings.take_turn(tx)
            await reading.past.keep(tx, batch)


class _Reading:
    """What is remembered from line to line."""

    def __init__(self, service: HistoryService) -> None:
        self.service = service
        self.file = HistoryFile()
        self.stays = Stays()
        self.past = Past(self.file.kinds, service.clock)
        self.lines = 1
        self.faults = 0

    def understood(self, batch: list[tuple[int, bytes]]) -> list[Line | Stay]:
        """The lines of a batch; listing lines as the stays that they end."""
        found: list[Line | Stay] = []
        for number, text in batch:
            self.lines = number
            try:
                line = self._understood(text) if text.strip() else None
            except LineError as error:
                self._tell(number, str(error))
            else:
                found += [] if line is None else [line]
        return found

    def _understood(self, text: bytes) -> Line | Stay | None:
        line = self.file.read(text, self.service.clock.now())
        return self.stays.take(line) if isinstance(line, ListingLine) else line

    def _tell(self, number: int, reason: str) -> None:
        self.faults += 1
        self.service.told(number, reason)
        if self.faults >= FAULTS_MAX:
            raise StartError(
                f"The import stopped at line {number}: {FAULTS_MAX} lines were not understood. "
                "Mend the file and import it again; what was read before is kept and not read twice."
            )

    def progress(self) -> Progress:
        counts = self.past.counts
        return Progress(
            lines=self.lines,
            faults=self.faults,
            stays=counts["stays"],
            prices=counts["prices"],
            known=counts["known"],
            without_rate=counts["without_rate"],
            recent=counts["recent"],
            still_open=len(self.stays),
        )
