"""What differs between two values of a parameter set, leaf by leaf."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

_IDENTITIES: Final = (("event", "product"), ("code",), ("_id",), ("name",), ("up_to",))
"""By which of their fields the items of a list are told apart, so that a new one in front moves none."""
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter whose value differs. Values are texts, as a person would type them."""

    name: str
    """Dotted: ``limits.per_payment``, ``templates[payout.confirmed x *].lines[0].account``."""
    old: str | None
    """None where there was no such parameter."""
    new: str | None

    @property
    def sentence(self) -> str:
        """``limits.per_payment 50000000 → 20000000``."""
        return f"{self.name} {_shown(self.old)} → {_shown(self.new)}"


def differences(old: BaseModel | None, new: BaseModel) -> tuple[Difference, ...]:
    """Every leaf that differs, by name; numbers are compared as numbers, account codes as texts.

    Args:
        old: None when there was no value before.
        new: the other value.
    """
    before = dict(_leaves("", old.model_dump())) if old is not None else {}
    after = dict(_leaves("", new.model_dump()))
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Difference(name, _text(before.get(name, _NOTHING)), _text(after.get(name, _NOTHING)))
        for name in names
        if before.get(name, _NOTHING) != after.get(name, _NOTHING)
    )


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - plain data of any shape
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, Sequence) and value and all(isinstance(item, Mapping) for item in value):
        labels = _labels(value)
        for label, item in zip(labels, value, strict=True):
            yield from _leaves(f"{name}[{label}]", item)
    else:
        yield name, value


def _labels(items: Sequence[Mapping[str, Any]]) -> list[str]:
    for fields in _IDENTITIES:
        if all(field in item for item in items for field in fields):
            labels = [" x ".join(str(item[field]) for field in fields) for item in items]
            if len(set(labels)) == len(labels):
                return labels
    return [str(index) for index in range(len(items))]


def _text(value: object) -> str | None:
    if value is _NOTHING:
        return None
    plain = to_jsonable_python(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _shown(text: str | None) -> str:
    if text is None:
        return "(none)"
    return text or '""'
