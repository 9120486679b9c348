"""What other tables would have made of past screenings: the same facts before both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.errors import LeaseflowError
from models.lease.screening.facts import Facts
from models.lease.screening.judging import CompiledTables, Decision, judge, worse
from models.lease.screening.messages import Advice
from models.money import Money
from models.parameters.changes.previews import Effect, EffectCount, EffectKind

Tables = Mapping[str, CompiledTables]
"""Compiled sets by name."""


@dataclass(frozen=True, slots=True)
class PastScreening:
    """An application as it was screened: what was known, and by which set of tables."""

    application_id: str
    round: int
    facts: Facts
    tables: str


def screening_effects(
    past: Iterable[PastScreening], old: Tables, new: Tables
) -> tuple[int, tuple[Effect, ...]]:
    """How many were gone through, and what would have ended otherwise.

    Both sets judge the facts that were kept; whom outside sources were asked about, and which limits were
    reserved, is not played again.
    """
    counts = {
        kind: EffectCount(kind)
        for kind in (EffectKind.GRAVER_ADVICE, EffectKind.MILDER_ADVICE, EffectKind.OTHER_GRADE)
    }
    looked_at = 0
    for each in past:
        looked_at += 1
        before, after = _decided(each, old), _decided(each, new)
        kind = _effect(before, after)
        if kind is not None:
            key = f"{each.application_id} round {each.round}"
            amount = Money.of(each.facts.application.financed)
            counts[kind].add(key, amount, f"{_told(before)} → {_told(after)}")
    return looked_at, tuple(count.effect() for count in counts.values() if count.count)


def _decided(past: PastScreening, tables: Tables) -> Decision | None:
    """None where the set is gone or breaks on these facts: people would have to look."""
    try:
        return judge(tables[past.tables], past.facts)
    except (KeyError, LeaseflowError):
        return None


def _effect(before: Decision | None, after: Decision | None) -> EffectKind | None:
    was = before.advice if before else Advice.REFER
    would_be = after.advice if after else Advice.REFER
    if worse(would_be, was):
        return EffectKind.GRAVER_ADVICE
    if worse(was, would_be):
        return EffectKind.MILDER_ADVICE
    if before and after and before.grade != after.grade:
        return EffectKind.OTHER_GRADE
    return None


def _told(decision: Decision | None) -> str:
    if decision is None:
        return "no decision"
    rules = ", ".join(reason.rule for reason in decision.reasons)
    return f"{decision.advice} {decision.grade} ({rules})"
