"""Journals as beancount text, so that a second, independent bookkeeper can check ours.

Accounts become ``Assets:HQ:C1002-01`` (category, branch, code). A voucher is a link (``^v2026-11-000123``),
and a reversal carries the link of what it takes back, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from models.ledger.exports import ExportedLine
from models.money import Money

_ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
_UNFIT = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff-]")


def account_name(category: str, branch: str, code: str) -> str:
    """The account as beancount names it: parts begin with a capital letter or a digit."""
    place = _UNFIT.sub("-", branch)
    return f"{_ROOTS[category]}:{place[:1].upper()}{place[1:]}:C{_UNFIT.sub('-', code)}"


def beancount_text(lines: Iterable[ExportedLine]) -> Iterator[str]:
    """Beancount directives; each account is opened where it first appears, as of long before."""
    opened: set[str] = set()
    yield 'option "title" "leaseflow"\n'
    for _, group in groupby(lines, key=lambda line: line.voucher):
        voucher = list(group)
        first = voucher[0]
        for line in voucher:
            name = account_name(line.category, line.branch, line.code)
            if name not in opened:
                opened.add(name)
                yield f'1970-01-01 open {name}\n  name: "{_quoted(line.name)}"\n'
        links = " ".join(_link(number) for number in (first.voucher, first.reverses) if number)
        yield (
            f'\n{first.business_date} * "{_quoted(first.narrative)}" {links}\n'
            f'  voucher: "{first.voucher}"\n  key: "{_quoted(first.key)}"\n'
        )
        for line in voucher:
            amount = f"{Money(line.amount, line.currency)} {line.currency}"
            yield f"  {account_name(line.category, line.branch, line.code)}  {amount}\n"
            if line.reference:
                yield f'    reference: "{_quoted(line.reference)}"\n'


def _link(voucher: str) -> str:
    return f"^v{voucher.replace('/', '-')}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
