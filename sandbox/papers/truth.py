"""What drawn papers state: invented, seeded, with numbers that check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sandbox.exchange import uscc
from sandbox.exchange.names import invent_name

if TYPE_CHECKING:
    from random import Random

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
_GIVEN: Final = "伟芳娜敏静强磊洋艳勇军杰娟涛明超秀霞平刚桂英华建文玉兰志鹏宇欣浩然子轩"
_STREETS: Final = (
    "人民路", "建设大道", "解放路", "中山北路", "科技园路", "滨江大道", "文化路", "和平街", "工业园二路",
)  # fmt: skip
_TOWNS: Final = (
    ("上海市浦东新区", "310115", "上海市公安局浦东分局"),
    ("北京市朝阳区", "110105", "北京市公安局朝阳分局"),
    ("江苏省苏州市吴中区", "320506", "苏州市公安局吴中分局"),
    ("浙江省杭州市西湖区", "330106", "杭州市公安局西湖分局"),
    ("广东省深圳市福田区", "440304", "深圳市公安局福田分局"),
    ("四川省成都市武侯区", "510107", "成都市公安局武侯区分局"),
    ("湖北省武汉市江汉区", "420103", "武汉市公安局江汉分局"),
)
"""Where people live, its division, and who issues cards there."""
_LONG_TERM_SHARE: Final = 0.15
_CAPITALS: Final = ("伍佰万元整", "壹仟万元整", "贰仟万元整", "伍拾万元整", "捌佰捌拾万元整")
_SCOPE: Final = (
    "道路普通货物运输", "仓储服务（不含危险化学品）", "汽车租赁", "机械设备销售", "建筑材料销售",
    "货物进出口", "技术进出口", "供应链管理服务", "信息咨询服务", "五金产品批发", "日用百货销售", "劳务服务",
)  # fmt: skip
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VIN_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUE: Final = {str(d): d for d in range(10)} | dict(
    zip(_VIN_LETTERS, (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Licence:
    """A business licence."""

    name: str
    code: str
    representative: str
    address: str
    capital: str
    established: date
    scope: str
    kind: str = "有限责任公司（自然人投资或控股）"


@dataclass(frozen=True, slots=True)
class Card:
    """A resident identity card, both sides."""

    name: str
    number: str
    address: str
    authority: str
    valid_from: date
    valid_until: date | None
    """None: long-term."""
    nation: str = "汉"

    @property
    def born(self) -> date:
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> str:
        return "女" if int(self.number[16]) % 2 == 0 else "男"


@dataclass(frozen=True, slots=True)
class Invoice:
    """A VAT invoice; of a motor vehicle if it has a VIN. Amounts in fen."""

    number: str
    issued: date
    buyer: str
    buyer_code: str
    seller: str
    seller_code: str
    total: int
    rate: int = 13
    """Percent."""
    goods: str = "*专用设备*数控机床"
    vin: str = ""
    engine: str = ""
    model: str = ""

    @property
    def net(self) -> int:
        return round(self.total * 100 / (100 + self.rate))

    @property
    def tax(self) -> int:
        return self.total - self.net


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a bank statement. Amounts in fen, debits negative."""

    day: date
    time: str
    kind: str
    amount: int
    balance: int
    other: str
    other_account: str
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement."""

    bank: str
    owner: str
    account: str
    start: date
    end: date
    opening: int
    entries: tuple[Entry, ...] = field(default_factory=tuple)

    @property
    def closing(self) -> int:
        return self.entries[-1].balance if self.entries else self.opening


def person_name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=random.choice((1, 2, 2))))


def resident_number(random: Random, division: str = "310115") -> str:
    """A number whose check character is right (GB 11643)."""
    born = date(1962, 1, 1) + timedelta(days=random.randrange(365 * 40))
    first = f"{division}{born:%Y%m%d}{random.randrange(1, 1000):03d}"
    total = sum(weight * int(c) for weight, c in zip(_ID_WEIGHTS, first, strict=True))
    return first + "10X98765432"[total % 11]


def vin(random: Random) -> str:
    """A number whose check digit is right (GB 16735)."""
    characters = [
        "L",
        *random.choices(_VIN_LETTERS + "0123456789", k=12),
        *random.choices("0123456789", k=4),
    ]
    total = sum(weight * _VIN_VALUE[c] for weight, c in zip(_VIN_WEIGHTS, characters, strict=True))
    characters[8] = "0123456789X"[total % 11]
    return "".join(characters)


def card_number(random: Random) -> str:
    """A debit card whose last digit is right (Luhn)."""
    digits = "622848" + "".join(random.choices("0123456789", k=12))
    doubled = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(reversed(digits))]
    return digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def invent_licence(random: Random) -> Licence:
    name = invent_name(random)
    town, _, _ = random.choice(_TOWNS)
    door = f"{random.randrange(1, 2000)}号{random.randrange(1, 30)}幢{random.randrange(101, 2500)}室"
    return Licence(
        name=str(name),
        code=uscc.invent(random, name.division),
        representative=person_name(random),
        address=f"{town}{random.choice(_STREETS)}{door}",
        capital=random.choice(_CAPITALS),
        established=date(2003, 1, 1) + timedelta(days=random.randrange(365 * 20)),
        scope="；".join(random.sample(_SCOPE, k=random.randint(4, 8))) + "。",
    )


def invent_card(random: Random) -> Card:
    town, division, authority = random.choice(_TOWNS)
    since = date(2012, 1, 1) + timedelta(days=random.randrange(365 * 12))
    door = f"{random.randrange(1, 900)}弄{random.randrange(1, 60)}号{random.randrange(101, 2500)}室"
    for_good = random.random() < _LONG_TERM_SHARE
    return Card(
        name=person_name(random),
        number=resident_number(random, division),
        address=f"{town}{random.choice(_STREETS)}{door}",
        authority=authority,
        valid_from=since,
        valid_until=None if for_good else since.replace(year=since.year + 20, day=min(since.day, 28)),
    )


def invent_invoice(random: Random, *, vehicle: bool) -> Invoice:
    buyer, seller = invent_licence(random), invent_licence(random)
    return Invoice(
        number="".join(random.choices("0123456789", k=20)),
        issued=date(2026, 1, 5) + timedelta(days=random.randrange(300)),
        buyer=buyer.name,
        buyer_code=buyer.code,
        seller=seller.name,
        seller_code=seller.code,
        total=random.randrange(5_000_000, 90_000_000),
        vin=vin(random) if vehicle else "",
        engine="".join(random.choices("ABCDEFGH0123456789", k=8)) if vehicle else "",
        model=random.choice(("上汽大众牌SVW71418", "东风牌DFH5180", "比亚迪牌BYD7005BEV")) if vehicle else "",
    )
