"""The name of a slab as a post begins with it: grader and grade are said once, in our own words."""

import re

from cogs.ui.text import plain
from core.domain.catalog import Grade, Grader, grade_of, grader_of, slab_name
from core.domain.posts import DealPost

TITLE_LENGTH_MAX = 256
GRADE_LENGTH_MAX = 24  # "[CGC 10 Pristine] "
READ_LENGTH_MAX = 4 * TITLE_LENGTH_MAX
CERTIFICATE_LENGTH_MIN = 5  # a shorter one could be the number of the card
_JOINTS = " -–·,|"


def deal_title(deal: DealPost, limit: int = TITLE_LENGTH_MAX) -> str:
    """`[PSA 10] name`: our own words and the vendor's, made harmless."""
    return card_title(deal.title, deal.grader, deal.grade, deal.certificate, limit)


def card_title(
    title: str, grader: Grader, grade: Grade, certificate: str, limit: int = TITLE_LENGTH_MAX
) -> str:
    """The same of any slab."""
    name = card_name(title, grader, grade, certificate)
    return slab_name(grader, grade, plain(name, limit - GRADE_LENGTH_MAX))


def kept_title(title: str, limit: int = TITLE_LENGTH_MAX) -> str:
    """A title that was kept as `[PSA 10] name`, and whatever has another form, the same way."""
    match = _KEPT.fullmatch(title)
    grader = grader_of(match["grader"]) if match else None
    grade = grade_of(match["grade"]) if match else None
    if match is None or grader is None or grade is None:
        return plain(title, limit)
    return card_title(match["name"], grader, grade, "", limit)


def card_name(title: str, grader: Grader, grade: Grade, certificate: str) -> str:
    """The vendor's title without this slab's own grade and certificate.

    Nothing else goes: a grade that is another stays, to be wondered at.
    """

    def without(match: re.Match[str]) -> str:
        is_said = grader_of(match["grader"]) is grader and _fits(match["grade"], grade)
        return " " if is_said else match[0]

    title = " ".join(title[:READ_LENGTH_MAX].split())
    name = _GRADE.sub(without, title)
    if len(certificate) >= CERTIFICATE_LENGTH_MIN:
        name = _alone(rf"(?:cert(?:ificate)?\.?\s*)?#?{re.escape(certificate)}").sub(" ", name)
    return title if name == title else " ".join(name.split()).strip(_JOINTS) or title


def _fits(said: str, grade: Grade) -> bool:
    """The same number, and no distinction that is not in the grade."""
    read = grade_of(said)
    return read is not None and read.tenths == grade.tenths and read.label in {"", grade.label}


def _alone(pattern: str) -> re.Pattern[str]:
    """As words of their own, with the brackets around them when these hold nothing else."""
    return re.compile(
        rf"(?<![\w.#/-])(?P<bracket>[(\[] ?)?{pattern}(?(bracket) ?[)\]])(?![\w/]|[.-]\w)", re.IGNORECASE
    )


_GRADE = _alone(
    r"(?P<grader>PSA|BGS|Beckett|CGC|SGC|TAG) (?P<grade>(?:10|[1-9](?:\.5)?)(?:\.0)?"
    r"(?: (?:GEM[ -]MINT|GEM[ -]MT|PRISTINE|BLACK LABEL|GOLD LABEL)\b)?)"
)
_KEPT = re.compile(
    r"\[(?P<grader>[A-Z]{2,8}) (?P<grade>[0-9.]{1,4}(?: [A-Za-z]{1,10})?)\] (?P<name>.*)", re.DOTALL
)
