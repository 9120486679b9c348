"""One spelling for every character: width, compatibility forms, traditional forms, case, brackets.

NFKC alone is not enough: it leaves the second block of radicals that PDF text layers love (U+2E80 to
U+2EFF), traditional forms, and variants that registries print for one another.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from models.bill_monitoring.matching.vocabulary.traditional import SIMPLIFIED, TRADITIONAL

OPENING: Final = "("
CLOSING: Final = ")"

_RADICALS: Final = """
⺁厂 ⺟母 ⺠民 ⺼月 ⺾艹 ⻁虎 ⻄西 ⻅见 ⻆角 ⻇角 ⻈讠 ⻉贝 ⻋车 ⻐钅 ⻑长 ⻒长 ⻓长 ⻔门 ⻗雨 ⻘青
⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻠饣 ⻡首 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫齐 ⻬齐 ⻭齿 ⻮齿
⻯龙 ⻰龙 ⻱龟 ⻲龟 ⺃乙 ⺋巳 ⺒巳 ⺓幺 ⺕彐 ⺛无 ⺝月 ⺩王 ⺫目 ⺬示 ⺮竹 ⺶羊 ⺷羊 ⺸羊 ⺺聿 ⺻聿
⺽臼 ⻃西 ⻊足 ⻌辶 ⻍辶 ⻎辶
"""
_VARIANTS: Final = """
昇升 陞升 峯峰 羣群 堦阶 鉅巨 甯宁 寗宁 寕宁 咊和 龢和 仝同 舖铺 裏里 裡里 傢家 曁暨 鑪炉 氹凼 斉齐
斎斋 沢泽 竜龙 渋涩 広广 鉄铁 関关 塩盐 桜樱 焼烧 栄荣 営营 応应 徳德 恵惠 団团 図图 囯国 囻国 圀国
対对 経经 県县 検检 権权 変变 様样 気气 浜滨 実实 寳宝 戸户 拡扩 戦战 収收 択择 抜拔 拠据 挙举 揺摇
楽乐 歩步 歴历 毎每 済济 満满 濱滨 産产 発发 祕秘 穂穗 粋粹 継继 続续 総总 緑绿 縄绳 繊纤 聴听 舗铺
薬药 蔵藏 覚觉 観观 訳译 証证 豊丰 転转 軽轻 辺边 逓递 遅迟 酔醉 釈释 銭钱 鋳铸 録录 駅驿 駆驱 験验
鶏鸡 黒黑 鴎鸥 髙高 﨑崎 塚冢 毘毗 曽曾 嶋岛 冨富 猟猎 滙汇 燿耀 勝胜 勛勋 勲勋 秊年 尅克 菓果 燻熏
稜棱 鎻锁 鑛矿 砿矿 礦矿 繫系 㬵胶
"""
"""Japanese and older forms, and ligature-like variants that registries print."""

_PLAIN: Final = {
    **dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)),
    **{pair[0]: pair[1] for pair in (_RADICALS + _VARIANTS).split()},
}


def _fold_once(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character)
    return "".join(_PLAIN.get(c, c) for c in composed).upper()


def _keep(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Ps":
        return "" if character in "‚„" else OPENING
    if category == "Pe":
        return CLOSING
    if character in "<〈《«":
        return OPENING
    if character in ">〉》»":
        return CLOSING
    return character if category[0] in "LN" else ""


class Folding(dict[int, str]):
    """A table for `str.translate` that works out a character when it first meets it."""

    def __missing__(self, code_point: int) -> str:
        folded = chr(code_point)
        while (again := _fold_once(folded)) != folded:
            folded = again
        self[code_point] = result = "".join(_keep(c) for c in folded)
        return result


@cache
def folding() -> Folding:
    """The process-wide folding table."""
    return Folding()


def fold(text: str) -> str:
    """Text in one spelling: letters, digits and ``(`` ``)`` only; everything else is dropped.

    >>> fold("上海華信（集團） 有限公司")
    '上海华信(集团)有限公司'
    """
    return text.translate(folding())


def without_brackets(folded: str) -> str:
    """Folded text with the brackets, not their content, removed."""
    return folded.replace(OPENING, "").replace(CLOSING, "")
