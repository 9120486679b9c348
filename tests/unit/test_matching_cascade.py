"""Decisions: code first, names part by part, a valid other code above all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bill_monitoring.customers import Customer
from models.bill_monitoring.matching.index import CustomerIndex, match_all
from models.bill_monitoring.matching.results import Decision, RecordIdentity, Relation
from models.identifiers import is_valid_uscc
from tests.factories.names import Register, companies
from tests.factories.names_cases import stock

CODE, OTHER = Register(1).uscc(), Register(2).uscc()
HUAXIN = Customer("C1", "上海华信贸易有限公司", CODE, "上海")
SEEDS = st.integers(0, 10_000)


def ask(name, uscc=None, *, customers=(HUAXIN,)):
    (result,) = match_all(customers, [RecordIdentity("R1", name, uscc)])
    return result


def decided(results):
    """What was concluded; runners-up of equal likeness may be cut in another order."""
    return [(r.decision, r.match_id, r.relation, r.related_id) for r in results]


def misread(code):
    """A code whose ninth character was misread, so that it fails its check."""
    return next(c for x in "0123456789" if not is_valid_uscc(c := code[:8] + x + code[9:]) and c != code)


@pytest.mark.parametrize(
    "name",
    [
        "上海华信贸易有限公司",
        "上海華信貿易有限公司",
        " 上海　华信贸易有限责任公司",
        "华信（上海）贸易有限公司",
        "上海市华信贸易有限公司",
        "上海华信贸易",
        "华信贸易有限公司",
        "上海华信贺易有限公司",
        "⼯上海华信贸易有限公司"[1:],
    ],
)
def test_the_same_firm_is_found_without_a_code(name):
    result = ask(name)
    assert (result.decision, result.match_id, result.relation) == (Decision.MATCH, "C1", Relation.SAME)


@pytest.mark.parametrize(
    "name",
    [
        "北京华信贸易有限公司",
        "上海华盛贸易有限公司",
        "上海新华信贸易有限公司",
        "长兴华信贸易有限公司",
        "上海大华机械有限公司",
    ],
)
def test_another_firm_never_matches(name):
    assert ask(name).decision is not Decision.MATCH


@pytest.mark.parametrize(("mine", "theirs"), [("三", "四"), ("一", "二")])
def test_numbers_tell_sister_firms_apart(mine, theirs):
    known = Customer("C1", f"中国建筑第{mine}工程局有限公司")
    assert ask(f"中国建筑第{theirs}工程局有限公司", customers=[known]).decision is Decision.NONE


def test_equal_codes_match_under_any_name():
    result = ask("苏州完全不同实业有限公司", CODE)
    assert (result.decision, result.match_id) == (Decision.MATCH, "C1")


def test_another_valid_code_blocks_an_equal_name():
    result = ask(HUAXIN.name, OTHER)
    assert (result.decision, result.match_id) == (Decision.NONE, None)
    assert "another valid code" in result.reason


def test_a_misread_code_is_confirmed_by_the_name():
    assert ask("上海华信贸易有限公司", misread(CODE)).match_id == "C1"


def test_a_misread_code_under_another_name_is_for_review():
    assert ask("成都锦绣食品有限公司", misread(CODE)).decision is Decision.REVIEW


def test_former_names_count():
    known = Customer("C1", "上海新名实业有限公司", former_names=("上海旧号商贸有限公司",))
    result = ask("上海旧号商贸有限公司", customers=[known])
    assert result.match_id == "C1"
    assert "former name" in result.reason


def test_one_name_of_two_customers_is_for_review():
    twins = [Customer("C1", HUAXIN.name), Customer("C2", HUAXIN.name)]
    assert ask(HUAXIN.name, customers=twins).decision is Decision.REVIEW


def test_a_branch_points_at_its_parent():
    result = ask("上海华信贸易有限公司苏州分公司", OTHER)
    assert (result.decision, result.match_id) == (Decision.MATCH, None)
    assert (result.relation, result.related_id) == (Relation.BRANCH, "C1")


def test_a_branch_that_is_a_customer_is_itself_and_names_its_parent():
    branch = Customer("C2", "上海华信贸易有限公司苏州分公司", OTHER, parent_customer_id="C1")
    result = ask(branch.name, customers=[HUAXIN, branch])
    assert (result.match_id, result.relation, result.related_id) == ("C2", Relation.SAME, "C1")


def test_a_parent_of_which_only_a_branch_is_a_customer_is_for_review():
    branch = Customer("C2", "上海华信贸易有限公司苏州分公司")
    result = ask(HUAXIN.name, customers=[branch])
    assert (result.decision, result.match_id) == (Decision.REVIEW, None)


def test_group_and_member_are_different_firms():
    assert ask("上海华信贸易集团有限公司").decision is Decision.REVIEW


@pytest.mark.parametrize("name", ["", "()", "有限公司", "分公司", "𠮷", "上海"])
def test_poor_names_are_answered(name):
    assert ask(name).decision is not Decision.MATCH


def test_no_customers_no_match():
    assert ask(HUAXIN.name, CODE, customers=()).decision is Decision.NONE


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_every_customer_matches_itself(seed):
    known = [Customer(f"C{i}", c.name, c.uscc) for i, c in enumerate(companies(seed, 40))]
    asked = [RecordIdentity(c.customer_id, c.name, c.uscc) for c in known]
    assert [r.match_id for r in match_all(known, asked)] == [c.customer_id for c in known]


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_two_valid_codes_never_match(seed):
    register = Register(seed)
    known = [Customer(f"C{i}", c.name, c.uscc) for i, c in enumerate(companies(seed + 1, 30))]
    asked = [RecordIdentity(c.customer_id, c.name, register.uscc()) for c in known]
    assert {r.decision for r in match_all(known, asked)} == {Decision.NONE}


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_customers_does_not_matter(seed, shuffler):
    made = stock(seed, customers=40, cases_per_kind=2)
    asked = [case.record for case in made.cases]
    shuffled = list(made.customers)
    shuffler.shuffle(shuffled)
    assert decided(match_all(made.customers, asked)) == decided(match_all(shuffled, asked))


@pytest.mark.parametrize(("seed", "classic"), [(3, True), (4, False)])
def test_no_wrong_match_among_seeded_cases(seed, classic):
    made = stock(seed, customers=400, cases_per_kind=20, classic=classic)
    index = CustomerIndex.build(made.customers)
    right = wrong = 0
    for case, result in zip(made.cases, index.match([case.record for case in made.cases]), strict=True):
        if result.decision is Decision.MATCH:
            found = result.related_id if result.relation is Relation.BRANCH else result.match_id
            is_right = (result.relation, found) == (case.relation, case.customer_id)
            right, wrong = right + is_right, wrong + (not is_right)
    positives = sum(case.customer_id is not None for case in made.cases)
    assert wrong == 0
    assert right / positives > 0.85
