"""`leaseflow lease screening`: what pre-approval knew, which rules spoke, and what they said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from activities.store import parameters
from activities.store.lease import screening as store
from activities.store.tables.screening import OutsideAnswerRow
from cli.house import reading, who
from cli.lease.views import is_dealers
from cli.output import As, Json, done, house_time, print_json, print_table
from models.errors import InvalidInputError
from models.lease.screening.facts import Facts
from models.lease.screening.judging import Decision
from models.lease.screening.messages import ScreenApplication
from models.people import WrongActorError

app = typer.Typer(add_completion=False)

_DECISION = TypeAdapter(Decision)


@app.command()
def screening(
    application: Annotated[str | None, typer.Argument(help="Id of the application; none with --try.")] = None,
    round_: Annotated[int | None, typer.Option("--round", min=1, help="Which round; the last.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Every rule that hit, with what it read.")] = False,
    facts_file: Annotated[
        Path | None, typer.Option("--try", help="Run the tables on facts of a JSON file instead.")
    ] = None,
    tables: Annotated[str, typer.Option("--set", help="Set of tables for --try.")] = "standard",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """What pre-approval found: facts, rules that spoke, points, grade and advice. Not for dealers.

    Example: leaseflow lease screening L2026-0001 --trace
    """
    if actor is not None and is_dealers(person := who(actor)):
        raise WrongActorError(
            f"{person.username} of dealer {person.dealer} may not see screenings",
            remedy="What bureaus and rules say is for the house; see leaseflow lease show",
        )
    if facts_file is not None:
        _try(facts_file, tables, trace=trace, as_json=as_json)
        return
    if application is None:
        raise InvalidInputError("no application is named", remedy="Name one, or give --try FILE")
    with reading() as session:
        kept = store.latest(session, application, round_)
        told = store.trace_of(session, kept.screened.trace_sha256)
        ask = ScreenApplication(application, kept.version, kept.round, kept.at)
        answers = store.answers(session, ask)
    if as_json:
        print_json(
            told | {"outside": [_answer(row) for row in answers], "sha256": kept.screened.trace_sha256}
        )
        return
    done(
        f"lease/{application} round {kept.round}, version {kept.version}: screened {house_time(kept.at)} "
        f"by tables {kept.tables}, version {kept.parameters_version}"
    )
    _show(kept.facts, _DECISION.validate_python(told["decision"]), trace=trace)
    print_table(
        ("source", "party", "reference", "charges", "answer"),
        [
            (row.source, row.party, row.reference, row.charges, row.fault or (row.sha256 or "")[:12])
            for row in answers
        ],
        empty="nobody outside was asked",
    )
    done(f"trace {kept.screened.trace_sha256}")


def _try(path: Path, name: str, *, trace: bool, as_json: bool) -> None:
    """Run the tables in force on facts that somebody wrote down; nothing is kept."""
    from datetime import UTC, datetime

    from activities.adapters.decision_tables import ZenTables
    from models.lease.screening.judging import judge
    from models.parameters.registry import SCREENING

    facts = _read_facts(path)
    with reading() as session:
        sets = parameters.in_force(session, SCREENING, datetime.now(UTC)).value.sets
    if name not in sets:
        raise InvalidInputError(f"--set {name!r} is not in force", remedy=f"Use one of {', '.join(sets)}")
    decision = judge(ZenTables().compiled(sets[name]), facts)
    if as_json:
        print_json({"facts": facts.as_data(), "decision": _DECISION.dump_python(decision, mode="json")})
    else:
        _show(facts, decision, trace=trace)


def _read_facts(path: Path) -> Facts:
    """Facts by part and name, as ``--json`` shows them; what is left out has its default.

    Raises:
        InvalidInputError: the file cannot be read, or a fact is not known or of another kind.
    """
    try:
        plain: Any = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path} cannot be read ({error})", remedy="Write facts as JSON") from error
    if not isinstance(plain, dict) or not all(isinstance(part, dict) for part in plain.values()):
        raise InvalidInputError(
            f'{path} holds no facts: an object of objects, like {{"bureau": {{"score": 700}}}}',
            remedy="See leaseflow lease screening --json for the names",
        )
    known = Facts().as_data()
    unknown = [
        f"{part}.{leaf}"
        for part, values in plain.items()
        for leaf in values
        if leaf not in known.get(part, {})
    ]
    if unknown:
        raise InvalidInputError(
            f"{path}: {unknown[0]} is no fact", remedy="See leaseflow lease screening --json for the names"
        )
    try:
        return TypeAdapter(Facts).validate_python(plain)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise InvalidInputError(f"{path}: {where} = {fault['input']!r}: {fault['msg']}") from error


def _show(facts: Facts, decision: Decision, *, trace: bool) -> None:
    done(f"advice {decision.advice}, grade {decision.grade}, {decision.points} points")
    print_table(
        ("advice", "rule", "because"),
        [(reason.advice, reason.rule, reason.sentence) for reason in decision.reasons],
        empty="",
    )
    if trace:
        print_table(
            ("table", "rule", "gives", "read", "because"),
            [
                (table.table, hit.rule, hit.given, _read_of(hit.facts), hit.sentence)
                for table in decision.tables
                for hit in table.hits
            ],
            right=["gives"],
            empty="",
        )
    print_table(
        ("fact", "value"),
        [
            (f"{part}.{name}", "unknown" if value is None else value)
            for part, values in facts.as_data().items()
            for name, value in values.items()
        ],
        empty="",
    )


def _read_of(facts: Any) -> str:  # noqa: ANN401 - names to values of any kind
    return ", ".join(
        f"{name} {'unknown' if value is None else value}" for name, value in sorted(facts.items())
    )


def _answer(row: OutsideAnswerRow) -> dict[str, object]:
    return row.model_dump(exclude={"application_id", "version", "round"})
