"""The acceptors and how they fare from month to month: new, worse, better, cleared."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from sandbox.exchange import uscc
from sandbox.exchange.names import BRANCH_CITIES, EnterpriseName, invent_name

INSTITUTION_TYPES: Final = ("企业法人", "企业法人", "企业法人", "非法人企业")
BANKS: Final = ("示范银行", "远洋商业银行", "江海银行", "北辰银行", "华原农村商业银行", "南岭城市银行")
MEDIA: Final = ("电子商业承兑汇票", "电子商业承兑汇票", "纸质商业承兑汇票")

_CLEARED_SHARE: Final = 0.04
_NEW_SHARE: Final = 0.045
_BRANCH_SHARE: Final = 0.05
_WORSE_BELOW: Final = 0.30
_BETTER_BELOW: Final = 0.52


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """What the world is generated from; equal settings give an equal world, byte for byte."""

    seed: int = 1
    acceptors: int = 4200
    """Size of the newest list when the site starts."""
    months: int = 6
    image_share: float = 0.3
    """Share of a list that is published as pictures and scans only."""
    text_pdf_share: float = 0.05
    """Share that is published as PDFs with a text layer only; the rest stands in on-line tables."""
    newest: date = date(2026, 10, 31)
    page_rows: int = 50
    """Rows per page of an on-line table."""
    invalid_share: float = 0.004
    """Share of acceptors whose code is misprinted wherever it appears."""
    missing_share: float = 0.006
    """Share of acceptors whose code the lists leave out."""


@dataclass(frozen=True, slots=True)
class Acceptor:
    """An enterprise that accepted bills and did not pay some of them when due."""

    number: int
    name: EnterpriseName
    uscc: str
    printed_uscc: str
    """The code as lists print it: misprinted or empty for a few."""
    institution_type: str
    registered_on: date
    bank: str
    medium: str

    @property
    def account_id(self) -> str:
        return f"ACC{self.number:07d}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Amounts of one acceptor at one month's end, in fen."""

    overdue_balance: int
    cumulative_overdue: int
    acceptance_balance: int
    cumulative_acceptance: int


class World:
    """All acceptors that ever were, and their standing at each month's end, oldest first."""

    def __init__(self, settings: WorldSettings) -> None:
        self.settings = settings
        self.acceptors: list[Acceptor] = []
        self.list_dates: list[date] = []
        self.standings: list[dict[int, Standing]] = []
        self._names: set[str] = set()
        self._codes: set[str] = set()
        self._by_code: dict[str, Acceptor] = {}
        self._invent = Random(f"{settings.seed}/acceptors")
        self._grow(settings)

    def advance(self) -> date:
        """Live one month more; returns its last day."""
        index = len(self.standings)
        random = Random(f"{self.settings.seed}/month/{index}")
        cleared, new = _turnover(self.settings, index)
        before = self.standings[-1]
        gone = set(random.sample(sorted(before), min(cleared, len(before) - 1)))
        now = {number: _drift(random, s) for number, s in before.items() if number not in gone}
        for _ in range(new):
            now[self._new_acceptor().number] = _first_standing(random)
        self.standings.append(now)
        self.list_dates.append(month_end(self.list_dates[-1] + timedelta(days=1)))
        return self.list_dates[-1]

    def restate(self, index: int, number: int, standing: Standing | None) -> None:
        """Correct one acceptor's standing of a month; None when it should never have been listed."""
        if standing is None:
            self.standings[index].pop(number, None)
        else:
            self.standings[index][number] = standing

    def by_code(self, code: str) -> Acceptor | None:
        """The acceptor with a code, also as misprinted."""
        return self._by_code.get(code)

    def _grow(self, settings: WorldSettings) -> None:
        turnover = [_turnover(settings, index) for index in range(1, settings.months)]
        start = max(1, settings.acceptors - sum(new - cleared for cleared, new in turnover))
        random = Random(f"{settings.seed}/month/0")
        first = {self._new_acceptor().number: _first_standing(random) for _ in range(start)}
        self.standings.append(first)
        self.list_dates.append(_months_before(settings.newest, settings.months - 1))
        while len(self.standings) < settings.months:
            self.advance()

    def _new_acceptor(self) -> Acceptor:
        random, settings = self._invent, self.settings
        name = self._unused_name()
        if random.random() < _BRANCH_SHARE:
            name = replace(name, branch=random.choice(BRANCH_CITIES))
        code = self._unused_code(name.division)
        fate = random.random()
        printed = code
        if fate < settings.invalid_share:
            printed = uscc.misprint(random, code)
        elif fate < settings.invalid_share + settings.missing_share:
            printed = ""
        acceptor = Acceptor(
            number=len(self.acceptors) + 1,
            name=name,
            uscc=code,
            printed_uscc=printed,
            institution_type=random.choice(INSTITUTION_TYPES),
            registered_on=date(1998, 1, 1) + timedelta(days=random.randrange(9000)),
            bank=f"{random.choice(BANKS)}{name.region}分行",
            medium=random.choice(MEDIA),
        )
        self.acceptors.append(acceptor)
        self._by_code |= {code: acceptor} | ({printed: acceptor} if printed else {})
        return acceptor

    def _unused_name(self) -> EnterpriseName:
        while True:
            name = invent_name(self._invent)
            if str(name) not in self._names:
                self._names.add(str(name))
                return name

    def _unused_code(self, division: str) -> str:
        while True:
            code = uscc.invent(self._invent, division)
            if code not in self._codes:
                self._codes.add(code)
                return code


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _months_before(day: date, months: int) -> date:
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return month_end(day)


def _turnover(settings: WorldSettings, index: int) -> tuple[int, int]:
    """How many leave and how many join in a month; known beforehand, so that the newest list has its size."""
    random = Random(f"{settings.seed}/turnover/{index}")
    scale = settings.acceptors * random.uniform(0.8, 1.2)
    return round(scale * _CLEARED_SHARE), round(scale * _NEW_SHARE)


def _first_standing(random: Random) -> Standing:
    # Log-normal around 1.2 million yuan: a few very large, many small, as real lists are.
    balance = max(1_000_00, int(random.lognormvariate(14.0, 1.4) * 100))
    cumulative = int(balance * random.uniform(1.0, 4.0))
    acceptance = int(balance * random.uniform(1.1, 9.0))
    return Standing(
        balance, cumulative, acceptance, int((acceptance + cumulative) * random.uniform(1.5, 6.0))
    )


def _drift(random: Random, standing: Standing) -> Standing:
    chance = random.random()
    if chance < _WORSE_BELOW:
        added = max(100, int(standing.overdue_balance * random.uniform(0.03, 0.8)))
        return replace(
            standing,
            overdue_balance=standing.overdue_balance + added,
            cumulative_overdue=standing.cumulative_overdue + added,
            acceptance_balance=standing.acceptance_balance + added // 2,
            cumulative_acceptance=standing.cumulative_acceptance + added,
        )
    if chance < _BETTER_BELOW:
        paid = int(standing.overdue_balance * random.uniform(0.05, 0.7))
        return replace(
            standing,
            overdue_balance=standing.overdue_balance - paid,
            acceptance_balance=max(0, standing.acceptance_balance - paid),
        )
    return standing
