"""Amounts in Chinese words, as contracts and bills write them beside the figures."""

from __future__ import annotations

from typing import Final

from models.money import Money

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_GROUP: Final = 10_000


def yuan_in_words(amount: Money) -> str:
    """A yuan amount in capital numerals (rules of the People's Bank for bills, 1997).

    >>> yuan_in_words(Money.of("1680.32"))
    '壹仟陆佰捌拾元叁角贰分'
    >>> yuan_in_words(Money.of("107000.53"))
    '壹拾万柒仟元伍角叁分'
    >>> yuan_in_words(Money.of("100000.00"))
    '壹拾万元整'
    >>> yuan_in_words(Money.of("1409.05"))
    '壹仟肆佰零玖元零伍分'

    Raises:
        ValueError: it is negative, not in yuan, or beyond any contract.
    """
    if amount.currency != "CNY" or not 0 <= amount.minor < 10**18:
        raise ValueError(f"{amount} {amount.currency} cannot be written in yuan words")
    whole, cents = divmod(amount.minor, 100)
    yuan = f"{_whole(whole)}元" if whole else ""
    if not cents:
        return f"{yuan or '零元'}整"
    tenths, hundredths = divmod(cents, 10)
    jiao = f"{_DIGITS[tenths]}角" if tenths else "零" if yuan else ""
    fen = f"{_DIGITS[hundredths]}分" if hundredths else "整"
    return f"{yuan}{jiao}{fen}"


def _whole(number: int) -> str:
    """Groups of four digits; one zero stands for any gap within the number."""
    said, gap = "", False
    for group in reversed(range(len(_GROUPS))):
        part = number // _GROUP**group % _GROUP
        if not part:
            gap = bool(said)
            continue
        if said and (gap or part < _GROUP // 10):
            said += "零"
        said += f"{_four(part)}{_GROUPS[group]}"
        gap = False
    return said


def _four(part: int) -> str:
    said, gap = "", False
    for place in reversed(range(len(_PLACES))):
        digit = part // 10**place % 10
        if not digit:
            gap = bool(said)
            continue
        said += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return said
