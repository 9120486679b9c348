"""A contract as a browser prints it and everybody signs it: what a person has in hand."""

from __future__ import annotations

import asyncio

import pypdfium2
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.pades.adapter import PyhankoSignatures
from activities.adapters.printing import ChromiumPrinter
from activities.store.database import Database
from models.lease.contract.messages import ContractState
from tests.contract.authority_site import AuthoritySite
from tests.factories.contracts import ContractHouse, signing_room

pytestmark = [pytest.mark.stack, pytest.mark.browser]
pytest_plugins = ["tests.contract.authority_fixtures"]

_BOX = (400, 560)
"""From left to right, where seals stand on the signature page, in points."""


async def test_a_printed_contract_counts_its_pages_and_bears_its_seals(
    temporal: WorkflowEnvironment, database: Database, authority: AuthoritySite
) -> None:
    house = ContractHouse(database)
    house.open()
    async with signing_room(house, temporal, authority, ChromiumPrinter()) as room:
        order = house.order()
        outcome = await room.outcome(await room.start(order))
        assert outcome.state is ContractState.ACTIVE, outcome.sentence
    pdf = house.pdf(order.contract_number)
    verification = await asyncio.to_thread(PyhankoSignatures(lambda: b"").verify, pdf, authority.root)
    assert (verification.intact, verification.complete) == (True, True)
    drawn = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    for number, text in enumerate(drawn, start=1):
        assert f"第 {number} 页 共 {len(drawn)} 页" in " ".join(text.split())
    assert "融 资 租 赁 合 同" in " ".join(drawn[0].split())
    assert order.contract_number in drawn[-1]
    assert _ink(pdf, _BOX) > 2 * _ink(house.pdf_as_drawn(order.contract_number), _BOX)


def _ink(pdf: bytes, across: tuple[int, int]) -> int:
    """How many pixels of a strip of the last page are coloured."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[len(document) - 1].render(scale=1.0, may_draw_forms=True).to_pil().convert("L")
    strip = page.crop((across[0], 0, across[1], page.height))
    return sum(strip.histogram()[:200])
