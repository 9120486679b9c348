"""Accounts, sessions and what login asks of a person."""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image, ImageDraw

from sandbox.exchange.sheets import font

COOKIE: Final = "DISCLOSURE_SESSION"
_CODE_CHARACTERS: Final = "ABCDEFGHJKMNPQRTUVWXY346789"
_SLIDER_TOLERANCE: Final = 6
"""Pixels by which a person may miss the gap."""

CAPTCHA_SIZE: Final = (320, 150)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that only a person should answer."""

    kind: str
    """``characters``, ``slider`` or ``one_time_code``."""
    answer: str
    picture: bytes

    def is_answered_by(self, text: str) -> bool:
        """Whether a person's answer is right; a slider's may be a few pixels off."""
        if self.kind == "slider":
            return text.strip().isdigit() and abs(int(text) - int(self.answer)) <= _SLIDER_TOLERANCE
        return text.strip().upper() == self.answer


@dataclass(slots=True)
class Session:
    """One browser's visit."""

    account: str
    challenge: Challenge | None
    """Not None while login waits for a person."""
    last_seen: float


@dataclass(slots=True)
class Sessions:
    """Who is logged in. A session ends when it is not used for ``lifetime`` seconds."""

    accounts: dict[str, str]
    """User name to password."""
    lifetime: float
    seed: int
    open: dict[str, Session] = field(default_factory=dict)
    _asked: int = 0

    def log_in(self, username: str, password: str, *, challenge: str) -> str | None:
        """A new session's id, perhaps waiting for a challenge's answer; None for a wrong password."""
        expected = self.accounts.get(username)
        if expected is None or not secrets.compare_digest(expected.encode(), password.encode()):
            return None
        identity = secrets.token_urlsafe(24)
        asked = self._ask(challenge) if challenge else None
        self.open[identity] = Session(username, asked, time.monotonic())
        return identity

    def find(self, identity: str | None) -> Session | None:
        """A session that has not ended; using it makes it last longer."""
        session = self.open.get(identity or "")
        if session is None:
            return None
        if time.monotonic() - session.last_seen > self.lifetime:
            self.open.pop(identity or "")
            return None
        session.last_seen = time.monotonic()
        return session

    def answer(self, session: Session, text: str) -> bool:
        """Let a waiting session in, or ask it a new question."""
        if session.challenge is None:
            return True
        right = session.challenge.is_answered_by(text)
        session.challenge = None if right else self._ask(session.challenge.kind)
        return right

    def _ask(self, kind: str) -> Challenge:
        self._asked += 1
        return ask(kind, Random(f"{self.seed}/challenge/{self._asked}"))


def ask(kind: str, random: Random) -> Challenge:
    """A challenge of a kind."""
    match kind:
        case "characters":
            answer = "".join(random.choices(_CODE_CHARACTERS, k=4))
            return Challenge(kind, answer, _characters(answer, random))
        case "slider":
            offset = random.randint(90, CAPTCHA_SIZE[0] - 60)
            return Challenge(kind, str(offset), _slider(offset, random))
        case _:
            digits = f"{random.randrange(10**6):06d}"
            return Challenge("one_time_code", digits, _sent_notice())


def page_token(seed: int) -> str:
    """What the site's own pages send along so that the API knows them."""
    return hashlib.sha256(f"page token {seed} {secrets.token_hex(8)}".encode()).hexdigest()[:32]


def _characters(answer: str, random: Random) -> bytes:
    image = Image.new("RGB", CAPTCHA_SIZE, (238, 243, 250))
    pen = ImageDraw.Draw(image)
    for _ in range(9):
        ends = [random.randrange(CAPTCHA_SIZE[axis % 2]) for axis in range(4)]
        pen.line(ends, fill=_colour(random, 120, 190), width=2)
    for position, character in enumerate(answer):
        glyph = Image.new("L", (90, 90), 0)
        ImageDraw.Draw(glyph).text((45, 45), character, 255, font(62), anchor="mm")
        turned = glyph.rotate(random.uniform(-28, 28), resample=Image.Resampling.BICUBIC)
        place = (22 + position * 70, 30 + random.randint(-14, 14))
        image.paste(Image.new("RGB", (90, 90), _colour(random, 20, 110)), place, turned)
    return _png(image)


def _slider(offset: int, random: Random) -> bytes:
    """A landscape with a square gap whose left edge is ``offset`` pixels from the left."""
    width, height = CAPTCHA_SIZE
    image = Image.new("RGB", CAPTCHA_SIZE, (205, 225, 245))
    pen = ImageDraw.Draw(image)
    for layer in range(3):
        phase, wave = random.uniform(0, 6), random.uniform(26, 60)
        base = 60 + layer * 26
        ridge = [(x, base + 16 * math.sin(x / wave + phase)) for x in range(0, width + 1, 4)]
        pen.polygon([*ridge, (width, height), (0, height)], fill=(110 - 25 * layer, 160 - 30 * layer, 130))
    pen.rectangle((offset, 55, offset + 44, 99), fill=(40, 46, 54), outline="white", width=2)
    pen.rectangle((6, 55, 50, 99), fill=(250, 214, 120), outline="white", width=2)
    return _png(image)


def _sent_notice() -> bytes:
    image = Image.new("RGB", CAPTCHA_SIZE, "white")
    pen = ImageDraw.Draw(image)
    pen.text((160, 60), "短信验证码已发送至", (40, 60, 100), font(22), anchor="mm")
    pen.text((160, 96), "138****0000", (40, 60, 100), font(24), anchor="mm")
    return _png(image)


def _colour(random: Random, low: int, high: int) -> tuple[int, int, int]:
    return random.randint(low, high), random.randint(low, high), random.randint(low, high)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
