"""Two quotes side by side."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.lease.quote import is_plan, read_file
from cli.lease.quoted import note_rate, percent, with_products
from cli.output import Json, done, print_json, print_table
from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.lease.plan import comparing, quoting
from models.lease.plan.fields import number
from models.lease.plan.terms import PlanTerms

app = typer.Typer(add_completion=False)


@app.command()
def compare(
    first: Annotated[Path | None, typer.Argument(help="JSON of a plan.", allow_dash=True)] = None,
    second: Annotated[Path | None, typer.Argument(help="JSON of another plan.")] = None,
    product: Annotated[
        list[str] | None, typer.Option(help="Instead of a second file: one or two products of the house.")
    ] = None,
    price: Annotated[str | None, typer.Option(help="With products: price of the asset.")] = None,
    instalments: Annotated[int | None, typer.Option(help="With products: how many rents.")] = None,
    rate: Annotated[
        str | None, typer.Option(help="Effective a year, to discount at; else the first plan's yield.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare two plans: rents, totals, yields, each date, and which costs the lessee less today.

    Example: leaseflow lease compare leaseback.json direct.json --rate 6%
    """
    documents = [*_files(first, second), *_products(product or [], first, price, instalments)]
    if len(documents) != 2:  # noqa: PLR2004 - side by side
        raise InvalidInputError(
            f"{len(documents)} plans to compare",
            remedy="Name two files, a file and --product, or --product twice",
        )
    one, other = (_quoted(document) for document in documents)
    compared = comparing.compare(one, other, _rate(rate))
    answer = comparing.as_document(compared)
    print_json(answer) if as_json else _print(answer)


def _files(*files: Path | None) -> list[dict[str, Any]]:
    documents = [read_file(file) for file in files if file is not None]
    for document in documents:
        if not isinstance(document, dict):
            raise InvalidInputError(
                "a list of quotes cannot be compared", remedy="Give one plan in each file"
            )
        if not is_plan(document):
            raise InvalidInputError(
                "flows, tvm, convert and days cannot be compared", remedy="Give two plans"
            )
    return documents


def _products(
    names: list[str], first: Path | None, price: str | None, instalments: int | None
) -> list[dict[str, Any]]:
    """Each product on the same asks: those of the flags, or of the file before it."""
    asked = {"price": price, "instalments": instalments}
    base = {key: value for key, value in asked.items() if value is not None}
    if first is not None and names and not base:
        base = _files(first)[0]
    return [{**base, "name": base.get("name") or name, "product": name} for name in names]


def _quoted(document: dict[str, Any]) -> quoting.Quote:
    document = with_products(document)
    note_rate(document)
    document.setdefault("start", datetime.now(SHANGHAI).date().isoformat())
    return quoting.quote_plan(quoting.read(PlanTerms, document))


def _rate(text: str | None) -> Any:  # noqa: ANN401 - Decimal or nothing
    if text is None:
        return None
    try:
        return number(text)
    except ValueError as error:
        raise InvalidInputError(f"--rate {text!r} is no rate", remedy="Write 6% or 0.06") from error


def _print(answer: dict[str, Any]) -> None:
    one, other = answer["first"], answer["second"]
    facts: list[tuple[str, str, str]] = [
        (label, str(one[key]), str(other[key]))
        for label, key in (
            ("name", "name"),
            ("financed", "financed"),
            ("rents", "instalments"),
            ("rent", "rent"),
        )
    ]
    facts += [
        (label, one["totals"][key], other["totals"][key])
        for label, key in (
            ("at signing", "at_signing"),
            ("total of rents", "rent"),
            ("interest", "interest"),
            ("fees", "fee"),
            ("paid in all", "payable"),
        )
    ]
    facts += [
        (label, percent(one["yields"][key]), percent(other["yields"][key]))
        for label, key in (
            ("IRR, nominal", "irr_nominal"),
            ("XIRR", "xirr"),
            ("APR, EU", "apr_eu"),
            ("APR, US", "apr_us"),
        )
    ]
    facts.append(("present value", one["present_value"], other["present_value"]))
    print_table(("", "first", "second"), facts, right=("first", "second"), empty="nothing")
    done("")
    pairs = [(pair["on"], pair["first"], pair["second"], pair["difference"]) for pair in answer["dates"]]
    columns = ("on", "first", "second", "difference")
    print_table(columns, pairs, right=columns[1:], empty="nothing is paid")
    done("")
    at = f"at {percent(answer['rate'])} a year"
    if answer["cheaper"] == "equal":
        done(f"both cost the same {at}")
    else:
        done(f"the {answer['cheaper']} costs {answer['saved']} less today, {at}")
