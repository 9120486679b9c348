"""Quotes: what falls due when, and what it yields."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.lease.quoted import note_rate, print_quote, with_products
from cli.output import Json, note, print_json
from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.lease.plan import quoting
from models.lease.plan.terms import PlanTerms

app = typer.Typer(add_completion=False)


@app.command()
def quote(
    price: Annotated[str | None, typer.Option(help="Of the asset; or give --amount.")] = None,
    down_payment: Annotated[str | None, typer.Option(help="20000 or 20% (of the price).")] = None,
    amount: Annotated[str | None, typer.Option(help="Financed amount.")] = None,
    rate: Annotated[str | None, typer.Option(help="Nominal a year: 8.88% or 0.0888.")] = None,
    instalments: Annotated[int | None, typer.Option(help="How many rents.")] = None,
    rent: Annotated[str | None, typer.Option(help="Given rent; what is left out is solved for.")] = None,
    method: Annotated[
        str | None, typer.Option(help="annuity, equal-principal, interest-only or flat.")
    ] = None,
    every: Annotated[str | None, typer.Option(help="Months (3), or 2 weeks, quarter, year.")] = None,
    advance: Annotated[bool, typer.Option("--advance", help="Rents at the start of periods.")] = False,
    advance_rents: Annotated[int | None, typer.Option(help="So many rents at the start.")] = None,
    residual: Annotated[str | None, typer.Option(help="Value at the end: amount or share.")] = None,
    balloon: Annotated[str | None, typer.Option(help="On top of the last rent: amount or share.")] = None,
    deposit: Annotated[str | None, typer.Option(help="Amount or share of what is financed.")] = None,
    offset_deposit: Annotated[
        bool, typer.Option("--offset-deposit", help="Set the deposit against the last rents.")
    ] = False,
    fee: Annotated[list[str] | None, typer.Option(help="At the start: 1% or 500; repeatable.")] = None,
    grace: Annotated[
        str | None, typer.Option(metavar="N:KIND", help="3:interest-only, 2:capitalised, 2:carried.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="Day of the pay-out; today if left out.")] = None,
    first_due: Annotated[str | None, typer.Option(help="Of the first rent.")] = None,
    day_count: Annotated[str | None, typer.Option(help="periodic, 30/360, ACT/365, ACT/360 …")] = None,
    rounding: Annotated[str | None, typer.Option(help="cent-half-up, unit-up, unit-nearest …")] = None,
    solve: Annotated[str | None, typer.Option(help="residual or balloon.")] = None,
    product: Annotated[str | None, typer.Option(help="A product of the house fills in the rest.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="JSON: one quote, or a list of them; - reads stdin. Flags win.", allow_dash=True),
    ] = None,
    chart: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: .svg or .png.")] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a workbook.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of --file.")] = False,
    as_json: Json = False,
) -> None:
    """Compute a plan: rents, interest, balance, IRR and APR. See docs/guides/quotes.md for --file.

    Example: leaseflow lease quote --price 200000 --down-payment 20% --instalments 36 --rate 8.88%
    """
    if schema:
        print_json(quoting.schema())
        return
    flags = {
        "price": price,
        "down_payment": down_payment,
        "amount": amount,
        "rate": rate,
        "instalments": instalments,
        "rent": rent,
        "method": method,
        "every": every,
        "advance": advance_rents if advance_rents is not None else advance or None,
        "residual": residual,
        "balloon": balloon,
        "deposit": _deposit(deposit, offset=offset_deposit),
        "fees": [{"amount": each} for each in fee] if fee else None,
        "grace": _grace(grace),
        "start": start,
        "first_due": first_due,
        "day_count": day_count,
        "rounding": rounding,
        "solve": solve,
        "product": product,
    }
    given = {key: value for key, value in flags.items() if value is not None}
    if file is None and not given:
        raise InvalidInputError(
            "nothing is asked", remedy="Try --amount 100000 --instalments 36 --rate 8.88%, or --file FILE"
        )
    asked = read_file(file) if file is not None else {}
    if isinstance(asked, list):
        _answer_many(asked, given, chart, xlsx)
        return
    _answer(with_products(_dated({**asked, **given})), chart, xlsx, as_json=as_json)


def read_file(file: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What a JSON file (or stdin, for ``-``) holds; numbers keep the digits they are written with.

    Raises:
        InvalidInputError: it cannot be read, or is neither an object nor a list.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        document = json.loads(text, parse_float=Decimal, object_pairs_hook=_once_each)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{file} is not JSON: {error}", remedy="See docs/guides/quotes.md") from error
    if not isinstance(document, dict | list):
        raise InvalidInputError(
            f"{file} holds neither an object nor a list", remedy="See docs/guides/quotes.md"
        )
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; which of two values of one name was meant, nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInputError(f"{twice} is given twice in one object", remedy="Leave one of them out")
    return found


def _answer(document: Mapping[str, Any], chart: Path | None, xlsx: Path | None, *, as_json: bool) -> None:
    if (chart or xlsx) and not is_plan(document):
        raise InvalidInputError(
            "--chart and --xlsx show plans", remedy="Leave them out for flows, tvm, convert and days"
        )
    note_rate(document)
    if not is_plan(document):
        answer = quoting.quote(document)
        print_json(answer) if as_json else print_quote(answer)
        return
    quoted = quoting.quote_plan(quoting.read(PlanTerms, document))
    answer = quoting.as_document(quoted)
    print_json(answer) if as_json else print_quote(answer)
    if chart is not None:
        from activities.adapters.plan_charts import draw_plan

        _write(chart, draw_plan(quoted.plan, as_png=_kind(chart, {".svg", ".png"}) == ".png"))
    if xlsx is not None:
        from activities.adapters.plan_workbooks import write_plan

        _kind(xlsx, {".xlsx"})
        _write(xlsx, write_plan(quoted))


def _answer_many(
    documents: list[Any], given: Mapping[str, Any], chart: Path | None, xlsx: Path | None
) -> None:
    """One result for each entry, in order; one that cannot be answered says why."""
    if chart or xlsx:
        raise InvalidInputError("--chart and --xlsx show one plan", remedy="Give a file with a single quote")
    results: list[dict[str, Any]] = []
    for index, document in enumerate(documents):
        try:
            results.append({"index": index} | quoting.quote(with_products(_entry(index, document, given))))
        except InvalidInputError as error:
            results.append({"index": index, "kind": "error", "error": str(error)})
    print_json(results)
    any(note_rate(document) for document in documents if isinstance(document, dict))
    wrong = [result["index"] for result in results if result["kind"] == "error"]
    if wrong:
        raise InvalidInputError(
            f"{len(wrong)} of {len(results)} quotes have an error", remedy=f"Index {wrong[0]} is the first"
        )


def _entry(index: int, document: Any, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(document, dict):
        raise InvalidInputError(f"entry {index} is no object", remedy="See docs/guides/quotes.md")
    return _dated({**document, **given})


def is_plan(document: Mapping[str, Any]) -> bool:
    """Not one of the other kinds of input."""
    return not {"flows", "tvm", "convert", "days"} & set(document)


def _dated(document: dict[str, Any]) -> dict[str, Any]:
    """A plan without a start begins today."""
    if is_plan(document) and "start" not in document:
        document["start"] = datetime.now(SHANGHAI).date().isoformat()
    return document


def _deposit(amount: str | None, *, offset: bool) -> dict[str, str] | None:
    if amount is None:
        return None
    return {"amount": amount, "settle": "offset" if offset else "refund"}


def _grace(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    periods, _, kind = text.partition(":")
    if not periods.isdigit():
        raise InvalidInputError(f"--grace {text!r} cannot be understood", remedy="Write 3:interest-only")
    return {"periods": int(periods), "kind": kind or "interest-only"}


def _kind(file: Path, known: set[str]) -> str:
    if file.suffix.lower() not in known:
        raise InvalidInputError(
            f"{file} has no ending that says what it is to be", remedy=f"Use {' or '.join(sorted(known))}"
        )
    return file.suffix.lower()


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be written: {error.strerror}") from error
    note(f"{file} written")
