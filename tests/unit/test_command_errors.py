"""An error of a command is one line, whatever others put into it."""

from __future__ import annotations

import pytest

from cli.output import ExitCode, tell_error
from models.errors import InvalidInputError


def test_an_error_is_one_line_without_what_terminals_act_upon(capsys: pytest.CaptureFixture[str]) -> None:
    error = InvalidInputError("the parser said:\n  at \x1b[31mbyte 5\udcff", remedy="Check it")
    assert tell_error(error) is ExitCode.USAGE
    told = capsys.readouterr().err
    assert told == "error: the parser said: at [31mbyte 5 . Check it\n"
