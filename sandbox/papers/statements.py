"""Bank statements: half a year of a person's or a firm's life, booked as a bank books it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sandbox.exchange.names import invent_name
from sandbox.papers.truth import Entry, Statement, card_number, person_name

if TYPE_CHECKING:
    from random import Random

BANKS: Final = ("招商银行", "中国工商银行", "中国建设银行", "上海浦东发展银行", "交通银行")
_RATES: Final = (0.001, 0.002, 0.0025, 0.003, 0.0035)
_INTEREST_DAY: Final = 21
_QUARTER_MONTHS: Final = (3, 6, 9, 12)
_SHOPS: Final = (
    "美团",
    "永辉超市",
    "中国石化加油站",
    "滴滴出行",
    "京东商城",
    "国家电网",
    "肯德基",
    "沃尔玛",
    "中国移动",
    "华润万家",
)


def invent_statement(
    random: Random,
    *,
    end: date,
    owner: str = "",
    account: str = "",
    firm: bool | None = None,
    months: int = 6,
) -> Statement:
    """A genuine statement: balances follow, interest fits, counters are open on working days."""
    is_firm = random.random() < 0.4 if firm is None else firm  # noqa: PLR2004 - of the papers that are seen
    who = owner or (str(invent_name(random)) if is_firm else person_name(random))
    number = account or (
        "3100" + "".join(random.choices("0123456789", k=15)) if is_firm else card_number(random)
    )
    start = (end - timedelta(days=30 * months)).replace(day=1)
    opening = random.randrange(800_000, 30_000_000)
    wishes = _firm_life(random, start, end) if is_firm else _private_life(random, start, end)
    bare = Statement(random.choice(BANKS), who, number, start, end, opening)
    return replace(bare, entries=tuple(_booked(random, bare, wishes)))


_Wish = tuple[date, str, int, str, str]
"""Day, kind, amount, other side, note."""


def _private_life(random: Random, start: date, end: date) -> list[_Wish]:
    employer, landlord = str(invent_name(random)), person_name(random)
    pay, rent = random.randrange(800_000, 3_500_000), random.randrange(250_000, 900_000, 5_000)
    payday = random.randrange(5, 16)
    wishes: list[_Wish] = []
    day = start
    while day <= end:
        if day.day == payday:
            wishes.append((day, "代发工资", pay + random.randrange(-90_000, 90_000), employer, "工资"))
        if day.day == 2:  # noqa: PLR2004
            wishes.append((day, "转账支出", -rent, landlord, "房租"))
        wishes += [
            (day, "消费", -random.randrange(1_200, 68_000), random.choice(_SHOPS), "")
            for _ in range(random.choice((0, 0, 1, 1, 1, 2)))
        ]
        if random.random() < 0.03:  # noqa: PLR2004
            wishes.append((day, "转账收入", random.randrange(20_000, 600_000), person_name(random), "往来"))
        if _is_open(day) and random.random() < 0.015:  # noqa: PLR2004
            wishes.append((day, "柜面取现", -random.randrange(100_000, 1_000_000, 10_000), "", "网点"))
        day += timedelta(days=1)
    return wishes


def _firm_life(random: Random, start: date, end: date) -> list[_Wish]:
    customers = [str(invent_name(random)) for _ in range(8)]
    suppliers = [str(invent_name(random)) for _ in range(6)]
    wishes: list[_Wish] = []
    day = start
    while day <= end:
        if _is_open(day):
            wishes += [
                (day, "转账收入", random.randrange(300_000, 26_000_000), random.choice(customers), "货款")
                for _ in range(random.choice((0, 1, 1, 2)))
            ]
            wishes += [
                (day, "转账支出", -random.randrange(200_000, 15_000_000), random.choice(suppliers), "材料款")
                for _ in range(random.choice((0, 1, 2)))
            ]
            if random.random() < 0.02:  # noqa: PLR2004
                wishes.append(
                    (day, "柜面现金支票", -random.randrange(500_000, 3_000_000, 100_000), "", "备用金")
                )
        if day.day == 15:  # noqa: PLR2004
            wishes.append((day, "缴税", -random.randrange(100_000, 4_000_000), "国家金库", "增值税"))
        day += timedelta(days=1)
    return wishes


def _booked(random: Random, bare: Statement, wishes: list[_Wish]) -> list[Entry]:
    """Wishes booked while there is money; interest credited at each quarter's end."""
    rate = random.choice(_RATES)
    balance, product, entries = bare.opening, 0, []
    by_day: dict[date, list[_Wish]] = {}
    for wish in wishes:
        by_day.setdefault(wish[0], []).append(wish)
    day, serial = bare.start, random.randrange(10**6)
    while day <= bare.end:
        todays = list(by_day.get(day, []))
        if day.day == _INTEREST_DAY and day.month in _QUARTER_MONTHS and product:
            interest = round(product * rate / 360)
            todays.insert(0, (day, "结息", interest, "", "活期利息"))
            product = 0
        clock = sorted(random.randrange(8 * 3600, 22 * 3600) for _ in todays)
        for (when, kind, amount, other, note), second in zip(todays, clock, strict=True):
            if balance + amount < 0:
                continue
            balance += amount
            serial += random.randrange(1, 9000)
            time = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            other_account = card_number(random) if other else ""
            entries.append(
                Entry(
                    when,
                    time,
                    kind,
                    amount,
                    balance,
                    other,
                    other_account,
                    f"{when:%Y%m%d}{serial:010d}",
                    note,
                )
            )
        product += balance
        day += timedelta(days=1)
    return entries


def _is_open(day: date) -> bool:
    return day.weekday() < 5 and not (day.month == 10 and day.day <= 7)  # noqa: PLR2004
