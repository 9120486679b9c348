"""Names: one spelling, taken apart, compared part by part."""

from __future__ import annotations

import doctest

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bill_monitoring import names
from models.bill_monitoring.matching import characters, divisions, edits, name_columns
from models.bill_monitoring.matching.characters import fold
from models.bill_monitoring.matching.vocabulary.traditional import SIMPLIFIED, TRADITIONAL
from models.bill_monitoring.names import normalise_name, parse_name, split_branch
from tests.factories.names import companies

ANY_NAME = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("上海華信（）()分公司有限⻋⼯")
    )
)


@given(ANY_NAME)
def test_normalising_twice_changes_nothing(name):
    once = normalise_name(name)
    assert normalise_name(once) == once


@given(ANY_NAME)
def test_any_text_can_be_taken_apart(name):
    parts = parse_name(name)
    assert parts.text == normalise_name(name)


@given(ANY_NAME)
def test_columns_fold_what_single_names_fold(name):
    """The fast way and the plain way keep the same characters (rare ones beyond the BMP apart)."""
    name = "".join(c for c in name if len(fold(c).encode("utf-16-le")) == 2 * len(fold(c)))
    columns = name_columns.fold_names([name, "上海华信贸易有限公司"])
    core = columns.units[: int(columns.lengths[0])].tobytes().decode("utf-16-le")
    assert core in normalise_name(name).replace("集团", "") or core in normalise_name(name)


def test_columns_strip_what_parsing_strips():
    made = [company.name for company in companies(5, 300)]
    columns = name_columns.fold_names(made)
    starts = columns.lengths.cumsum() - columns.lengths
    for name, start, length in zip(made, starts.tolist(), columns.lengths.tolist(), strict=True):
        core = columns.units[start : start + length].tobytes().decode("utf-16-le")
        assert parse_name(name).core.endswith(core) or core.endswith(parse_name(name).core), name


@pytest.mark.parametrize("module", [names, characters, divisions, edits], ids=lambda module: module.__name__)
def test_examples_in_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def test_traditional_table_agrees_with_opencc():
    convert = opencc.OpenCC("t2s").convert
    assert [s for t, s in zip(TRADITIONAL, SIMPLIFIED, strict=True) if convert(convert(t)) != s] == []


@pytest.mark.parametrize(
    ("name", "stem", "trade"),
    [
        ("上海市华信国际贸易（集团）有限公司", "华信", "国际贸易"),
        ("华信(上海)贸易有限公司", "华信", "贸易"),
        ("广东省深圳市南山区腾飞科技有限公司", "腾飞", "科技"),
        ("上海建工集团股份有限公司", "", "建工"),
        ("长沙宁安酒店管理有限公司", "宁安", "酒店管理"),
        ("中国建筑第三工程局有限公司", "中国建筑第三", "工程局"),
    ],
)
def test_names_are_taken_apart(name, stem, trade):
    parts = parse_name(name)
    assert (parts.stem, parts.trade) == (stem, trade)


@pytest.mark.parametrize(
    ("name", "parent", "branch"),
    [
        ("中国工商银行股份有限公司上海市分行", "中国工商银行股份有限公司", "上海市分行"),
        ("中国工商银行上海分行", "中国工商银行", "上海分行"),
        ("华信贸易苏州分公司", "华信贸易", "苏州分公司"),
        ("华信（上海）贸易有限公司第二分公司", "华信(上海)贸易有限公司", "第二分公司"),
        ("上海华信贸易有限公司", None, None),
    ],
)
def test_branches_name_their_parent(name, parent, branch):
    assert split_branch(characters.fold(name)) == (parent, branch)
