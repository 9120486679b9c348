"""Through the site's door: the login form, and what it asks of a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.exchange.faults import layout_changed, transport_faults
from activities.adapters.exchange.view import CHALLENGE, LOGIN
from activities.ports.bill_source import (
    ChallengeKind,
    ChallengeRequiredError,
    CredentialsRefusedError,
    SourceUnavailableError,
)
from models.errors import InvalidInputError

if TYPE_CHECKING:
    from playwright.async_api import StorageState

    from activities.adapters.exchange.view import View
    from activities.ports.bill_source import SourceLogin

FRONT: Final = "/announcements?page=1"
_REFUSAL_NAMES: Final = "密码"
"""The site's refusal names the password; its other complaints do not."""


def storage_of(login: SourceLogin) -> StorageState | None:
    """The cookies of a saved session.

    Raises:
        InvalidInputError: the saved session is no session of this adapter.
    """
    if login.session is None:
        return None
    try:
        state: Any = json.loads(login.session)
    except ValueError:
        state = None
    if not isinstance(state, dict) or "cookies" not in state:
        raise InvalidInputError("the saved session is not readable", remedy="Open without it to log in anew")
    return state  # type: ignore[return-value]


async def saved_session(view: View) -> bytes:
    """The session's cookies, to be kept by the caller."""
    with transport_faults("session state"):
        return json.dumps(await view.page.context.storage_state()).encode()


async def enter(view: View, login: SourceLogin) -> None:
    """Be logged in: by the saved session, by the login form, or by a person's answer to a challenge.

    Raises:
        ChallengeRequiredError: a person must answer; also after a wrong answer, with the new picture.
        CredentialsRefusedError: user name or password is wrong.
        SourceUnavailableError: the site does not answer.
    """
    shown = await view.go(FRONT)
    answer = login.challenge_answer
    if shown == LOGIN:
        answer = None  # an answer belongs to the challenge of the session that waited, which has ended
        shown = await _submit_login(view, login)
    if shown == CHALLENGE and answer is not None:
        shown = await _submit_answer(view, answer)
    if shown == CHALLENGE:
        raise await _challenge(view)


async def _submit_login(view: View, login: SourceLogin) -> str:
    page = view.page
    if await page.locator("#login-form input[name=password]").count() != 1:
        raise await layout_changed(page, "the login form has no password field")
    with transport_faults("login"):
        await page.fill("#login-form input[name=username]", login.username)
        await page.fill("#login-form input[name=password]", login.password)
        await page.click("#login-form button[type=submit]")
        await _form_settled(view, LOGIN)
    complaint = await _complaint(view)
    if not complaint:
        return await view.drawn(FRONT)
    if _REFUSAL_NAMES in complaint:
        raise CredentialsRefusedError(
            f"the site refuses user {login.username!r}: {complaint}",
            remedy="Correct the user name or password in the secret store",
        )
    raise SourceUnavailableError(f"login failed: {complaint}", remedy="Try again later")


async def _submit_answer(view: View, answer: str) -> str:
    with transport_faults("challenge"):
        await view.page.fill("#challenge-form input[name=answer]", answer)
        await view.page.click("#challenge-form button[type=submit]")
        await _form_settled(view, CHALLENGE)
        return CHALLENGE if await _complaint(view) else await view.drawn(FRONT)


async def _form_settled(view: View, route: str) -> None:
    """Wait until the page leaves the form's route, or the form complains."""
    await view.page.wait_for_selector(
        f'main[aria-busy="false"]:not([data-route="{route}"]), main .error:not(:empty)'
    )


async def _complaint(view: View) -> str:
    error = view.page.locator("main form .error")
    with transport_faults("login form"):
        return (await error.inner_text()).strip() if await error.count() else ""


async def _challenge(view: View) -> ChallengeRequiredError:
    page = view.page
    with transport_faults("challenge picture"):
        form = page.locator("#challenge-form")
        kind = await form.get_attribute("data-challenge")
        picture = page.locator("#challenge-picture")
        await picture.evaluate("image => image.decode()")
        # In the page's own pixels: a slider's answer is counted in them.
        shot = await picture.screenshot(scale="css")
    asked = ChallengeKind.ONE_TIME_CODE if kind == "one_time_code" else ChallengeKind.CAPTCHA
    return ChallengeRequiredError(asked, shot, await saved_session(view))
