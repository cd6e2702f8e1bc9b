"""What every test can ask for: a database of its own on either engine, the folders, a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.postgres", "tests.databases", "tests.skips", "tests.simulator.discord.openapi"]

# A busy machine is no reason for a property to fail.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

REPOSITORY_ROOT = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MARKER_OF_FIXTURE = {"postgres_server": "postgres", "chromium_path": "browser", "shared_folder": "shared"}


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "how often the bot is killed in a stream of deals, on each database"
    parser.addoption("--delivery-runs", type=int, default=1, metavar="N", help=told)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it asks for, so that `-m` can choose without every test saying it again."""
    for item in items:
        for fixture, marker in MARKER_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if not is_measured(item):
            item.add_marker("no_cover")


def is_measured(item: pytest.Item) -> bool:
    """It costs half of a test's time: not what has a twin on SQLite, nor what drives the whole house."""
    names = {marker.name for marker in item.iter_markers()}
    drives_all = "browser" in names or ("slow" in names and item.path.parent.name != "services")
    return "postgres" not in names and not drives_all


@pytest.fixture(scope="session")
def repository_root() -> Path:
    return REPOSITORY_ROOT


@pytest.fixture(scope="session")
def shared_folder(repository_root: Path) -> Path:
    """The reference documents and recorded samples beside the repository."""
    folder = repository_root.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared folder is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """An installed Chromium for Playwright's `executable_path`."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium is installed")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the test's own, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cartel.db'}"
        return
    # Asked for by name so that tests on SQLite start no server.
    server = request.getfixturevalue("postgres_server")
    name = server.create_database(template=request.getfixturevalue("template_database"))
    yield server.url(name)
    server.drop_database(name)
