"""What can be seen of contracts."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from activities.store import documents
from activities.store.lease import conditions, contracts, papers, schedules
from activities.store.tables.contracts import ContractPaperRow, ContractRow
from cli.files import write_file
from cli.house import known_branch, one_of, reading
from cli.output import Json, changed, done, house_time, note, print_json, print_table, up_to
from models.lease.contract.messages import ContractState
from models.money import Money

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Of the contract: SH-2026-000001.")]
PaperNumber = Annotated[
    int, typer.Option("--paper", min=0, help="0 is the contract, 1 its first supplementary agreement.")
]

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def list_contracts(
    state: Annotated[str | None, typer.Option(help="Only those that are: signing, active …")] = None,
    branch: Annotated[str | None, typer.Option(help="Only this branch's.")] = None,
    party: Annotated[str | None, typer.Option(help="Only of the lessee with this identifier.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List contracts, newest first.

    Example: leaseflow contracts list --state signing
    """
    one_of("state", state, [each.value for each in ContractState])
    states = (state,) if state else ()
    with reading() as session:
        known_branch(session, branch)
        rows = contracts.listed(session, states=states, branch=branch, party=party, limit=limit + 1)
        facts = [_facts(row) for row in up_to(limit, rows)]
    if as_json:
        print_json(facts)
        return
    print_table(
        ("contract", "lessee", "financed", "state", "since"),
        [
            (
                each["contract_number"],
                each["lessee"],
                each["financed"],
                each["state"],
                house_time(each["changed_at"]),
            )
            for each in facts
        ],
        right=("financed",),
        empty="no contracts",
    )


def show(number: Number, as_json: Json = False) -> None:
    """Show one contract: papers, signatures, conditions, what is due, how it came there.

    Example: leaseflow contracts show SH-2026-000001
    """
    with reading() as session:
        facts = _facts(contracts.find(session, number))
        facts["papers"] = [_paper(row) for row in papers.of_contract(session, number)]
        facts["signatures"] = _signatures(session, number)
        facts["conditions"] = [
            conditions.as_condition(row) for row in conditions.of_contract(session, number)
        ]
        facts["schedule"] = [
            {
                "number": row.number,
                "due": row.due,
                "rent": Money(row.rent_minor),
                "open": Money(row.open_minor),
            }
            for row in schedules.of_contract(session, number)
        ]
        facts["history"] = [
            {"at": row.at, "by": row.by, "sentence": row.sentence}
            for row in contracts.events(session, number)
        ]
    if as_json:
        print_json(facts)
        return
    done(f"{number} {facts['state']}: {facts['sentence']}")
    done(f"{facts['lessee']}, {facts['financed']} financed, application {facts['application_id']}")
    _print_signatures(facts["signatures"])
    print_table(
        ("condition", "met", "by", "evidence"),
        [
            (each.name, house_time(each.met_at) or "open", each.met_by, _evidence(each.evidence))
            for each in facts["conditions"]
        ],
        empty="no conditions precedent",
    )
    print_table(
        ("at", "by", "what happened"),
        [(house_time(each["at"]), each["by"], each["sentence"]) for each in facts["history"]],
        empty="nothing happened yet",
    )
    if facts["schedule"]:
        first, last = facts["schedule"][0], facts["schedule"][-1]
        done(f"{len(facts['schedule'])} due dates, {first['due']} to {last['due']} (all with --json)")


def sign_status(number: Number, as_json: Json = False) -> None:
    """Show who has signed what, and for whom it waits.

    Example: leaseflow contracts sign-status SH-2026-000001
    """
    with reading() as session:
        contracts.find(session, number)
        found = _signatures(session, number)
    if as_json:
        print_json(found)
    else:
        _print_signatures(found)


def download(
    number: Number,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to; NUMBER.pdf when not given.")
    ] = None,
    paper: PaperNumber = 0,
    drawn: Annotated[bool, typer.Option("--drawn", help="As drawn up, before anybody signed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write a contract's PDF with the signatures given so far.

    Example: leaseflow contracts download SH-2026-000001 --to contract.pdf
    """
    target = to or Path(f"{number}{f'-A{paper}' if paper else ''}.pdf")
    content = paper_content(number, paper, drawn=drawn)
    write_file(target, content, force=force)
    note(f"{len(content):,} bytes")
    facts = {"contract_number": number, "paper": paper, "file": str(target), "bytes": len(content)}
    changed(str(target), facts | {"sha256": sha256(content).hexdigest()}, as_json=as_json)


def _evidence(text: str) -> str:
    """Hashes are told by their beginning; numbers of receipts and registrations are shown whole."""
    return f"{text[:16]}…" if _HASH.fullmatch(text) else text


def paper_content(number: str, paper: int, *, drawn: bool = False) -> bytes:
    """The PDF of a paper, as it stands or as it was drawn up."""
    with reading() as session:
        contracts.find(session, number)
        row = papers.find(session, number, paper)
        return documents.fetch(session, row.drawn_sha256 if drawn else row.current_sha256).content


def _facts(row: ContractRow) -> dict[str, Any]:
    return {
        "contract_number": row.contract_number,
        "application_id": row.application_id,
        "lessee": row.lessee_name,
        "lessee_identifier": row.lessee_identifier,
        "product": row.product,
        "branch": row.branch,
        "dealer": row.dealer,
        "financed": Money(row.financed_minor, row.currency),
        "state": row.state,
        "sentence": row.sentence,
        "registration_number": row.registration_number,
        "disbursement_id": row.disbursement_id,
        "voucher": row.voucher,
        "active_from": row.active_from,
        "drawn_at": row.drawn_at,
        "changed_at": row.changed_at,
    }


def _paper(row: ContractPaperRow) -> dict[str, Any]:
    return {
        "paper": row.paper,
        "title": row.title,
        "state": row.state,
        "reason": row.reason,
        "content_sha256": row.content_sha256,
        "pdf_sha256": row.current_sha256,
        "signed_at": row.signed_at,
    }


def _signatures(session: Any, number: str) -> list[dict[str, Any]]:  # noqa: ANN401
    return [
        {
            "paper": paper.paper,
            "role": row.role,
            "name": row.name,
            "identifier": row.identifier,
            "state": row.state,
            "sentence": row.sentence,
            "asked_at": row.asked_at,
            "reminded_at": row.reminded_at,
            "signed_at": row.signed_at,
            "certificate_serial": row.certificate_serial,
        }
        for paper in papers.of_contract(session, number)
        for row in papers.signatures(session, number, paper.paper)
    ]


def _print_signatures(found: list[dict[str, Any]]) -> None:
    print_table(
        ("paper", "role", "name", "state", "asked", "signed"),
        [
            (
                each["paper"],
                each["role"],
                each["name"],
                each["state"],
                house_time(each["asked_at"]),
                house_time(each["signed_at"]),
            )
            for each in found
        ],
        empty="nobody has to sign",
    )
