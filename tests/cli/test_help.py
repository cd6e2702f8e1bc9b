"""The command line explains itself, in lines that fit a terminal of 80 columns."""

import os
import re

import pytest

import bot
from core.version import VERSION

COMMANDS = ("run", "demo", "doctor", "db", "import", "sources", "scrape", "secret")


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        bot.main(arguments)
    assert ended.value.code == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str], command: str) -> None:
    text = printed(capsys, *filter(None, [command, "--help"]))
    assert max(map(len, text.splitlines())) <= 80
    assert re.fullmatch(r"[A-Z].*\.", text.split("\n\n")[1], re.DOTALL)


def test_the_first_page_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    listed = re.findall(r"^    (\w+) {2,}\S", printed(capsys, "--help"), re.MULTILINE)
    assert tuple(listed) == COMMANDS


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--version") == f"Cards Cartel {VERSION}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bake",), "invalid choice: 'bake'"),
        (("db", "drop"), "invalid choice: 'drop'"),
        (("demo", "--port", "65536"), "a whole number from 0 to 65535 is expected, not '65536'"),
        (("demo", "--pace", "-1"), "a whole number from 0 to 6000 is expected, not '-1'"),
    ],
)
def test_what_nobody_understands_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in printed(capsys, *arguments, code=2)


def test_without_a_subcommand_options_are_those_of_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert bot.main(["--env-file", os.devnull, "--roles", "cook"]) == 1
    assert capsys.readouterr().err == (
        "--roles 'cook': some of bot, jobs and api are expected, parted by commas.\n"
    )


def test_a_secret_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert bot.main(["secret"]) == 0
    assert re.fullmatch(r"[\w-]{43}\n", capsys.readouterr().out)
