"""Who is believed: signatures of requests, answers and notifications."""

from __future__ import annotations

import base64
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from activities.adapters.banks.http import HttpBank
from activities.adapters.banks.signing import canonical, signatures_of
from activities.ports.banks import BankRefusedUsError
from activities.ports.secrets import MissingSecretError
from models.errors import InvalidInputError
from models.payments.banking import BankSaid
from tests.contract.bank_site import (
    BankSite,
    Evidence,
    GivenSecrets,
    PlayedBank,
    http_profile,
    http_secrets,
    meddler,
    now,
    order,
)

pytest_plugins = ["tests.contract.bank_fixtures"]

OTHER = Ed25519PrivateKey.generate()
OTHER_PRIVATE = OTHER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
OTHER_PUBLIC = OTHER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_a_changed_answer_is_not_believed(banks: BankSite, evidence: Evidence) -> None:
    async with meddler(banks, lambda data: data.replace(b'"SETTLED"', b'"REJECTE"')) as address:
        bank = HttpBank(http_profile(banks, address=address), http_secrets(banks), evidence.keep, now)
        said = await bank.instruct(order())
        await bank.close()
    assert said.said is BankSaid.NOTHING
    assert "signature does not fit" in said.reason


async def test_an_answer_played_again_is_not_believed(banks: BankSite, evidence: Evidence) -> None:
    heard: list[bytes] = []

    def first_again(data: bytes) -> bytes:
        heard.append(data)
        return heard[0]

    async with meddler(banks, first_again) as address:
        bank = HttpBank(http_profile(banks, address=address), http_secrets(banks), evidence.keep, now)
        asked = order()
        assert (await bank.instruct(asked)).said is BankSaid.SETTLED
        again = await bank.instruct(asked)
        await bank.close()
    assert again.said is BankSaid.NOTHING
    assert "belongs to another request" in again.reason


async def test_an_unsigned_refusal_is_no_refusal(banks: BankSite, evidence: Evidence) -> None:
    """A proxy in between may say 401 as well."""

    def refuse(_: bytes) -> bytes:
        return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"

    async with meddler(banks, refuse) as address:
        bank = HttpBank(http_profile(banks, address=address), http_secrets(banks), evidence.keep, now)
        said = await bank.instruct(order())
        await bank.close()
    assert said.said is BankSaid.NOTHING
    assert "not signed" in said.reason


@pytest.mark.parametrize(
    ("profile", "secrets", "seconds", "code"),
    [
        ({"client_id": "stranger"}, {}, 0, "UNKNOWN_CLIENT"),
        ({}, {"key": OTHER_PRIVATE}, 0, "WRONG_SIGNATURE"),
    ],
)
async def test_a_signed_refusal_is_for_a_person(
    banks: BankSite, evidence: Evidence, profile: dict, secrets: dict, seconds: int, code: str
) -> None:
    made = http_profile(banks, **profile)
    bank = HttpBank(made, http_secrets(banks, **secrets), evidence.keep, now)
    with pytest.raises(BankRefusedUsError, match=rf"{code}.* Check http\.client_id"):
        await bank.instruct(order())
    await bank.close()


async def test_a_clock_that_is_wrong_is_told_as_what_the_signature_says(
    banks: BankSite, evidence: Evidence
) -> None:
    """The bank refuses us, but with our clock its refusal is not of our time, either: nothing is certain."""
    bank = HttpBank(
        http_profile(banks), http_secrets(banks), evidence.keep, lambda: now() - timedelta(minutes=10)
    )
    asked = order()
    said = await bank.instruct(asked)
    await bank.close()
    assert said.said is BankSaid.NOTHING
    assert "not within five minutes" in said.reason
    assert banks.harbour.books(reference=asked.reference) == []


async def test_answers_of_another_bank_are_not_believed(banks: BankSite, evidence: Evidence) -> None:
    bank = HttpBank(http_profile(banks), http_secrets(banks, public_key=OTHER_PUBLIC), evidence.keep, now)
    said = await bank.inquire("P-1")
    await bank.close()
    assert said.said is BankSaid.NOTHING


async def test_a_request_played_again_is_refused(banks: BankSite, harbour: PlayedBank) -> None:
    signatures = signatures_of(http_profile(banks), http_secrets(banks))
    timestamp = str(int(now().timestamp()))
    message = canonical("GET", "/v1/orders/P-1", timestamp, "once", b"")
    headers = {
        "X-Client": "leaseflow",
        "X-Timestamp": timestamp,
        "X-Nonce": "once",
        "X-Signature": base64.b64encode(signatures.sign(message)).decode(),
    }
    address = banks.keys["harbour"]["address"]
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        first, second = await client.get("/v1/orders/P-1"), await client.get("/v1/orders/P-1")
    assert first.status_code == httpx.codes.NOT_FOUND
    assert (second.status_code, second.json()["code"]) == (401, "REPEATED_NONCE")


def test_missing_and_wrong_keys_are_named(banks: BankSite) -> None:
    profile, good = http_profile(banks), http_secrets(banks)
    with pytest.raises(MissingSecretError, match="bank_harbour_key"):
        signatures_of(profile, GivenSecrets({}))
    with pytest.raises(InvalidInputError, match="'bank_harbour_key' is no private key in PEM form"):
        signatures_of(profile, GivenSecrets(good.values | {"bank_harbour_key": "abc"}))
    with pytest.raises(InvalidInputError, match="are no keys for signature 'rsa-sha256'"):
        signatures_of(http_profile(banks, signature="rsa-sha256"), good)


async def test_a_bank_that_does_not_sign_is_believed_where_its_profile_says_so(
    banks: BankSite, evidence: Evidence
) -> None:
    profile, secrets = http_profile(banks, verify_answers=False), http_secrets(banks)
    secrets.values.pop("bank_harbour_public_key")
    bank = HttpBank(profile, secrets, evidence.keep, now)
    banks.harbour.misbehave(malformed="signature")
    assert (await bank.instruct(order())).said is BankSaid.SETTLED
    await bank.close()
