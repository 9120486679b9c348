"""Decision tables run by zen-engine, each as a decision graph of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from activities.ports.decision_tables import DecisionTables
from models.errors import LeaseflowError
from models.lease.screening.facts import ALL_WELL, FIELDS, NOTHING_KNOWN, Facts
from models.lease.screening.judging import GRADES, CompiledTables, RowHit, judge
from models.lease.screening.messages import Advice
from models.lease.screening.tables import RULE, SENTENCE, Column, DecisionTable, TableSet

if TYPE_CHECKING:
    from zen import ZenDecision

_SAMPLES: Final[Mapping[type, object]] = {int: 1, bool: True, str: "text"}
_EARLIER: Final[Mapping[str, object]] = {
    "knock_outs.advice": Advice.REFER.value,
    "scorecard.points": 1,
    "grading.grade": GRADES[0],
}
"""Sample values of what a table may read of the ones before."""
_RESULTS: Final[Mapping[str, str]] = {
    "advice": " or ".join(f'"{advice}"' for advice in Advice),
    "points": "a whole number",
    "grade": " or ".join(f'"{grade}"' for grade in GRADES),
}


class ZenTables(DecisionTables):
    """zen-engine (GoRules), a few hundredths of a millisecond for a table."""

    def compiled(self, tables: TableSet) -> CompiledTables:
        """See `DecisionTables.compiled`."""
        return _Compiled(tables)

    def faults(self, tables: TableSet) -> tuple[str, ...]:
        """See `DecisionTables.faults`."""
        in_cells = tuple(_faults_in_cells(tables))
        return in_cells or tuple(_dangers(self.compiled(tables)))


class _Compiled(CompiledTables):
    def __init__(self, tables: TableSet) -> None:
        import zen  # noqa: PLC0415 - 3 MB of Rust that only who screens needs

        engine = zen.ZenEngine()
        self._tables = tables.tables()
        self._decisions: dict[str, ZenDecision] = {
            name: engine.create_decision(json.dumps(_graph(name, table)))
            for name, table in self._tables.items()
        }

    def ask(self, table: str, known: Mapping[str, Any]) -> Sequence[RowHit]:
        """See `CompiledTables.ask`."""
        written, told = (
            self._tables[table],
            self._decisions[table].evaluate(json.dumps(known), {"trace": True}),
        )
        rows: Any = told["trace"][table]["traceData"]
        given: Any = told["result"]
        if written.hit_policy == "first":
            rows, given = ([rows], [given]) if rows else ([], [])
        result = written.outputs[0].field
        return [
            RowHit(
                rule=written.rules[row["index"]][RULE],
                sentence=written.rules[row["index"]][SENTENCE],
                facts=row["reference_map"],
                given=values.get(result),
            )
            for row, values in zip(rows, given, strict=True)
        ]


def _graph(name: str, table: DecisionTable) -> dict[str, Any]:
    """The smallest decision graph around a table: input, table, output."""
    here = {"position": {"x": 0, "y": 0}}
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", **here},
            {"id": name, "name": name, "type": "decisionTableNode", "content": table.as_jdm(), **here},
            {"id": "out", "name": "out", "type": "outputNode", **here},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": name},
            {"id": "2", "type": "edge", "sourceId": name, "targetId": "out"},
        ],
    }


def _faults_in_cells(tables: TableSet) -> Iterator[str]:
    for name, table in tables.tables().items():
        for number, rule in enumerate(table.rules, start=1):
            row = f"table {name}, row {number} {rule[RULE]!r}"
            for column, cell in table.conditions(rule):
                if problem := _unfit(cell, column):
                    yield f"{row}: {column.field} {cell!r} {problem}"
            for column, cell in table.results(rule):
                if not _is_result(cell, column.field):
                    yield f"{row}: {column.field} {cell!r} must be {_RESULTS[column.field]}"


def _unfit(cell: str, column: Column) -> str:
    """What is wrong with a test, empty when nothing is."""
    import zen  # noqa: PLC0415 - the same

    try:
        # zen.validate_unary_expression refuses "> 0", which tables run: compiling tells what they do
        zen.compile_unary_expression(cell)
    except RuntimeError as error:
        return f"is no test ({_first_line(error)})"
    sample = _EARLIER.get(column.field)
    if sample is None:
        sample = _SAMPLES[FIELDS[column.field].kind]
    if cell.strip() == "null":
        return ""
    if not isinstance(sample, str) and ('"' in cell or "'" in cell):
        return "is about a text, which the fact never is"
    try:
        zen.evaluate_unary_expression(cell, {"$": sample})
    except RuntimeError:
        return f"cannot be tested on {'text' if isinstance(sample, str) else json.dumps(sample)}"
    return ""


def _is_result(cell: str, field: str) -> bool:
    """Whether a result is a constant of its kind; a word without quotes is a variable that is null."""
    import zen  # noqa: PLC0415 - the same

    try:
        given = zen.evaluate_expression(cell)
    except RuntimeError:
        return False
    if field == "points":
        return isinstance(given, int | float) and given == int(given)
    return given in (GRADES if field == "grade" else tuple(Advice))


def _first_line(error: RuntimeError) -> str:
    """What zen-engine says, without the stack that it adds."""
    told = str(error).splitlines()[0]
    try:
        return str(json.loads(told)["source"])
    except (ValueError, KeyError, TypeError):
        return told


def _dangers(compiled: CompiledTables) -> Iterator[str]:
    """Which unknown facts the tables would take for good ones."""
    for missing, facts in _unknowns().items():
        try:
            decision = judge(compiled, facts)
        except LeaseflowError as error:
            yield error.message
            continue
        if decision.advice is Advice.APPROVE:
            yield f"table advice approves although {missing} unknown: refer it"


def _unknowns() -> Mapping[str, Facts]:
    """Applications of which all is well but what one source did not tell."""
    nothing = NOTHING_KNOWN
    papers = ("identity", "statement", "face")
    return {
        "everything is": nothing,
        "bureau reports are": replace(ALL_WELL, bureau=nothing.bureau),
        "bureau.score is": replace(ALL_WELL, bureau=replace(ALL_WELL.bureau, score=None)),
        "anti-fraud data are": replace(ALL_WELL, fraud=nothing.fraud),
        "the dealer is": replace(ALL_WELL, dealer=nothing.dealer),
        **{
            f"papers.{name} is": replace(ALL_WELL, papers=replace(ALL_WELL.papers, **{name: "unknown"}))
            for name in papers
        },
    }
