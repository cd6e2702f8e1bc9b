"""What a server is told beside deals: of its own bot, and of prices that cannot be meant."""

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.listings import Venue
from core.domain.money import Amount
from core.domain.quarantine import Suspicion


class NoticePost(msgspec.Struct, frozen=True, tag="notice", tag_field="post"):
    """A sentence or two in our own words, with nothing in them that came from outside."""

    title: str
    text: str


class TracePost(msgspec.Struct, frozen=True, tag="trace", tag_field="post"):
    """A listing that is judged by nobody, because its price cannot be meant. Version 1."""

    title: str
    grader: Grader
    grade: Grade
    certificate: str
    mint: str
    venue: Venue
    price: Amount
    suspicion: Suspicion
