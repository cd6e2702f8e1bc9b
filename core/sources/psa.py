"""PSA's own word on a certificate: the card, the grade, and how many there are.

Documented at https://www.psacard.com/publicapi/documentation; a free token allows 100 questions a day.

Quirks: everything is a 200, an unknown certificate (`PSACert` is null) and a number that cannot be one
(`IsValidRequest` is false) too; a grade is a text ("GEM-MT 10", "Authentic"), as are year and card number;
a qualifier behind it ("NM-MT 8 (OC)") says that the card is worth less than that grade; autographs are
certified as well (`IsPSADNA`), and their grade is not a card's.
"""

import re
from typing import Annotated, TypeAlias

import msgspec

from core.domain.catalog import CardKey, CertificateFacts, Grade, Grader, grade_of
from core.domain.listings import SourceName
from core.domain.slabs import Word, plain
from core.errors import SourceError, SourceUnavailable
from core.sources.http import Fetched, SourceHttp, VendorHabits, VendorLimits, changed, decode, peek

NAME = SourceName.PSA
LIMITS = VendorLimits(per_minute=10, burst=4, concurrent=1, per_day=100)

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10**9)]

_CERTIFICATE = re.compile(r"[0-9]{1,12}")
_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")
_QUALIFIED = re.compile(r"[0-9]\W*(?:MC|MK|OC|OF|PD|ST)\b", re.IGNORECASE)
_NOTHING = ("no data found", "invalid certno")


class _Cert(msgspec.Struct, rename="pascal"):
    cert_number: str
    year: Word = None
    brand: str | None = None
    card_number: Word = None
    subject: str | None = None
    variety: str | None = None
    card_grade: str | None = None
    is_autograph: bool | None = msgspec.field(default=None, name="IsPSADNA")
    total_population: Count | None = None
    population_higher: Count | None = None


class _Answer(msgspec.Struct, rename="pascal"):
    cert: _Cert | None = msgspec.field(default=None, name="PSACert")
    server_message: str | None = None


class Psa:
    """One question a certificate."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        habits = VendorHabits(failure_in=failure_in)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers, habits=habits)

    async def certificate(self, number: str) -> CertificateFacts | None:
        """What cannot be one of PSA's numbers is not asked for."""
        if not _CERTIFICATE.fullmatch(number):
            return None
        return parse_certificate(await self._vendor.get(f"/cert/GetByCertNumber/{number}"), number)


def parse_certificate(fetched: Fetched, number: str) -> CertificateFacts | None:
    """None when PSA says that it has no such certificate. Raises SourceUnavailable when it says else."""
    answer = decode(fetched, _Answer)
    cert = answer.cert
    if (failure := _failure(answer)) is not None:
        raise failure
    if cert is None:
        return None
    if cert.cert_number.lstrip("0") != number.lstrip("0"):
        raise changed(NAME, "another certificate than was asked for", path="$.PSACert.CertNumber")
    return CertificateFacts(
        grader=Grader.PSA,
        certificate=number,
        grade=_grade(cert),
        card=_card(cert),
        title=_title(cert),
        population=cert.total_population,
        population_higher=cert.population_higher,
    )


def failure_in(fetched: Fetched) -> SourceError | None:
    """What PSA says instead of a certificate but "there is none"."""
    answer = peek(fetched, _Answer)
    return None if answer is None else _failure(answer)


def _failure(answer: _Answer) -> SourceError | None:
    said = plain(answer.server_message, 120)
    if answer.cert is not None or said.casefold().startswith(_NOTHING):
        return None
    return SourceUnavailable(NAME, f"no certificate, and no reason known to us: {said or 'none'}")


def _grade(cert: _Cert) -> Grade | None:
    """None also for a grade with a qualifier, which is no grade that a slab of ours can have."""
    text = plain(cert.card_grade)
    return None if cert.is_autograph or _QUALIFIED.search(text) else grade_of(text)


def _card(cert: _Cert) -> CardKey | None:
    """None without a subject. PSA names no game: its brand is game and set in one."""
    name = plain(cert.subject)
    if not name:
        return None
    year = _YEAR.match(plain(cert.year))
    return CardKey(
        game="",
        set_name=plain(cert.brand),
        number=plain(cert.card_number).lstrip("#"),
        name=name,
        variant=plain(cert.variety),
        year=int(year[0]) if year else 0,
    )


def _title(cert: _Cert) -> str:
    """The words of the label in its order."""
    number = plain(cert.card_number).lstrip("#")
    words = (cert.year, cert.brand, f"#{number}" if number else "", cert.subject, cert.variety)
    return plain(" ".join(text for word in words if (text := plain(word))))
