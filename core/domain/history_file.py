"""A history file read line by line: what lines refer to stands above them, events follow the time."""

from datetime import datetime
from typing import Final

from core.domain.history import (
    FORMAT,
    Header,
    KindLine,
    Line,
    LineError,
    ListingLine,
    SaleLine,
    TokenLine,
    ValuationLine,
    read_line,
)
from core.errors import StartError

KINDS_MAX: Final = 50_000
TOKENS_MAX: Final = 500_000


def check_header(text: bytes, world: str, now: datetime) -> None:
    """Raise StartError unless this first line begins a history of this world."""
    try:
        line = read_line(text, now)
    except LineError as error:
        raise StartError(f"The file is no history: its first line is no header ({error}).") from error
    if not isinstance(line, Header):
        raise StartError("The file is no history: its first line is no header.")
    if line.version != FORMAT:
        raise StartError(f"The history is of version {line.version}; this program reads version {FORMAT}.")
    if line.world != world:
        raise StartError(
            f"The history is of a {line.world[:20]!r} market, and this database holds a {world} one: "
            "name another DATABASE_URL, or another file."
        )


class HistoryFile:
    """Reads the lines after the header. Bounded by KINDS_MAX and TOKENS_MAX."""

    def __init__(self) -> None:
        self.kinds: dict[int, KindLine] = {}
        self._tokens: set[str] = set()
        self._last_at: datetime | None = None

    def read(self, text: bytes, now: datetime) -> Line:
        """One line, believed and in its place. Raises LineError."""
        line = read_line(text, now)
        if isinstance(line, Header):
            raise LineError("a header stands only in the first line")
        if isinstance(line, KindLine):
            self._add_kind(line)
        elif isinstance(line, TokenLine):
            self._add_token(line)
        else:
            self._check_references(line)
            if self._last_at is not None and line.at < self._last_at:
                raise LineError("it happened before the line above it")
            self._last_at = line.at
        return line

    def _add_kind(self, line: KindLine) -> None:
        if line.id in self.kinds:
            raise LineError(f"kind {line.id} is named twice")
        if len(self.kinds) >= KINDS_MAX:
            raise LineError(f"there are more than {KINDS_MAX:,} kinds")
        self.kinds[line.id] = line

    def _add_token(self, line: TokenLine) -> None:
        self._check_kind(line.kind)
        if line.mint in self._tokens:
            raise LineError(f"token {line.mint} is named twice")
        if len(self._tokens) >= TOKENS_MAX:
            raise LineError(f"there are more than {TOKENS_MAX:,} tokens")
        self._tokens.add(line.mint)

    def _check_references(self, line: Line) -> None:
        if isinstance(line, SaleLine | ValuationLine):
            self._check_kind(line.kind)
        elif isinstance(line, ListingLine) and line.mint not in self._tokens:
            raise LineError(f"token {line.mint} is not named above")

    def _check_kind(self, kind: int) -> None:
        if kind not in self.kinds:
            raise LineError(f"kind {kind} is not named above")
