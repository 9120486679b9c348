"""Acknowledgement links."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.adapters.acknowledgement_links import LinkSigner
from activities.ports.delivery import AcknowledgementClaim, ExpiredLinkError, ForgedLinkError
from models.errors import InvalidInputError

NOW = datetime(2026, 1, 8, 12, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
CLAIM = AcknowledgementClaim("bills-warning-20260108-1a2b3c4d-li.wei", "li.wei", NOW + timedelta(days=30))


def test_a_link_says_what_it_was_made_for() -> None:
    signer = LinkSigner([NEW])
    token = signer.sign(CLAIM)

    assert signer.verify(token, now=NOW) == CLAIM
    assert signer.sign(CLAIM) == token
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_link_outlives_a_change_of_keys_but_not_the_loss_of_its_key() -> None:
    token = LinkSigner([OLD]).sign(CLAIM)

    assert LinkSigner([NEW, OLD]).verify(token, now=NOW) == CLAIM
    with pytest.raises(ForgedLinkError):
        LinkSigner([NEW]).verify(token, now=NOW)


def test_an_expired_link_is_refused_from_its_last_second_on() -> None:
    signer = LinkSigner([NEW])
    token = signer.sign(CLAIM)

    assert signer.verify(token, now=CLAIM.expires_at - timedelta(seconds=1))
    with pytest.raises(ExpiredLinkError):
        signer.verify(token, now=CLAIM.expires_at)


def test_another_name_under_the_same_signature_is_refused() -> None:
    signer = LinkSigner([NEW])
    body, signature = signer.sign(CLAIM).split(".")
    altered = base64.urlsafe_b64decode(body + "==").replace(b"li.wei", b"wa.ng!")
    token = f"{base64.urlsafe_b64encode(altered).decode().rstrip('=')}.{signature}"

    with pytest.raises(ForgedLinkError):
        signer.verify(token, now=NOW)


@given(st.data())
def test_no_single_changed_character_passes(data: st.DataObject) -> None:
    signer = LinkSigner([NEW])
    token = signer.sign(CLAIM)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda c: c != token[place]))

    with pytest.raises(ForgedLinkError):
        signer.verify(token[:place] + other + token[place + 1 :], now=NOW)


@given(st.text())
def test_any_other_text_is_forged(text: str) -> None:
    with pytest.raises(ForgedLinkError):
        LinkSigner([NEW]).verify(text, now=NOW)


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"short"]])
def test_short_keys_are_refused(keys: list[bytes]) -> None:
    with pytest.raises(InvalidInputError, match="at least 32 bytes"):
        LinkSigner(keys)
