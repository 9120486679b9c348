"""A form's hash says what the form says, whichever version of the house asks."""

from __future__ import annotations

from dataclasses import replace

from activities.store.lease.applications import form_sha256
from models.lease.application.example import example_form
from models.parameters.lease import LeaseProducts

FORM = example_form("vehicle-express", LeaseProducts().products["vehicle-express"])


def test_a_field_that_says_nothing_is_no_part_of_a_forms_hash() -> None:
    """A hash kept by a version with fewer fields: a field added with its default leaves it alone."""
    assert form_sha256(FORM) == "2e3ff68ea8b51241d6071b4e8eab50d1f28d5ed674ade438b2a7567833811264"


def test_what_a_form_says_changes_its_hash() -> None:
    assert form_sha256(replace(FORM, accept_unchanged=True)) != form_sha256(FORM)
    assert form_sha256(replace(FORM, region="江苏")) != form_sha256(FORM)
