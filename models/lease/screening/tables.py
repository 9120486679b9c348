"""Decision tables as data, in the words of the JSON Decision Model (JDM) that zen-engine runs.

A table's rules are rows of expressions, one for each column. zen-engine passes over a row whose cell does
not fit the type of a fact, without a word: that is why sets of tables are checked here, and compiled and
tried before anybody may bring them into force (see `activities.ports.decision_tables`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from models.lease.screening.facts import FIELDS
from models.parameters.parts import Part

RULE, SENTENCE = "_id", "_description"
PLACEHOLDER: Final = re.compile(r"\{([a-z_0-9.]+)\}")

Rule = dict[str, str]


class Column(Part):
    """A column of a table: which fact is tested, or which result is given."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, Field(min_length=1)]
    field: str
    """``bureau.score`` of an input, ``points`` of an output."""
    name: str = ""


class DecisionTable(Part):
    """The content of a JDM ``decisionTableNode``; what its editor adds besides is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    hit_policy: Literal["first", "collect"] = Field(alias="hitPolicy")
    inputs: tuple[Column, ...]
    outputs: Annotated[tuple[Column, ...], Field(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    def conditions(self, rule: Mapping[str, str]) -> Iterator[tuple[Column, str]]:
        """The tests of a row that are not left empty."""
        return ((column, rule[column.id]) for column in self.inputs if rule.get(column.id, "").strip())

    def results(self, rule: Mapping[str, str]) -> Iterator[tuple[Column, str]]:
        """What a row gives, by column; an empty text where it gives nothing."""
        return ((column, rule.get(column.id, "").strip()) for column in self.outputs)

    def as_jdm(self) -> dict[str, Any]:
        """As the engine takes it."""
        return self.model_dump(mode="json", by_alias=True)


class TableSet(Part):
    """The tables of one way to screen, in the order in which they are asked.

    Each may read the facts and what the ones before came to: ``knock_outs.advice``, ``scorecard.points``,
    ``grading.grade``.
    """

    knock_outs: DecisionTable
    """Every rule that hits says ``refuse`` or ``refer``; the gravest holds."""
    scorecard: DecisionTable
    """The points of every rule that hits are added up."""
    grading: DecisionTable
    """Points become a grade."""
    advice: DecisionTable

    def tables(self) -> dict[str, DecisionTable]:
        """Every table by name, in order."""
        return {name: getattr(self, name) for name in SHAPES}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        rules: set[str] = set()
        readable = set(FIELDS)
        for name, table in self.tables().items():
            for fault in _faults(table, SHAPES[name], readable):
                raise ValueError(f"table {name}: {fault}")
            for rule in table.rules:
                if rule[RULE] in rules:
                    raise ValueError(f"table {name}: rule {rule[RULE]!r} has its name from another rule")
                rules.add(rule[RULE])
            readable |= {f"{name}.{output}" for output in SHAPES[name][1]}
        return self


SHAPES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "knock_outs": ("collect", ("advice",)),
    "scorecard": ("collect", ("points",)),
    "grading": ("first", ("grade",)),
    "advice": ("first", ("advice",)),
}
"""What each table must be: its hit policy and the results that it gives."""


def _faults(table: DecisionTable, shape: tuple[str, tuple[str, ...]], readable: set[str]) -> Iterator[str]:
    policy, results = shape
    if table.hit_policy != policy:
        yield f"hitPolicy {table.hit_policy!r} must be {policy!r}"
    if tuple(column.field for column in table.outputs) != results:
        yield f"it must give {', '.join(results)} and nothing else"
    for column in table.inputs:
        if column.field not in readable:
            yield f"column {column.id!r} reads {column.field!r}, none of {', '.join(sorted(readable))}"
    columns = [column.id for column in (*table.inputs, *table.outputs)]
    if len(set(columns)) != len(columns):
        yield "two columns have the same id"
    for number, rule in enumerate(table.rules, start=1):
        yield from _rule_faults(table, rule, f"row {number}", {*columns, RULE, SENTENCE}, readable)
    if any(True for _ in table.conditions(table.rules[-1])):
        name = table.rules[-1].get(RULE, "")
        yield f"its last row, {name!r}, must have no condition, for what fits no other row"


def _rule_faults(
    table: DecisionTable, rule: Rule, row: str, columns: set[str], readable: set[str]
) -> Iterator[str]:
    if not rule.get(RULE, "").strip():
        yield f"{row} has no {RULE}: reasons are told by the rule's name"
        return
    row = f"{row}, {rule[RULE]!r},"
    if not rule.get(SENTENCE, "").strip():
        yield f"{row} has no {SENTENCE}: it is what people read"
    for cell in rule:
        if cell not in columns:
            yield f"{row} has a cell {cell!r}, which is no column"
    for name in PLACEHOLDER.findall(rule.get(SENTENCE, "")):
        if name not in readable:
            yield f"{row} speaks of {{{name}}}, which is no fact"
    for column, expression in table.results(rule):
        if not expression:
            yield f"{row} gives no {column.field}"
