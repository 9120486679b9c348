"""Whatever the exchange does wrong is told apart, and nothing wrong is believed."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from activities.adapters.exchange import ExchangeGateway
from activities.ports.bill_source import (
    LayoutChangedError,
    SourceLimitError,
    SourceUnavailableError,
)
from tests.contract.exchange_site import PNG, all_pages, newest_table

pytest_plugins = ["tests.contract.exchange_fixtures"]
pytestmark = pytest.mark.browser

NEWEST = date(2026, 10, 31)
KINDS = ["api", "pages"]


async def open_and_close(gateway, login, kind):
    async with gateway.open(login, kinds=[kind], delay_seconds=0):
        pass


async def test_a_server_error_passes(source, exchange):
    announcement = await newest_table(source)
    exchange.misbehave(error=503, error_next=1)

    with pytest.raises(SourceUnavailableError):
        await all_pages(source, announcement)
    assert await all_pages(source, announcement)


@pytest.mark.parametrize("switches", [{"down": True}, {"error": 502}])
async def test_a_site_that_is_down_is_unavailable(source, exchange, gateway, switches):
    announcement = await newest_table(source)
    [attachment, *_] = _attachments(await source.announcements(since=NEWEST))
    exchange.misbehave(**switches)

    with pytest.raises(SourceUnavailableError):
        await all_pages(source, announcement)
    with pytest.raises(SourceUnavailableError):
        await source.download(attachment)
    with pytest.raises(SourceUnavailableError):
        await source.amounts(uscc="91350100M000100Y43", list_date=NEWEST)
    with pytest.raises(SourceUnavailableError):
        await open_and_close(gateway, exchange.login(), source.name)


async def test_slowness_beyond_patience_is_unavailable(exchange, logged_in):
    session = await (await logged_in("api")).session()
    hasty = ExchangeGateway(timeout_seconds=0.6)
    exchange.misbehave(slow=1.5)

    for kind in KINDS:
        with pytest.raises(SourceUnavailableError, match="in time"):
            await open_and_close(hasty, exchange.login(session=session), kind)
    await hasty.close()


@pytest.mark.parametrize("trouble", ["drop_next", "truncate_next"])
async def test_half_a_file_is_no_file(source, exchange, trouble):
    attachments = _attachments(await source.announcements(since=NEWEST))
    picture = next(a for a in attachments if a.media_type == "image/png")
    exchange.misbehave(**{trouble: 1})

    with pytest.raises(SourceUnavailableError):
        await source.download(picture)
    assert _size(await source.download(picture))


async def test_a_file_broken_at_its_source_is_delivered_as_it_is(source, exchange):
    attachments = _attachments(await source.announcements(since=NEWEST))
    picture = next(a for a in attachments if a.media_type == "image/png")
    whole = await source.download(picture)
    exchange.misbehave(truncated_at_source=True)

    broken = await source.download(picture)
    assert whole.startswith(broken)
    assert len(broken) < len(whole)


@pytest.mark.parametrize(
    ("kind", "layout"),
    [(kind, layout) for kind in KINDS for layout in ("columns", "cells", "rows")]
    + [("api", "fields"), ("pages", "dom"), ("screenshots", "dom")],
)
async def test_a_changed_layout_is_reported_and_not_read(exchange, logged_in, kind, layout):
    source = await logged_in(kind)
    announcement = await newest_table(source)
    exchange.misbehave(layout=layout)

    with pytest.raises(LayoutChangedError, match="has changed") as raised:
        await all_pages(source, announcement)
    assert raised.value.screenshot is not None
    assert raised.value.screenshot.startswith(PNG)
    assert "upload the list by hand" in str(raised.value)


async def test_renamed_json_fields_do_not_disturb_the_pages(exchange, logged_in):
    source = await logged_in("pages")
    announcement = await newest_table(source)
    exchange.misbehave(layout="fields")

    assert await all_pages(source, announcement)


@pytest.mark.parametrize(("kind", "layout"), [("api", "fields"), ("pages", "dom"), ("pages", "columns")])
async def test_amounts_are_not_guessed_from_a_changed_layout(exchange, logged_in, kind, layout):
    source = await logged_in(kind)
    row = exchange.truth((await newest_table(source)).announcement_id)["rows"][0]
    exchange.misbehave(layout=layout)

    with pytest.raises(LayoutChangedError):
        await source.amounts(uscc=row["uscc"], list_date=NEWEST)


async def test_an_api_refused_in_mid_list_is_worth_another_opening(exchange, logged_in):
    source = await logged_in("api")
    announcement = await newest_table(source)
    exchange.misbehave(api="off")

    with pytest.raises(SourceUnavailableError, match="403"):
        await all_pages(source, announcement)


async def test_limits_are_kept(exchange, logged_in):
    session = await (await logged_in("api")).session()
    strict = ExchangeGateway(max_pages=1, max_download_bytes=1000)
    for kind in KINDS:
        async with strict.open(exchange.login(session=session), kinds=[kind], delay_seconds=0) as source:
            with pytest.raises(SourceLimitError, match="pages, more than the 1 allowed"):
                await all_pages(source, await newest_table(source))
            [attachment, *_] = _attachments(await source.announcements(since=NEWEST))
            with pytest.raises(SourceLimitError, match="more than the 1000 allowed"):
                await source.download(attachment)
    await strict.close()


def _attachments(announcements):
    return [attachment for announcement in announcements for attachment in announcement.attachments]


def _size(picture: bytes):
    image = Image.open(BytesIO(picture))
    image.load()
    return image.size
