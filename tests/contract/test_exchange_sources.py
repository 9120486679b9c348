"""Each kind of source reads the sandbox exchange as it is, politely and no more than needed."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from models.money import Money
from tests.contract.exchange_site import (
    PASSWORD,
    PNG,
    USERNAME,
    all_pages,
    newest_table,
)

pytest_plugins = ["tests.contract.exchange_fixtures"]
pytestmark = pytest.mark.browser

NEWEST = date(2026, 10, 31)


async def test_announcements_are_lists_newest_first(source, exchange):
    found = await source.announcements(since=None)

    assert [a.published_at for a in found] == sorted((a.published_at for a in found), reverse=True)
    assert {a.list_date for a in found} == {NEWEST, date(2026, 9, 30), date(2026, 8, 31)}
    assert not any("维护" in a.title for a in found), "a notice is no list"
    for announcement in found:
        truth = exchange.truth(announcement.announcement_id)
        assert announcement.table_pages == -(-len(truth["rows"]) // 20)
        assert [a.attachment_id for a in announcement.attachments] == list(truth["files"])


async def test_since_leaves_out_older_lists(source):
    found = await source.announcements(since=NEWEST)

    assert {a.list_date for a in found} == {NEWEST}
    assert len(found) == 4
    assert all(a.published_at.utcoffset() == timedelta(hours=8) for a in found)


@pytest.mark.parametrize("with_amounts", [True, False])
async def test_rows_are_as_published(source, exchange, with_amounts):
    announcement = await newest_table(source, with_amounts=with_amounts)
    pages = await all_pages(source, announcement)

    truth = exchange.truth(announcement.announcement_id)["rows"]
    rows = [row for page in pages for row in page.rows]
    assert [(r.name, r.uscc) for r in rows] == [(t["name"], t["printed_uscc"] or None) for t in truth]
    amounts = [(t["overdue_balance"], t["cumulative_overdue"]) for t in truth]
    if with_amounts:
        assert [(r.overdue_balance, r.cumulative_overdue) for r in rows] == [
            (Money(balance), Money(cumulative)) for balance, cumulative in amounts
        ]
    else:
        assert all(r.overdue_balance is None for r in rows)
    assert [p.page for p in pages] == list(range(1, announcement.table_pages + 1))
    assert all(p.of_pages == announcement.table_pages for p in pages)
    assert all(rows[0].name.encode() in pages[0].evidence for _ in pages)


async def test_a_crawl_resumes_at_the_page_where_it_stopped(source, exchange):
    announcement = await newest_table(source)
    exchange.http.delete("/admin/log")

    pages = await all_pages(source, announcement, first_page=2)

    assert [p.page for p in pages] == list(range(2, announcement.table_pages + 1))
    fetched = [entry["query"] for entry in exchange.requests("/rows")]
    assert fetched == [f"page={p.page}" for p in pages]


async def test_resuming_behind_the_last_page_reads_nothing(source):
    announcement = await newest_table(source)

    assert await all_pages(source, announcement, first_page=announcement.table_pages + 1) == []


async def test_every_file_is_fetched_once_and_whole(source, exchange):
    found = await source.announcements(since=NEWEST)
    signatures = {
        "image/png": PNG,
        "image/jpeg": b"\xff\xd8",
        "application/pdf": b"%PDF",
        "application/zip": b"PK",
    }

    attachments = [attachment for a in found for attachment in a.attachments]
    for attachment in attachments:
        content = await source.download(attachment)
        assert content.startswith(signatures[attachment.media_type])

    fetched = [entry["path"] for entry in exchange.requests("/files/")]
    assert fetched == [f"/files/{a.attachment_id}" for a in attachments]


async def test_amounts_are_summed_over_an_acceptors_accounts(source, exchange):
    announcement = await newest_table(source, with_amounts=False)
    listed = exchange.truth(announcement.announcement_id)["rows"]
    regular = [row for row in listed if row["printed_uscc"] == row["uscc"]]
    accounts = {row["uscc"]: len(_accounts(exchange, row["uscc"])) for row in regular[:40]}
    assert set(accounts.values()) == {1, 2}, "the sandbox spreads some acceptors over two accounts"

    for count in (1, 2):
        row = next(row for row in regular if accounts.get(row["uscc"]) == count)
        amounts = await source.amounts(uscc=row["uscc"], list_date=NEWEST)
        assert amounts is not None
        assert (amounts.name, amounts.uscc, amounts.as_of) == (row["name"], row["uscc"], NEWEST)
        assert amounts.overdue_balance == Money(row["overdue_balance"])
        assert amounts.cumulative_overdue == Money(row["cumulative_overdue"])
        assert row["uscc"].encode() in amounts.evidence


async def test_amounts_of_a_stranger_or_another_time_are_none(source, exchange):
    row = exchange.truth((await newest_table(source)).announcement_id)["rows"][0]

    assert await source.amounts(uscc="91350100M000100Y43", list_date=NEWEST) is None
    assert await source.amounts(uscc=row["uscc"], list_date=date(2020, 1, 31)) is None


@pytest.mark.usefixtures("exchange")
async def test_pages_and_api_agree(logged_in):
    by_api, by_pages = await logged_in("api"), await logged_in("pages")

    assert await by_pages.announcements(since=None) == await by_api.announcements(since=None)


@pytest.mark.usefixtures("exchange")
async def test_screenshots_are_large_enough_to_read(logged_in):
    source = await logged_in("screenshots")
    pages = await all_pages(source, await newest_table(source), first_page=2)

    assert [p.page for p in pages] == [2, 3]
    for page in pages:
        assert page.rows is None
        assert page.media_type == "image/png"
        assert page.evidence.startswith(PNG)
        assert Image.open(BytesIO(page.evidence)).width > 2000


async def test_a_refused_api_leaves_the_pages(exchange, gateway):
    exchange.misbehave(api="off")

    async with gateway.open(exchange.login(), kinds=["api", "pages"], delay_seconds=0) as source:
        assert source.name == "pages"
        announcement = await newest_table(source)
        assert await all_pages(source, announcement)


async def test_requests_keep_their_distance(exchange, gateway):
    delay = 0.15
    async with gateway.open(exchange.login(), kinds=["api"], delay_seconds=delay) as source:
        announcement = await newest_table(source)
        exchange.http.delete("/admin/log")
        await all_pages(source, announcement)

    moments = [entry["at"] for entry in exchange.requests("/api/")]
    assert len(moments) == 1 + announcement.table_pages
    # A request may be noticed a little late and the next one not: allow for the jitter of a busy machine.
    assert all(later - earlier > delay * 0.5 for earlier, later in pairwise(moments))
    assert moments[-1] - moments[0] > delay * announcement.table_pages * 0.9


@pytest.mark.parametrize("kind", ["api", "pages"])
async def test_publications_appear(own_exchange, gateway, kind):
    async with gateway.open(own_exchange.login(), kinds=[kind], delay_seconds=0) as source:
        wrong = await newest_table(source)
        [identity] = own_exchange.publish(correct=wrong.announcement_id)

        right = (await source.announcements(since=wrong.list_date))[0]
        assert (right.announcement_id, right.corrects) == (identity, wrong.announcement_id)
        names = [row.name for page in await all_pages(source, right) for row in page.rows]
        before = [row["name"] for row in own_exchange.truth(wrong.announcement_id)["rows"]]
        assert names == before[1:], "the first was listed by mistake"

        published = own_exchange.publish(next=True)
        found = await source.announcements(since=wrong.list_date + timedelta(days=1))
        assert {a.announcement_id for a in found} == {p for p in published if not p.endswith("00")}


def _accounts(exchange, code):
    exchange.http.post("/api/login", json={"username": USERNAME, "password": PASSWORD})
    return exchange.http.get("/api/accounts", params={"creditCode": code}).json()["data"]["list"]
