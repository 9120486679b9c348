"""The file bank: takes order files from ``in``, answers and reports in ``out``."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sandbox.banks.account_reports import Account, Balances, Head, camt_053, camt_054
from sandbox.banks.misbehaviour import NOTIFY
from sandbox.banks.order_files import BadFileError, Item, OrderFile, read_order_file
from sandbox.banks.orders import Status, written
from sandbox.banks.status_reports import Report, Verdict, csv_report, pain_002

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sandbox.banks.account_reports import Row
    from sandbox.banks.bank import Bank
    from sandbox.banks.books import Kept
    from sandbox.banks.misbehaviour import Rule

_TEMPORARY: Final = re.compile(r"^\.|\.(part|tmp|filepart|uploading)$")
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")
_TAKEN: Final = "taken"


def is_temporary(name: str) -> bool:
    """Whether a file of that name is still being written."""
    return _TEMPORARY.search(name) is not None


class River:
    """Files in, files out. Works in threads; one file or report at a time.

    Args:
        bank: that executes what the files say.
        directory: holds ``home`` (what clients see: ``in`` and ``out``) and ``taken``.
    """

    def __init__(self, bank: Bank, directory: Path) -> None:
        self.bank = bank
        self.home = directory / "home"
        self._taken = directory / _TAKEN
        for place in (self.home / "in", self.home / "out", self._taken):
            place.mkdir(parents=True, exist_ok=True)
        self._one_at_a_time = asyncio.Lock()
        bank.doing["pickup"] = self._pickup_due
        bank.doing["report"] = self._report_due
        bank.on_final.append(lambda _: self.plan_report())

    def arrived(self, name: str) -> None:
        """A complete file stands in ``in``: plan to take it."""
        wrong, seconds = self.bank.misbehaviour, 0.0
        for switch in ("slow", "silent"):
            rule = wrong.due(switch, name, on="instruct")
            seconds += rule.seconds if rule else 0.0
        self.bank.plan(seconds, "pickup", None, name)

    def look_around(self) -> list[str]:
        """Plan to take all complete files that stand in ``in``."""
        names = sorted(p.name for p in (self.home / "in").iterdir() if p.is_file())
        found = [name for name in names if not is_temporary(name)]
        for name in found:
            self.arrived(name)
        return found

    def plan_report(self) -> None:
        """Report what was booked, soon."""
        self.bank.plan(0.0, "report")

    async def end_of_day(self, day: str) -> list[str]:
        """Write the day's statements; gives the names of the files."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._statements, day)

    async def _pickup_due(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            async with self._one_at_a_time:
                await asyncio.to_thread(self._pick_up, item["detail"])

    async def _report_due(self, _: list[dict[str, Any]]) -> None:
        async with self._one_at_a_time:
            await asyncio.to_thread(self._report)

    def _pick_up(self, name: str) -> None:
        path = self.home / "in" / name
        if not path.is_file():
            return
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if self.bank.settings.leave_taken:
            if self.bank.books.rows("SELECT 1 FROM files WHERE name = ? AND digest = ?", (name, digest)):
                return
        else:
            path.replace(self._taken / f"{self._next('taken'):06d}_{name}")
        report = self._answer(name, content, digest)
        self._publish_report(report)
        if any(verdict.status is Status.SETTLED for verdict in report.verdicts):
            self.plan_report()

    def _answer(self, name: str, content: bytes, digest: str) -> Report:
        identity, created = f"RIVER{self._next('message'):08d}", _created()
        try:
            file = read_order_file(name, content)
            self._refuse_repeated(file)
        except BadFileError as error:
            refused = Report(
                identity, created, error.message_id, error.version, code=error.code, reason=str(error)
            )
            self._note(name, digest, error.message_id, 0, error.code)
            return refused
        self._note(name, digest, file.message_id, len(file.items), _TAKEN)
        partial = self.bank.misbehaviour.due("partial_file", file.message_id, on="instruct")
        if partial is None:
            return Report(identity, created, file.message_id, file.version, self._execute(file, file.items))
        return self._half_executed(identity, created, file, partial)

    def _half_executed(self, identity: str, created: str, file: OrderFile, partial: Rule) -> Report:
        """Take a part: the rest is passed over in silence, or the whole file is said to be refused."""
        count = partial.items if partial.mode == "items" else len(file.items) // 2
        verdicts = self._execute(file, file.items[:count])
        if partial.mode == "items":
            return Report(identity, created, file.message_id, file.version, verdicts)
        for verdict in verdicts:
            self.bank.lied(
                "partial_file", verdict.item.order.reference, said="file refused", truth=verdict.status
            )
        return Report(identity, created, file.message_id, file.version, code="FF01", reason="broken off")

    def _execute(self, file: OrderFile, items: Sequence[Item]) -> list[Verdict]:
        """Take the items that are no other order's namesakes; says something about each."""
        wrong, free = self.bank.misbehaviour, self._without_namesakes(items)
        contradicted = {
            item.order.reference: rule.mode
            for item in items
            if (rule := wrong.due("contradict", item.order.reference, on="instruct"))
        }
        refuse = {reference for reference, mode in contradicted.items() if mode == "settled"}
        orders = [items[place].order for place in free]
        taken = dict(zip(free, self.bank.take(orders, batch=file.message_id, refuse=refuse), strict=True))
        return [
            self._verdict(item, taken.get(place), contradicted.get(item.order.reference, ""))
            for place, item in enumerate(items)
        ]

    def _without_namesakes(self, items: Sequence[Item]) -> list[int]:
        """Places of the items whose reference does not stand for another order already."""
        if not self.bank.misbehaviour.idempotent:
            return [*range(len(items))]
        known = self.bank.books.orders_by_reference([item.order.reference for item in items])
        digests = {reference: kept[0].digest for reference, kept in known.items()}
        free = []
        for place, item in enumerate(items):
            digest = item.order.digest()
            if digests.setdefault(item.order.reference, digest) == digest:
                free.append(place)
        return free

    def _verdict(self, item: Item, kept: Kept | None, contradicted: str) -> Verdict:
        if kept is None:
            return Verdict(item, Status.REJECTED, "AM05", "the reference stands for another order")
        said = kept.status
        if contradicted == "rejected" and said is not Status.REJECTED:
            said = Status.REJECTED
        elif contradicted == "settled" and said is Status.REJECTED:
            said = Status.SETTLED
        if said is kept.status:
            return Verdict(item, said, kept.code, kept.reason, kept.bank_reference)
        self.bank.lied("contradict", item.order.reference, said=said, truth=kept.status)
        code = "MS03" if said is Status.REJECTED else ""
        return Verdict(item, said, code, "", kept.bank_reference)

    def _publish_report(self, report: Report) -> None:
        name = _NOT_IN_NAMES.sub("-", report.message_id) or "unknown"
        if report.version == "csv":
            self._publish(f"status_{name}.csv", csv_report(report), report.message_id, "instruct")
        else:
            self._publish(f"pain002_{name}.xml", pain_002(report), report.message_id, "instruct")

    def _report(self) -> None:
        """Notify of what was booked since the last notification, account by account."""
        books = self.bank.books
        last = books.marked("reported")
        rows = books.rows("SELECT * FROM entries WHERE id > ? ORDER BY account, currency, id", (last,))
        if not rows:
            return
        for (number, currency), group in groupby(rows, key=lambda row: (row["account"], row["currency"])):
            told = [self._told(row) for row in group]
            head = self._head("camt054", Account(number, currency))
            content = camt_054(head, told)
            self._publish(f"camt054_{told[0]['booking_day']}.xml", content, head.identity, NOTIFY)
        books.mark("reported", max(row["id"] for row in rows))

    def _told(self, row: Row) -> Row:
        """An entry as it is told: with another amount where the bank lies."""
        wrong = self.bank.misbehaviour
        if wrong.mode_of("wrong_amount") != "answer" or not wrong.due(
            "wrong_amount", row["reference"], on="instruct"
        ):
            return row
        false = row["minor"] + (100 if row["minor"] > 0 else -100)
        said, truth = (written(abs(minor), row["currency"]) for minor in (false, row["minor"]))
        self.bank.lied("wrong_amount", row["reference"], said=said, truth=truth)
        return row | {"minor": false}

    def _statements(self, day: str) -> list[str]:
        accounts = self.bank.books.rows(
            "SELECT DISTINCT entries.account, accounts.currency, accounts.opening"
            " FROM entries JOIN accounts ON accounts.number = entries.account ORDER BY entries.account"
        )
        published = []
        for account in accounts:
            number = account["account"]
            gap = self.bank.misbehaviour.due("statement_gap", number, on="statement")
            if gap:
                self.bank.lied("statement_gap", number, said=f"{day}: {gap.mode} wrong or missing", truth="")
            if gap and gap.mode == "day":
                continue
            content = self._statement(account, day, gap)
            name = f"camt053_{_NOT_IN_NAMES.sub('-', number)}_{day}.xml"
            published.append(self._publish(name, content, number, "statement"))
        return published

    def _statement(self, account: Row, day: str, gap: Rule | None) -> bytes:
        number, books = account["account"], self.bank.books
        (before,) = books.rows(
            "SELECT coalesce(sum(minor), 0) AS minor FROM entries WHERE account = ? AND booking_day < ?",
            (number, day),
        )
        rows = books.rows(
            "SELECT * FROM entries WHERE account = ? AND booking_day = ? ORDER BY id", (number, day)
        )
        opening = account["opening"] + before["minor"]
        closing = opening + sum(row["minor"] for row in rows)
        if gap:
            rows = rows[: len(rows) // 2] if gap.mode == "page" else rows
            opening += 100 if gap.mode == "opening" else 0
        head = self._head("camt053", Account(number, account["currency"]))
        return camt_053(head, Balances(day, opening, closing), rows)

    def _head(self, kind: str, account: Account) -> Head:
        sequence = self._next(kind)
        identity = f"RIVER{kind[-3:]}N{sequence:08d}"
        return Head(identity, _created(), sequence, account, self.bank.settings.batch_booking)

    def _publish(self, name: str, content: bytes, reference: str, on: str) -> str:
        """Put a file into ``out``: written under a temporary name, numbered in order."""
        wrong = self.bank.misbehaviour
        if rule := wrong.due("malformed", reference, on=on):
            content = (
                content.decode().encode("utf-16") if rule.mode == "encoding" else content[: len(content) // 2]
            )
        times = 2 if wrong.due("answer_twice", reference) else 1
        numbered = ""
        for _ in range(times):
            numbered = f"{self._next('out'):06d}_{name}"
            part = self.home / "out" / f".{numbered}.part"
            part.write_bytes(content)
            part.replace(self.home / "out" / numbered)
            noted = self.bank.asked("PUBLISH", numbered, reference, hashlib.sha256(content).hexdigest())
            self.bank.answered(noted, f"{len(content)} bytes")
        return numbered

    def _refuse_repeated(self, file: OrderFile) -> None:
        """A message is taken once, unless the bank is told to be careless.

        Raises:
            BadFileError: it was taken before.
        """
        before = self.bank.books.rows(
            "SELECT 1 FROM files WHERE message_id = ? AND outcome = ?", (file.message_id, _TAKEN)
        )
        if before and self.bank.misbehaviour.idempotent:
            reason = "this message was taken before"
            raise BadFileError("DU01", reason, message_id=file.message_id, version=file.version)

    def _note(self, name: str, digest: str, message_id: str, items: int, outcome: str) -> None:
        row = {"name": name, "message_id": message_id, "digest": digest, "items": items}
        self.bank.books.insert("files", row | {"outcome": outcome, "received_at": time.time()})

    def _next(self, name: str) -> int:
        number = self.bank.books.marked(name) + 1
        self.bank.books.mark(name, number)
        return number


def _created() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
