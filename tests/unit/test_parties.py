"""Parties as they are shown: enough to tell them apart, not enough to steal who they are."""

from __future__ import annotations

import pytest

from models.lease.parties import Party, PartyKind, PartyRole


@pytest.mark.parametrize(
    ("kind", "identifier", "shown"),
    [
        (PartyKind.PERSON, "44030419671215128X", "440304********128X"),
        (PartyKind.ORGANISATION, "91310000MA1FL5E78D", "91310000MA1FL5E78D"),
    ],
)
def test_a_persons_number_is_shown_in_part(kind: PartyKind, identifier: str, shown: str) -> None:
    assert Party(PartyRole.LESSEE, kind, "杨刚艳", identifier).shown_identifier == shown
