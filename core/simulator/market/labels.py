"""What vendors say of a thing: the words of a slab, of an ungraded card and of a sealed product."""

from enum import StrEnum

import msgspec


class Form(StrEnum):
    """What a token stands for, in Collector Crypt's words."""

    CARD = "Card"
    RAW = "Raw"
    SEALED = "Sealed"


class Label(msgspec.Struct, frozen=True):
    """The words for one thing. A raw card has no grade, a sealed product has no number either: None.

    `grader` is ALT's code of the company, which is "Not graded" for a raw card and None for a sealed product.
    """

    form: Form
    title: str
    category: str
    year: int
    set_name: str
    language: str
    name: str
    number: str | None = None
    variety: str = ""
    stamp: str = ""
    company: str | None = None
    grader: str = ""
    grade: str | None = None
    grade_number: str | None = None
    certificate: str | None = None
