"""A day at the treasury, lived through by commands alone: collect, pay, decide, look at the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

GOOD: Final = "31001520313050012345"
CLOSED: Final = "31001520313050099901"
NO_FUNDS: Final = "31001520313050099902"
HEAD: Final = "应收编号,合同编号,承租人,付款账号,协议号,金额,应收日期"
DUES: Final = f"""{HEAD}
L-1/07,L-1,上海某某物流有限公司,{GOOD},M-1,"12,345.67",2026-11-20
L-2/07,L-2,苏州某某机械有限公司,{GOOD},M-2,1000.00,2026-11-20
L-3/07,L-3,杭州某某纺织有限公司,{CLOSED},M-3,2000.00,2026-11-20
L-4/07,L-4,宁波某某建材有限公司,{NO_FUNDS},M-4,3000.00,2026-11-20
"""
BROKEN: Final = f"""{HEAD}
L-5/07,L-5,好的,{GOOD},M-5,100.00,2026-11-20
L-6/07,L-6,坏的,{GOOD},M-6,-5,2026-11-20
L-7/07,L-7,坏的,12AB,M-7,100.00,20.11.2026
L-5/07,L-8,坏的,{GOOD},M-8,100.00,2026-11-20
"""


def refused(stack: Stack, *arguments: str, code: int = 1) -> str:
    """A command that is not obeyed; what it says about it, without a trace of our code."""
    outcome = stack.attempt(*arguments)
    assert outcome.returncode == code, outcome
    assert "Traceback" not in outcome.stderr
    return outcome.stderr


def until(what: Callable[[], Any], *, seconds: float = 30) -> Any:
    """Look again until something is there; each look is a process of its own."""
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
    return seen


def order(stack: Stack, payment_id: str, amount: str, *more: str) -> tuple[str, ...]:
    return (
        *("payments", "order", payment_id, "--amount", amount, "--to", GOOD),
        *("--name", "上海某某汽车销售有限公司", "--for", f"INV-{payment_id}", "--as", "luo.dan", *more),
    )


def test_a_file_with_faults_enters_nothing(stack: Stack, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text(BROKEN, encoding="utf-8")
    told = refused(stack, "batches", "import", str(broken), "--as", "luo.dan", code=2)
    for line, fault in (
        (3, "amount '-5' is not a positive amount"),
        (4, "debtor_account '12AB'"),
        (4, "due_date '20.11.2026' is not a date"),
        (5, "due_id 'L-5/07' stands on line 2 already"),
    ):
        assert f"line {line}: {fault}" in " ".join(told.split())
    assert "nothing was entered" in told
    assert stack.json("batches", "dues") == []


def test_dues_are_collected_in_a_batch(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "dues.csv"
    file.write_text(DUES, encoding="utf-8")
    assert "may not enter dues" in refused(stack, "batches", "import", str(file), "--as", "li.wei")
    assert "4 dues entered" in stack.run("batches", "import", str(file), "--as", "luo.dan")
    assert "0 dues entered, 4 known already" in stack.run("batches", "import", str(file), "--as", "luo.dan")

    built = stack.run("batches", "build", "D1", "--as", "he.ting")
    assert "batch/D1 " in built
    until(lambda: stack.json("batches", "show", "D1")["items"] == 4)
    assert "he.ting" in refused(stack, "batches", "approve", "D1", "--yes", "--as", "he.ting")
    assert "batch/D1 " in stack.run("batches", "approve", "D1", "--yes", "--as", "xu.bo")
    assert "1 tried again, 1 routed" in stack.run("batches", "follow", "D1")

    shown = {
        each["state"]: (each["items"], each["total"])
        for each in stack.json("batches", "show", "D1")["tallies"]
    }
    assert shown == {"settled": (2, "13345.67"), "rejected": (2, "5000.00")}
    assert {row["code"] for row in stack.json("batches", "items", "D1", "--state", "rejected")} == {
        "AC04",
        "AM04",
    }
    (routed,) = stack.json("batches", "dues", "--state", "routed")
    assert routed["due_id"] == "L-3/07"
    assert "AC04" in routed["sentence"]


def test_a_batch_that_is_not_there(stack: Stack) -> None:
    assert "D404" in refused(stack, "batches", "show", "D404", code=2)
    assert "D404" in refused(stack, "batches", "approve", "D404", "--yes", "--as", "xu.bo", code=2)


def test_a_payment_goes_out_once(stack: Stack) -> None:
    first = stack.run(*order(stack, "P1", "1234.50"))
    assert first.startswith("payment/P1 settled, voucher ")
    assert stack.run(*order(stack, "P1", "1234.50")) == first
    assert "P1" in refused(stack, *order(stack, "P1", "1234.51"))
    assert len(stack.banks("harbour/books?reference=P1&kind=order")["entries"]) == 1
    assert "P404" in refused(stack, "payments", "show", "P404", code=2)


def test_a_large_payment_is_released_by_somebody_else(stack: Stack) -> None:
    stack.run(*order(stack, "P2", "250000.00", "--wait", "0"))
    until(lambda: stack.json("payments", "show", "P2")["state"] == "waiting-for-release")
    assert "luo.dan may not release" in refused(stack, "payments", "release", "P2", "--as", "luo.dan")
    stack.run("payments", "release", "P2", "--as", "he.ting")
    until(lambda: stack.json("payments", "show", "P2")["state"] == "settled")


def test_a_payment_is_withdrawn_before_it_goes(stack: Stack) -> None:
    stack.run(*order(stack, "P3", "300000.00", "--wait", "0"))
    until(lambda: stack.json("payments", "show", "P3")["state"] == "waiting-for-release")
    told = stack.run("payments", "cancel", "P3", "--reason", "ordered twice", "--as", "luo.dan")
    assert told.strip() == "payment/P3 cancelled"
    shown = stack.json("payments", "show", "P3")
    assert "ordered twice" in shown["sentence"]
    assert stack.banks("harbour/orders?reference=P3")["total"] == 0


def test_a_contradiction_is_decided_by_a_treasurer(stack: Stack) -> None:
    stack.banks("harbour/misbehave", {"contradict": {"mode": "rejected", "next": 1}})
    stack.run(*order(stack, "P4", "77.00", "--wait", "0"))
    until(lambda: stack.json("payments", "show", "P4")["state"] == "contradicted")
    resolve = ("payments", "resolve", "P4", "settled", "--reason", "on their statement")
    assert "luo.dan may not settle" in refused(stack, *resolve, "--as", "luo.dan")
    stack.run(*resolve, "--as", "he.ting")
    shown = until(lambda: (s := stack.json("payments", "show", "P4"))["state"] == "settled" and s)
    assert shown["decided_by"] == "he.ting"
    assert {"rejected", "settled"} <= {answer["said"] for answer in shown["answers"]}


def test_what_a_bank_takes_back_is_a_discrepancy_for_a_person(stack: Stack) -> None:
    # its own calls carry a false signature at first, are not believed and come again after the settlement
    lies = {"mode": "settled", "next": 1, "reference": "P5"}
    unsigned = {"mode": "signature", "on": "notify", "next": 3, "reference": "P5"}
    stack.banks("harbour/misbehave", {"contradict": lies, "malformed": unsigned})
    assert stack.run(*order(stack, "P5", "55.00")).startswith("payment/P5 settled, voucher ")
    (noted,) = until(lambda: stack.json("banks", "discrepancies"))
    assert (noted["reference"], noted["kind"]) == ("P5", "rejected-after-settlement")
    number = str(noted["discrepancy_id"])
    settle = ("banks", "settle", number, "--note", "they book it tomorrow")
    assert "may not" in refused(stack, *settle, "--as", "luo.dan")
    stack.run(*settle, "--as", "he.ting")
    assert stack.json("banks", "discrepancies") == []


def test_the_ledger_says_what_happened(stack: Stack, tmp_path: Path) -> None:
    balances = {row["account"]: row["closing"] for row in stack.json("ledger", "trial-balance")["accounts"]}
    assert balances["1002.02"] == "10000013345.67"
    lines = stack.json("ledger", "statement", "1002.01")
    assert {"P1", "P2", "P4", "P5"} <= {line["reference"] for line in lines}
    target = tmp_path / "book.beancount"
    stack.run("ledger", "export", "--out", str(target), "--format", "beancount")
    from beancount.loader import load_file

    entries, errors, _ = load_file(str(target))
    assert not errors
    assert len(entries) > 6
    assert stack.json("ledger", "holds") == []
    assert "clean" in stack.run("ledger", "verify")
