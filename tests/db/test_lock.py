"""One role process at a time on SQLite."""

import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from core.errors import StartError
from db.lock import hold_alone

FORK = multiprocessing.get_context("spawn")
PATIENCE_S = 60


def hold(database: Path, has_it: Event) -> None:
    """What another process does: take the lock and never give it back."""
    with hold_alone(database):
        has_it.set()
        FORK.Event().wait()


def test_a_second_holder_is_told_who_runs_already(tmp_path: Path) -> None:
    has_it = FORK.Event()
    other = FORK.Process(target=hold, args=(tmp_path / "cartel.db", has_it), daemon=True)
    other.start()
    try:
        assert has_it.wait(PATIENCE_S)
        with (
            pytest.raises(StartError, match=rf"Another process \({other.pid}\) already runs on"),
            hold_alone(tmp_path / "cartel.db"),
        ):
            pytest.fail("two hold it")
    finally:
        other.kill()
        other.join(PATIENCE_S)
    with hold_alone(tmp_path / "cartel.db"):
        """The lock of a killed process is free."""


def test_the_lock_is_free_again_after_its_holder(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_alone(tmp_path / "new folder" / "cartel.db"):
            """Held, and given back."""


def test_a_link_to_the_database_is_the_database(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "cartel.db")
    with (
        hold_alone(tmp_path / "cartel.db"),
        pytest.raises(StartError, match="already runs on"),
        hold_alone(tmp_path / "link.db"),
    ):
        pytest.fail("two hold it")


def test_a_folder_that_cannot_be_written_to_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(StartError, match="cannot be written to"),
        hold_alone(tmp_path / "file" / "cartel.db"),
    ):
        pytest.fail("held")
