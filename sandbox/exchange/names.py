"""Names of enterprises that do not exist, built from syllables.

A brand is a common, a rare and a common syllable, so that it reads like a real one without being one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

FIRST_SYLLABLES: Final = "鑫宏恒瑞盛泰华兴安福顺通远腾龙云海天成金源丰裕嘉博正卓凯诚信达荣昌"
MIDDLE_SYLLABLES: Final = "澜翊骁煦淼钰铄榕柘梓楠槿皓晟昊曜翎翰骏骐骅鹭霖璟筠岚沁泓滢溪蔚葳"
LAST_SYLLABLES: Final = "隆达业创升辉耀坤乾峰岭川洲润泽森林岩石磊锋锐铭锦绣绮纶维联合和"

TRADES: Final = (
    "建设工程", "房地产开发", "置业", "商贸", "新能源科技", "机械制造", "装饰工程", "供应链管理",
    "物流", "纺织", "化工", "金属材料", "电子科技", "医药", "农业发展", "汽车零部件", "建筑安装工程",
    "市政园林", "新材料", "食品", "家居用品", "国际贸易", "实业", "能源", "重工", "环保科技", "钢结构",
    "矿业", "船舶工程", "智能装备", "信息技术", "文化旅游开发", "工业设备", "轨道交通设备",
)  # fmt: skip

LEGAL_FORMS: Final = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")

REGIONS: Final[tuple[tuple[str, str], ...]] = (
    ("北京", "110105"), ("天津", "120102"), ("石家庄", "130102"), ("唐山", "130203"), ("太原", "140105"),
    ("沈阳", "210102"), ("大连", "210202"), ("长春", "220102"), ("哈尔滨", "230102"), ("上海", "310115"),
    ("江苏", "320102"), ("南京", "320104"), ("无锡", "320205"), ("苏州", "320505"), ("浙江", "330102"),
    ("杭州", "330106"), ("宁波", "330203"), ("温州", "330302"), ("安徽", "340104"), ("合肥", "340111"),
    ("福建", "350102"), ("厦门", "350203"), ("江西", "360102"), ("山东", "370102"), ("济南", "370112"),
    ("青岛", "370202"), ("烟台", "370602"), ("河南", "410102"), ("郑州", "410105"), ("湖北", "420102"),
    ("武汉", "420106"), ("长沙", "430102"), ("广东", "440103"), ("广州", "440106"), ("深圳", "440304"),
    ("佛山", "440604"), ("广西", "450103"), ("海南", "460105"), ("重庆", "500103"), ("四川", "510104"),
    ("成都", "510107"), ("贵州", "520102"), ("云南", "530102"), ("陕西", "610102"), ("西安", "610113"),
    ("甘肃", "620102"), ("宁夏", "640104"), ("新疆", "650102"),
)  # fmt: skip

BRANCH_CITIES: Final = ("南通", "嘉兴", "芜湖", "洛阳", "襄阳", "绵阳", "珠海", "泉州", "潍坊", "徐州")

_BRACKETED_SHARE: Final = 0.12
_BRACKETED, _PLAIN = "{brand}（{region}）{trade}{legal}", "{region}{brand}{trade}{legal}"


@dataclass(frozen=True, slots=True)
class EnterpriseName:
    """The parts of a name, so that relatives of it can be made on purpose."""

    region: str
    division: str
    brand: str
    trade: str
    legal: str
    bracketed: bool = False
    branch: str = ""

    def __str__(self) -> str:
        pattern = _BRACKETED if self.bracketed else _PLAIN
        head = pattern.format(region=self.region, brand=self.brand, trade=self.trade, legal=self.legal)
        return f"{head}{self.branch}分公司" if self.branch else head

    def parent(self) -> EnterpriseName:
        """The name without its branch."""
        return replace(self, branch="")


def invent_name(random: Random) -> EnterpriseName:
    """A name of its own: about 50 million are possible."""
    region, division = random.choice(REGIONS)
    return EnterpriseName(
        region=region,
        division=division,
        brand=invent_brand(random),
        trade=random.choice(TRADES),
        legal=random.choice(LEGAL_FORMS),
        bracketed=random.random() < _BRACKETED_SHARE,
    )


def invent_brand(random: Random) -> str:
    """Three syllables: common, rare, common."""
    return random.choice(FIRST_SYLLABLES) + random.choice(MIDDLE_SYLLABLES) + random.choice(LAST_SYLLABLES)


def near_name(random: Random, name: EnterpriseName) -> EnterpriseName:
    """Another enterprise's name that differs in one syllable of the brand only."""
    others = [c for c in MIDDLE_SYLLABLES if c != name.brand[1]]
    return replace(name, brand=name.brand[0] + random.choice(others) + name.brand[2])


RADICAL_TWINS: Final = {"工": "⼯", "金": "⾦", "车": "⻋", "龙": "⻰", "石": "⽯", "食": "⾷"}
"""Kangxi and supplement radicals that PDF producers leave in text layers in place of the character."""


def with_radicals(text: str) -> str:
    """The text as such a text layer holds it: it looks the same and compares unequal."""
    return "".join(RADICAL_TWINS.get(c, c) for c in text)
