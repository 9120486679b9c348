"""The site's door: passwords, challenges for a person, sessions that are kept and that end."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from activities.ports.bill_source import (
    ChallengeKind,
    ChallengeRequiredError,
    CredentialsRefusedError,
    SessionExpiredError,
)
from models.errors import InvalidInputError
from tests.contract.exchange_site import all_pages, newest_table

pytest_plugins = ["tests.contract.exchange_fixtures"]
pytestmark = pytest.mark.browser

NEWEST = date(2026, 10, 31)


@pytest.fixture
def door(own_exchange):
    """A site as if just started: nobody is logged in."""
    own_exchange.http.post("/admin/reset").raise_for_status()
    return own_exchange


@asynccontextmanager
async def opened(gateway, login, kind="api"):
    async with gateway.open(login, kinds=[kind], delay_seconds=0) as source:
        yield source


async def open_and_close(gateway, login):
    async with opened(gateway, login) as source:
        return await source.session()


async def test_a_wrong_password_is_refused_by_name(door, gateway):
    with pytest.raises(CredentialsRefusedError, match=r"risk-desk.*secret store"):
        await open_and_close(gateway, door.login(password="guess"))


@pytest.mark.parametrize("asked", ["characters", "slider", "one_time_code"])
async def test_a_challenge_is_handed_to_a_person_and_the_login_goes_on(door, gateway, asked):
    door.misbehave(challenge=asked)
    with pytest.raises(ChallengeRequiredError) as raised:
        await open_and_close(gateway, door.login())

    challenge = raised.value
    expected = ChallengeKind.ONE_TIME_CODE if asked == "one_time_code" else ChallengeKind.CAPTCHA
    assert challenge.kind is expected
    assert _size(challenge.picture) == pytest.approx((320, 150), abs=4), "a slider's answer counts its pixels"
    [answer] = door.answers()
    async with opened(gateway, door.login(session=challenge.session, answer=answer)) as source:
        assert await source.announcements(since=NEWEST)
    assert len(door.requests("/api/login")) == 2, "one login, one answer"


async def test_a_wrong_answer_brings_a_new_challenge_in_the_same_session(door, gateway):
    door.misbehave(challenge="characters")
    with pytest.raises(ChallengeRequiredError) as first:
        await open_and_close(gateway, door.login())
    with pytest.raises(ChallengeRequiredError) as second:
        await open_and_close(gateway, door.login(session=first.value.session, answer="0000"))

    assert second.value.picture != first.value.picture
    [answer] = door.answers()
    assert await open_and_close(gateway, door.login(session=second.value.session, answer=answer))


async def test_an_answer_that_comes_too_late_is_not_tried_on_another_challenge(door, gateway):
    door.misbehave(challenge="characters")
    with pytest.raises(ChallengeRequiredError) as first:
        await open_and_close(gateway, door.login())
    [stale] = door.answers()
    door.misbehave(expire_after=0)
    door.http.get("/api/articles")

    with pytest.raises(ChallengeRequiredError):
        await open_and_close(gateway, door.login(session=first.value.session, answer=stale))
    assert not door.requests("/api/login/challenge")


@pytest.mark.parametrize("kind", ["api", "pages"])
async def test_a_session_that_ends_in_mid_list_is_renewed_at_that_page(door, gateway, kind):
    read = []
    async with opened(gateway, door.login(), kind) as source:
        announcement = await newest_table(source)
        [attachment, *_] = [file for a in await source.announcements(since=NEWEST) for file in a.attachments]
        door.misbehave(expire_after=3)
        with pytest.raises(SessionExpiredError):
            await _read_into(read, source, announcement)
        with pytest.raises(SessionExpiredError):
            await source.download(attachment)
    assert 0 < len(read) < announcement.table_pages

    async with opened(gateway, door.login(), kind) as renewed:
        rest = await all_pages(renewed, announcement, first_page=read[-1] + 1)
    assert read + [page.page for page in rest] == list(range(1, announcement.table_pages + 1))


async def test_an_expired_saved_session_logs_in_again(door, gateway):
    session = await open_and_close(gateway, door.login())
    door.misbehave(expire_after=0)
    door.http.get("/api/articles")

    assert await open_and_close(gateway, door.login(session=session)) != session


async def test_a_saved_session_needs_no_second_login(door, gateway):
    async with gateway.open(door.login(), kinds=["api"], delay_seconds=0) as source:
        session = await source.session()
    for kind in ("api", "pages"):
        async with gateway.open(door.login(session=session), kinds=[kind], delay_seconds=0) as source:
            assert await source.announcements(since=NEWEST)

    assert len(door.requests("/api/login")) == 1


@pytest.mark.parametrize("kinds", [[], ["api", "telepathy"]])
async def test_unknown_kinds_are_refused(door, gateway, kinds):
    with pytest.raises(InvalidInputError, match="api, pages, screenshots"):
        async with gateway.open(door.login(), kinds=kinds, delay_seconds=0):
            pass


@pytest.mark.parametrize("session", [b"\x00nonsense", json.dumps([1]).encode()])
async def test_a_spoilt_session_is_refused(door, gateway, session):
    with pytest.raises(InvalidInputError, match="log in anew"):
        await open_and_close(gateway, door.login(session=session))


async def _read_into(read, source, announcement):
    async for page in source.table_pages(announcement, first_page=1):
        read.append(page.page)


def _size(picture: bytes):
    return Image.open(BytesIO(picture)).size
