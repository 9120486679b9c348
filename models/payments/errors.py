"""Named facts that stop a payment or a command about one."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError


class PaymentExistsError(RefusedByRuleError):
    """The same payment id was used for something else."""

    def __init__(self, payment_id: str, differs: str) -> None:
        super().__init__(
            f"payment {payment_id} exists with another {differs}",
            remedy="Use another id for another payment; the same id repeats the first answer only",
        )


class UnknownPaymentError(InvalidInputError):
    """No payment has this id."""

    def __init__(self, payment_id: str) -> None:
        super().__init__(f"payment {payment_id!r} does not exist", remedy="See leaseflow payments list")


class PaymentNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the payment is in."""

    def __init__(self, payment_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"payment {payment_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow payments show {payment_id}",
        )


class FourEyesError(RefusedByRuleError):
    """Nobody decides on what they ordered themselves."""

    def __init__(self, username: str, what: str) -> None:
        super().__init__(f"{username} ordered this and may not {what} it", remedy="Somebody else must")


class UnknownBankError(InvalidInputError):
    """A reference or file of a bank that has no profile."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"bank {code!r} has no profile in force",
            remedy="See leaseflow banks list, or propose one: leaseflow params propose bank-CODE --file FILE",
        )


class ReturnRefusedError(RefusedByRuleError):
    """What somebody says came back cannot have."""

    def __init__(self, payment_id: str, fault: str) -> None:
        super().__init__(f"payment {payment_id}: {fault}", remedy=f"See leaseflow payments show {payment_id}")


class DueConflictError(RefusedByRuleError):
    """A due id is known for something else."""

    def __init__(self, due_id: str, field: str, known: str, wanted: str) -> None:
        super().__init__(
            f"due {due_id} is known with {field} {known}, not {wanted}",
            remedy="Give a changed due an id of its own; nothing was entered",
        )


class UnknownBatchError(InvalidInputError):
    """No batch has this id."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"batch {batch_id!r} does not exist", remedy="See leaseflow batches list")


class BatchExistsError(RefusedByRuleError):
    """The same batch id was used for something else."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(
            f"batch {batch_id} exists for another bank, product or day",
            remedy="Use another id for another batch",
        )


class BatchNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the batch is in."""

    def __init__(self, batch_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"batch {batch_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow batches show {batch_id}",
        )
