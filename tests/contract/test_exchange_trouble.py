"""Whatever the exchange does wrong is told apart, and nothing wrong is believed."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import date
from io import BytesIO

import pytest

from activities.adapters.exchange import ExchangeGateway
from activities.ports.bill_source import (
    ChallengeKind,
    ChallengeRequiredError,
    CredentialsRefusedError,
    LayoutChangedError,
    SessionExpiredError,
    SourceLimitError,
    SourceUnavailableError,
)
from models.errors import InvalidInputError
from tests.contract.exchange_site import PNG, ExchangeSite, all_pages, newest_table, running_site

pytestmark = pytest.mark.browser

NEWEST = date(2026, 10, 31)
KINDS = ["api", "pages"]


@pytest.fixture(scope="session")
def started():
    with running_site() as site:
        yield site


@pytest.fixture
def site(started: ExchangeSite):
    started.reset()
    return started


@pytest.fixture(scope="session")
async def gateway():
    gateway = ExchangeGateway()
    yield gateway
    await gateway.close()


@pytest.fixture(params=KINDS)
async def source(request, site, gateway):
    async with gateway.open(site.login(), kinds=[request.param], delay_seconds=0) as source:
        yield source


@asynccontextmanager
async def opened(gateway, login, kind="api"):
    async with gateway.open(login, kinds=[kind], delay_seconds=0) as source:
        yield source


async def open_and_close(gateway, login, kind="api"):
    async with opened(gateway, login, kind) as source:
        return await source.session()


async def test_a_wrong_password_is_refused_by_name(site, gateway):
    with pytest.raises(CredentialsRefusedError, match=r"risk-desk.*secret store"):
        await open_and_close(gateway, site.login(password="guess"))  # noqa: S106


@pytest.mark.parametrize("asked", ["characters", "slider", "one_time_code"])
async def test_a_challenge_is_handed_to_a_person_and_the_login_goes_on(site, gateway, asked):
    site.misbehave(challenge=asked)
    with pytest.raises(ChallengeRequiredError) as raised:
        await open_and_close(gateway, site.login())

    challenge = raised.value
    expected = ChallengeKind.ONE_TIME_CODE if asked == "one_time_code" else ChallengeKind.CAPTCHA
    assert challenge.kind is expected
    assert _size(challenge.picture) == pytest.approx((320, 150), abs=4), "a slider's answer counts its pixels"
    [answer] = site.answers()
    async with opened(gateway, site.login(session=challenge.session, answer=answer)) as source:
        assert await source.announcements(since=NEWEST)
    assert len(site.requests("/api/login")) == 2, "one login, one answer"


async def test_a_wrong_answer_brings_a_new_challenge_in_the_same_session(site, gateway):
    site.misbehave(challenge="characters")
    with pytest.raises(ChallengeRequiredError) as first:
        await open_and_close(gateway, site.login())
    with pytest.raises(ChallengeRequiredError) as second:
        await open_and_close(gateway, site.login(session=first.value.session, answer="0000"))

    assert second.value.picture != first.value.picture
    [answer] = site.answers()
    assert await open_and_close(gateway, site.login(session=second.value.session, answer=answer))


async def test_an_answer_that_comes_too_late_is_not_tried_on_another_challenge(site, gateway):
    site.misbehave(challenge="characters")
    with pytest.raises(ChallengeRequiredError) as first:
        await open_and_close(gateway, site.login())
    [stale] = site.answers()
    site.misbehave(expire_after=0)
    site.http.get("/api/articles")

    with pytest.raises(ChallengeRequiredError):
        await open_and_close(gateway, site.login(session=first.value.session, answer=stale))
    assert not site.requests("/api/login/challenge")


async def test_a_session_that_ends_in_mid_list_is_renewed_at_that_page(source, site, gateway):
    announcement = await newest_table(source)
    site.misbehave(expire_after=3)
    read = []
    with pytest.raises(SessionExpiredError):
        async for page in source.table_pages(announcement, first_page=1):
            read.append(page.page)  # noqa: PERF401 - what was read before the end is the point
    assert 0 < len(read) < announcement.table_pages

    async with opened(gateway, site.login(), source.name) as renewed:
        rest = await all_pages(renewed, announcement, first_page=read[-1] + 1)
    assert read + [page.page for page in rest] == list(range(1, announcement.table_pages + 1))


async def test_an_expired_saved_session_logs_in_again(site, gateway):
    session = await open_and_close(gateway, site.login())
    site.misbehave(expire_after=0)
    site.http.get("/api/articles")

    assert await open_and_close(gateway, site.login(session=session)) != session


async def test_a_session_ended_before_a_download(source, site):
    [attachment, *_] = _attachments(await source.announcements(since=NEWEST))
    site.misbehave(expire_after=0)

    with pytest.raises(SessionExpiredError):
        await source.download(attachment)


async def test_a_server_error_passes(source, site):
    announcement = await newest_table(source)
    site.misbehave(error=503, error_next=1)

    with pytest.raises(SourceUnavailableError):
        await all_pages(source, announcement)
    assert await all_pages(source, announcement)


@pytest.mark.parametrize("switches", [{"down": True}, {"error": 502}])
async def test_a_site_that_is_down_is_unavailable(source, site, gateway, switches):
    announcement = await newest_table(source)
    [attachment, *_] = _attachments(await source.announcements(since=NEWEST))
    site.misbehave(**switches)

    with pytest.raises(SourceUnavailableError):
        await all_pages(source, announcement)
    with pytest.raises(SourceUnavailableError):
        await source.download(attachment)
    with pytest.raises(SourceUnavailableError):
        await source.amounts(uscc="91350100M000100Y43", list_date=NEWEST)
    with pytest.raises(SourceUnavailableError):
        await open_and_close(gateway, site.login(), source.name)


@pytest.mark.parametrize("kind", KINDS)
async def test_slowness_beyond_patience_is_unavailable(site, gateway, kind):
    session = await open_and_close(gateway, site.login())
    hasty = ExchangeGateway(timeout_seconds=0.6)
    hasty._browser = gateway._browser  # noqa: SLF001 - one browser for all tests
    site.misbehave(slow=1.5)

    with pytest.raises(SourceUnavailableError, match="in time"):
        await open_and_close(hasty, site.login(session=session), kind)


@pytest.mark.parametrize("trouble", ["drop_next", "truncate_next"])
async def test_half_a_file_is_no_file(source, site, trouble):
    attachments = _attachments(await source.announcements(since=NEWEST))
    picture = next(a for a in attachments if a.media_type == "image/png")
    site.misbehave(**{trouble: 1})

    with pytest.raises(SourceUnavailableError):
        await source.download(picture)
    assert _size(await source.download(picture))


async def test_a_file_broken_at_its_source_is_delivered_as_it_is(source, site):
    attachments = _attachments(await source.announcements(since=NEWEST))
    picture = next(a for a in attachments if a.media_type == "image/png")
    whole = await source.download(picture)
    site.misbehave(truncated_at_source=True)

    broken = await source.download(picture)
    assert whole.startswith(broken)
    assert len(broken) < len(whole)


@pytest.mark.parametrize(
    ("kind", "layout"),
    [(kind, layout) for kind in KINDS for layout in ("columns", "cells", "rows")]
    + [("api", "fields"), ("pages", "dom"), ("screenshots", "dom")],
)
async def test_a_changed_layout_is_reported_and_not_read(site, gateway, kind, layout):
    async with opened(gateway, site.login(), kind) as source:
        announcement = await newest_table(source)
        site.misbehave(layout=layout)

        with pytest.raises(LayoutChangedError, match="has changed") as raised:
            await all_pages(source, announcement)
    assert raised.value.screenshot is not None
    assert raised.value.screenshot.startswith(PNG)
    assert "upload the list by hand" in str(raised.value)


async def test_renamed_json_fields_do_not_disturb_the_pages(site, gateway):
    async with opened(gateway, site.login(), "pages") as source:
        announcement = await newest_table(source)
        site.misbehave(layout="fields")
        assert await all_pages(source, announcement)


@pytest.mark.parametrize(("kind", "layout"), [("api", "fields"), ("pages", "dom"), ("pages", "columns")])
async def test_amounts_are_not_guessed_from_a_changed_layout(site, gateway, kind, layout):
    async with opened(gateway, site.login(), kind) as source:
        row = site.truth((await newest_table(source)).announcement_id)["rows"][0]
        site.misbehave(layout=layout)
        with pytest.raises(LayoutChangedError):
            await source.amounts(uscc=row["uscc"], list_date=NEWEST)


async def test_an_api_refused_in_mid_list_is_worth_another_opening(site, gateway):
    async with opened(gateway, site.login()) as source:
        announcement = await newest_table(source)
        site.misbehave(api="off")
        with pytest.raises(SourceUnavailableError, match="403"):
            await all_pages(source, announcement)


@pytest.mark.parametrize("kind", KINDS)
async def test_limits_are_kept(site, gateway, kind):
    strict = ExchangeGateway(max_pages=1, max_download_bytes=1000)
    strict._browser = gateway._browser  # noqa: SLF001 - one browser for all tests
    async with opened(strict, site.login(), kind) as source:
        with pytest.raises(SourceLimitError, match="pages, more than the 1 allowed"):
            await all_pages(source, await newest_table(source))
        [attachment, *_] = _attachments(await source.announcements(since=NEWEST))
        with pytest.raises(SourceLimitError, match="more than the 1000 allowed"):
            await source.download(attachment)


@pytest.mark.parametrize("kinds", [[], ["api", "telepathy"]])
async def test_unknown_kinds_are_refused(site, gateway, kinds):
    with pytest.raises(InvalidInputError, match="api, pages, screenshots"):
        async with gateway.open(site.login(), kinds=kinds, delay_seconds=0):
            pass


@pytest.mark.parametrize("session", [b"\x00nonsense", json.dumps([1]).encode()])
async def test_a_spoilt_session_is_refused(site, gateway, session):
    with pytest.raises(InvalidInputError, match="log in anew"):
        await open_and_close(gateway, site.login(session=session))


def _attachments(announcements):
    return [attachment for announcement in announcements for attachment in announcement.attachments]


def _size(picture: bytes):
    from PIL import Image

    image = Image.open(BytesIO(picture))
    image.load()
    return image.size
