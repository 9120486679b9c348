"""Misbehaving on command, as every office does it; each says itself in which ways, and whom it strikes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class UnknownMisbehaviourError(ValueError):
    """There is no such misbehaviour, or not with that value."""


@dataclass(slots=True)
class Rule:
    """One misbehaviour, and how often it strikes."""

    kind: str
    seconds: float = 1.0
    next: int | None = None
    """How many more times; None until cleared."""


SomeRule = TypeVar("SomeRule", bound=Rule)


class Rules(Generic[SomeRule]):
    """The rules of one office; none is a well-behaved one.

    Args:
        kinds: of misbehaviour, with what each does.
        made_of: the rule that the office understands.
    """

    def __init__(self, kinds: Mapping[str, str], made_of: type[SomeRule]) -> None:
        self._kinds = kinds
        self._made_of = made_of
        self._rules: list[SomeRule] = []

    def add(self, wish: dict[str, Any]) -> None:
        """Add a rule.

        Raises:
            UnknownMisbehaviourError: naming what is known.
        """
        known = {field.name for field in fields(self._made_of)}
        unknown = sorted(set(wish) - known)
        if unknown or wish.get("kind") not in self._kinds:
            raise UnknownMisbehaviourError(
                f"{unknown or wish.get('kind')!r}: kind is one of {', '.join(self._kinds)};"
                f" with {sorted(known)}"
            )
        self._rules.append(self._made_of(**wish))

    def clear(self) -> None:
        """Behave well from now on."""
        self._rules.clear()

    def shown(self) -> list[dict[str, Any]]:
        """The rules, as they were wished."""
        return [asdict(rule) for rule in self._rules]

    def strike(self, kind: str, concerns: Callable[[SomeRule], bool] = lambda _: True) -> SomeRule | None:
        """The first rule of a kind that strikes now; each strike counts."""
        for rule in self._rules:
            if rule.kind == kind and rule.next != 0 and concerns(rule):
                if rule.next is not None:
                    rule.next -= 1
                return rule
        return None
