"""Named facts that stop a receipt or a command about one."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError


class ReceiptExistsError(RefusedByRuleError):
    """The same receipt id was used for something else."""

    def __init__(self, receipt_id: str, differs: str) -> None:
        super().__init__(
            f"receipt {receipt_id} exists with another {differs}",
            remedy="Use another id for another receipt; the same id repeats the first answer only",
        )


class UnknownReceiptError(InvalidInputError):
    """No receipt has this id."""

    def __init__(self, receipt_id: str) -> None:
        super().__init__(f"receipt {receipt_id!r} does not exist", remedy="See leaseflow receipts list")


class ReceiptNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the receipt is in."""

    def __init__(self, receipt_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"receipt {receipt_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow receipts show {receipt_id}",
        )


class ReceiptCommandRefusedError(RefusedByRuleError):
    """The books say no to a command; nothing was changed."""


class UnknownChannelError(InvalidInputError):
    """No channel has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"channel {code!r} has no profile in force",
            remedy="Use another, or propose its profile: leaseflow params propose channel-CODE",
        )


class UnknownTerminalError(InvalidInputError):
    """No terminal has this id."""

    def __init__(self, terminal: str) -> None:
        super().__init__(
            f"terminal {terminal!r} does not exist", remedy="See leaseflow receipts terminals list"
        )


class TerminalExistsError(RefusedByRuleError):
    """The terminal is registered already, for another merchant number or branch."""

    def __init__(self, terminal: str) -> None:
        super().__init__(
            f"terminal {terminal} is registered already",
            remedy=f"See leaseflow receipts terminals show {terminal}",
        )


class TerminalStateError(RefusedByRuleError):
    """The terminal's state does not lead to the wanted one."""

    def __init__(self, terminal: str, state: str, wanted: str) -> None:
        super().__init__(
            f"terminal {terminal} is {state} and cannot become {wanted}",
            remedy=f"See leaseflow receipts terminals show {terminal}",
        )


class TerminalDayNotOpenError(RefusedByRuleError):
    """The command does not fit the state of the terminal's day."""


class UnknownMethodError(InvalidInputError):
    """No such version of a payment method."""

    def __init__(self, reference: str, version: int) -> None:
        super().__init__(
            f"{reference} has no proposed payment method of version {version}",
            remedy=f"See leaseflow receipts method history {reference}",
        )
