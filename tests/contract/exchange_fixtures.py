"""Fixtures of the exchange's contract tests, taken by ``pytest_plugins``.

A test process starts one site and one browser, and logs in once for each kind of source.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from activities.adapters.exchange import ExchangeGateway
from activities.ports.bill_source import BillSource
from tests.contract.exchange_site import ExchangeSite, running_site

OpenSource = Callable[[str], Awaitable[BillSource]]


@pytest.fixture(scope="session")
def started_exchange() -> Iterator[ExchangeSite]:
    with running_site() as site:
        yield site


@pytest.fixture
def exchange(started_exchange: ExchangeSite) -> ExchangeSite:
    """The shared site, well-behaved. Tests that end sessions or publish take one of their own."""
    started_exchange.behave()
    return started_exchange


@pytest.fixture(scope="module")
def own_exchange() -> Iterator[ExchangeSite]:
    """A site whose sessions and publications may be tampered with."""
    with running_site() as site:
        yield site


@pytest.fixture(scope="session")
async def gateway() -> AsyncIterator[ExchangeGateway]:
    gateway = ExchangeGateway()
    yield gateway
    await gateway.close()


@pytest.fixture(scope="session")
async def logged_in(started_exchange: ExchangeSite, gateway: ExchangeGateway) -> AsyncIterator[OpenSource]:
    """Sources of the shared site by kind, opened when first asked for and kept open."""
    async with AsyncExitStack() as stack:
        kept: dict[str, BillSource] = {}

        async def source(kind: str) -> BillSource:
            if kind not in kept:
                opening = gateway.open(started_exchange.login(), kinds=[kind], delay_seconds=0)
                kept[kind] = await stack.enter_async_context(opening)
            return kept[kind]

        yield source


@pytest.fixture(params=["api", "pages"])
async def source(request: pytest.FixtureRequest, exchange: ExchangeSite, logged_in: OpenSource) -> BillSource:
    """A shared source of each kind that reads rows."""
    assert exchange
    return await logged_in(request.param)
