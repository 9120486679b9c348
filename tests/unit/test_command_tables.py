"""Tables show what people typed, as they typed it."""

from __future__ import annotations

import re

import pytest

from cli.output import print_table, up_to


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        pytest.param("see [draft 2] of it", "see [draft 2] of it", id="words in brackets"),
        pytest.param("see [/bold] of it", "see [/bold] of it", id="a tag that closes nothing"),
        pytest.param("routes[tiers].steps", "routes[tiers].steps", id="a path"),
        pytest.param("at :100: a day", "at :100: a day", id="a word between colons"),
        pytest.param("red\x1b[31m\x07 now", "red [31m  now", id="what terminals act upon"),
        pytest.param("two\nlines", "two\nlines", id="lines"),
    ],
)
def test_a_cell_is_shown_as_it_is(capsys: pytest.CaptureFixture[str], cell: str, shown: str) -> None:
    print_table(("why", "by"), [(cell, "li.wei")], empty="nothing")
    told = capsys.readouterr().out
    for line in shown.split("\n"):
        assert line in told
    assert "\x1b[31m" not in told


def test_a_heading_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("[yuan]",), [("1.00",)], empty="nothing")
    assert "[yuan]" in capsys.readouterr().out


def test_ids_and_amounts_are_not_broken_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "24")
    cells = (
        "SH-2026-000001-D1",
        "7200000.00",
        "waiting-for-review",
        "府泽(宁波)矿业有限公司",
        "5/5",
        "by rules",
    )
    names = ("disbursement", "amount", "state", "lessee", "conditions", "flags")
    print_table(names, [cells], right=["amount"], empty="nothing")
    told = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out)
    assert all(len(line.encode("gbk")) <= 60 for line in told.splitlines())
    assert all(each in told for each in ("SH-2026-000001-D1", "7200000.00"))


def test_a_listing_that_is_cut_off_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert up_to(2, ["a", "b", "c"]) == ["a", "b"]
    assert capsys.readouterr().err == "only 2 are shown: --limit shows more\n"
    assert up_to(2, ["a", "b"]) == ["a", "b"]
    assert not capsys.readouterr().err
