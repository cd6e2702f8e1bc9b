"""A stand-in for https://api.psacard.com/publicapi: a certificate's card, grade and population."""

from typing import Final

from aiohttp import web

from core.simulator.market.things import Token
from core.simulator.vendors.desk import Desk, Json, json_response
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/psa/publicapi"
A_DAY_MAX: Final = 100
DAY_MS: Final = 86_400_000
DIGITS: Final = (5, 10)


def rate_limited(_: float) -> web.Response:
    """The daily calls are used up. The form is a guess."""
    return json_response({"Message": "API calls quota exceeded! maximum admitted 100 per Day."}, status=429)


class Psa:
    """The routes. Any token will do, none will not."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._window = Window(A_DAY_MAX, DAY_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/psa/publicapi."""
        path = f"{ROOT}/cert/GetByCertNumber/{{certificate}}"
        answer = limited(self.certificate, self._window, lambda: self._desk.now_ms, rate_limited)
        self._desk.add_get(app, path, "vendor:psa:cert", answer, rate_limited)

    def certificate(self, request: web.Request) -> web.Response:
        """GET /cert/GetByCertNumber/{n}: always 200, also for what is unknown."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return json_response({"Message": "Authorization has been denied for this request."}, status=401)
        number = request.match_info["certificate"]
        if not number.isdecimal() or not DIGITS[0] <= len(number) <= DIGITS[1]:
            return json_response({"IsValidRequest": False, "ServerMessage": "Invalid CertNo"})
        token = self._desk.world.scenery.token_by_certificate(number)
        if token is None or not self._is_ours(token):
            return json_response({"PSACert": None, "IsValidRequest": True, "ServerMessage": "No data found"})
        answer = {"PSACert": self._row(token), "IsValidRequest": True, "ServerMessage": "Request successful"}
        return json_response(answer)

    def _is_ours(self, token: Token) -> bool:
        scenery = self._desk.world.scenery
        return scenery.grader(scenery.kind(token)).company == "PSA"

    def _row(self, token: Token) -> Json:
        scenery = self._desk.world.scenery
        kind = scenery.kind(token)
        card, grade = scenery.card(kind), scenery.grade(kind)
        better = [
            other
            for other in scenery.kinds_of(card)
            if other.grader == kind.grader and scenery.grade(other).tenths > grade.tenths
        ]
        label, _, number = grade.text.rpartition(" ")
        return {
            "CertNumber": token.slab.certificate,
            "SpecID": 10_000_000 + card.id,
            "SpecNumber": f"{card.year}-{card.number}",
            "LabelType": "LighthouseLabel",
            "ReverseBarCode": True,
            "Year": str(card.year),
            "Brand": scenery.set_name(card).upper(),
            "Category": "TCG Cards",
            "CardNumber": card.number,
            "Subject": card.name.upper(),
            "Variety": scenery.variety(card).upper(),
            "IsPSADNA": False,
            "IsDualCert": False,
            "GradeDescription": label,
            "CardGrade": f"{label} {number}",
            "TotalPopulation": kind.population,
            "TotalPopulationWithQualifier": 0,
            "PopulationHigher": sum(other.population for other in better),
        }
