"""Disbursements as a reviewer sees them: the list, one of them, and the list as a workbook."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.store import parameters
from activities.store.lease import dealers, disbursement_lists, disbursements
from activities.store.lease.disbursement_lists import ReviewLine
from cli.files import write_file
from cli.house import known_branch, one_of, reading
from cli.output import Json, done, house_time, note, print_json, print_table, up_to
from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.lease.disbursement.messages import DisbursementState
from models.parameters.registry import LEASE_PRODUCTS

DisbursementId = Annotated[str, typer.Argument(metavar="DISBURSEMENT", help="As in disbursements list.")]

_SHOWN_DIGITS = 4


def list_disbursements(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what waits for a review.")] = False,
    state: Annotated[DisbursementState | None, typer.Option(help="Only in this state.")] = None,
    branch: Annotated[str | None, typer.Option(help="Only of this branch.")] = None,
    product: Annotated[str | None, typer.Option(help="Only of this lease product.")] = None,
    dealer: Annotated[str | None, typer.Option(help="Only through this dealer.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook instead.", dir_okay=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1)] = 200,
    as_json: Json = False,
) -> None:
    """Disbursements with all that a reviewer must see, those that wait longest first.

    Example: leaseflow disbursements list --waiting --branch Shanghai
    """
    if waiting and state not in {None, DisbursementState.WAITING_FOR_REVIEW}:
        raise InvalidInputError(
            f"--waiting and --state {state} exclude each other", remedy="Give one of them"
        )
    wanted = DisbursementState.WAITING_FOR_REVIEW if waiting else state
    with reading() as session:
        products = parameters.in_force(session, LEASE_PRODUCTS, datetime.now(UTC)).value.products
        known_branch(session, branch)
        one_of("product", product, products)
        one_of("dealer", dealer, [each.code for each in dealers.dealers(session)])
    lines = review_lines(state=wanted, branch=branch, product=product, dealer=dealer, limit=limit + 1)
    lines = up_to(limit, lines)
    if export is not None:
        _write(export, lines)
    elif as_json:
        print_json([as_data(line) for line in lines])
    else:
        print_table(
            ("disbursement", "amount", "state", "lessee", "payee", "conditions", "grade", "flags"),
            [_row(line) for line in lines],
            right=["amount"],
            empty="no disbursements",
        )


def show(disbursement_id: DisbursementId, as_json: Json = False) -> None:
    """One disbursement: everything that is known of it, and how it came to where it is.

    Example: leaseflow disbursements show SH-2026-000001-D1
    """
    with reading() as session:
        disbursements.find(session, disbursement_id)
        trail = disbursement_lists.events(session, disbursement_id)
    (line,) = review_lines(disbursement_id=disbursement_id)
    data = as_data(line)
    if as_json:
        steps = [{"at": e.at, "state": e.state, "sentence": e.sentence, "by": e.by} for e in trail]
        print_json(data | {"events": steps})
        return
    for name, value in data.items():
        if value not in ("", None, False) and value != []:
            shown = "; ".join(value) if isinstance(value, list) else house_time(value)
            done(f"{name:<20} {shown}")
    done("")
    print_table(
        ("at", "state", "why", "by"),
        [(f"{e.at.astimezone(SHANGHAI):%m-%d %H:%M:%S}", e.state, e.sentence, e.by) for e in trail],
        empty="",
    )


def review_lines(**filters: Any) -> list[ReviewLine]:  # noqa: ANN401 - as review_list takes them
    """The review list at this moment; see `activities.store.lease.disbursement_lists.review_list`."""
    with reading() as session:
        return disbursement_lists.review_list(session, now=datetime.now(UTC), **filters)


def as_data(line: ReviewLine) -> dict[str, Any]:
    """For machines and workbooks: the account is masked, the flags are spelled out."""
    data = {each.name: getattr(line, each.name) for each in fields(line)}
    lists = {name: list(data[name]) for name in ("unmet", "findings")}
    return data | lists | {"payee_account": masked(line.payee_account), "flags": list(flags(line))}


def masked(account: str) -> str:
    """An account of which only the end is seen.

    >>> masked("6222020000000000000")
    '…0000'
    """
    return f"…{account[-_SHOWN_DIGITS:]}"


def flags(line: ReviewLine) -> tuple[str, ...]:
    """What a reviewer should not overlook, in few words."""
    said = (
        ("stopped", bool(line.stopped_by)),
        (f"locked by {line.locked_by}", bool(line.locked_by)),
        (f"{len(line.unmet)} unmet", bool(line.unmet)),
        ("account corrected", bool(line.corrected_by)),
        ("findings", bool(line.findings)),
        (f"payment {line.payment_state}", line.payment_state not in {"", "settled"}),
        ("recover", bool(line.recovery)),
        ("by rules", line.by_rules),
    )
    return tuple(flag for flag, holds in said if holds)


def _row(line: ReviewLine) -> tuple[object, ...]:
    return (
        line.disbursement_id,
        line.amount,
        line.state,
        line.lessee,
        f"{line.payee} {masked(line.payee_account)}",
        f"{line.conditions_met}/{line.conditions}",
        line.grade,
        ", ".join(flags(line)),
    )


def _write(file: Path, lines: list[ReviewLine]) -> None:
    from activities.adapters.review_workbook import write_review_workbook

    if file.suffix.lower() != ".xlsx":
        raise InvalidInputError(f"--export {file} is no name of a workbook", remedy="Let it end in .xlsx")
    write_file(file, write_review_workbook([as_data(line) for line in lines]))
    note(f"{len(lines)} disbursements")
    done(str(file))
