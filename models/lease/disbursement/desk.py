"""The reviewer's desk: where a disbursement stands, and who may do what with it next.

Pure and told the time: the workflow asks it before every command and after every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.lease.disbursement.errors import (
    AlreadyStoppedError,
    AnotherPayeeError,
    DisbursementNotOpenError,
    LockedByAnotherError,
    LockExpiredError,
    NotLockedError,
    OwnDisbursementError,
    StoppedError,
)
from models.lease.disbursement.messages import DisbursementState, Lock, Standing, Suspicion
from models.payments.banking import BankAccount
from models.people import Actor, Role

_OPEN: Final = frozenset(
    {DisbursementState.WAITING_FOR_REVIEW, DisbursementState.SENT_BACK, DisbursementState.NOT_PAID}
)
"""No money is on its way."""
_WAITS_FOR_A_RETRY: Final = frozenset({DisbursementState.SENT_BACK, DisbursementState.NOT_PAID})


@dataclass
class Desk:
    """One disbursement before its reviewers."""

    disbursement_id: str
    payee: BankAccount
    outsiders: tuple[str, ...] = ()
    """Who ordered, captured or corrected it: they do not review it."""
    lock_minutes: int = 30
    by_rules: bool = False
    stage: DisbursementState = DisbursementState.WAITING_FOR_REVIEW
    """Where it stands but for a suspicion."""
    attempt: int = 1
    lock: Lock | None = None
    approved_by: str = ""
    suspicion: Suspicion | None = None
    even_if_duplicate: bool = False
    unsure: bool = False
    """The last payment broke, and nobody knows whether its money moved."""

    @property
    def state(self) -> DisbursementState:
        """What people see: a suspicion covers every stage in which no money is on its way."""
        held = self.suspicion is not None and self.stage in _OPEN
        return DisbursementState.STOPPED if held else self.stage

    @property
    def may_go(self) -> bool:
        """Whether nothing is left but the last checks."""
        agreed = self.by_rules or bool(self.approved_by)
        return agreed and self.suspicion is None and self.stage is DisbursementState.WAITING_FOR_REVIEW

    @property
    def payment_id(self) -> str:
        """Of the payment under way, or of the next one; a retry after the first has an id of its own."""
        return self.disbursement_id if self.attempt == 1 else f"{self.disbursement_id}R{self.attempt}"

    def lock_in_force(self, now: datetime) -> Lock | None:
        return self.lock if self.lock is not None and now < self.lock.until else None

    # ------------------------------------------------------------ what is refused

    def check_lock(self, actor: Actor, now: datetime) -> None:
        self._check_review(actor, now, "locked")

    def check_unlock(self, actor: Actor, now: datetime) -> None:
        actor.require(Role.DISBURSER, Role.MANAGER, to="unlock disbursements")
        lock = self.lock_in_force(now)
        if lock is None:
            raise NotLockedError(self.disbursement_id)
        if lock.holder != actor.username and Role.MANAGER not in actor.roles:
            raise LockedByAnotherError(self.disbursement_id, lock.holder, lock.until)

    def check_decide(self, actor: Actor, now: datetime, wanted: str) -> None:
        """Before approving or sending back."""
        self._check_review(actor, now, wanted)
        lock = self.lock
        if lock is not None and lock.holder == actor.username and lock.until <= now:
            raise LockExpiredError(self.disbursement_id, lock.until)

    def check_report(self, actor: Actor, reason: str) -> None:
        actor.require(Role.RISK, Role.SYSTEM, to="stop disbursements")
        if self.stage.is_final:
            raise DisbursementNotOpenError(self.disbursement_id, self.stage, "stopped")
        if self.suspicion is not None and self.suspicion.reason == reason:
            raise AlreadyStoppedError(self.disbursement_id, self.suspicion.by)

    def check_clear(self, actor: Actor) -> None:
        actor.require(Role.RISK, to="clear a suspicion")
        if self.suspicion is None or self.stage not in _OPEN:
            raise DisbursementNotOpenError(self.disbursement_id, self.state, "cleared")

    def check_retry(self, actor: Actor, account: BankAccount | None) -> None:
        actor.require(
            Role.OFFICER, Role.MANAGER, Role.CASHIER, Role.TREASURER, Role.DISBURSER, to="order it anew"
        )
        self._check_not_stopped()
        if self.stage not in _WAITS_FOR_A_RETRY:
            raise DisbursementNotOpenError(self.disbursement_id, self.state, "ordered anew")
        if account is not None and account.name != self.payee.name:
            raise AnotherPayeeError(account.name, self.payee.name)

    def check_cancel(self, actor: Actor) -> None:
        actor.require(Role.MANAGER, Role.DISBURSER, Role.RISK, Role.SYSTEM, to="cancel disbursements")
        if self.suspicion is not None and Role.RISK not in actor.roles:
            self._check_not_stopped()
        if self.stage not in _OPEN or self.may_go:
            raise DisbursementNotOpenError(self.disbursement_id, self.state, "cancelled")

    def _check_review(self, actor: Actor, now: datetime, wanted: str) -> None:
        actor.require(Role.DISBURSER, to="review disbursements")
        self._check_not_stopped()
        if self.stage is not DisbursementState.WAITING_FOR_REVIEW or self.may_go:
            raise DisbursementNotOpenError(self.disbursement_id, self.state, wanted)
        if actor.username in self.outsiders:
            raise OwnDisbursementError(self.disbursement_id, actor.username)
        lock = self.lock_in_force(now)
        if lock is not None and lock.holder != actor.username:
            raise LockedByAnotherError(self.disbursement_id, lock.holder, lock.until)

    def _check_not_stopped(self) -> None:
        if self.suspicion is not None:
            raise StoppedError(self.disbursement_id, self.suspicion.by, self.suspicion.reason)

    # ------------------------------------------------------------ what becomes of it

    def claim(self, actor: Actor, now: datetime) -> None:
        self.lock = Lock(actor.username, now + timedelta(minutes=self.lock_minutes))

    def unlock(self) -> None:
        self.lock = None

    def approve(self, actor: Actor) -> None:
        self.approved_by, self.lock = actor.username, None

    def send_back(self) -> None:
        self.stage, self.lock = DisbursementState.SENT_BACK, None

    def stop(self, suspicion: Suspicion) -> None:
        """Hold it; the review so far is void, for whoever made it did not know."""
        self.suspicion = self.suspicion or suspicion
        self.approved_by, self.lock, self.by_rules = "", None, False

    def clear(self) -> None:
        self.suspicion = None

    def order_anew(self, actor: Actor, account: BankAccount | None, *, even_if_duplicate: bool) -> None:
        """Back to review, by somebody other than who ordered it anew.

        A payment that came to nothing keeps its id; the next one has its own. One that broke is asked for
        again under the id that the bank may know.
        """
        if self.stage is DisbursementState.NOT_PAID and not self.unsure:
            self.attempt += 1
        self.payee = account or self.payee
        self.even_if_duplicate = even_if_duplicate
        self.outsiders = (*self.outsiders, actor.username)
        self.review_again()

    def resume(self, standing: Standing) -> None:
        """Go on where an earlier workflow stood: reviewed anew, and stopped still where it was."""
        self.attempt, self.payee = standing.attempt, standing.payee
        self.outsiders = (*self.outsiders, *filter(None, (standing.corrected_by,)))
        self.suspicion = standing.suspicion or self.suspicion
        self.review_again()
        if standing.outcome is not None:
            self.stage = standing.outcome.state

    def review_again(self) -> None:
        self.stage = DisbursementState.WAITING_FOR_REVIEW
        self.approved_by, self.lock, self.by_rules = "", None, False
