"""What a partner's profile must say, and how a day's books are compared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.forwarding.feeds import HANDLERS, UnknownHandlerError, handler_named
from models.errors import InvalidInputError
from models.forwarding.consistency import Difference, DifferenceKind, Exchanged, differences, digest
from models.forwarding.envelopes import Envelope, read_envelope
from models.forwarding.errors import MalformedMessageError
from models.forwarding.messages import Flow
from models.parameters.partners import Retrying
from models.parameters.registry import parameter_set
from workflows.forwarding import words

DAY = date(2026, 11, 20)
HTTP: dict[str, Any] = {
    "code": "finance",
    "name": "财务系统",
    "transport": "http",
    "http": {"address": "https://finance.example/api"},
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"transport": "nats"}, "transport nats needs the part nats"),
        ({"http": {"address": "ftp://finance"}}, "address must be http"),
        ({"feeds": ["vouchers"]}, "feed vouchers needs an outgoing topic"),
        ({"retry": {"pauses_seconds": []}}, "retry.pauses_seconds"),
        ({"nats": {"address": "nats://q", "outgoing": "a.*"}}, "nats.outgoing"),
    ],
)
def test_a_profile_that_cannot_work_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        parameter_set("partner-finance").checked(HTTP | change)


def test_the_last_pause_repeats() -> None:
    pattern = Retrying(pauses_seconds=(1, 5, 60))
    assert [pattern.pause(failures) for failures in (1, 2, 3, 4, 99)] == [1, 5, 60, 60, 60]


def test_an_envelope_survives_the_wire_and_is_the_same_each_time() -> None:
    sent = Envelope("K-1", "loans", "L-1", 7, DAY, {"名": "租金", "b": [1, None, True], "a": "12.50"})
    assert read_envelope(sent.written(), default_day=DAY) == sent
    assert sent.written() == sent.written()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        (r'{"a": ["\ud800"]}', "body.x.a = '\\\\ud800' holds half a character"),
        (r'{"\udfff": 1}', "a name in body.x = .* holds half a character"),
        (r'{"a\u0000": 1}', "a name in body.x = .* holds a zero byte"),
        ("[" * 200 + "]" * 200, "deeper than 100 levels"),
    ],
)
def test_what_cannot_be_kept_is_no_message(value: str, reason: str) -> None:
    content = f'{{"id": "K-1", "topic": "loans", "body": {{"x": {value}}}}}'.encode()
    with pytest.raises(MalformedMessageError, match=reason):
        read_envelope(content, default_day=DAY)


def test_text_that_looks_like_an_escape_is_kept() -> None:
    sent = Envelope("K-1", "loans", "L-1", 7, DAY, {"note": r"a \u0000 in a text", "smile": "😀"})
    assert read_envelope(sent.written(), default_day=DAY) == sent


def test_equal_books_have_one_digest_whatever_their_order() -> None:
    one, two = Exchanged("a", "1" * 64), Exchanged("b", "2" * 64)
    assert digest([one, two]) == digest([two, one])
    assert digest([one]) != digest([one, two])


def test_each_difference_has_its_kind() -> None:
    found = differences(
        "loans",
        delivered={"same": "1", "lost": "1", "changed": "1"},
        open_={"waiting": "1", "arrived": "1"},
        theirs={"same": "1", "changed": "2", "stray": "3", "arrived": "1"},
    )
    assert found == [
        Difference("loans", "changed", DifferenceKind.OTHER_BODY, "1", "2"),
        Difference("loans", "lost", DifferenceKind.MISSING_THERE, "1", ""),
        Difference("loans", "stray", DifferenceKind.UNKNOWN_HERE, "", "3"),
        Difference("loans", "waiting", DifferenceKind.NOT_YET_THERE, "1", ""),
    ]


def test_a_topic_without_a_handler_says_so() -> None:
    assert handler_named("keep", "loans") is HANDLERS["keep"]
    with pytest.raises(UnknownHandlerError, match="topic 'loans' is not among"):
        handler_named(None, "loans")
    with pytest.raises(UnknownHandlerError, match="handler 'nobody'"):
        handler_named("nobody", "loans")


def test_dead_letters_are_told_with_what_waits_behind_them() -> None:
    assert words.dead_letters(Flow()) == []
    assert words.dead_letters(Flow(dead=2, blocked=1)) == [
        "2 dead letters; 1 ordering keys wait behind them: leaseflow outbox dead"
    ]
