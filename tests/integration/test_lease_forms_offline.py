"""Forms are begun and checked on a machine without any stack, by the products as shipped."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.lease import app
from models.lease.application.errors import UnknownProductError


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An example's file, in a home where nothing runs."""
    monkeypatch.setenv("LEASEFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LEASEFLOW_DATABASE_URL", raising=False)
    begun = _run("form", "--example", "equipment-direct")
    assert (begun.exit_code, begun.stderr) == (0, "no database answers: products as shipped\n")
    path = tmp_path / "form.json"
    path.write_text(begun.stdout, "utf-8")
    return path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_an_example_has_no_faults(form: Path) -> None:
    checked = _run("check", str(form))
    assert checked.exit_code == 0, checked.output
    assert "has no faults" in checked.stdout
    assert checked.stderr == (
        "no database answers: products as shipped, and nothing that only the books know\n"
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("financing.instalments=99",), "1 fault;"),
        (("financing.instalments=99", "payee.bank=1"), "2 faults;"),
        (("product=boat",), "1 fault;"),
        (("financing.method=seasonal",), "1 fault;"),
    ],
)
def test_faults_are_counted_in_words(form: Path, wrong: tuple[str, ...], told: str) -> None:
    changes = [part for each in wrong for part in ("--set", each)]
    checked = _run("check", str(form), *changes)
    assert checked.exit_code == 1
    assert f"error: {told} nothing was entered" in checked.stderr


def test_a_product_that_is_not_shipped_is_named(form: Path) -> None:
    del form
    refused = _run("form", "--example", "boat")
    assert isinstance(refused.exception, UnknownProductError)
