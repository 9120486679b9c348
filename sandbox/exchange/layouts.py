"""The words of the site's tables and JSON, as they are and as a redesign renames them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Final = {
    "seq": "序号",
    "acptName": "承兑人名称",
    "creditCode": "统一社会信用代码",
    "overdueBalance": "逾期余额(元)",
    "cumOverdue": "累计逾期发生额(元)",
    "asOf": "截止日期",
    "cumAcceptance": "累计承兑发生额(元)",
    "acceptanceBalance": "承兑余额(元)",
    "medium": "票据介质",
    "disclosedAt": "披露日期",
}

LIST_COLUMNS: Final = ("seq", "acptName", "creditCode")
AMOUNT_COLUMNS: Final = (*LIST_COLUMNS, "overdueBalance", "cumOverdue")
SETTLEMENT_COLUMNS: Final = (
    "asOf",
    "cumAcceptance",
    "acceptanceBalance",
    "cumOverdue",
    "overdueBalance",
    "medium",
    "disclosedAt",
)

_NEW_TITLES: Final = {
    "acptName": "企业全称",
    "creditCode": "机构标识",
    "overdueBalance": "余额",
    "cumOverdue": "累计额",
}
_NEW_FIELDS: Final = {
    "acptName": "entName",
    "creditCode": "uniCode",
    "overdueBalance": "odBal",
    "cumOverdue": "odSum",
    "asOf": "statDate",
}


def columns(keys: tuple[str, ...], layout: str) -> list[dict[str, str]]:
    """A table's columns as the API describes them."""
    titles = TITLES | _NEW_TITLES if layout == "columns" else TITLES
    return [{"key": _key(key, layout), "title": titles[key]} for key in keys]


def dressed(rows: list[Mapping[str, Any]], layout: str) -> list[dict[str, Any]]:
    """A page's rows in a layout, some of which are meant to be seen through."""
    if layout == "rows":
        rows = rows[:-1]
    if layout == "cells":
        rows = [
            {**row, "acptName": row["creditCode"], "creditCode": row["acptName"]}
            if "acptName" in row
            else row
            for row in rows
        ]
    return [{_key(key, layout): value for key, value in row.items()} for row in rows]


def _key(key: str, layout: str) -> str:
    return _NEW_FIELDS.get(key, key) if layout == "fields" else key
