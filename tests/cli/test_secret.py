"""`secret`: what it prints is accepted where a strong secret is asked for, and is never the same."""

import asyncio
import os
import sys

import pytest

import bot
from core.cli.secret import run
from core.settings import load
from tests.conftest import REPOSITORY_ROOT


def test_what_is_printed_is_a_strong_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(), run()) == (0, 0)
    one, other = capsys.readouterr().out.splitlines()
    assert one != other
    assert load({"OPERATOR_TOKEN": one}, None).operator_token is not None


async def test_a_reader_that_went_away_is_no_fault_of_ours() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = (sys.executable, str(REPOSITORY_ROOT / "bot.py"), "secret")
    process = await asyncio.create_subprocess_exec(*command, stdout=writing, stderr=asyncio.subprocess.PIPE)
    os.close(writing)
    _, err = await process.communicate()
    assert (process.returncode, err) == (bot.ENDED_BY_PIPE, b"")
