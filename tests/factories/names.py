"""Seeded enterprises: names in the registered order, valid codes, groups with near names."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final

from models.identifiers import USCC_ALPHABET, organisation_check_character, uscc_check_character

PLACES: Final = {
    "上海市": ("310115", "上海"), "北京市": ("110108", "北京"), "深圳市": ("440305", "广东"),
    "广州市": ("440106", "广东"), "苏州市": ("320594", "江苏"), "南京市": ("320105", "江苏"),
    "杭州市": ("330106", "浙江"), "宁波市": ("330212", "浙江"), "武汉市": ("420111", "湖北"),
    "成都市": ("510107", "四川"), "重庆市": ("500103", "重庆"), "天津市": ("120116", "天津"),
    "青岛市": ("370212", "山东"), "济南市": ("370102", "山东"), "郑州市": ("410105", "河南"),
    "西安市": ("610113", "陕西"), "长沙市": ("430104", "湖南"), "合肥市": ("340104", "安徽"),
    "福州市": ("350102", "福建"), "厦门市": ("350206", "福建"), "大连市": ("210211", "辽宁"),
    "沈阳市": ("210102", "辽宁"), "昆明市": ("530102", "云南"), "石家庄市": ("130102", "河北"),
    "昆山市": ("320583", "江苏"), "无锡市": ("320211", "江苏"), "哈尔滨市": ("230102", "黑龙江"),
    "乌鲁木齐市": ("650102", "新疆"), "江苏省": ("320000", "江苏"), "浙江省": ("330000", "浙江"),
    "广东省": ("440000", "广东"), "山东省": ("370000", "山东"), "内蒙古自治区": ("150000", "内蒙古"),
    "广西壮族自治区": ("450000", "广西"), "新疆维吾尔自治区": ("650000", "新疆"),
}  # fmt: skip
"""Places as registers write them, with a division code and the province."""

SHORT_PLACES: Final = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "新疆维吾尔自治区": "新疆"}

STEM_CHARACTERS: Final = (
    "华信达盛恒鑫源通泰兴隆海天宏伟德利成安金宝顺丰荣昌瑞祥福禄贵康健和美嘉佳益聚汇融众联创新星辰光明辉腾飞龙凤鹏程远航博大东方江河湖山川洋波清"
    "润泽雨云霞宇环世纪诚正诺仁义智卓越英俊才志立业展旭升晨阳梅兰竹松柏林森枫桂农禾穗园绿翠碧蓝玉珠石晶银铜钢锐锋剑帆港湾岛桥路驰骏麒麟鹰雁鹤鸿"
    "翔凌霄峰岳嵩衡昆珠元亨贞乾坤道易太双全顶亚欧凯文武斌豪强力方圆尚品致尊皇御庆乐怡宁雅律音艺书香墨翰林学府院士慧敏捷京铁冶未末城特圆园样"
)
_TRADES: Final = """
贸易 国际贸易 商贸 实业 实业发展 科技 科技发展 信息技术 网络科技 电子科技 电气 电力设备 机械制造
机械设备 机电设备 精密机械 建筑工程 建设工程 建设 建设集团 市政工程 房地产开发 置业 物业管理 装饰工程
园林绿化 新材料 建材 钢铁 金属制品 铝业 矿业 能源 新能源科技 石化 化工 塑料制品 橡胶 纸业 包装材料 印刷
纺织 服饰 食品 粮油 饮料 酒业 农业科技 饲料 医药 制药 生物科技 医疗器械 物流 供应链管理 国际货运代理
仓储 汽车零部件 汽车销售服务 船舶 航空科技 文化传媒 广告 教育科技 旅游 酒店管理 投资 投资管理 融资租赁
商业保理 资产管理 环保科技 水务 热力 燃气 照明 家具 五金 轴承 阀门
"""
TRADES: Final = tuple(_TRADES.split())
FORMS: Final = ("有限公司",) * 7 + ("有限责任公司", "股份有限公司", "集团有限公司")


@dataclass(frozen=True)
class Company:
    """An enterprise as it is registered."""

    place: str
    stem: str
    trade: str
    form: str
    uscc: str
    in_brackets: bool = False
    """Whether the place stands in brackets behind the stem."""
    branch: str = ""

    @property
    def name(self) -> str:
        short = short_place(self.place)
        if self.in_brackets:
            return f"{self.stem}({short}){self.trade}{self.form}{self.branch}"
        place = self.place if self.place in SHORT_PLACES else short
        return f"{place}{self.stem}{self.trade}{self.form}{self.branch}"

    @property
    def province(self) -> str:
        return PLACES[self.place][1]


def short_place(place: str) -> str:
    """上海 for 上海市."""
    return SHORT_PLACES.get(place, place.removesuffix("市").removesuffix("省"))


class Register:
    """Makes enterprises; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._codes: set[str] = set()

    def uscc(self, place: str = "上海市") -> str:
        """A valid code that was not given before."""
        while True:
            digits = "".join(self.random.choices("0123456789", k=1) + self.random.choices(USCC_ALPHABET, k=7))
            first = self.random.choice(("91", "91", "91", "92", "52")) + PLACES[place][0] + digits
            first += organisation_check_character(digits)
            if first[-1] in USCC_ALPHABET and first not in self._codes:
                self._codes.add(first)
                return first + uscc_check_character(first)

    def company(self) -> Company:
        """An enterprise with a code of its own; its name may be taken."""
        pick = self.random
        place = pick.choice(tuple(PLACES))
        return Company(
            place=place,
            stem="".join(pick.sample(STEM_CHARACTERS, pick.choice((2, 2, 2, 3, 3, 4)))),
            trade=pick.choice(TRADES),
            form=pick.choice(FORMS),
            uscc=self.uscc(place),
            in_brackets=pick.random() < 0.08,
        )

    def near(self, company: Company) -> Company:
        """Another enterprise of almost the same name: one part differs."""
        pick = self.random
        part = pick.choice(("stem", "stem", "stem", "trade", "place"))
        changed = company
        while changed.name == company.name:
            if part == "stem":
                at = pick.randrange(len(company.stem))
                stem = company.stem[:at] + pick.choice(STEM_CHARACTERS) + company.stem[at + 1 :]
                changed = replace(company, stem=stem)
            elif part == "trade":
                changed = replace(company, trade=pick.choice(TRADES))
            else:
                changed = replace(company, place=pick.choice(tuple(PLACES)))
        return replace(changed, uscc=self.uscc(changed.place))

    def branch_of(self, company: Company) -> Company:
        """A branch, with a code of its own."""
        where = short_place(self.random.choice(tuple(PLACES)))
        tail = self.random.choice(
            ("{}分公司", "{}分公司", "{}市分公司", "{}办事处", "{}营业部", "第二分公司", "{}第三项目部")
        )
        return replace(
            company, branch=tail.format(where).replace("省市", "省"), uscc=self.uscc(company.place)
        )


def companies(seed: int, count: int, *, near_share: float = 0.25) -> list[Company]:
    """Enterprises of distinct names; a share of them has a neighbour of almost the same name."""
    register = Register(seed)
    found: list[Company] = []
    names: set[str] = set()
    while len(found) < count:
        company = register.company()
        if found and register.random.random() < near_share:
            company = register.near(register.random.choice(found))
        if company.name not in names:
            names.add(company.name)
            found.append(company)
    return found
