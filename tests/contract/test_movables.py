"""The registry of movables: one registration for a lease, whatever the registry answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from temporalio.testing import ActivityEnvironment

from activities.adapters.movables import HttpMovables
from activities.lease.registration.desk import ReadBackRegistry, RegistrationContradictedError
from activities.ports.movables import RegistryRefusedError, RegistryUnreachableError
from models.lease.registration import (
    ChangeRegistration,
    Deregister,
    FindClaims,
    Registered,
    RegisteredParty,
    RegisterLease,
)
from models.money import Money
from sandbox.movables.office import SANDBOX_KEY, open_office
from sandbox.serving import CuttableProtocol, bound_socket
from tests.factories.leases import LeaseFactory

pytestmark = pytest.mark.stack

LESSOR = RegisteredParty("华泽融资租赁有限公司", "91310000MA1FL5E70X")


class Secrets:
    """Knows the shared key, or another."""

    def __init__(self, key: str = SANDBOX_KEY) -> None:
        self._key = key

    def get(self, name: str) -> str:
        del name
        return self._key


@dataclass
class Registry:
    """Our step, the adapter under it, and the registry's own side."""

    address: str
    office: HttpMovables
    admin: httpx.AsyncClient

    async def do(self, step: Callable[..., Awaitable[Any]], wish: object) -> Any:
        return await ActivityEnvironment().run(step, wish)

    async def register(self, wish: RegisterLease) -> Registered:
        registered: Registered = await self.do(self.hands.register, wish)
        return registered

    @property
    def hands(self) -> ReadBackRegistry:
        return ReadBackRegistry(lambda: self.office)

    async def misbehave(self, kind: str, **changes: Any) -> None:
        await self.admin.post("/admin/misbehave", json={"kind": kind, "next": 1} | changes)

    async def books(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await self.admin.get("/admin/registrations")).json()["registrations"]
        return entries


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    listener = bound_socket(0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with open_office(None, address) as app:
        config = uvicorn.Config(app, http=CuttableProtocol, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        yield address
        server.should_exit = True
        await serving


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    async with _served() as address, httpx.AsyncClient(base_url=address) as admin:
        office = HttpMovables(address, Secrets(), lambda: datetime.now(UTC), answer_seconds=0.5)
        yield Registry(address, office, admin)
        await office.close()


@pytest.fixture
def wish() -> RegisterLease:
    leases = LeaseFactory(81)
    lessee = leases.organisation()
    return RegisterLease(
        contract_number="SH2026000001",
        lessor=LESSOR,
        lessee=RegisteredParty(lessee.name, lessee.identifier),
        assets=(leases.vehicle(), leases.vehicle()),
        secured=Money.of("240000.00"),
        until=date(2029, 11, 20),
    )


async def test_a_lease_is_registered_once(registry: Registry, wish: RegisterLease) -> None:
    first = await registry.register(wish)
    assert first.stands
    assert first.registration_number.startswith("ZD")
    assert await registry.register(wish) == first
    claims = await registry.do(
        registry.hands.find_claims, FindClaims(tuple(asset.identifier for asset in wish.assets))
    )
    assert {(claim.holder, claim.registration_number) for claim in claims.claims} == {
        (LESSOR.name, first.registration_number)
    }


@pytest.mark.parametrize("kind", ["lost-answer", "duplicate", "wrong-number"])
async def test_whatever_it_answers_one_registration_is_in_force(
    registry: Registry, wish: RegisterLease, kind: str
) -> None:
    await registry.misbehave(kind)
    if kind == "lost-answer":
        with pytest.raises(RegistryUnreachableError, match="does not answer"):
            await registry.register(wish)
    registered = await registry.register(wish)
    (in_force,) = [each for each in await registry.books() if each["ended_at"] is None]
    assert registered.registration_number == in_force["certificate"]


@pytest.mark.parametrize(
    ("kind", "fault"), [("down", "answers 503"), ("slow", "does not answer"), ("unsigned", "not signed")]
)
async def test_no_usable_answer_is_no_refusal(
    registry: Registry, wish: RegisterLease, kind: str, fault: str
) -> None:
    await registry.misbehave(kind)
    with pytest.raises(RegistryUnreachableError, match=fault):
        await registry.register(wish)
    assert (await registry.register(wish)).stands


async def test_what_others_registered_before_is_refused(registry: Registry, wish: RegisterLease) -> None:
    taken = wish.assets[1].identifier
    other = {"registrant": "某某金融租赁有限公司", "item": taken}
    await registry.admin.post("/admin/registrations", json=other)
    refused = await registry.register(wish)
    assert not refused.stands
    assert f"{taken} is registered for 某某金融租赁有限公司" in refused.refusal


async def test_another_content_under_the_same_contract_is_put_before_a_person(
    registry: Registry, wish: RegisterLease
) -> None:
    first = await registry.register(wish)
    fewer = replace(wish, assets=wish.assets[:1])
    with pytest.raises(RegistrationContradictedError, match="about other things"):
        await registry.register(fewer)
    change = ChangeRegistration(first.registration_number, fewer, "一辆退车")
    changed = await registry.do(registry.hands.change_registration, change)
    assert (changed.stands, changed.registration_number) == (True, first.registration_number)
    unknown = ChangeRegistration("ZD0000000000000077", fewer, "x")
    assert (
        "no registration of yours" in (await registry.do(registry.hands.change_registration, unknown)).refusal
    )


async def test_what_is_taken_out_is_free_for_others_and_can_be_registered_anew(
    registry: Registry, wish: RegisterLease
) -> None:
    first = await registry.register(wish)
    out = Deregister(wish.contract_number, first.registration_number, "结清")
    ended = await registry.do(registry.hands.deregister, out)
    assert ended.deregistered_at is not None
    assert await registry.do(registry.hands.deregister, out) == ended
    again = await registry.register(wish)
    assert again.registration_number != first.registration_number
    unknown = Deregister(wish.contract_number, "ZD0000000000000077", "x")
    with pytest.raises(RegistryRefusedError, match="no registration of yours"):
        await registry.do(registry.hands.deregister, unknown)


async def test_a_stranger_is_not_heard_and_misbehaviour_must_be_known(
    registry: Registry, wish: RegisterLease
) -> None:
    stranger = HttpMovables(registry.address, Secrets("guessed"), lambda: datetime.now(UTC))
    with pytest.raises(RegistryUnreachableError, match="answers 401"):
        await stranger.enter(wish)
    await stranger.close()
    answer = await registry.admin.post("/admin/misbehave", json={"kind": "sing"})
    assert answer.status_code == 400
    assert await registry.books() == []


async def test_it_keeps_its_books_between_runs(tmp_path: Path) -> None:
    other = {"registrant": "甲", "item": "LVIN1"}
    for already in (0, 1):
        async with open_office(tmp_path, "http://movables") as app:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://movables")
            async with client:
                assert (await client.get("/admin/health")).json()["registrations"] == already
                await client.post("/admin/registrations", json=other)
