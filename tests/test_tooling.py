"""What a newcomer runs agrees with itself: pinned files, make targets, the workflow, the skip rule."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.settings import load
from core.version import VERSION

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME: list[str] = PROJECT["dependencies"]
DEVELOPMENT: list[str] = PROJECT["optional-dependencies"]["dev"]
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,]+\])?==(?P<version>[\w.]+)")
PINNED = re.compile(r"\S+==\S+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


@dataclass(frozen=True, slots=True)
class Pins:
    """A pinned file: its logical lines, and the version of each package by its normal name."""

    lines: list[str]

    @classmethod
    def read(cls, name: str) -> "Pins":
        text = (ROOT / name).read_text(encoding="utf-8")
        return cls(re.sub(r"\s*\\\n\s*", " ", text).splitlines())

    @property
    def versions(self) -> dict[str, str]:
        return dict(pin(line) for line in self.lines)


def pin(requirement: str) -> tuple[str, str]:
    """The normal name and the version of `name[extra]==version`."""
    match = REQUIREMENT.match(requirement)
    assert match, f"{requirement!r} is not pinned to a version"
    return re.sub(r"[-_.]+", "-", match["name"]).lower(), match["version"]


def makefile_targets() -> dict[str, str]:
    """The body of each target, by its name."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+):[^\n]*\n((?:\t[^\n]*\n)+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "direct"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", [*RUNTIME, *DEVELOPMENT])],
)
def test_every_direct_dependency_is_pinned_to_the_version_of_the_project(
    name: str, direct: list[str]
) -> None:
    versions = Pins.read(name).versions
    wanted = dict(pin(requirement) for requirement in direct)
    assert {package: versions.get(package) for package in wanted} == wanted


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pinned_files_hold_versions_and_hashes_and_nothing_else(name: str) -> None:
    assert [line for line in Pins.read(name).lines if not PINNED.fullmatch(line)] == []


def test_tests_run_what_the_bot_runs() -> None:
    runtime, development = Pins.read("requirements.txt").versions, Pins.read("requirements-dev.txt").versions
    assert {name: development.get(name) for name in runtime} == runtime


def test_the_code_knows_its_version() -> None:
    assert PROJECT["version"] == VERSION


def test_make_help_names_every_target() -> None:
    make = shutil.which("make")
    assert make
    shown = subprocess.run([make], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^make ([a-z-]+) ", shown, flags=re.MULTILINE)) == set(makefile_targets())


def test_ci_runs_what_a_developer_runs() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make ([a-z]+)", run, flags=re.MULTILINE) == ["check", "test"]
    assert 'make test MAY_SKIP="${MAY_SKIP:-none}"' in run
    assert "--may-skip=$(MAY_SKIP)" in makefile_targets()["test"]


def test_the_workflow_runs_the_same_on_every_python_we_support() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "run: .ci/run" in workflow
    assert "MAY_SKIP: shared" in workflow
    assert 'python: ["3.11", "3.12", "3.13"]' in workflow
    assert PROJECT["requires-python"] == ">=3.11,<3.14"


PASSING = "def test_that_passes():\n    pass\n"
SHARED_SKIP = """
import pytest

@pytest.mark.shared
def test_of_the_shared_folder():
    pytest.skip("it is not here")
"""
OTHER_SKIP = """
import pytest

@pytest.mark.skip("tomorrow")
def test_of_something_else():
    pass
"""
MODULE_SKIP = "import pytest\npytest.importorskip('no_such_module')\n"
EXPECTED_FAILURE = """
import pytest

@pytest.mark.shared
@pytest.mark.xfail(reason="one day")
def test_of_a_wish():
    raise AssertionError
"""


@pytest.mark.parametrize(
    ("may_skip", "tests", "passes", "processes"),
    [
        pytest.param("any", OTHER_SKIP + EXPECTED_FAILURE, True, 0, id="by hand"),
        pytest.param("shared", SHARED_SKIP, True, 1, id="shared, in workers"),
        pytest.param("shared", SHARED_SKIP + OTHER_SKIP, False, 1, id="not only shared, in workers"),
        pytest.param("shared", EXPECTED_FAILURE, False, 0, id="expected failure"),
        pytest.param("none", SHARED_SKIP, False, 0, id="shared where all must run"),
        pytest.param("none", MODULE_SKIP, False, 0, id="a whole module"),
    ],
)
def test_a_skip_that_is_not_allowed_fails_the_run(
    tmp_path: Path, may_skip: str, tests: str, passes: bool, processes: int
) -> None:
    (tmp_path / "test_passing.py").write_text(PASSING)
    (tmp_path / "test_sample.py").write_text(tests)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = shared\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.skips", "-n", str(processes)]
    run = subprocess.run(
        [*command, f"--may-skip={may_skip}", "-c", tmp_path / "pytest.ini", tmp_path],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == (0 if passes else 1), run.stdout
    assert ("not run, but must be" in run.stdout) is not passes


def test_a_copied_example_keeps_everything_in_the_containers_volume() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    settings = load({}, ROOT / ".env.example")
    assert (settings.data_dir, settings.database_url) == (Path("data"), "sqlite:///data/cartel.db")
    assert all(line in image for line in ("WORKDIR /app\n", "VOLUME /data\n", "RUN ln -s /data /app/data\n"))
