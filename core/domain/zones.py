"""Time zones by the names that people type."""

import re
from functools import cache
from zoneinfo import available_timezones

from core.domain.wording import folded
from core.errors import InvalidInput

NAMED_MAX = 8
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules", "EST", "MST", "HST"})
"""The last three never put the clock forward, which nobody means who types them."""
_OFFSET = re.compile(r"[+-][0-9]")
"""The names of bare offsets are of the wrong sign: Etc/GMT+1 is an hour behind Greenwich."""


@cache
def zones() -> dict[str, str]:
    """Every zone by its name in small letters, as the machine's database has them."""
    places = sorted(available_timezones() - _NO_PLACES)
    return {name.casefold(): name for name in places if not _OFFSET.search(name)}


def is_zone(name: str) -> bool:
    return zones().get(name.casefold()) == name


def zone_named(text: str) -> str:
    """The one zone that a text means: a name, a city, or the part of one. Raises InvalidInput."""
    asked = "_".join(folded(text).split())
    known = zones()
    if asked in known:
        return known[asked]
    cities = [name for key, name in known.items() if key.rpartition("/")[2] == asked]
    found = cities or [name for key, name in known.items() if asked and asked in key]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidInput(
            "I know no such time zone. Type the nearest large city, such as Berlin or New York."
        )
    more = f" and {len(found) - NAMED_MAX} more" if len(found) > NAMED_MAX else ""
    raise InvalidInput(
        f"Several time zones are called so: {', '.join(found[:NAMED_MAX])}{more}. Type one of them."
    )
