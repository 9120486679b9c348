"""What people decide about one disbursement."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.store.lease import disbursements
from cli.disbursements.look import DisbursementId
from cli.disbursements.sending import send
from cli.house import reading, who
from cli.output import As, DryRun, Json, Reason, Yes, confirm
from models.errors import InvalidInputError
from models.lease.disbursement.messages import (
    CancelDisbursement,
    ClearSuspicion,
    FraudReport,
    LockDisbursement,
    RetryDisbursement,
    SendBack,
    UnlockDisbursement,
)
from models.payments.account_numbers import account_number_fault, bank_id_fault
from models.payments.banking import BankAccount


def lock(
    disbursement_id: DisbursementId, dry_run: DryRun = False, actor: As = None, as_json: Json = False
) -> None:
    """Claim a disbursement for your review; the claim runs out by itself.

    Example: leaseflow disbursements lock SH-2026-000001-D1 --as jiang.nan
    """
    send(disbursement_id, "lock", LockDisbursement(who(actor)), dry_run=dry_run, as_json=as_json)


def unlock(
    disbursement_id: DisbursementId, dry_run: DryRun = False, actor: As = None, as_json: Json = False
) -> None:
    """Give a claim back; a manager takes it from somebody else.

    Example: leaseflow disbursements unlock SH-2026-000001-D1 --as jiang.nan
    """
    send(disbursement_id, "unlock", UnlockDisbursement(who(actor)), dry_run=dry_run, as_json=as_json)


def reject(
    disbursement_id: DisbursementId,
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Send a disbursement back: it waits until somebody sets right what you found, or cancels it.

    Example: leaseflow disbursements reject SH-2026-000001-D1 --reason "发票缺页" --as jiang.nan
    """
    send(disbursement_id, "send_back", SendBack(who(actor), reason), dry_run=dry_run, as_json=as_json)


def stop(
    disbursement_id: DisbursementId,
    reason: Reason,
    source: Annotated[str, typer.Option(help="Where the feedback came from.")] = "risk-desk",
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Stop a disbursement for fraud, whoever has locked it; a payment under way is asked to stop.

    Example: leaseflow disbursements stop SH-2026-000001-D1 --reason "发票系伪造" --as risk.desk
    """
    report = FraudReport(who(actor), reason, source)
    send(disbursement_id, "report_fraud", report, dry_run=dry_run, as_json=as_json)


def clear(
    disbursement_id: DisbursementId,
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Lift a stop. The risk desk's command; the review starts anew.

    Example: leaseflow disbursements clear SH-2026-000001-D1 --reason "已核实" --as risk.desk
    """
    send(disbursement_id, "clear", ClearSuspicion(who(actor), reason), dry_run=dry_run, as_json=as_json)


def retry(
    disbursement_id: DisbursementId,
    reason: Reason,
    account: Annotated[str, typer.Option(help="Corrected account number of the same payee.")] = "",
    to_bank: Annotated[str, typer.Option("--to-bank", help="CNAPS code of the bank that keeps it.")] = "",
    even_so: Annotated[
        bool, typer.Option("--even-so", help="It resembles an earlier payment and is meant.")
    ] = False,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Order anew what was sent back or not paid. Somebody else reviews it.

    Example: leaseflow disbursements retry SH-2026-000001-D1 --account 31001520313050012345
    --reason "账号有误" --as luo.dan
    """
    if to_bank and not account:
        raise InvalidInputError(f"--to-bank {to_bank} corrects no account", remedy="Add --account NUMBER")
    with reading() as session:
        row = disbursements.find(session, disbursement_id)
    corrected = BankAccount(account.replace(" ", ""), row.payee_name, to_bank or row.payee_bank)
    if account:
        _require_account(corrected)
    command = RetryDisbursement(who(actor), reason, corrected if account else None, even_if_duplicate=even_so)
    send(disbursement_id, "retry", command, dry_run=dry_run, as_json=as_json)


def _require_account(account: BankAccount) -> None:
    """Refuse now what the payment would refuse after a review.

    Raises:
        InvalidInputError: number or bank cannot be right.
    """
    if fault := account_number_fault(account.number):
        raise InvalidInputError(
            f"--account {account.number} cannot be right: {fault}",
            remedy="Compare it with the payee's letter",
        )
    if account.bank and (fault := bank_id_fault(account.bank)):
        raise InvalidInputError(
            f"--to-bank {account.bank} cannot be right: {fault}", remedy="Ask for its 12-digit CNAPS code"
        )


def cancel(
    disbursement_id: DisbursementId,
    reason: Reason,
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Give a disbursement up; its purchase leaves the books.

    Example: leaseflow disbursements cancel SH-2026-000001-D1 --reason "客户放弃" --as gao.ling --yes
    """
    person = who(actor)
    if not dry_run:
        confirm(f"Cancel disbursement {disbursement_id}?", yes=yes)
    command = CancelDisbursement(person, reason)
    send(disbursement_id, "cancel", command, dry_run=dry_run, as_json=as_json)
