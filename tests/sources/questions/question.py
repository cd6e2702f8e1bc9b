"""One question to one vendor, with a good answer to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.sources.http import SourceHttp
from tests.sources.payloads import Json


@dataclass(frozen=True)
class Question:
    """`ask` goes to a server at the address given and understands `answer`.

    `lockout_s`: how long the vendor shuts out who asks too much, where it does not say so. `missing`:
    statuses by which it says that it has none.
    """

    name: str
    ask: Callable[[SourceHttp, str], Awaitable[object]]
    answer: Json
    lockout_s: float = 60
    missing: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.name
