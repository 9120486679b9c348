"""A form without faults stands, and each wrong statement is named by its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.lease.application.terms import agreed_terms
from models.approval.messages import Condition
from models.errors import LeaseflowError
from models.lease.application.amounts import terms_applied_for
from models.lease.application.checks import BooksSay, faults_of
from models.lease.application.conditions import apply_conditions, negotiable_terms, told
from models.lease.application.example import example_form
from models.lease.application.form import Financing, LeaseForm
from models.lease.application.messages import ApplicationState
from models.lease.application.papers import require_open_for
from models.lease.application.rights import require_capture, require_withdrawal, speaks_for_applicant
from models.lease.application.written import UnreadableFormError, as_written, form_as_read
from models.lease.parties import PartyRole
from models.lease.plan.term_parts import PatternRule, Steps
from models.money import Money
from models.parameters.lease import LeaseProducts
from models.people import Actor, Role, WrongActorError
from tests.factories.leases import LeaseFactory

TODAY = date(2026, 11, 22)
PRODUCTS = LeaseProducts().products
FORMS = LeaseFactory(3)
FORM = FORMS.form(parties=(FORMS.organisation(), FORMS.person(PartyRole.GUARANTOR)))
LEASEBACK = FORMS.form("vehicle-leaseback")
EQUIPMENT = FORMS.form("equipment-direct")
SPRING_FESTIVAL = PatternRule(months=(2,), weight=Decimal(0))


def fields(form: LeaseForm, books: BooksSay | None = None) -> list[str]:
    return [fault.field for fault in faults_of(form, PRODUCTS[form.product], TODAY, books)]


def party(form: LeaseForm, number: int, **changes: Any) -> LeaseForm:
    parties = list(form.parties)
    parties[number] = replace(parties[number], **changes)
    return replace(form, parties=tuple(parties))


def asset(form: LeaseForm, **changes: Any) -> LeaseForm:
    return replace(form, assets=(replace(form.assets[0], **changes),))


def financing(form: LeaseForm, **changes: Any) -> LeaseForm:
    return replace(form, financing=replace(form.financing, **changes))


@pytest.mark.parametrize("product", sorted(PRODUCTS))
@given(seed=st.integers(0, 10_000))
def test_invented_forms_stand_and_survive_their_file(product: str, seed: int) -> None:
    forms = LeaseFactory(seed)
    for form in (forms.form(product), forms.express()):
        assert fields(form) == []
        assert form_as_read(as_written(form)) == form


WRONG: list[tuple[Callable[[], LeaseForm], str]] = [
    (lambda: replace(FORM, application_id="l 1"), "application_id"),
    (lambda: replace(FORM, branch=" "), "branch"),
    (lambda: replace(FORM, region=""), "region"),
    (lambda: replace(FORM, parties=FORM.parties[1:]), "parties"),
    (lambda: replace(FORM, parties=(*FORM.parties, FORMS.organisation())), "parties"),
    (lambda: party(FORM, 0, identifier="91310000MA1FL3FT0N"), "parties[0].identifier"),
    (lambda: party(FORM, 0, legal_representative=""), "parties[0].legal_representative"),
    (lambda: party(FORM, 0, representative_identifier="1"), "parties[0].representative_identifier"),
    (lambda: party(FORM, 0, name=" "), "parties[0].name"),
    (lambda: party(FORM, 0, email="nobody"), "parties[0].email"),
    (lambda: party(FORM, 1, phone=""), "parties[1].phone"),
    (lambda: party(FORM, 1, phone="12"), "parties[1].phone"),
    (lambda: party(FORM, 1, identifier="440304199710012045"), "parties[1].identifier"),
    (lambda: party(FORM, 1, identifier=FORMS.resident_id(date(2010, 1, 1))), "parties[1].identifier"),
    (lambda: party(FORM, 1, identifier=FORMS.resident_id(date(1950, 1, 1))), "parties[1].identifier"),
    (lambda: party(FORM, 1, account=replace(FORM.payee, number="622202")), "parties[1].account.number"),
    (lambda: replace(FORM, assets=()), "assets"),
    (lambda: replace(FORM, assets=FORM.assets * 2), "assets[1].identifier"),
    (lambda: asset(FORM, identifier=FORM.assets[0].identifier[:16] + "I"), "assets[0].identifier"),
    (lambda: replace(FORM, assets=(FORMS.equipment("100000.00"),)), "assets[0].kind"),
    (lambda: asset(FORM, price=Money.of("100000.00", "USD")), "assets[0].price"),
    (lambda: asset(FORM, year=1980), "assets[0].year"),
    (lambda: asset(FORM, description=""), "assets[0].description"),
    (lambda: replace(FORM, payee=replace(FORM.payee, bank="?")), "payee.bank"),
    (lambda: replace(FORM, payee=replace(FORM.payee, name=FORM.lessee.name)), "payee"),
    (lambda: replace(LEASEBACK, payee=FORM.payee), "payee"),
    (lambda: financing(FORM, instalments=11), "financing.instalments"),
    (lambda: financing(FORM, rate=Decimal("0.36")), "financing.rate"),
    (lambda: financing(FORM, method="magic"), "financing.method"),
    (lambda: financing(FORM, first_due=date(2026, 11, 21)), "financing.first_due"),
    (lambda: financing(FORM, first_due=date(2126, 11, 22)), "financing.first_due"),
    (lambda: financing(FORM, down_payment=Money.of("19999.98")), "financing.down_payment"),
    (lambda: financing(FORM, deposit=Money.of("80000.00")), "financing.deposit"),
    (lambda: financing(FORM, deposit=Money.of("1.00", "USD")), "financing.deposit"),
    (lambda: financing(FORM, residual=Money.of("30000.02")), "financing.residual"),
    (lambda: asset(FORM, price=Money.of("20000.00")), "financing"),
    (lambda: financing(FORM, steps=Steps(every=12, by="-5%")), "financing.steps"),
    (lambda: financing(EQUIPMENT, method="stepped"), "financing.steps"),
    (lambda: financing(EQUIPMENT, method="seasonal"), "financing.pattern"),
    (lambda: financing(EQUIPMENT, pattern=(SPRING_FESTIVAL,)), "financing.pattern"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_is_wrong_is_named_by_its_field(wrong: Callable[[], LeaseForm], field: str) -> None:
    assert fields(wrong()) == [field]


def test_who_guarantees_for_themselves_is_named() -> None:
    form = party(FORM, 1, identifier=FORM.lessee.identifier, kind=FORM.lessee.kind, legal_representative="x")
    assert fields(form) == ["parties[1].identifier"]


def test_a_price_of_nothing_is_a_fault_and_no_trace() -> None:
    assert "assets[0].price" in fields(asset(FORM, price=Money.of("0.00")))


def test_what_only_the_books_know() -> None:
    books = BooksSay("it is gone", "it has no code", {FORM.assets[0].identifier: "application L1"})
    assert fields(FORM, books) == ["branch", "dealer", "assets[0].identifier"]


def test_instalments_come_in_steps() -> None:
    product = PRODUCTS["vehicle-direct"].model_copy(update={"instalments_step": 12})
    assert faults_of(FORM, product, TODAY) == ()
    (fault,) = faults_of(financing(FORM, instalments=30), product, TODAY)
    assert fault.sentence == "the number of rents must be a multiple of 12"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"colour": "red"}, "colour = 'red': nobody knows this name"),
        ({"product": None}, "product"),
        (
            {"financing": {"instalments": 36, "rate": 0.0888}},
            "financing.rate = 0.0888: write the rate as a text",
        ),
        ({"financing": {"instalments": 36, "deposit": "1.234"}}, "financing.deposit"),
    ],
)
def test_what_is_written_wrongly_is_named(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnreadableFormError) as refused:
        form_as_read(as_written(FORM) | changes)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "rents"),
    [
        ({"method": "stepped", "steps": {"every": 12, "by": "-10%"}}, {0: "1", 12: "0.9", 23: "0.9"}),
        ({"method": "seasonal", "pattern": [{"months": [2], "weight": "0"}]}, {0: "1", 1: "0", 13: "0"}),
        ({"method": "seasonal", "pattern": [{"rows": "1-3", "weight": "0.5"}]}, {0: "0.5", 3: "1"}),
    ],
)
def test_rents_that_change_are_written_as_the_plan_engine_words_them(
    changes: dict[str, Any], rents: dict[int, str]
) -> None:
    written = as_written(EQUIPMENT)
    written["financing"] = {"instalments": 24} | changes
    form = form_as_read(written)
    assert form_as_read(as_written(form)) == form
    assert fields(form) == []
    plan = agreed_terms(form, PRODUCTS[form.product], date(2026, 1, 15)).plan
    assert sum((row.principal for row in plan.rows), start=Money(0)) == plan.financed
    paid = [row.rent.minor for row in plan.rows if row.number]
    assert {at: round(Decimal(paid[at]) / max(paid), 4) for at in rents} == {
        at: Decimal(share) for at, share in rents.items()
    }


def test_blanks_inside_numbers_are_forgiven() -> None:
    written = as_written(FORM)
    written["parties"][0]["identifier"] = " ".join(FORM.lessee.identifier).lower()
    assert form_as_read(written) == FORM


# ---------------------------------------------------------------- conditions


@given(share=st.integers(0, 100), instalments=st.integers(12, 60))
def test_conditions_within_their_bounds_make_a_form_that_stands(share: int, instalments: int) -> None:
    product = PRODUCTS["vehicle-direct"]
    financed = next(term for term in negotiable_terms(FORM, product) if term.name == "financed")
    least, most = Decimal(financed.at_least), Decimal(financed.at_most)
    amount = Money.rounded(least + (most - least) * share / 100)
    wanted = (Condition("financed", str(amount)), Condition("instalments", str(instalments)))
    changed = apply_conditions(FORM, wanted)
    assert fields(changed) == []
    terms = terms_applied_for(changed, product)
    assert (terms.financed, terms.instalments) == (amount, instalments)


def test_conditions_are_told_beside_what_was_applied_for() -> None:
    wanted = (Condition("rate", "0.1", "risk"), Condition("other", "a further guarantor"))
    assert told(wanted, FORM, PRODUCTS["vehicle-direct"]) == (
        "Rate a year 0.1 instead of 0.0888 (risk)",
        "a further guarantor",
    )
    assert apply_conditions(FORM, wanted).financing == Financing(instalments=24, rate=Decimal("0.1"))


# ---------------------------------------------------------------- who may


OFFICER = Actor("li.wei", (Role.OFFICER,))
DEALER = Actor("deng.chao", (Role.DEALER,), dealer="D001")
OTHER = Actor("ma.jun", (Role.DEALER,), dealer="D002")
MANAGER = Actor("sun.yue", (Role.MANAGER,))


def test_who_captures_and_who_speaks_for_the_applicant() -> None:
    require_capture(OFFICER, FORM)
    require_capture(DEALER, FORM)
    for wrong in (OTHER, MANAGER, Actor("x", (Role.DEALER,))):
        with pytest.raises(WrongActorError):
            require_capture(wrong, FORM)
    with pytest.raises(WrongActorError):
        require_capture(DEALER, replace(FORM, dealer=""))
    assert speaks_for_applicant(DEALER, FORM, "li.wei")
    assert speaks_for_applicant(OFFICER, FORM, "li.wei")
    assert not speaks_for_applicant(OFFICER, FORM, "deng.chao")
    assert not speaks_for_applicant(OTHER, FORM, "ma.jun")
    require_withdrawal(MANAGER, FORM, "deng.chao")
    with pytest.raises(WrongActorError):
        require_withdrawal(OTHER, FORM, "deng.chao")


@pytest.mark.parametrize("state", list(ApplicationState))
def test_what_was_decided_on_is_not_changed_by_papers(state: ApplicationState) -> None:
    for kind, late in (("invoice", False), ("insurance", True)):
        if state is ApplicationState.DRAFT or (late and not state.is_final):
            require_open_for(kind, "L1", state)
        else:
            with pytest.raises(LeaseflowError):
                require_open_for(kind, "L1", state)


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_examples_of_several_ids_stand_beside_each_other(product: str) -> None:
    ids = ["L2026-0001", *(f"L2026-{number:04}" for number in range(2, 40))]
    made = [example_form(product, PRODUCTS[product], each) for each in ids]
    assert [fault for form in made for fault in fields(form)] == []
    assert [form.application_id for form in made] == ids
    assert len({form.assets[0].identifier for form in made}) == len(ids)
