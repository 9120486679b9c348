"""Published cases: what regulations, manuals and other systems' tests print, our quotes print as well."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from models.lease.plan.fields import number
from models.lease.plan.quoting import quote

_CASES = [
    pytest.param(case, id=f"{file.stem}: {case['source']}"[:120])
    for file in sorted((Path(__file__).parents[1] / "golden" / "plans").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
]


@pytest.mark.parametrize("case", _CASES)
def test_a_quote_prints_what_was_published(case: dict[str, Any]) -> None:
    answer = quote(case["ask"])
    for path, published in case["expect"].items():
        if path == "rows":
            rows = [
                [row[key] for key in ("rent", "interest", "principal", "balance")] for row in answer["rows"]
            ]
            assert rows == published
        else:
            assert _rounded_like(published, _at(answer, path)) == number(published), path


def test_at_least_a_hundred_cases_are_kept() -> None:
    assert len(_CASES) >= 100


def _at(answer: Any, path: str) -> Decimal:
    for name in path.split("."):
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return Decimal(answer)


def _rounded_like(published: str, ours: Decimal) -> Decimal:
    """Ours, to as many digits as were printed."""
    printed = Decimal(published.rstrip("%"))
    if published.endswith("%"):
        return (ours * 100).quantize(printed, ROUND_HALF_UP) / 100
    return ours.quantize(printed, ROUND_HALF_UP)
