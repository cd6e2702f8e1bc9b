"""`secret`: what it prints is accepted where a strong secret is asked for, and is never the same."""

import pytest

from core.cli.secret import run
from core.settings import load


def test_what_is_printed_is_a_strong_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(), run()) == (0, 0)
    one, other = capsys.readouterr().out.splitlines()
    assert one != other
    assert load({"OPERATOR_TOKEN": one}, None).operator_token is not None
