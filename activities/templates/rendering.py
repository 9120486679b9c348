"""Filling templates: Jinja with the house's ways of writing money, dates and instants."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from activities.templates.catalogue import catalogue
from models.calendar import SHANGHAI
from models.money import Money

NOT_NAMED: Final = "—"
"""Stands where the list names no amount."""

_TEN_THOUSAND = Decimal(10_000)


def yuan(money: Money | None) -> str:
    """An amount with thousands separators: ``1,234,567.80``."""
    return NOT_NAMED if money is None else f"{money.amount:,.2f}"


def ten_thousand_yuan(money: Money | None) -> str:
    """An amount in units of 10,000 yuan, as Chinese readers compare sums: ``123.46``."""
    return NOT_NAMED if money is None else f"{money.amount / _TEN_THOUSAND:,.2f}"


def shanghai_time(instant: datetime) -> str:
    """An aware instant on Shanghai's clock: ``2026-01-08 17:30``."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def iso_date(day: date) -> str:
    return day.isoformat()


_MARKUP = str.maketrans("[]<>*_`#|\\", "［］＜＞＊＿｀＃｜＼")


def one_line(text: str) -> str:
    """Text for a chat robot's Markdown: one line, in which a printed name cannot pass for markup.

    Robots know no escapes, so that markup characters are shown in their full width.
    """
    return " ".join(text.split()).translate(_MARKUP)


@cache
def templates(package: str, language: str) -> Environment:
    """The templates of a package, speaking a language.

    HTML is escaped; text and Markdown are not. A name that is not defined is an error, never a gap.

    Args:
        package: importable package with a ``templates`` directory of its own, or that is one.
        language: of the catalogue that ``t('section.name', …)`` reads.
    """
    path = "." if package.endswith(".templates") else "templates"
    environment = Environment(
        loader=PackageLoader(package, path),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        yuan=yuan,
        ten_thousand_yuan=ten_thousand_yuan,
        shanghai_time=shanghai_time,
        iso_date=iso_date,
        one_line=one_line,
    )
    speaking = catalogue(language)
    environment.globals.update(t=speaking.text, language=speaking.language)
    return environment
