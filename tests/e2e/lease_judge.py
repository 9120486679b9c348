"""What must be true once every lease is active: everything once, in our books and in everybody else's."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from activities.adapters.pades.adapter import PyhankoSignatures
from activities.store import documents
from models.lease.application.form import LeaseForm
from models.lease.workflow_ids import disbursement_id
from tests.e2e.conftest import Stack
from tests.e2e.evidence import evidence_of
from tests.e2e.judge import judge
from tests.factories.treasury_stack import House

_LEASES: Final = """
SELECT a.application_id, a.state, c.contract_number, c.state AS contract, c.registration_number,
       c.disbursement_id, c.voucher, p.current_sha256 AS pdf
FROM lease_application AS a
LEFT JOIN lease_contract AS c ON c.application_id = a.application_id
LEFT JOIN lease_contract_paper AS p ON p.contract_number = c.contract_number AND p.paper = 0
"""
_SIGNATURES: Final = "SELECT contract_number, role, state, session_key FROM lease_contract_signature"
_STARTS: Final = """
SELECT source, count(*) AS times FROM ledger_journal WHERE kind = 'lease.started' GROUP BY source
"""
_UNBALANCED: Final = "SELECT journal_id FROM ledger_line GROUP BY journal_id HAVING sum(amount_minor) <> 0"
_OURS: Final = ("LeaseApplication", "LeaseContract", "Disbursement", "Approval", "Payment", "PaymentReturn")


class LeaseJudge:
    """Looks at every book.

    Args:
        stack: for the played offices.
        house: for our own books and the bank's.
        forms: what was applied for.
    """

    def __init__(self, stack: Stack, house: House, forms: Sequence[LeaseForm]) -> None:
        self._stack, self._house, self._forms = stack, house, forms
        self._leases = house.rows(_LEASES)
        self._numbers = sorted(row.contract_number or "" for row in self._leases)

    async def findings(self) -> list[str]:
        """Everything that must not be; empty when each lease was made once."""
        open_still = await self._house.running(*_OURS)
        # papers are verified, and offices asked, by calls that wait
        found = await asyncio.to_thread(self._of_books)
        return [f"{open_still} workflows still run", *found] if open_still else found

    def _of_books(self) -> list[str]:
        return [
            *self._of_leases(),
            *self._of_signatures(),
            *self._of_registrations(),
            *self._of_money(),
            *self._of_enquiries(),
        ]

    def _of_leases(self) -> Iterator[str]:
        if len(self._leases) != len(self._forms):
            yield f"{len(self._forms)} applied, {len(self._leases)} stand in the books"
        if given := len(self._house.rows("SELECT 1 FROM lease_contract_number")) - len(self._leases):
            yield f"{given} numbers of contracts were given to nobody"
        for row in self._leases:
            if (row.state, row.contract) != ("active", "active") or not row.voucher:
                yield f"{row.application_id} is {row.state}, its contract {row.contract}"

    def _of_signatures(self) -> Iterator[str]:
        signed = self._house.rows(_SIGNATURES)
        yield from (f"{row.session_key} is {row.state}" for row in signed if row.state != "signed")
        keys = [row.session_key for row in signed]
        sessions = self._stack.offices("authority/admin/sessions")
        asked = Counter(each["key"] for each in sessions)
        if asked != Counter(keys):
            yield f"the authority was asked for {asked - Counter(keys)} more, {Counter(keys) - asked} less"
        yield from (
            f"{each['key']} is {each['state']} there" for each in sessions if each["state"] != "signed"
        )
        yield from self._of_papers()

    def _of_papers(self) -> Iterator[str]:
        root = (self._stack.home / "secrets" / "authority_root").read_bytes()
        verifier = PyhankoSignatures(lambda: root)
        for row in self._leases:
            with self._house.database.transaction() as session:
                pdf = documents.fetch(session, row.pdf).content
            seen = verifier.verify(pdf, root)
            if not (seen.intact and seen.complete):
                yield f"{row.contract_number}: {seen.faults}, unsigned {seen.unsigned}"

    def _of_registrations(self) -> Iterator[str]:
        everything = self._stack.offices("movables/admin/registrations")["registrations"]
        in_force = [each for each in everything if not each["ended_at"]]
        ours = {row.contract_number: row.registration_number for row in self._leases}
        if Counter(each["reference"] for each in in_force) != Counter(self._numbers):
            yield f"registered: {sorted(each['reference'] for each in in_force)}, contracts: {self._numbers}"
        for each in in_force:
            here = ours.get(each["reference"])
            if here != each["certificate"]:
                yield f"{each['reference']} is {each['certificate']} there, {here} here"

    def _of_money(self) -> Iterator[str]:
        evidence = evidence_of(self._house, self._house.harbour)
        yield from map(str, judge(evidence))
        booked = Counter(each.reference for each in evidence.bookings if each.kind == "order")
        if booked != Counter(map(disbursement_id, self._numbers)):
            yield f"the bank booked {booked}"
        started = {row.source: row.times for row in self._house.rows(_STARTS)}
        if started != {f"contract-{number}": 1 for number in self._numbers}:
            yield f"vouchers of starts: {started}"
        yield from (f"journal {row.journal_id} does not balance" for row in self._house.rows(_UNBALANCED))

    def _of_enquiries(self) -> Iterator[str]:
        """A charge for each question and each round of an application; repetitions cost nothing."""
        for office in ("bureau", "antifraud"):
            told: dict[str, Any] = self._stack.offices(f"{office}/admin/enquiries")
            enquiries = told["enquiries"]
            if len(told["charges"]) != len(enquiries):
                yield f"{office}: {len(enquiries)} enquiries, {len(told['charges'])} charges"
            allowed = {f"{form.application_id}-v1-r1-p1" for form in self._forms}
            if unknown := sorted({each["reference"] for each in enquiries} - allowed):
                yield f"{office} was asked as {unknown}"
