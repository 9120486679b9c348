"""The engine's reasons in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from activities.templates.reasons import reason_in
from models.bill_monitoring import matching, record_rules
from models.bill_monitoring.customers import Customer
from models.bill_monitoring.matching.index import match_all
from models.bill_monitoring.matching.results import RecordIdentity

CUSTOMERS = [
    Customer("C1", "恒州市盛达建筑工程有限公司", former_names=("恒州市宏达建筑工程有限公司",)),
    Customer("C2", "云泽鑫源物流有限公司"),
    Customer("C3", "云泽鑫源物流有限公司"),
]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("same USCC; the names are equal", "统一社会信用代码一致；名称完全一致"),
        ("the names are equal (former name)", "名称完全一致（曾用名）"),
        (
            "2 customers fit equally (C2, C3): the names are equal",
            "有 2 户客户同样吻合（C2, C3）：名称完全一致",
        ),
        ("li.wei confirmed: same USCC", "li.wei 复核确认：统一社会信用代码一致"),
        (
            "第一分公司 is a branch; its parent: the names are equal",
            "“第一分公司”为分支机构；其总公司：名称完全一致",
        ),
        (
            "uscc: nothing could be read; name: it seems cut off",
            "统一社会信用代码：未能读出；名称：疑似被截断",
        ),
        (
            "附件3.jpg: the picture is truncated or corrupt (40 bytes). Scan it",
            "图片残缺或损坏，请重新下载或扫描",
        ),
        ("something the glossary lacks", "something the glossary lacks"),
    ],
)
def test_phrases_are_put_together(reason: str, expected: str) -> None:
    assert reason_in("zh-CN", reason) == expected
    assert reason_in("en", reason) == reason


def test_every_doubt_of_the_reading_rules_is_in_the_glossary() -> None:
    rules = Path(record_rules.__file__).read_text(encoding="utf-8")
    said = re.findall(r'doubts = \(.*?"([^"]+)",?\)', rules)

    assert len(said) > 2
    for doubt in said:
        shown = re.sub(r"\{[^}]*\}", "X", doubt)
        assert not re.search("[a-z]{3}", reason_in("zh-CN", shown)), doubt


@pytest.mark.parametrize(
    "name",
    [
        "恒州市盛达建筑工程有限公司",
        "恒州市宏达建筑工程有限公司",
        "恒州市盛达建筑工程有限公司第一分公司",
        "云泽鑫源物流有限公司",
        "盛达建筑工程有限公司",
        "恒州市盛迖建筑工程有限公司",
    ],
)
def test_what_matching_really_says_is_all_translated(name: str) -> None:
    (result,) = match_all(CUSTOMERS, [RecordIdentity("r", name, None)])

    translated = reason_in("zh-CN", result.reason)

    assert not re.search(r"[a-z]{2,}", translated), f"{result.reason!r} became {translated!r}"


def test_every_phrase_of_the_rules_is_in_the_glossary() -> None:
    """A reason that is added to the rules without a translation is found here, not by a reader."""
    rules = "".join(
        (Path(matching.__path__[0]) / name).read_text(encoding="utf-8")
        for name in ("cascade.py", "evidence.py")
    )
    said = re.findall(
        r'(?<![f"])"((?:the|same|one of|a branch|USCC|no customer|but)\b[^"{}]* [^"{}]*)"(?!")', rules
    )

    missing = [phrase for phrase in said if re.search("[a-z]{3}", reason_in("zh-CN", phrase.strip("; ")))]

    assert len(said) > 20
    assert missing == []
