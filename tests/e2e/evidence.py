"""Gathers, for the judge, what a bank has in its books and what we have in ours."""

from __future__ import annotations

from collections import Counter
from typing import Any

from models.money import Money
from tests.contract.bank_site import PlayedBank
from tests.e2e.judge import BatchTotals, Booking, Evidence, OrderFile, Standing
from tests.factories.treasury_stack import House

_LEDGER_LINES = """
SELECT l.reference, sum(l.amount_minor)::bigint AS minor
FROM ledger_line AS l
JOIN ledger_journal AS j USING (journal_id)
JOIN ledger_account AS a ON a.account_id = l.account_id
WHERE a.code = :account AND j.kind <> 'opening'
GROUP BY l.reference
"""
_PAYMENTS = """
SELECT payment_id, state, CASE WHEN direction = 'pay-out' THEN -amount_minor ELSE amount_minor END AS minor,
       decided_by IS NOT NULL AS person
FROM payment WHERE bank = :bank
"""
_ITEMS = """
SELECT i.reference, i.state, i.amount_minor AS minor, d.state AS due
FROM debit_item AS i JOIN debit_due AS d USING (due_id) WHERE i.bank = :bank
"""
_BATCHES = """
SELECT b.batch_id, b.items, b.total_minor,
       (SELECT count(*) FROM debit_item AS i WHERE i.batch_id = b.batch_id) AS counted,
       (SELECT sum(amount_minor)::bigint FROM debit_item AS i WHERE i.batch_id = b.batch_id) AS counted_minor,
       (SELECT sum(f.items)::bigint FROM bank_file AS f WHERE f.batch_id = b.batch_id) AS filed,
       (SELECT sum(f.total_minor)::bigint FROM bank_file AS f WHERE f.batch_id = b.batch_id) AS filed_minor
FROM debit_batch AS b WHERE b.bank = :bank
"""
_LEDGER_ACCOUNTS = {"harbour": "1002.01", "river": "1002.02"}


def evidence_of(house: House, bank: PlayedBank) -> Evidence:
    """Everything about one bank, as it stands now."""
    account = _LEDGER_ACCOUNTS[bank.name]
    ledger = {row.reference: int(row.minor) for row in house.rows(_LEDGER_LINES, account=account)}
    noted = house.rows("SELECT DISTINCT reference FROM bank_discrepancy WHERE bank = :bank", bank=bank.name)
    holds = house.rows("SELECT hold_key FROM ledger_hold WHERE state = 'reserved'")
    return Evidence(
        bank=bank.name,
        bookings=tuple(_booking(entry) for entry in bank.books()),
        ledger=ledger,
        standings=_standings(house, bank),
        moved=(_moved_at_bank(bank), sum(ledger.values())),
        lies=_lies(bank),
        discrepancies=frozenset(row.reference for row in noted),
        holds=tuple(row.hold_key for row in holds),
        files=_files(house, bank),
        batches=tuple(
            BatchTotals(
                row.batch_id,
                (row.items, row.total_minor),
                (row.counted, row.counted_minor),
                (row.filed, row.filed_minor),
            )
            for row in house.rows(_BATCHES, bank=bank.name)
        ),
    )


def money_differences(evidence: Evidence) -> dict[str, int]:
    """What the ledger lacks (or has too much, then negative), by reference."""
    at_bank: Counter[str] = Counter()
    for booking in evidence.bookings:
        at_bank[booking.reference] += booking.minor
    references = {*at_bank, *evidence.ledger}
    differences = {each: at_bank[each] - evidence.ledger.get(each, 0) for each in references}
    return {each: minor for each, minor in differences.items() if minor}


def _booking(entry: dict[str, Any]) -> Booking:
    sign = 1 if entry["direction"] == "in" else -1
    return Booking(entry["reference"], entry["kind"], sign * Money.of(entry["amount"]).minor)


def _moved_at_bank(bank: PlayedBank) -> int:
    entries = bank.books()
    own = {entry["account"] for entry in entries}
    accounts = bank.http.get(f"/admin/{bank.name}/balance").json()["accounts"]
    return sum(
        Money.of(each["balance"]).minor - Money.of(each["opening"]).minor
        for each in accounts
        if each["account"] in own
    )


def _standings(house: House, bank: PlayedBank) -> tuple[Standing, ...]:
    single = [
        Standing(row.payment_id, row.state, row.minor, person=row.person)
        for row in house.rows(_PAYMENTS, bank=bank.name)
    ]
    items = [
        Standing(row.reference, row.state, row.minor, due=row.due)
        for row in house.rows(_ITEMS, bank=bank.name)
    ]
    return (*single, *items)


def _lies(bank: PlayedBank) -> frozenset[str]:
    told = bank.http.get(f"/admin/{bank.name}/lies").json()["lies"]
    return frozenset(each["reference"] for each in told)


def _files(house: House, bank: PlayedBank) -> tuple[OrderFile, ...]:
    """How often each order file reached the bank, and how often it said that it knew the message already."""
    arrived = Counter(each["reference"] for each in bank.requests(method="PUT"))
    sent = house.rows(
        "SELECT name, state, message_id FROM bank_file WHERE bank = :bank AND way = 'out'", bank=bank.name
    )
    refused: Counter[str] = Counter()
    for each in bank.http.get(f"/admin/{bank.name}/files").json()["files"] if sent else ():
        refused[each["name"]] += each["outcome"] == "DU01"
    return tuple(OrderFile(row.name, row.state, arrived[row.name], refused[row.name]) for row in sent)
