"""Fixtures of the banks' contract tests, taken by ``pytest_plugins``; each test process starts them once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from activities.adapters.banks.http import HttpBank
from activities.adapters.banks.opening import open_mailbox, open_service
from activities.ports.banks import BankMailbox
from tests.contract.bank_site import (
    HABITS,
    BankSite,
    Evidence,
    PlayedBank,
    file_profile,
    file_secrets,
    http_profile,
    http_secrets,
    now,
    running_banks,
)


@pytest.fixture(scope="session")
def started_banks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankSite]:
    with running_banks("--data", str(tmp_path_factory.mktemp("banks"))) as site:
        yield site


@pytest.fixture
def banks(started_banks: BankSite) -> BankSite:
    """The shared banks, well-behaved and with their usual habits. Tests use references of their own."""
    for bank in (started_banks.harbour, started_banks.river):
        bank.behave()
        bank.settings(**HABITS)
    return started_banks


@pytest.fixture
def harbour(banks: BankSite) -> PlayedBank:
    return banks.harbour


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    return Evidence()


@pytest.fixture
def river(banks: BankSite) -> PlayedBank:
    return banks.river


@pytest.fixture(scope="session")
async def mailbox(started_banks: BankSite) -> AsyncIterator[BankMailbox]:
    mailbox = open_mailbox(file_profile(started_banks), file_secrets(started_banks), now)
    yield mailbox
    await mailbox.close()


@pytest.fixture(scope="session")
async def http_bank(started_banks: BankSite, evidence: Evidence) -> AsyncIterator[HttpBank]:
    bank = open_service(http_profile(started_banks), http_secrets(started_banks), evidence.keep, now)
    yield bank
    await bank.close()
