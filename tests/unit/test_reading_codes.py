"""Repair of codes: only where the reading was doubtful, only if both check characters make it unique."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bill_monitoring.printed_text import Glyph, TextLine, has_gap
from models.bill_monitoring.uscc_repair import read_uscc
from models.identifiers import has_valid_organisation_code, is_valid_uscc
from tests.factories.documents_content import misprinted, uscc

CODES = st.integers(min_value=0).map(lambda seed: uscc(Random(seed)))


def line_of(text, *, doubtful=()):
    glyphs = [Glyph(c, 0.4 if i in doubtful else 0.999, (i + 0.5) / len(text)) for i, c in enumerate(text)]
    return TextLine(text, min(g.confidence for g in glyphs), tuple(glyphs))


@given(CODES)
def test_a_valid_code_is_taken_as_it_is(code):
    reading = read_uscc(line_of(code))
    assert (reading.code, reading.valid, reading.repaired) == (code, True, False)


@given(CODES)
def test_letters_that_no_code_has_are_replaced(code):
    misread = code.replace("0", "O").replace("1", "I").replace("5", "S").replace("2", "Z")
    assert read_uscc(line_of(misread)).code == code


@given(CODES, st.integers(min_value=0))
def test_a_clearly_printed_wrong_code_stays_as_printed(code, seed):
    wrong = misprinted(code, Random(seed))
    reading = read_uscc(line_of(wrong))
    assert (reading.code, reading.valid, reading.repaired) == (wrong, False, False)


@given(CODES, st.integers(min_value=8, max_value=17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_whatever_is_repaired_holds_both_checks(code, place, character):
    reading = read_uscc(line_of(code[:place] + character + code[place + 1 :], doubtful={place}))
    if reading.repaired:
        assert is_valid_uscc(reading.code)
        assert has_valid_organisation_code(reading.code)


def test_a_doubtful_look_alike_is_mended():
    code = "91350100M000100Y43"
    reading = read_uscc(line_of(code.replace("M", "N"), doubtful={8}))
    assert (reading.code, reading.repaired) == (code, True)


@pytest.mark.parametrize("text", ["913501OOM000100Y43", "9135 0100 M000 100Y 43", "91350100m000100y43"])
def test_spaces_case_and_look_alikes(text):
    assert read_uscc(TextLine(text, 0.99)).code == "91350100M000100Y43"


def test_a_zero_swallowed_from_a_run_is_put_back():
    assert read_uscc(TextLine("91350100M00100Y43", 0.99)).code == "91350100M000100Y43"


def test_nothing_printed_is_no_code():
    assert read_uscc(TextLine("", 1.0)).valid is None


def test_a_hole_in_the_spacing_is_noticed():
    even = TextLine("123456", 1.0, tuple(Glyph(c, 1.0, i / 10) for i, c in enumerate("123456")))
    holed = TextLine(
        "12346",
        1.0,
        tuple(Glyph(c, 1.0, i / 10) for i, c in [(1, "1"), (2, "2"), (3, "3"), (5, "4"), (6, "6")]),
    )
    assert not has_gap(even)
    assert has_gap(holed)
