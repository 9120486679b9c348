"""What a proposed change would do: the difference, and its effects on what happened lately."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from models.money import Money
from models.parameters.changes.differences import Difference

_EXAMPLES: Final = 10


class EffectKind(StrEnum):
    """In which way something past would have gone otherwise."""

    REFUSED = "refused"
    NO_LONGER_REFUSED = "no-longer-refused"
    RELEASE = "needs-release"
    NO_RELEASE = "needs-no-release"
    FEE = "other-fee"
    """Sums are what the fee would have been more, or less."""
    OTHER_DAY = "other-day"
    OTHER_LINES = "other-lines"
    """A voucher would have had other lines."""
    CANNOT_POST = "cannot-post"
    """A voucher could not have been posted."""
    GRAVER_ADVICE = "graver-advice"
    """Decision tables would have referred or refused."""
    MILDER_ADVICE = "milder-advice"
    OTHER_GRADE = "other-grade"


_WORDS: Final = {
    EffectKind.REFUSED: "past payments would have been refused",
    EffectKind.NO_LONGER_REFUSED: "past payments would not have been refused",
    EffectKind.RELEASE: "past payments would have needed release",
    EffectKind.NO_RELEASE: "past payments would have needed no release",
    EffectKind.FEE: "past payments would have cost another fee",
    EffectKind.OTHER_DAY: "past payments would have gone out on another day",
    EffectKind.OTHER_LINES: "past events would have posted other lines",
    EffectKind.CANNOT_POST: "past events could not have been posted",
    EffectKind.GRAVER_ADVICE: "past screenings would have ended worse for the applicant",
    EffectKind.MILDER_ADVICE: "past screenings would have ended better for the applicant",
    EffectKind.OTHER_GRADE: "past screenings would have given another grade",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One of those concerned."""

    key: str
    """Payment id, or voucher."""
    amount: Money | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of effect: how many, how much, and the first of them."""

    kind: EffectKind
    count: int
    sums: tuple[Money, ...] = ()
    """One for each currency."""
    examples: tuple[Example, ...] = ()

    def sentence(self, looked_at: int) -> str:
        """``3 of 412 past payments would have been refused (61200000.00 CNY)``."""
        sums = ", ".join(f"{money} {money.currency}" for money in self.sums)
        return f"{self.count} of {looked_at} {_WORDS[self.kind]}" + (f" ({sums})" if sums else "")


@dataclass(slots=True)
class EffectCount:
    """Counts one kind of effect while past matters are gone through."""

    kind: EffectKind
    count: int = 0
    _sums: dict[str, Money] = field(default_factory=dict)
    _examples: list[Example] = field(default_factory=list)

    def add(self, key: str, amount: Money | None, sentence: str) -> None:
        """One more; the first ten are kept as examples."""
        self.count += 1
        if amount is not None:
            self._sums[amount.currency] = self._sums.get(amount.currency, Money(0, amount.currency)) + amount
        if len(self._examples) < _EXAMPLES:
            self._examples.append(Example(key, amount, sentence))

    def effect(self) -> Effect:
        """What was counted."""
        sums = tuple(self._sums[currency] for currency in sorted(self._sums))
        return Effect(self.kind, self.count, sums, tuple(self._examples))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, as whoever approves it must see it."""

    differences: tuple[Difference, ...]
    looked_at: int = 0
    """Past payments, events or screenings that were gone through."""
    of: str = ""
    """What was gone through: ``payments since 2026-08-24``; empty where a set has no replay."""
    effects: tuple[Effect, ...] = ()
    notes: tuple[str, ...] = ()

    def outcome(self) -> tuple[str, ...]:
        """Effects and remarks in sentences; says so when nothing would have gone otherwise."""
        told = [effect.sentence(self.looked_at) for effect in self.effects]
        if self.of and not told:
            told = [f"none of {self.looked_at} {self.of} would have gone otherwise"]
        return (*told, *self.notes)
