"""What several answers of a bank about one order come to. The heart of "never twice, never lost".

Only a definite answer settles or fails a payment. Silence is no answer, "unheard of" becomes one
only when the bank's own promise about late orders has run out, and two answers that cannot both be
true are put before a person, whose word then stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money
from models.payments.banking import BankAnswer, BankSaid, Heard


class Outcome(StrEnum):
    """What is known of an order."""

    OPEN = "open"
    SETTLED = "settled"
    FAILED = "failed"
    ABSENT = "absent"
    """The bank has no such order and will not have it any more: instructing it again is safe where
    the bank books one reference once."""
    CANCELLED = "cancelled"
    RETURNED = "returned"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known, by which answer, and against which other one."""

    outcome: Outcome
    answer: BankAnswer | None = None
    against: BankAnswer | None = None
    why: str = ""
    booking: BankAnswer | None = None
    """Of what came back: the answer that told of the booking itself, with its fee and value date."""


def judge(amount: Money, answers: Sequence[BankAnswer], *, absent_from: datetime | None) -> Verdict:
    """Weigh everything that a bank said about an order, in the order in which it was heard.

    Args:
        amount: what was ordered.
        answers: all of them; a person's answer outweighs all that came before it.
        absent_from: from then on "unheard of" means never; None when nothing was sent yet.
    """
    weighed = _since_a_person_spoke(answers)
    settled = [each for each in weighed if each.said is BankSaid.SETTLED]
    rejected = [each for each in weighed if each.said in {BankSaid.REJECTED, BankSaid.CANCELLED}]
    returned = [each for each in weighed if each.said is BankSaid.RETURNED]
    absent = [each for each in weighed if _is_absence(each, absent_from)]
    taken = [each for each in weighed if each.said is BankSaid.TAKEN]
    clash = _clash(amount, settled, rejected, absent, taken)
    if clash is not None:
        return clash
    if returned:
        return Verdict(Outcome.RETURNED, returned[-1], booking=_best(settled) if settled else None)
    if settled:
        return Verdict(Outcome.SETTLED, _best(settled))
    if rejected:
        cancelled = rejected[-1].said is BankSaid.CANCELLED
        return Verdict(Outcome.CANCELLED if cancelled else Outcome.FAILED, rejected[-1])
    if absent:
        return Verdict(Outcome.ABSENT, absent[-1])
    return Verdict(Outcome.OPEN)


def _since_a_person_spoke(answers: Sequence[BankAnswer]) -> Sequence[BankAnswer]:
    spoken = [index for index, each in enumerate(answers) if each.heard is Heard.PERSON]
    return answers[spoken[-1] :] if spoken else answers


def _is_absence(answer: BankAnswer, absent_from: datetime | None) -> bool:
    if answer.said is not BankSaid.UNHEARD_OF or answer.heard_at is None or absent_from is None:
        return False
    return answer.heard_at >= absent_from


def _clash(
    amount: Money,
    settled: Sequence[BankAnswer],
    rejected: Sequence[BankAnswer],
    absent: Sequence[BankAnswer],
    taken: Sequence[BankAnswer],
) -> Verdict | None:
    for each in settled:
        if each.amount is not None and each.amount != amount:
            why = f"booked {each.amount} {each.amount.currency}, ordered {amount} {amount.currency}"
            return Verdict(Outcome.CONTRADICTED, each, None, why)
    first = next((each for each in settled if each.bank_reference), None)
    for each in settled:
        if first is not None and each.bank_reference not in {"", first.bank_reference}:
            why = f"booked under {first.bank_reference} and under {each.bank_reference}"
            return Verdict(Outcome.CONTRADICTED, first, each, why)
    if settled and rejected:
        why = f"both {settled[0].said} and {rejected[0].said}"
        return Verdict(Outcome.CONTRADICTED, settled[0], rejected[0], why)
    if absent and (settled or taken):
        known = (settled or taken)[0]
        return Verdict(Outcome.CONTRADICTED, known, absent[0], f"{known.said}, and now unheard of")
    # rejected here and cancelled there is no clash: not booked either way
    return None


def _best(settled: Sequence[BankAnswer]) -> BankAnswer:
    """The settling answer that tells most: with the bank's reference, fee and value date if any has them."""
    return max(
        settled,
        key=lambda each: (bool(each.bank_reference), each.fee is not None, each.value_date is not None),
    )
