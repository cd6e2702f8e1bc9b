"""Each check of one file finds the habit it is named after, and leaves its neighbours alone."""

from pathlib import PurePath

import pytest

from tests.architecture import habits


def function_of(lines: int) -> str:
    return "def long():\n" + "    pass\n" * (lines - 1)


def test_a_function_may_have_fifty_lines_and_no_more() -> None:
    assert habits.size_faults(function_of(50)) == []
    assert habits.size_faults(function_of(51)) == ["long has 51 lines"]
    assert habits.size_faults("class Deals:\n    async " + function_of(51).replace("\n    ", "\n        "))


def test_a_module_may_have_three_hundred_lines_and_no_more() -> None:
    assert habits.size_faults("pass\n" * 300) == []
    assert habits.size_faults("pass\n" * 301) == ["301 lines"]


def test_a_module_without_a_docstring_is_found() -> None:
    assert habits.docstring_faults("import os\n")
    assert habits.docstring_faults("") != []
    assert habits.docstring_faults('"""What a deal is."""\n') == []


@pytest.mark.parametrize(
    "path", ["core/utils.py", "cogs/ui/helpers.py", "db/common/rows.py", "core/manager.py"]
)
def test_a_name_that_would_hold_anything_is_found(path: str) -> None:
    assert habits.name_faults(PurePath(path))
    assert habits.name_faults(PurePath("core/services/deals.py")) == []


@pytest.mark.parametrize(
    "clause",
    [
        "except:",
        "except Exception:",
        "except BaseException as e:",
        "except (OSError, Exception):",
        "except* Exception:",
    ],
)
def test_a_broad_except_is_found(clause: str) -> None:
    assert habits.broad_excepts(f"try:\n    pass\n{clause}\n    pass\n") == [3]


def test_suppressing_everything_is_a_broad_except_and_catching_something_is_none() -> None:
    assert habits.broad_excepts("with contextlib.suppress(Exception):\n    pass\n") == [1]
    assert habits.broad_excepts("try:\n    pass\nexcept (OSError, ValueError):\n    pass\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "os.environ['A']",
        "os.getenv('A')",
        "from os import environ",
        "from os import getenv as g",
        "load_dotenv",
    ],
)
def test_reading_the_environment_is_found(source: str) -> None:
    if source == "load_dotenv":
        source = "from dotenv import load_dotenv"
    assert habits.environment_faults(source)
    assert habits.environment_faults("from core.settings import Settings\nos.cpu_count()") == []


@pytest.mark.parametrize(
    "source",
    [
        "import unittest.mock",
        "from unittest import mock",
        "from unittest.mock import AsyncMock",
        "def test_it(monkeypatch):\n    monkeypatch.setattr(core.clock, 'now', None)",
        "def test_it(mocker):\n    pass",
    ],
)
def test_a_mock_is_found(source: str) -> None:
    assert habits.mock_faults(source)
    assert habits.mock_faults("def test_it(monkeypatch):\n    monkeypatch.setenv('A', '1')") == []


@pytest.mark.parametrize(
    "source",
    [
        "async def test_it():\n    await asyncio.sleep(0.1)",
        "time.sleep(2)",
        "from time import sleep\nsleep(1)",
        "PAUSE_S = 0.5\ntime.sleep(PAUSE_S)",
        "page.wait_for_timeout(100)",
    ],
)
def test_a_sleep_is_found(source: str) -> None:
    assert habits.sleep_faults(source)
    assert habits.sleep_faults("await asyncio.sleep(0)\ntime.sleep(0.05)\npage.wait_for_timeout(50)") == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from time import monotonic",
        "import asyncio",
        "datetime.now(UTC)",
        "date.today()",
        "import os.path",
    ],
)
def test_an_impurity_is_found(source: str) -> None:
    assert habits.impurity_faults(source)
    assert (
        habits.impurity_faults("from random import Random\nfrom datetime import datetime\nnow.date()") == []
    )
