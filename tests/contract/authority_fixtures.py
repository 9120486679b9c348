"""Fixtures of whoever signs, taken by ``pytest_plugins``; each test process starts the authority once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.authority_site import AuthoritySite, running_authority


@pytest.fixture(scope="session")
def started_authority() -> Iterator[AuthoritySite]:
    with running_authority() as site:
        yield site


@pytest.fixture
def authority(started_authority: AuthoritySite) -> AuthoritySite:
    """The shared authority, well-behaved. Tests have signers of their own."""
    started_authority.behave()
    return started_authority
