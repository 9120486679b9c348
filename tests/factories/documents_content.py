"""Fictitious acceptors and bills, with what a reader should find in documents about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from models.bill_monitoring.chinese_amounts import chinese_amount
from models.identifiers import USCC_ALPHABET, organisation_check_character, uscc_check_character
from models.money import Money

_PLACES: Final = [
    "北京",
    "天津",
    "河北",
    "山西",
    "沈阳",
    "大连",
    "长春",
    "上海",
    "江苏",
    "南京",
    "浙江",
    "宁波",
    "安徽",
    "福建",
    "厦门",
    "江西",
    "山东",
    "青岛",
    "河南",
    "武汉",
    "湖南",
    "广东",
    "深圳",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "新疆",
]
_WORDS: Final = [
    "恒泰",
    "鑫源",
    "宏达",
    "中润",
    "金辉",
    "瑞丰",
    "华盛",
    "永固",
    "嘉禾",
    "博远",
    "启明",
    "盛世",
    "汇通",
    "天合",
    "锦绣",
    "隆昌",
    "佳兆",
    "新城",
    "融创",
    "泰禾",
    "蓝光",
    "阳光",
    "荣盛",
    "海航",
    "东旭",
    "康得",
    "三胞",
    "雏鹰",
    "庞大",
    "华晨",
    "忠旺",
    "泛海",
    "福晟",
    "协信",
    "鸿坤",
    "奥园",
    "祥生",
    "当代",
    "花样",
    "佳源",
    "俊发",
    "景瑞",
    "禹洲",
    "正源",
    "国瑞",
    "昆仑",
    "鹏博",
    "翔鹭",
    "巨轮",
    "赫章",
    "犇鑫",
    "垚森",
    "懿德",
    "麒麟",
    "曦晨",
]
_TRADES: Final = [
    "房地产开发",
    "置业",
    "建设工程",
    "机械制造",
    "贸易",
    "实业",
    "商贸",
    "物流",
    "新能源科技",
    "建筑装饰",
    "汽车销售",
    "供应链管理",
    "矿业",
    "化工",
    "纺织",
    "医药",
    "农业发展",
    "电子科技",
    "文化旅游",
    "钢铁",
]
_FORMS: Final = (
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "（集团）有限公司",
    "有限公司第一分公司",
    "（深圳）有限公司",
)


@dataclass(frozen=True, slots=True)
class Acceptor:
    """One row of a list."""

    name: str
    uscc: str
    overdue_balance: Money
    cumulative_overdue: Money
    as_of: date
    uscc_valid: bool = True


@dataclass(frozen=True, slots=True)
class Bill:
    """One commercial bill."""

    number: str
    acceptor: Acceptor
    drawer: str
    payee: str
    issued: date
    due: date
    amount: Money
    amount_cn: str
    consistent: bool


def company(random: Random) -> str:
    """A fictitious enterprise's name."""
    words = "".join(random.sample(_WORDS, random.choice((1, 1, 2))))
    return random.choice(_PLACES) + words + random.choice(_TRADES) + random.choice(_FORMS)


def uscc(random: Random) -> str:
    """A code whose both check characters hold."""
    while True:
        letters = USCC_ALPHABET[10:]
        body = "".join(random.choice("0123456789" if random.random() < 0.7 else letters) for _ in range(8))
        if random.random() < 0.6:
            body = "MA" + body[2:]
        organisation = body + organisation_check_character(body)
        district = "".join(f"{random.randint(*span):02d}" for span in ((11, 65), (0, 30), (0, 99)))
        first = f"91{district}{organisation}"
        return first + uscc_check_character(first)


def misprinted(code: str, random: Random) -> str:
    """The code with one character wrong, so that it fails its check."""
    place = random.randrange(8, 18)
    return code[:place] + random.choice([c for c in USCC_ALPHABET if c != code[place]]) + code[place + 1 :]


def acceptor(random: Random, as_of: date, *, round_to: int = 1, misprint: bool = False) -> Acceptor:
    """A row; ``round_to`` fen is the smallest amount that the list's unit can show."""
    balance = int(10 ** random.uniform(5.5, 11)) // round_to * round_to + round_to
    if random.random() < 0.1:
        balance = random.randint(1, 9) * 10 ** random.randint(7, 10)
    cumulative = balance + (
        int(10 ** random.uniform(5, 11)) // round_to * round_to if random.random() < 0.8 else 0
    )
    code = uscc(random)
    return Acceptor(
        company(random),
        misprinted(code, random) if misprint else code,
        Money(balance),
        Money(cumulative),
        as_of,
        not misprint,
    )


def bill(random: Random, *, consistent: bool = True) -> Bill:
    """A bill; an inconsistent one names another amount in capitals than in figures."""
    issued = date(2024, 1, 1) + timedelta(days=random.randrange(600))
    party = acceptor(random, issued)
    amount = Money(random.choice((random.randint(1, 999) * 10**6, random.randint(10**6, 10**10))))
    other = amount if consistent else Money(amount.minor + 10**6)
    bank = "".join(random.choice("0123456789") for _ in range(12))
    number = random.choice("12") + bank + issued.strftime("%Y%m%d") + f"{random.randrange(10**9):09d}"
    return Bill(
        number, party, party.name if random.random() < 0.5 else company(random), company(random),
        issued, issued + timedelta(days=random.choice((90, 180, 360))), amount, chinese_amount(other),
            consistent,
    )  # fmt: skip


def truth_of_row(row: Acceptor, fields: set[str]) -> dict[str, object]:
    """What a reader should say about a row of which only these fields are printed."""
    values: dict[str, object] = {
        "name": row.name, "uscc": row.uscc, "overdue_balance": str(row.overdue_balance),
        "cumulative_overdue": str(row.cumulative_overdue), "date": row.as_of.isoformat(),
    }  # fmt: skip
    return {name: value for name, value in values.items() if name in fields}


def truth_of_bill(bill: Bill) -> dict[str, object]:
    """What a reader should say about a bill."""
    return {
        "name": bill.acceptor.name, "overdue_balance": str(bill.amount), "date": bill.due.isoformat(),
        "bill_no": bill.number, "drawer": bill.drawer, "payee": bill.payee,
        "issue_date": bill.issued.isoformat(), "amount_cn": bill.amount_cn,
            "amount_consistent": bill.consistent,
    }  # fmt: skip
