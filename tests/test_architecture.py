"""The rules of the house, held against every file; tests/architecture shows that each check can fail."""

from collections.abc import Callable, Iterable, Sized
from pathlib import Path

import pytest

from tests.architecture import habits, house, texts
from tests.architecture.imports import import_faults

ROOT = Path(__file__).parents[1]
SOURCES = {path: (ROOT / path).read_text(encoding="utf-8") for path in house.code_files(ROOT)}

# Where everything may be caught: how often, and why.
# A place without a line fails; so does a line without a place.
BROAD_EXCEPTS: dict[str, tuple[int, str]] = {
    "cogs/publisher.py": (1, "one post that cannot be rendered must not hold up the others"),
    "cogs/ui/errors.py": (
        2,
        "the translator: discord.py would swallow it, and the person would wait in vain",
    ),
    "core/jobs.py": (1, "one job that fails must not end the others"),
    "core/services/appraisal.py": (
        1,
        "a version that cannot be worked is tried again and parked, never lost",
    ),
    "core/services/rechecks.py": (1, "a listing that cannot be looked at must not keep the others waiting"),
    "core/services/batches.py": (1, "what cannot be stored must not fail what is stored beside it"),
    "core/web/middleware.py": (1, "the translator: a bug is answered with its reference"),
}
# Attributes of libraries that tests set, because the library offers no other way; none of ours.
PATCHES: dict[str, tuple[int, str]] = {
    "tests/simulator/discord/conftest.py": (2, "the two addresses discord.py keeps in its classes"),
}

# A revision records one change of the schema and is never edited again, so its length says nothing.
UNCAPPED = "migrations/versions"
ENVIRONMENT_READERS = {
    "core/settings/reading.py": "reads it for everyone",
    "core/cli/demo/plan.py": "hands it to the processes it starts",
}
# Files of machines, not of one person's machine.
MAY_NAME_PATHS = ("Dockerfile", "docker-compose.yml", "deploy/")


def faults_of(check: Callable[[str], Iterable[str]], *, within: tuple[str, ...] = ("",)) -> list[str]:
    """What a check finds in the Python files whose path begins with one of `within`."""
    return [
        f"{path}: {fault}"
        for path, source in SOURCES.items()
        if path.as_posix().startswith(within)
        for fault in check(source)
    ]


def counts(check: Callable[[str], Sized], *, within: tuple[str, ...] = ("",)) -> dict[str, int]:
    """How often a check finds something, in the Python files where it does."""
    found = {
        path.as_posix(): len(check(source))
        for path, source in SOURCES.items()
        if path.as_posix().startswith(within)
    }
    return {path: count for path, count in found.items() if count}


def named(places: dict[str, tuple[int, str]]) -> dict[str, int]:
    return {path: count for path, (count, _) in places.items()}


def test_modules_import_only_what_their_room_may() -> None:
    faults = [
        fault for path, source in SOURCES.items() for fault in import_faults(house.module_name(path), source)
    ]
    assert faults == []


def test_modules_and_functions_stay_below_their_caps() -> None:
    sizes = [fault for fault in faults_of(habits.size_faults) if not fault.startswith(UNCAPPED)]
    assert sizes == []


def test_scripts_stay_below_the_cap_of_modules() -> None:
    lengths = {
        path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in house.script_files(ROOT)
    }
    assert {path: lines for path, lines in lengths.items() if lines > habits.MODULE_LINES_MAX} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert faults_of(habits.docstring_faults) == []


def test_no_module_is_named_after_nothing() -> None:
    assert [fault for path in SOURCES for fault in habits.name_faults(path)] == []


def test_the_top_level_is_frozen() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert house.strangers((path.name for path in ROOT.iterdir()), ignored) == []


def test_everything_is_caught_only_in_named_places() -> None:
    assert counts(habits.broad_excepts) == named(BROAD_EXCEPTS)


def test_only_the_settings_read_the_environment() -> None:
    faults = faults_of(habits.environment_faults, within=("bot.py", "cogs/", "core/", "db/", "migrations/"))
    assert [fault for fault in faults if fault.partition(":")[0] not in ENVIRONMENT_READERS] == []


def test_the_domain_reads_no_clock_and_does_no_input_or_output() -> None:
    assert faults_of(habits.impurity_faults, within=("core/domain/", "core/errors")) == []


def test_tests_put_nothing_in_the_place_of_our_code() -> None:
    assert counts(habits.mock_faults, within=("tests/",)) == named(PATCHES)


def test_tests_wait_for_events_and_do_not_sleep() -> None:
    assert faults_of(habits.sleep_faults, within=("tests/",)) == []


@pytest.mark.parametrize(
    "check", [texts.machine_path_faults, texts.index_address_faults, texts.secret_faults]
)
def test_no_text_tells_of_a_machine_an_index_or_a_secret(check: Callable[[str], list[str]]) -> None:
    exempt = MAY_NAME_PATHS if check is texts.machine_path_faults else ()
    faults = [
        f"{path}: {fault}"
        for path, text in house.texts(ROOT)
        if not path.as_posix().startswith(exempt)
        for fault in check(text)
    ]
    assert faults == []
