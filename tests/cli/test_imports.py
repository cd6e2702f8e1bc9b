"""`bot.py import`: what it prints, what it refuses, and how it reads a file of any shape."""

import io
import os
from pathlib import Path

import msgspec
import pytest

import bot
from core.cli.imports import lines_of, run, summary
from core.domain.history import LINE_BYTES_MAX
from core.errors import StartError
from core.services.history import Progress
from core.settings import Settings, World, load
from db.lock import hold_alone
from tests.databases import on_sqlite
from tests.docs import markdown

DOCUMENT = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The lines of the document."""
    path = tmp_path / "history.jsonl"
    path.write_text("".join(markdown.BLOCK.findall(DOCUMENT)), encoding="utf-8")
    return path


@pytest.fixture
def settings(migrated_url: str, tmp_path: Path) -> Settings:
    return load({"DATABASE_URL": migrated_url, "DATA_DIR": str(tmp_path), "WORLD": "demo"}, env_file=None)


async def test_it_says_what_was_new_and_what_was_not(
    settings: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with file.open("a") as opened:
        opened.write("{}\n")
    assert await run(settings, file) == 0
    assert await run(settings, file) == 0
    shown = capsys.readouterr()
    first, second = (line for line in shown.out.splitlines() if " lines read" in line)
    assert first == "9 lines read: 1 stays on sale, 5 prices new. Left out: 1 not understood."
    assert second.startswith("9 lines read: 0 stays on sale, 0 prices new. Left out: 4 already known")
    assert "line 9: Object missing required field `type`\n" in shown.err


async def test_another_worlds_file_is_refused(settings: Settings, file: Path) -> None:
    real = msgspec.structs.replace(settings, world=World.REAL)
    with pytest.raises(StartError, match=r"^The history is of a 'demo' market, .* another file\.$"):
        await run(real, file)


@on_sqlite
def test_it_does_not_run_beside_the_bot(
    settings: Settings, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env_file = tmp_path / "demo.env"
    env_file.write_text(f"WORLD=demo\nDATABASE_URL={settings.database_url}\nDATA_DIR={tmp_path}\n")
    with hold_alone(tmp_path / "cartel.db"):
        assert bot.main(["import", "history-jsonl", str(file), "--env-file", str(env_file)]) == 1
    assert f"Another process ({os.getpid()}) already runs on" in capsys.readouterr().err


async def test_a_file_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"There is no file .*gone\.jsonl\.$"):
        await run(settings, tmp_path / "gone.jsonl")


async def test_a_folder_is_no_file(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"The import of .* broke off: Is a directory"):
        await run(settings, tmp_path)


def test_a_line_that_is_too_long_is_one_line_still() -> None:
    long, full = b"x" * (3 * LINE_BYTES_MAX) + b"\n", b"y" * LINE_BYTES_MAX + b"\n"
    lines = list(lines_of(io.BytesIO(b"a\n" + long + full + b"b")))
    assert [line[:1] for line in lines] == [b"a", b"x", b"y", b"b"]
    assert max(map(len, lines)) == LINE_BYTES_MAX + 1


def test_the_summary_names_all_that_was_left_out() -> None:
    said = summary(Progress(1_000, 1, 20, 3_000, 4, 5, 6, 7))
    assert said == (
        "1,000 lines read: 20 stays on sale, 3,000 prices new. Left out: 4 already known, "
        "7 still on sale at its end, 6 younger than an hour, 5 without a rate to dollars, 1 not understood."
    )
