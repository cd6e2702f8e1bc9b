"""One question to one vendor, with a good answer to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.sources.http import SourceHttp
from tests.sources.payloads import Json


@dataclass(frozen=True)
class Question:
    """`ask` goes to a server at the address given and understands `answer`."""

    name: str
    ask: Callable[[SourceHttp, str], Awaitable[object]]
    answer: Json

    def __str__(self) -> str:
        return self.name
