"""What is written in a form can be kept, and what cannot is named with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from models.lease.application.checks import faults_of_any_product
from models.lease.application.texts import LONGEST, LONGEST_NOTE
from models.lease.application.written import UnreadableFormError, as_written, form_as_read
from models.lease.parties import PartyRole
from tests.factories.leases import LeaseFactory
from tests.unit.test_application_checks import TODAY

FORMS = LeaseFactory(5)
FORM = as_written(FORMS.form(parties=(FORMS.organisation(), FORMS.person(PartyRole.GUARANTOR))))


def faults(**changes: Any) -> dict[str, str]:
    with pytest.raises(UnreadableFormError) as refusal:
        form_as_read(FORM | changes)
    return {fault.field: fault.sentence for fault in refusal.value.faults}


@pytest.mark.parametrize("hidden", ["\0", "\x1b[31m", "\n", "\ud800"])
def test_a_text_that_no_book_can_hold_is_refused(hidden: str) -> None:
    parties = [FORM["parties"][0] | {"name": f"府泽{hidden}"}, FORM["parties"][1]]
    assert list(faults(parties=parties)) == ["parties[0].name"]


def test_texts_end_and_notes_may_have_lines() -> None:
    assert form_as_read(FORM | {"note": "first\nsecond" + "x" * LONGEST}).note.startswith("first\n")
    assert list(faults(note="x" * (LONGEST_NOTE + 1), region="y" * (LONGEST + 1))) == ["region", "note"]


def test_a_value_of_another_kind_is_told_with_what_to_write() -> None:
    financing = {"instalments": "36.5", "rate": "8.88%", "first_due": "2026-13-01"}
    assert faults(financing=financing, parties=None, payee=[], application_id=5) == {
        "application_id": "it must be a text",
        "parties": "it must be a list",
        "financing.instalments": "write it as a whole number",
        "financing.rate": "write it as a decimal fraction, like 0.0888 for 8.88 %",
        "financing.first_due": "write the day like 2026-12-31",
        "payee": "it must be an object of named fields",
    }


def test_a_form_of_an_unknown_product_is_checked_for_all_else() -> None:
    parties = [FORM["parties"][0] | {"phone": "12"}, FORM["parties"][1]]
    form = form_as_read(FORM | {"product": "boat", "branch": " ", "parties": parties})
    assert [fault.field for fault in faults_of_any_product(form, TODAY)] == ["branch", "parties[0].phone"]
