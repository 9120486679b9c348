"""What the site's tables look like as far as they are known, and how to tell that they changed.

Nothing is guessed: an unknown heading, a field that is missing, a row that is not there or cells that
do not hold what their heading says make the whole page worthless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from activities.ports.bill_source import ListRow
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHINA: Final = timezone(timedelta(hours=8), "CST")
"""The site's clock: China has had no daylight saving time since 1991."""

NUMBER, NAME, CODE = "seq", "acptName", "creditCode"
BALANCE, CUMULATIVE = "overdueBalance", "cumOverdue"
AS_OF, ACCEPTANCE = "asOf", "acceptanceBalance"

LIST_TITLES: Final = {
    NUMBER: "序号",
    NAME: "承兑人名称",
    CODE: "统一社会信用代码",
    BALANCE: "逾期余额(元)",
    CUMULATIVE: "累计逾期发生额(元)",
}
SETTLEMENT_TITLES: Final = {
    AS_OF: "截止日期",
    "cumAcceptance": "累计承兑发生额(元)",
    ACCEPTANCE: "承兑余额(元)",
    CUMULATIVE: "累计逾期发生额(元)",
    BALANCE: "逾期余额(元)",
    "medium": "票据介质",
    "disclosedAt": "披露日期",
}
_LIST_NEEDS: Final = (NUMBER, NAME, CODE)

_AMOUNT: Final = re.compile(r"\d+(\.\d{1,2})?|\d{1,3}(,\d{3})+(\.\d{1,2})?")
_CODE_LIKE: Final = re.compile(r"[0-9A-Z]{15,20}", re.IGNORECASE)
_NAME_LIKE: Final = re.compile(r".*[㐀-鿿豈-﫿⺀-⿟].*[㐀-鿿豈-﫿⺀-⿟].*")
_EMPTY: Final = frozenset({"", "-", "—", "--", "/", "无"})
_ENOUGH: Final = 0.8
"""Share of a page's cells that must look like what their heading says; lists hold odd cells."""


class UnknownLayoutError(Exception):
    """What was found where something else was known; becomes `LayoutChangedError` with a picture."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """A page of a table as cells by known key, before it is believed."""

    page: int
    pages: int
    total: int
    """Rows that the site announces over all pages."""
    cells: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Settlement:
    """One month of one account."""

    as_of: date
    overdue_balance: Money
    cumulative_overdue: Money
    acceptance_balance: Money


def check_list_titles(titles: Mapping[str, str]) -> None:
    """See that an overdue list's columns (key to heading) are the known ones.

    Raises:
        UnknownLayoutError: a column is missing, new or renamed.
    """
    strange = [f"{key}={title!r}" for key, title in titles.items() if LIST_TITLES.get(key) != title]
    missing = [LIST_TITLES[key] for key in _LIST_NEEDS if key not in titles]
    if strange or missing:
        raise UnknownLayoutError(f"list columns not known: {strange}, missing: {missing}")


def check_settlement_titles(titles: Mapping[str, str]) -> None:
    """See that an acceptor's monthly table has all its columns under their names.

    Raises:
        UnknownLayoutError: a column is missing or renamed.
    """
    wrong = [title for key, title in SETTLEMENT_TITLES.items() if titles.get(key) != title]
    if wrong:
        raise UnknownLayoutError(f"settlement columns missing: {wrong}, found: {list(titles.values())}")


def keys_of(headings: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The keys of a page's headings; an unknown heading is a key of its own, to be complained about."""
    by_title = {title: key for key, title in known.items()}
    return [by_title.get(heading, heading) for heading in headings]


def list_rows(table: TablePage, *, page: int) -> tuple[ListRow, ...]:
    """The rows of a page of an overdue list, believed only if everything agrees.

    Raises:
        UnknownLayoutError: another page, a missing row, or cells that are not what their heading says.
    """
    _check_complete(table, page)
    if table.total == 0:
        return ()
    _check_plausible(table.cells, NAME, _NAME_LIKE)
    _check_plausible(table.cells, CODE, _CODE_LIKE)
    rows = tuple(
        ListRow(
            name=_cell(row, NAME),
            uscc=_none_if_empty(_cell(row, CODE)),
            overdue_balance=_amount(row, BALANCE),
            cumulative_overdue=_amount(row, CUMULATIVE),
        )
        for row in table.cells
    )
    _check_amounts(rows)
    return rows


def settlement(row: Mapping[str, str]) -> Settlement:
    """One row of an acceptor's monthly table.

    Raises:
        UnknownLayoutError: a cell is missing or is no date or amount.
    """
    balance, cumulative, acceptance = (_amount(row, key) for key in (BALANCE, CUMULATIVE, ACCEPTANCE))
    if balance is None or cumulative is None or acceptance is None:
        raise UnknownLayoutError(f"amounts missing in {dict(row)}")
    return Settlement(day(_cell(row, AS_OF)), balance, cumulative, acceptance)


def day(text: str) -> date:
    """A date as the site writes it.

    Raises:
        UnknownLayoutError: it is written otherwise.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownLayoutError(f"{text!r} is not a date like 2026-10-31") from None


def moment(text: str) -> datetime:
    """A time of publication as the site writes it, in China's time.

    Raises:
        UnknownLayoutError: it is written otherwise.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise UnknownLayoutError(f"{text!r} is not a time like 2026-11-05 16:30:00") from None


def field(data: Mapping[str, Any], name: str, kind: type[Any]) -> Any:  # noqa: ANN401 - checked against kind
    """A field of a JSON answer that must be there and of a type.

    Raises:
        UnknownLayoutError: it is missing or of another type.
    """
    value = data.get(name)
    if not isinstance(value, kind):
        raise UnknownLayoutError(f"field {name!r} is {type(value).__name__}, expected {kind.__name__}")
    return value


def _check_complete(table: TablePage, page: int) -> None:
    """The site numbers its rows; numbers that do not add up mean a page that is not whole."""
    if table.page != page:
        raise UnknownLayoutError(f"asked for page {page}, got page {table.page}")
    if table.total == 0 and not table.cells:
        return
    numbers = [_cell(row, NUMBER) for row in table.cells]
    if not numbers or not all(number.isdigit() for number in numbers):
        raise UnknownLayoutError(f"page {page} has no numbered rows: {numbers[:3]}")
    first, last = int(numbers[0]), int(numbers[-1])
    whole = last - first + 1 == len(numbers)
    if page < table.pages:
        whole = whole and first == (page - 1) * len(numbers) + 1
    else:
        whole = whole and last == table.total
    if not whole:
        raise UnknownLayoutError(
            f"page {page} of {table.pages} has rows {first} to {last} ({len(numbers)} of them), "
            f"which does not fit {table.total} rows in all"
        )


def _check_plausible(rows: Sequence[Mapping[str, str]], key: str, like: re.Pattern[str]) -> None:
    filled = [text for row in rows if (text := _cell(row, key)) not in _EMPTY]
    odd = [text for text in filled if not like.fullmatch(text)]
    if len(odd) > len(filled) * (1 - _ENOUGH):
        raise UnknownLayoutError(f"column {LIST_TITLES[key]} holds {odd[:2]}")


def _check_amounts(rows: Sequence[ListRow]) -> None:
    """What is still overdue is part of all that ever was: the other way round, columns were swapped."""
    pairs = [(r.overdue_balance, r.cumulative_overdue) for r in rows]
    swapped = sum(b is not None and c is not None and c < b for b, c in pairs)
    if swapped > len(rows) * (1 - _ENOUGH):
        raise UnknownLayoutError(f"{swapped} of {len(rows)} rows owe more than they ever did")


def _cell(row: Mapping[str, str], key: str) -> str:
    try:
        return row[key].strip()
    except KeyError:
        raise UnknownLayoutError(f"field {key!r} is missing, found {sorted(row)}") from None


def _none_if_empty(text: str) -> str | None:
    return None if text in _EMPTY else text


def _amount(row: Mapping[str, str], key: str) -> Money | None:
    text = row.get(key, "").strip()
    if text in _EMPTY:
        return None
    if not _AMOUNT.fullmatch(text):
        raise UnknownLayoutError(f"{key} {text!r} is not an amount")
    return Money.of(text.replace(",", ""))
