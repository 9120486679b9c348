"""What people may do with a step, and the rule that each refusal names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.approval.books import Deputy, Standing
from models.approval.commands import (
    Approve,
    Comment,
    Lock,
    Reassign,
    Reject,
    Return,
    Tag,
    Unlock,
    Withdraw,
)
from models.approval.deliberation import Deliberation, Word
from models.approval.desk import Desk
from models.approval.errors import (
    ApprovalNotOpenError,
    BeyondAuthorityError,
    DecidedAlreadyError,
    HeldByAnotherError,
    NotHeldError,
    NotInPoolError,
    OwnMatterError,
    UnfitConditionError,
    UnknownStepError,
    UnknownTermError,
)
from models.approval.messages import ApprovalState, Condition
from models.errors import InvalidInputError, LeaseflowError
from models.parameters.approval import ApprovalRoute, ApprovalStep, Scope
from models.people import SYSTEM, Role, WrongActorError
from tests.factories.approvals import actor, request

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROUTE = ApprovalRoute(
    name="tiers",
    up_to=Decimal(8_000_000),
    steps=(
        ApprovalStep(name="officer", role=Role.OFFICER, scope=Scope.BRANCH, final_up_to=Decimal(500_000)),
        ApprovalStep(name="manager", role=Role.MANAGER, people=2, final_up_to=Decimal(5_000_000)),
        ApprovalStep(name="director", role=Role.DIRECTOR, final_up_to=Decimal(8_000_000)),
    ),
)
OFFICERS = Standing("officer", ("li.wei", "zhang.min"), assigned_to="li.wei")
MANAGERS = Standing("manager", ("gao.ling", "sun.yue", "yu.fei"), assigned_to="gao.ling")


def matter(amount: str = "6000000.00", *agreed: str, **changes: Any) -> Deliberation:
    """A matter to which these people have said yes, in order."""
    found = Deliberation(request(amount, **changes), ROUTE)
    for name in agreed:
        found = found.approve(Word(name, "", NOW))
    return found


def desk(standing: Standing = OFFICERS, **changes: Any) -> Desk:
    return Desk(matter(**changes), standing)


HELD = replace(desk(), locked_by="li.wei", lock_until=NOW + timedelta(minutes=1))
MANAGER_STEP = Desk(matter("6000000.00", "li.wei"), MANAGERS)
DEPUTISED = Desk(
    matter(),
    Standing("officer", ("zhang.min",), deputies=(Deputy("chen.jie", "li.wei", date(2026, 11, 24)),)),
)
OVER = Desk(replace(matter(), state=ApprovalState.REJECTED), OFFICERS)


@pytest.mark.parametrize(
    ("on", "command", "error", "words"),
    [
        (desk(), Approve(actor("sun.yue")), NotInPoolError, "role officer of Shanghai"),
        (desk(), Approve(actor("wang.fang")), NotInPoolError, "wang.fang may not decide step officer"),
        (desk(), Approve(actor("deng.chao")), WrongActorError, "Only the house's own people"),
        (desk(), Approve(SYSTEM), WrongActorError, "leaseflow may not decide"),
        (desk(requested_by=actor("li.wei")), Approve(actor("li.wei")), OwnMatterError, "li.wei asked for"),
        (desk(involved=("li.wei",)), Lock(actor("li.wei")), OwnMatterError, "takes part in"),
        (MANAGER_STEP, Approve(actor("li.wei")), DecidedAlreadyError, "decided step officer"),
        (HELD, Approve(actor("zhang.min")), HeldByAnotherError, "li.wei holds"),
        (HELD, Lock(actor("zhang.min")), HeldByAnotherError, "li.wei holds"),
        (HELD, Return(actor("zhang.min"), "form", "no"), HeldByAnotherError, "li.wei holds"),
        (HELD, Unlock(actor("zhang.min")), WrongActorError, "may not unlock what li.wei holds"),
        (desk(), Unlock(actor("li.wei")), NotHeldError, "nobody holds"),
        (desk(), Reassign(actor("zhang.min"), "li.wei", "x"), WrongActorError, "may not reassign"),
        (desk(), Reassign(actor("li.wei"), "chen.jie", "x"), NotInPoolError, "chen.jie may not"),
        (
            desk(involved=("sun.yue",)),
            Reassign(actor("sun.yue"), "zhang.min", "x"),
            OwnMatterError,
            "sun.yue has a part in",
        ),
        (desk(), Return(actor("li.wei"), "director", "x"), UnknownStepError, "form, documents"),
        (desk(), Return(actor("li.wei"), "officer", "x"), UnknownStepError, "'officer' cannot"),
        (desk(), Withdraw(actor("ma.jun"), "x"), WrongActorError, "ma.jun may not withdraw"),
        (desk(), Withdraw(actor("deng.chao"), " "), InvalidInputError, "reason is empty"),
        (desk(), Reject(actor("li.wei"), ""), InvalidInputError, "reason is empty"),
        (desk(), Approve(actor("li.wei"), "x" * 2_001), InvalidInputError, "2001 characters"),
        (desk(), Tag(actor("li.wei"), ("a b",)), InvalidInputError, "'a b' is not a label"),
        (desk(), Tag(actor("li.wei"), tuple(f"t{n}" for n in range(21))), InvalidInputError, "21 tags"),
        (desk(), Tag(actor("ma.jun"), ("new",)), WrongActorError, "ma.jun may not tag"),
        (desk(), Comment(actor("ma.jun"), "please"), WrongActorError, "ma.jun may not comment"),
        (OVER, Approve(actor("li.wei")), ApprovalNotOpenError, "is rejected and cannot be decided"),
        (OVER, Lock(actor("li.wei")), ApprovalNotOpenError, "cannot be locked"),
        (
            desk(),
            Approve(actor("li.wei"), "", (Condition("amount", "8000000.01"),)),
            BeyondAuthorityError,
            "8000000.01 is over the limit: the last step of route 'tiers' decides up to 8000000",
        ),
        (desk(), Approve(actor("li.wei"), "", (Condition("x", "1"),)), UnknownTermError, "'x'"),
        (desk(), Approve(actor("li.wei"), "", (Condition("rate", "2"),)), UnfitConditionError, "0.24"),
    ],
)
def test_each_refusal_names_its_rule(on: Desk, command: Any, error: type[LeaseflowError], words: str) -> None:
    act: Callable[..., object] = on.handle if isinstance(command, _HANDLING) else on.decide
    with pytest.raises(error) as refused:
        act(command, NOW)
    assert words in str(refused.value)


_HANDLING = (Lock, Unlock, Reassign, Tag, Comment)


def test_an_expired_lock_holds_nobody_up() -> None:
    later = NOW + timedelta(minutes=1)
    judged = HELD.decide(Approve(actor("zhang.min")), later)
    assert judged.word.username == "zhang.min"
    assert HELD.holder(NOW) == "li.wei"
    assert not HELD.holder(later)


def test_a_deputy_decides_in_the_absent_persons_name_until_the_last_day() -> None:
    judged = DEPUTISED.decide(Approve(actor("chen.jie")), NOW)
    assert judged.word.on_behalf_of == "li.wei"
    assert judged.after.bound == {"chen.jie": "officer", "li.wei": "officer"}
    with pytest.raises(NotInPoolError):
        DEPUTISED.decide(Approve(actor("chen.jie")), NOW + timedelta(days=3))
    back = DEPUTISED.decide(Approve(actor("li.wei")), NOW)  # who came in anyway decides in their own right
    assert back.word.on_behalf_of == ""


def test_several_people_of_a_step_are_different_people() -> None:
    one = matter("600000.00", "li.wei", "sun.yue")
    assert (one.step.name, one.visit, one.state) == ("manager", 2, ApprovalState.WAITING)
    with pytest.raises(DecidedAlreadyError, match="may not decide manager"):
        Desk(one, MANAGERS).decide(Approve(actor("sun.yue")), NOW)
    two = Desk(one, MANAGERS).decide(Approve(actor("yu.fei")), NOW).after
    assert two.state is ApprovalState.APPROVED


def test_who_decided_before_a_return_stays_with_their_step() -> None:
    back = matter("6000000.00", "li.wei", "sun.yue").send_back(Word("gao.ling", "", NOW, "visit"), "officer")
    assert (back.step.name, back.visit, back.agreed) == ("officer", 3, ())
    assert set(back.excluded) == {"deng.chao", "sun.yue", "gao.ling"}
    again = back.approve(Word("li.wei", "", NOW))
    assert "sun.yue" not in again.excluded


PEOPLE = {
    "officer": ["li.wei", "zhang.min", "chen.jie"],
    "manager": ["gao.ling", "sun.yue", "yu.fei"],
    "director": ["zhou.kai", "fan.li"],
}


@settings(max_examples=150)
@given(data=st.data(), minor=st.integers(0, 800_000_000))
def test_whatever_people_say_nobody_decides_two_steps_and_authority_covers_the_amount(
    data: st.DataObject, minor: int
) -> None:
    found = matter(f"{minor / 100:.2f}")
    for _ in range(12):
        if found.state.is_final:
            break
        names = [name for name in PEOPLE[found.step.name] if name not in found.excluded]
        word = Word(data.draw(st.sampled_from(names)), "", NOW, "because")
        places = [name for name in found.places_to_return_to if name in PEOPLE]
        if places and data.draw(st.integers(0, 3)) == 0:
            found = found.send_back(word, data.draw(st.sampled_from(places)))
        else:
            found = found.approve(word)
    steps_of: dict[str, set[str]] = {}
    for each in found.decided:
        steps_of.setdefault(each.username, set()).add(each.step)
    assert all(len(steps) == 1 for steps in steps_of.values())
    if found.state is ApprovalState.APPROVED:
        limit = found.step.final_up_to
        assert limit is not None
        assert found.request.amount.amount <= limit
        asked = ROUTE.steps[: found.position + 1]
        for step in asked:
            agreed = {each.username for each in found.agreed if each.step == step.name}
            assert len(agreed) == step.people


def test_a_condition_does_not_raise_the_amount_out_of_a_route_for_small_ones() -> None:
    small = ApprovalRoute(
        name="small", up_to=Decimal(200_000), steps=(ApprovalStep(name="officer", role=Role.OFFICER),)
    )
    asked = Deliberation(request("150000.00"), small)
    assert asked.approve(Word("li.wei", "", NOW)).state is ApprovalState.APPROVED
    with pytest.raises(BeyondAuthorityError, match=r"200000\.01 .* route 'small' decides up to 200000"):
        asked.approve(Word("li.wei", "", NOW, conditions=(Condition("amount", "200000.01"),)))
