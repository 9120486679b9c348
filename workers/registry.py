"""Which workflows and activities each task queue runs. Missing steps fail here, at start-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workers.wiring import Wiring
from workflows.approval import approval
from workflows.bill_monitoring import review, scan, warning
from workflows.forwarding import consistency, inbox, outbox
from workflows.lease import amendment, application, contract, disbursement
from workflows.ledger import sealing
from workflows.parameters import change
from workflows.payments import batch, mailbox, payment, receipt, refund, returning, terminal_day
from workflows.queues import Queue

WORKFLOWS: Final = (
    scan.OverdueBillScan,
    review.BillReview,
    warning.BillWarning,
    payment.Payment,
    returning.PaymentReturn,
    batch.DebitBatch,
    mailbox.BankMailbox,
    receipt.Receipt,
    refund.Refund,
    terminal_day.TerminalDay,
    change.ParameterChange,
    approval.Approval,
    application.LeaseApplication,
    contract.LeaseContract,
    amendment.ContractAmendment,
    disbursement.Disbursement,
    outbox.OutboxForwarder,
    inbox.InboxReader,
    consistency.ConsistencyCheck,
    sealing.LedgerSeal,
)

HANDS: Final[Mapping[Queue, tuple[Callable[[Wiring], object], ...]]] = {
    Queue.ENGINE: (
        Wiring.scan_books,
        Wiring.messenger,
        Wiring.payment_books,
        Wiring.debit_books,
        Wiring.receipt_books,
        Wiring.refund_books,
        Wiring.terminal_books,
        Wiring.parameter_books,
        Wiring.approval_books,
        Wiring.approval_post,
        Wiring.application_books,
        Wiring.contract_books,
        Wiring.disbursement_books,
        Wiring.payment_withdrawals,
        Wiring.forwarding_desk,
        Wiring.ledger_books,
        Wiring.document_books,
        Wiring.screening,
    ),
    Queue.CRAWL: (Wiring.exchange_robot,),
    Queue.OCR: (Wiring.document_desk, Wiring.document_reader),
    Queue.ANALYSIS: (Wiring.risk_analysis, Wiring.parameter_previews, Wiring.contract_press),
    Queue.FORWARDING: (Wiring.partner_carriers,),
    Queue.OFFICES: (
        Wiring.outside_data,
        Wiring.signing_desk,
        Wiring.movables_registry,
    ),
    Queue.BANKS: (Wiring.bank_desk, Wiring.bank_mailroom),
}
"""Who does the steps of each queue."""


def workflows_of(queue: Queue) -> list[type]:
    return list(WORKFLOWS) if queue is Queue.ENGINE else []


def activities_of(queue: Queue, wiring: Wiring) -> list[Callable[..., Any]]:
    """The activities of a queue; building them checks that every step is implemented."""
    return [step for hand in HANDS[queue] for step in steps_of(hand(wiring))]


def workflow_runner() -> SandboxedWorkflowRunner:
    """The sandbox, as tests and replays run workflows in it: code that is not deterministic fails there.

    Our pure models are passed through: loading them anew costs 58 ms a workflow.
    """
    return _runner()


def quick_workflow_runner() -> SandboxedWorkflowRunner:
    """The same without loading our workflows anew for each of them, as workers run them.

    Measured, that is 9 of the 57 ms that a lease application takes of its worker until the offer. Tests and
    replays have run the same code in the sandbox before; what it must not do is open files and the like.
    """
    return _runner("workflows")


def _runner(*passed_through: str) -> SandboxedWorkflowRunner:
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(
            "models", "chinese_calendar", "structlog", "pydantic", "annotated_types", *passed_through
        )
    )


def steps_of(hands: object) -> list[Callable[..., Any]]:
    """The activities of a hand, each checked against the step that it implements.

    Raises:
        StepDriftError: an implementation lacks the decorator, or goes by another name.
    """
    found = []
    for base in type(hands).__mro__:
        for name, declared in vars(base).items():
            if getattr(declared, "__isabstractmethod__", False):
                method = getattr(hands, name)
                if _name_of(method) != _name_of(declared):
                    raise StepDriftError(type(hands), name, _name_of(declared))
                found.append(method)
    return found


class StepDriftError(TypeError):
    """What is implemented is not what the workflows call."""

    def __init__(self, hands: type, method: str, step: str | None) -> None:
        super().__init__(f"{hands.__name__}.{method} must be decorated with @activity.defn(name={step!r})")


def _name_of(method: Callable[..., Any]) -> str | None:
    definition = getattr(method, "__temporal_activity_definition", None)
    return definition.name if definition else None
