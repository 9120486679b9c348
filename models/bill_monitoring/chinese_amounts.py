"""Amounts in Chinese capitals (壹佰贰拾万元整), as bills and contracts write them against tampering."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.money import Money

_DIGITS: Final = {
    c: value
    for value, group in enumerate(
        ("零〇○", "壹一弌", "贰貳二弍", "叁叄三參弎", "肆四", "伍五", "陆陸六", "柒七", "捌八", "玖九")
    )
    for c in group
}
_SMALL_UNITS: Final = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_LARGE_UNITS: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_DECIMALS: Final = {"角": Decimal("0.1"), "分": Decimal("0.01")}
_CAPITALS: Final = "零壹贰叁肆伍陆柒捌玖"
_PREFIX: Final = re.compile(r"^(人民币|RMB|CNY)?[\s:：()（）大写¥￥]*")


def parse_chinese_amount(text: str) -> Money:
    """The amount that Chinese capitals name, in yuan.

    >>> str(parse_chinese_amount("人民币壹佰贰拾万零叁拾元伍角整"))
    '1200030.50'

    Raises:
        InvalidInputError: the text is no amount in Chinese numerals, or its units are out of order.
    """
    body = _PREFIX.sub("", re.sub(r"\s", "", text)).rstrip("整正")
    if "元" not in body and ("圆" in body or "圓" in body):
        body = body.replace("圆", "元").replace("圓", "元")
    yuan_text, separator, decimals_text = body.partition("元")
    if not separator and any(unit in yuan_text for unit in _DECIMALS):
        yuan_text, decimals_text = "", yuan_text
    if not yuan_text and not decimals_text:
        raise _no_amount(text)
    return Money.of(Decimal(_whole(yuan_text, text)) + _decimals(decimals_text, text))


def chinese_amount(money: Money) -> str:
    """An amount in Chinese capitals, as the payment and settlement rules of the central bank write it.

    >>> chinese_amount(Money.of("1200030.50"))
    '壹佰贰拾万零叁拾元伍角整'
    """
    yuan, fen = divmod(money.minor, 100)
    tenth, hundredth = divmod(fen, 10)
    text = _whole_in_capitals(yuan) + "元" if yuan else ""
    if not fen:
        return (text or "零元") + "整"
    if tenth:
        text += f"{_CAPITALS[tenth]}角"
    elif text:
        text += "零"
    return text + (f"{_CAPITALS[hundredth]}分" if hundredth else "整")


def _whole(text: str, original: str) -> int:
    total = section = digit = 0
    last_small = 10**5
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SMALL_UNITS:
            unit = _SMALL_UNITS[character]
            if unit >= last_small:
                raise _no_amount(original)
            section += (digit or (unit == 10 and section == 0)) * unit  # noqa: PLR2004 - 拾万 is 10 万
            last_small, digit = unit, 0
        elif character in _LARGE_UNITS:
            unit = _LARGE_UNITS[character]
            total = (total + section + digit) * unit if unit > 10**4 else total + (section + digit) * unit
            section, digit, last_small = 0, 0, 10**5
        else:
            raise _no_amount(original)
    return total + section + digit


def _decimals(text: str, original: str) -> Decimal:
    total = Decimal(0)
    for digit, unit in re.findall(r"(.)([角分])", text):
        if digit not in _DIGITS:
            raise _no_amount(original)
        total += _DIGITS[digit] * _DECIMALS[unit]
    if re.sub(r".[角分]", "", text).strip("零〇整正"):
        raise _no_amount(original)
    return total


def _whole_in_capitals(yuan: int) -> str:
    hundred_millions, rest = divmod(yuan, 10**8)
    parts = [_whole_in_capitals(hundred_millions) + "亿"] if hundred_millions else []
    gap = False
    for scale, name in ((10**4, "万"), (1, "")):
        section = rest // scale % 10**4
        if section:
            if parts and (gap or section < 1000):  # noqa: PLR2004 - a leading zero of the section is read out
                parts.append("零")
            parts.append(_section_in_capitals(section) + name)
        gap = not section
    return "".join(parts)


def _section_in_capitals(section: int) -> str:
    text = ""
    gap = False
    for scale, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = section // scale % 10
        if digit:
            text += ("零" if gap and text else "") + _CAPITALS[digit] + unit
        gap = not digit
    return text


def _no_amount(text: str) -> InvalidInputError:
    return InvalidInputError(
        f"{text!r} is no amount in Chinese capitals", remedy="Compare it with the amount in figures"
    )
