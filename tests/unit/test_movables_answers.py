"""Answers that the registry of movables signed and that still cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from activities.adapters.movables import _entry
from activities.ports.movables import RegistryUnreachableError

ENTRY: dict[str, Any] = {
    "certificate": "ZD1",
    "reference": "SH-2026-000001",
    "registered_at": "2026-11-23T08:00:00+08:00",
    "content": {
        "registrant": {"name": "华泽融资租赁有限公司"},
        "debtor": {"id": "D"},
        "items": [{"id": "L1"}],
    },
}


def test_what_is_whole_is_read() -> None:
    assert _entry(ENTRY).items == ("L1",)


@pytest.mark.parametrize(
    "said",
    [
        ENTRY | {"registered_at": "2026-11-23T08:00:00"},
        ENTRY | {"ended_at": "2026-11-24T08:00:00"},
        ENTRY | {"content": "gone"},
        {"certificate": "ZD1"},
        None,
    ],
)
def test_what_is_not_is_no_answer(said: object) -> None:
    with pytest.raises(RegistryUnreachableError, match="cannot be read"):
        _entry(said)
