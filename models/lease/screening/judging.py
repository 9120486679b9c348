"""How the tables of a set make one decision, and the trace that shows why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from models.errors import LeaseflowError
from models.lease.screening.facts import Facts
from models.lease.screening.messages import Advice, Reason
from models.lease.screening.tables import PLACEHOLDER

GRADES: Final = ("A", "B", "C", "D")
"""Best first."""
GRAVITY: Final = {Advice.APPROVE: 0, Advice.REFER: 1, Advice.REFUSE: 2}
_REFERRED_AT_BEST: Final = "C"


class BrokenTableError(LeaseflowError):
    """A table gave nothing, or something that is none of its results."""

    def __init__(self, table: str, rule: str, given: object) -> None:
        super().__init__(
            f"decision table {table}, rule {rule!r}, gives {given!r}",
            remedy="Correct it: leaseflow params propose screening",
        )


@dataclass(frozen=True)
class Hit:
    """A rule that fitted."""

    rule: str
    sentence: str
    """With the facts in it, for people."""
    facts: Mapping[str, Any]
    """What its conditions read."""
    given: str
    """``refuse``, ``-40``, ``B``."""


@dataclass(frozen=True)
class TableTrace:
    """What one table said."""

    table: str
    result: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Decision:
    """What a set of tables came to."""

    advice: Advice
    grade: str
    points: int
    reasons: tuple[Reason, ...]
    tables: tuple[TableTrace, ...]


@dataclass(frozen=True)
class RowHit:
    """A row that fitted, as the engine tells it."""

    rule: str
    sentence: str
    """As written, with its placeholders."""
    facts: Mapping[str, Any]
    given: object


class CompiledTables(Protocol):
    """A set of tables that is ready to be asked, many times."""

    def ask(self, table: str, known: Mapping[str, Any]) -> Sequence[RowHit]:
        """The rows of a table that fit, in order; one at most where its policy is ``first``.

        Args:
            table: its name in the set.
            known: facts, and what the tables before came to.
        """
        ...


def judge(tables: CompiledTables, facts: Facts) -> Decision:
    """Ask the tables in their order.

    The gravest of all advice holds. A referral is graded ``C`` at best and a refusal ``D``: approval
    policies go by the grade, and what people must look at must not pass them by.

    Raises:
        BrokenTableError: a table says what none of its kind may say.
    """
    known: dict[str, Any] = facts.as_data()
    knocked = tables.ask("knock_outs", known)
    gravest = _gravest([_advice("knock_outs", hit) for hit in knocked])
    known["knock_outs"] = {"advice": gravest.value}
    scored = tables.ask("scorecard", known)
    points = sum(_points(hit) for hit in scored)
    known["scorecard"] = {"points": points}
    graded = tables.ask("grading", known)
    grade = _grade(graded)
    known["grading"] = {"grade": grade}
    advised = tables.ask("advice", known)
    advice = _gravest([gravest, *(_advice("advice", hit) for hit in advised)])
    said = [("knock_outs", gravest, knocked), ("scorecard", points, scored)]
    said += [("grading", grade, graded), ("advice", advice, advised)]
    return Decision(
        advice=advice,
        grade=_capped(grade, advice),
        points=points,
        reasons=_reasons(knocked, advised, known),
        tables=tuple(
            TableTrace(name, str(result), tuple(_told(hit, known) for hit in hits))
            for name, result, hits in said
        ),
    )


def worse(one: Advice, other: Advice) -> bool:
    """Whether one advice is graver than another."""
    return GRAVITY[one] > GRAVITY[other]


def _capped(grade: str, advice: Advice) -> str:
    at_best = {Advice.APPROVE: GRADES[0], Advice.REFER: _REFERRED_AT_BEST, Advice.REFUSE: GRADES[-1]}
    return max(grade, at_best[advice])


def _reasons(
    knocked: Sequence[RowHit], advised: Sequence[RowHit], known: Mapping[str, Any]
) -> tuple[Reason, ...]:
    """What people must know first: every rule against, gravest first, and the one that advised."""
    against = [
        Reason(hit.rule, advice, _filled(hit.sentence, known))
        for hit in knocked
        if (advice := _advice("knock_outs", hit)) is not Advice.APPROVE
    ]
    against.sort(key=lambda reason: -GRAVITY[reason.advice])
    last = [Reason(hit.rule, _advice("advice", hit), _filled(hit.sentence, known)) for hit in advised]
    return (*against, *last)


def _gravest(advice: Sequence[Advice]) -> Advice:
    if not advice:
        raise BrokenTableError("knock_outs", "", None)
    return max(advice, key=GRAVITY.__getitem__)


def _advice(table: str, hit: RowHit) -> Advice:
    try:
        return Advice(hit.given)  # type: ignore[arg-type]
    except ValueError:
        raise BrokenTableError(table, hit.rule, hit.given) from None


def _points(hit: RowHit) -> int:
    if not isinstance(hit.given, int | float) or hit.given != int(hit.given):
        raise BrokenTableError("scorecard", hit.rule, hit.given)
    return int(hit.given)


def _grade(hits: Sequence[RowHit]) -> str:
    given = hits[0].given if hits else None
    if given not in GRADES:
        raise BrokenTableError("grading", hits[0].rule if hits else "", given)
    return str(given)


def _told(hit: RowHit, known: Mapping[str, Any]) -> Hit:
    return Hit(hit.rule, _filled(hit.sentence, known), dict(hit.facts), str(hit.given))


def _filled(sentence: str, known: Mapping[str, Any]) -> str:
    def value(name: str) -> str:
        part, _, leaf = name.partition(".")
        found = known[part][leaf]
        return "unknown" if found is None else str(found)

    return PLACEHOLDER.sub(lambda found: value(found[1]), sentence)
