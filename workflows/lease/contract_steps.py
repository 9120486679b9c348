"""What a contract needs done. Activities implement these steps; workflows call them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Final

from temporalio import activity
from temporalio.common import RetryPolicy

from models.lease.contract.messages import (
    Activate,
    Activated,
    ConditionsStanding,
    ConfirmStep,
    DrawnUp,
    DrawUp,
    DrawUpAmendment,
    EndSigning,
    LookAtConditions,
    NoteContract,
    Paper,
    SignatureAnswer,
    SignPaper,
)

_NO_REPETITION_MENDS: Final = [
    "InvalidInputError",
    "UnknownContractError",
    "UnknownPaperError",
    "UnknownConditionError",
    "UnknownApplicationError",
    "UnknownProductError",
    "UnknownTemplateError",
    "ContractExistsError",
    "ContractNotOpenError",
    "ConditionRefusedError",
    "UntrustedSignatureError",
    "AuthorityRefusedError",
    "IdempotencyConflictError",
]
DRAWING: Final = timedelta(minutes=3)
"""For one try at filling and printing, a browser that has to start included."""
SIGNING: Final = timedelta(minutes=2)
"""For one try at a signature: at most four calls of the authority."""

CONTRACT_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=_NO_REPETITION_MENDS,
)
"""Database and printer come back: tried until they do."""
ACTIVATING: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(minutes=1)
)
"""The money is out: tried until it works, such as after a voucher template was mended."""
AWAITING: Final = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    backoff_coefficient=1.0,
    non_retryable_error_types=_NO_REPETITION_MENDS,
)
"""For what people outside take their time for: the step itself says when to ask again."""


class ContractPress(ABC):
    """Draws up papers. Served where the printer is."""

    @activity.defn(name="contracts.draw_up")
    @abstractmethod
    async def draw_up(self, wish: DrawUp) -> DrawnUp:
        """Fill the product's template with the agreed terms, print it, enter signers and conditions."""

    @activity.defn(name="contracts.draw_up_amendment")
    @abstractmethod
    async def draw_up_amendment(self, wish: DrawUpAmendment) -> Paper:
        """Draw up a supplementary agreement of a signed contract."""


class SigningDesk(ABC):
    """Speaks with the signing authority. Served on the queue of outside offices."""

    @activity.defn(name="contracts.sign")
    @abstractmethod
    async def sign(self, wish: SignPaper) -> SignatureAnswer:
        """Have one signer sign what was drawn up; fails, to be tried again, while the signer is silent.

        The last signature is followed by the seal. A repetition signs nothing twice.
        """

    @activity.defn(name="contracts.remind")
    @abstractmethod
    async def remind(self, wish: SignPaper) -> None:
        """Have a silent signer written to again."""

    @activity.defn(name="contracts.end_signing")
    @abstractmethod
    async def end_signing(self, wish: EndSigning) -> None:
        """Close what is open at the authority, and enter that the paper is not to be signed."""


class ContractBooks(ABC):
    """Contracts in the database and the ledger; each step is one transaction that may be repeated."""

    @activity.defn(name="contracts.note")
    @abstractmethod
    def note(self, note: NoteContract) -> None:
        """Enter a state."""

    @activity.defn(name="contracts.look_at_conditions")
    @abstractmethod
    def look_at_conditions(self, look: LookAtConditions) -> ConditionsStanding:
        """Enter what the books find out about conditions precedent, and say how they stand."""

    @activity.defn(name="contracts.confirm_condition")
    @abstractmethod
    def confirm_condition(self, step: ConfirmStep) -> ConditionsStanding:
        """Enter a person's word on a condition."""

    @activity.defn(name="contracts.activate")
    @abstractmethod
    def activate(self, step: Activate) -> Activated:
        """Post the start of the lease, write the receivable, and enter the contract as active."""
