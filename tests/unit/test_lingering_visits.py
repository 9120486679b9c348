"""A site stays open between two visits on the same terms, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from activities.adapters.lingering import LingeringGateway
from activities.ports.bill_source import BillSource, SessionExpiredError, SourceGateway, SourceLogin


class CountingGateway(SourceGateway):
    """Stands for the browser: knows who went in and out."""

    def __init__(self) -> None:
        self.entered = 0
        self.left = asyncio.Semaphore(0)
        self.inside = 0

    @asynccontextmanager
    async def open(
        self, login: SourceLogin, *, kinds: Sequence[str], delay_seconds: float
    ) -> AsyncIterator[BillSource]:
        del login, kinds, delay_seconds
        self.entered += 1
        self.inside += 1
        try:
            yield cast("BillSource", object())
        finally:
            self.inside -= 1
            self.left.release()


def login(*, answer: str | None = None) -> SourceLogin:
    return SourceLogin("http://exchange.test", "risk-desk", "secret", b"{}", answer)


async def visit(
    gateway: SourceGateway, *, kinds: Sequence[str] = ("api",), answer: str | None = None
) -> None:
    async with gateway.open(login(answer=answer), kinds=kinds, delay_seconds=0):
        pass


async def test_the_next_visit_on_the_same_terms_does_not_enter_anew() -> None:
    browser = CountingGateway()
    lingering = LingeringGateway(browser)
    await visit(lingering)
    await visit(lingering)
    assert (browser.entered, browser.inside) == (1, 1)
    await lingering.close()
    assert browser.inside == 0


async def test_other_terms_and_answers_of_people_enter_anew() -> None:
    browser = CountingGateway()
    lingering = LingeringGateway(browser)
    await visit(lingering)
    await visit(lingering, kinds=["pages"])
    await visit(lingering, kinds=["pages"], answer="7KQ4")
    assert (browser.entered, browser.inside) == (3, 1)
    await lingering.close()


async def test_visits_side_by_side_have_a_site_each() -> None:
    browser = CountingGateway()
    lingering = LingeringGateway(browser)
    opening = lingering.open(login(), kinds=["api"], delay_seconds=0)
    async with opening as first, lingering.open(login(), kinds=["api"], delay_seconds=0) as second:
        assert first is not second
    assert (browser.entered, browser.inside) == (2, 1)
    await lingering.close()


async def test_a_visit_that_failed_does_not_linger() -> None:
    browser = CountingGateway()
    lingering = LingeringGateway(browser)
    with pytest.raises(SessionExpiredError):
        async with lingering.open(login(), kinds=["api"], delay_seconds=0):
            raise SessionExpiredError("the session ended")
    assert browser.inside == 0
    await visit(lingering)
    assert browser.entered == 2
    await lingering.close()


async def test_an_unused_site_is_left_in_time() -> None:
    browser = CountingGateway()
    lingering = LingeringGateway(browser, seconds=0)
    await visit(lingering)
    await browser.left.acquire()
    assert browser.inside == 0
    await lingering.close()
