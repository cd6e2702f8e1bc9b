"""The one HTTP client of all sources: turns, retries, breakers, cache, metrics, errors of ours.

A vendor file asks `get`, `find` or `post` and gets a whole answer, None where the vendor has none, or a
SourceError; nothing else comes out of here. `decode` and `parsing` keep the same promise for what the
answer holds.
"""

from core.sources.http.answers import VendorHabits
from core.sources.http.budget import Sleep, VendorLimits
from core.sources.http.cache import Fetched
from core.sources.http.calls import Call, CallOutcome, OnCall, OnChange, changed
from core.sources.http.client import Params, SourceHttp, Vendor
from core.sources.http.parsing import address_of, decode, parsing, peek, utc, whole
from core.sources.http.tokens import Lender, Lent
from core.sources.http.transport import Timeouts

__all__ = [
    "Call",
    "CallOutcome",
    "Fetched",
    "Lender",
    "Lent",
    "OnCall",
    "OnChange",
    "Params",
    "Sleep",
    "SourceHttp",
    "Timeouts",
    "Vendor",
    "VendorHabits",
    "VendorLimits",
    "address_of",
    "changed",
    "decode",
    "parsing",
    "peek",
    "utc",
    "whole",
]
