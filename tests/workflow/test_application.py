"""An application goes from its form to a contract, or to a definite no; nobody says what is not theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from activities.store.lease import applications
from cli.house import first_cause
from models.approval.commands import Approve, Reject, Return
from models.approval.messages import Condition
from models.lease.application.messages import (
    Accept,
    ApplicationState,
    Blacklisted,
    Decline,
    DocumentAdded,
    Revise,
    Submit,
    WithdrawApplication,
)
from models.lease.contract.messages import ContractState
from models.lease.documents.messages import DocumentKind
from models.lease.screening.messages import Advice, Reason, Screened
from models.money import Money
from models.people import Actor, Role
from tests.factories.applications import TO_PEOPLE, ApplyingHouse, Handle, actor, applying_house
from tests.factories.leases import LeaseFactory

pytestmark = pytest.mark.stack

REFUSED = Screened(Advice.REFUSE, "D", (Reason("blacklist", Advice.REFUSE, "lessee is blacklisted"),), "")


@pytest.fixture
async def house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[ApplyingHouse]:
    async with applying_house(temporal, database) as opened:
        yield opened


@pytest.fixture
def forms(request: pytest.FixtureRequest) -> LeaseFactory:
    """Ids of this test's own: tests of a file share a Temporal server."""
    return LeaseFactory(7, prefix=f"T{abs(hash(request.node.name)) % 10**8}")


async def offered(house: ApplyingHouse, forms: LeaseFactory, **changes: Any) -> tuple[Handle, str]:
    """An application whose offer waits, and the hash of the offer's terms."""
    handle = await house.apply(forms.express(**({"accept_unchanged": False} | changes)))
    status = await house.reaches(handle, ApplicationState.OFFERED)
    assert status.offer is not None
    return handle, status.offer.terms_sha256


async def asked(house: ApplyingHouse, forms: LeaseFactory, **changes: Any) -> tuple[Handle, str]:
    """An application that people decide, and the id of its approval."""
    house.rules.screened = TO_PEOPLE
    handle = await house.apply(forms.express(**changes))
    status = await house.reaches(handle, ApplicationState.APPROVING)
    return handle, status.approval_id


# ---------------------------------------------------------------- to a contract


async def test_rules_carry_an_application_straight_to_its_contract(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    form = forms.express()
    handle = await house.apply(form)
    status = await house.reaches(handle, ApplicationState.CONTRACTING)
    assert status.offer is not None
    assert status.offer.total == Money.of("88491.96")
    await house.end_contract(status.contract_number)
    outcome = await handle.result()
    assert (outcome.state, outcome.contract_number) == (ApplicationState.ACTIVE, status.contract_number)
    assert house.states(form.application_id) == ["screening", "offered", "contracting", "active"]
    row = house.row(form.application_id)
    assert (row.state, row.contract_number, row.grade) == ("active", status.contract_number, "A")
