"""The report's page as a reader has it on screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from activities.adapters.exchange.browser import BrowserProcess
from activities.bill_monitoring.reporting import make_forms
from tests.factories.reports import full_report

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The report opened from a file, on a desk."""
    path = tmp_path / "report.html"
    path.write_text(make_forms(full_report(), "zh-CN").html, encoding="utf-8")
    process = BrowserProcess(None)
    try:
        page = await (await process.running()).new_page(viewport={"width": 1280, "height": 900})
        await page.goto(path.as_uri())
        yield page
    finally:
        await process.close()


async def test_a_heading_sorts_its_table(page: Page) -> None:
    table = page.locator("table.sortable").first
    exposures = "rows => rows.map(row => Number(row.cells[7].dataset.value))"

    await table.get_by_text("我司风险敞口").click()
    downwards = await table.locator("tbody tr").evaluate_all(exposures)
    await table.get_by_text("我司风险敞口").press("Enter")
    upwards = await table.locator("tbody tr").evaluate_all(exposures)

    assert downwards == sorted(downwards, reverse=True)
    assert upwards == sorted(downwards)
    assert len(downwards) == len(full_report().listed)


@pytest.mark.parametrize("width", [360, 760, 1024, 1920])
async def test_no_screen_has_to_be_scrolled_sideways(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
