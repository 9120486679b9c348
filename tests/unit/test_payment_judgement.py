"""What several answers of a bank come to: silence never decides, contradictions never pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from models.payments.banking import BankAnswer, BankSaid, Heard
from models.payments.judgement import Outcome, judge

AMOUNT = Money.of("100.00")
SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
PROMISE = SENT + timedelta(minutes=2)


def said(
    what: BankSaid,
    *,
    heard: Heard = Heard.INQUIRY,
    reference: str = "",
    amount: Money | None = None,
    after: int = 10,
) -> BankAnswer:
    at = SENT + timedelta(seconds=after)
    return BankAnswer(what, heard, bank_reference=reference, amount=amount, heard_at=at)


SETTLED = said(BankSaid.SETTLED, reference="B1", amount=AMOUNT)
REJECTED = said(BankSaid.REJECTED, heard=Heard.INSTRUCTION)
TAKEN = said(BankSaid.TAKEN, heard=Heard.INSTRUCTION)
NOTHING = said(BankSaid.NOTHING, heard=Heard.INSTRUCTION)
NOT_YET = said(BankSaid.UNHEARD_OF)
NEVER = said(BankSaid.UNHEARD_OF, after=121)
RETURNED = said(BankSaid.RETURNED, heard=Heard.STATEMENT, reference="R1")
CANCELLED = said(BankSaid.CANCELLED, heard=Heard.CANCELLATION)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([], Outcome.OPEN),
        ([NOTHING], Outcome.OPEN),
        ([TAKEN, NOTHING, TAKEN], Outcome.OPEN),
        ([NOTHING, NOT_YET], Outcome.OPEN),
        ([NOTHING, NOT_YET, NEVER], Outcome.ABSENT),
        ([SETTLED], Outcome.SETTLED),
        ([NOTHING, NOT_YET, SETTLED, SETTLED], Outcome.SETTLED),
        ([REJECTED], Outcome.FAILED),
        ([REJECTED, NEVER], Outcome.FAILED),
        ([TAKEN, CANCELLED], Outcome.CANCELLED),
        ([SETTLED, RETURNED], Outcome.RETURNED),
        ([RETURNED], Outcome.RETURNED),
        ([REJECTED, SETTLED], Outcome.CONTRADICTED),
        ([SETTLED, NEVER], Outcome.CONTRADICTED),
        ([TAKEN, NEVER], Outcome.CONTRADICTED),
        ([SETTLED, said(BankSaid.SETTLED, reference="B2")], Outcome.CONTRADICTED),
        ([said(BankSaid.SETTLED, amount=Money.of("100.01"))], Outcome.CONTRADICTED),
    ],
)
def test_verdicts(answers: list[BankAnswer], outcome: Outcome) -> None:
    assert judge(AMOUNT, answers, absent_from=PROMISE).outcome is outcome


def test_a_contradiction_shows_both_answers() -> None:
    verdict = judge(AMOUNT, [REJECTED, SETTLED], absent_from=PROMISE)
    assert {verdict.answer, verdict.against} == {SETTLED, REJECTED}
    assert verdict.why == "both settled and rejected"


def test_a_persons_word_outweighs_what_was_said_before_and_not_what_comes_after() -> None:
    word = said(BankSaid.SETTLED, heard=Heard.PERSON)
    assert judge(AMOUNT, [REJECTED, SETTLED, word], absent_from=PROMISE).outcome is Outcome.SETTLED
    assert judge(AMOUNT, [SETTLED, word, REJECTED], absent_from=PROMISE).outcome is Outcome.CONTRADICTED


def test_the_answer_that_tells_most_is_taken() -> None:
    bare = said(BankSaid.SETTLED)
    assert judge(AMOUNT, [bare, SETTLED, bare], absent_from=None).answer == SETTLED


answers_ = st.lists(
    st.sampled_from([SETTLED, REJECTED, TAKEN, NOTHING, NOT_YET, NEVER, RETURNED, CANCELLED]), max_size=6
)


def test_what_came_back_keeps_the_answer_that_told_of_its_booking() -> None:
    verdict = judge(AMOUNT, [SETTLED, RETURNED], absent_from=PROMISE)
    assert (verdict.answer, verdict.booking) == (RETURNED, SETTLED)
    assert judge(AMOUNT, [RETURNED], absent_from=PROMISE).booking is None


@given(answers_)
def test_nothing_is_settled_or_failed_without_a_definite_answer(answers: list[BankAnswer]) -> None:
    verdict = judge(AMOUNT, answers, absent_from=PROMISE)
    kinds = {each.said for each in answers}
    if verdict.outcome is Outcome.SETTLED:
        assert BankSaid.SETTLED in kinds
        assert not kinds & {BankSaid.REJECTED, BankSaid.CANCELLED}
    if verdict.outcome is Outcome.FAILED:
        assert BankSaid.REJECTED in kinds
        assert BankSaid.SETTLED not in kinds
    if verdict.outcome is Outcome.ABSENT:
        assert NEVER in answers


@given(answers_)
def test_hearing_everything_twice_changes_nothing(answers: list[BankAnswer]) -> None:
    once = judge(AMOUNT, answers, absent_from=PROMISE).outcome
    assert judge(AMOUNT, [*answers, *answers], absent_from=PROMISE).outcome is once


@given(answers_)
def test_silence_changes_nothing(answers: list[BankAnswer]) -> None:
    noisy = [each for answer in answers for each in (NOTHING, answer, NOT_YET)]
    assert (
        judge(AMOUNT, noisy, absent_from=PROMISE).outcome
        is judge(AMOUNT, answers, absent_from=PROMISE).outcome
    )
