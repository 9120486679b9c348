"""How statements are doctored, from clumsy to careful; each forgery says what was done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sandbox.papers.statement_files import Layout, Making, as_csv, as_pdf, as_xlsx, genuine, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from sandbox.papers.truth import Entry, Statement


@dataclass(frozen=True, slots=True)
class Forgery:
    """A doctored statement."""

    way: str
    statement: Statement
    making: Making
    saved_by: str = ""

    def as_file(self, layout: Layout, form: str) -> bytes:
        """The file in a form: ``pdf``, ``xlsx`` or ``csv``."""
        if form == "xlsx":
            return as_xlsx(self.statement, layout, saved_by=self.saved_by)
        if form == "csv":
            return as_csv(self.statement, layout)
        return as_pdf(self.statement, layout, self.making)


def inflated_row(statement: Statement, random: Random) -> Forgery:
    """One income made larger; nothing else is touched."""
    place = _a_credit(statement, random)
    entry = statement.entries[place]
    return Forgery(
        "inflated-row", _with(statement, place, replace(entry, amount=entry.amount * 3)), genuine(random)
    )


def inserted_row(statement: Statement, random: Random) -> Forgery:
    """An income put in, with a balance of its own but none behind it."""
    place = _a_credit(statement, random)
    entry = statement.entries[place]
    extra = random.randrange(1_000_000, 9_000_000)
    new = replace(entry, amount=extra, balance=entry.balance + extra, reference=f"{entry.reference}9")
    entries = (*statement.entries[: place + 1], new, *statement.entries[place + 1 :])
    return Forgery("inserted-row", replace(statement, entries=entries), genuine(random))


def removed_rows(statement: Statement, random: Random) -> Forgery:
    """A debit taken out."""
    debits = [
        i for i, e in enumerate(statement.entries) if e.amount < 0 and 0 < i < len(statement.entries) - 1
    ]
    place = random.choice(debits)
    entries = (*statement.entries[:place], *statement.entries[place + 1 :])
    return Forgery("removed-row", replace(statement, entries=entries), genuine(random))


def recalculated(statement: Statement, random: Random) -> Forgery:
    """Incomes made larger and every balance after them as well; interest and totals stay as they were."""
    careful = _recalculated(statement, random)
    return Forgery("recalculated", careful, replace(genuine(random), totals=totals_of(statement)))


def edited_in_place(statement: Statement, random: Random) -> Forgery:
    """Arithmetic is right; figures were written over in an editor of PDFs, in another font."""
    careful = _recalculated(statement, random, times=2, most=2)
    changed = {i for i, (a, b) in enumerate(zip(statement.entries, careful.entries, strict=True)) if a != b}
    rows = tuple((place, careful.entries[place]) for place in sorted(changed))
    making = Making(modified_after=timedelta(days=3), patched_rows=rows)
    return Forgery("edited-in-place", statement, making)


def editor_only(statement: Statement, random: Random) -> Forgery:
    """Arithmetic and totals right; the file went through an editor, which signs its work."""
    careful = _recalculated(statement, random)
    making = Making(
        producer=random.choice(("Adobe Acrobat Pro DC", "福昕高级PDF编辑器", "WPS 文字", "PDFelement"))
    )
    return Forgery("through-an-editor", careful, making, saved_by="Administrator")


def perfect(statement: Statement, random: Random) -> Forgery:
    """Made anew from forged rows with a bank's library; arithmetic, totals and interest recalculated.

    Nothing in the file tells: such a forgery is found by asking the bank only.
    """
    careful = _recalculated(statement, random, times=1.15)
    return Forgery("perfect", careful, genuine(random))


WAYS: Final[tuple[Callable[[Statement, Random], Forgery], ...]] = (
    inflated_row,
    inserted_row,
    removed_rows,
    recalculated,
    edited_in_place,
    editor_only,
)
"""Ways that leave a trace somewhere; `perfect` leaves none."""


def _a_credit(statement: Statement, random: Random) -> int:
    last = len(statement.entries) - 1
    credits_ = [i for i, e in enumerate(statement.entries) if e.amount > 0 and 0 < i < last]
    return random.choice(credits_)


def _with(statement: Statement, place: int, entry: Entry) -> Statement:
    return replace(statement, entries=(*statement.entries[:place], entry, *statement.entries[place + 1 :]))


def _recalculated(
    statement: Statement, random: Random, *, times: float = 6, most: int | None = None
) -> Statement:
    """Incomes multiplied, whole thousands as forgers like them, and balances carried on."""
    places = [i for i, e in enumerate(statement.entries) if e.amount > 0 and e.kind != "结息"]
    chosen = set(random.sample(places, k=min(most or max(len(places) // 2, 1), len(places))))
    entries, balance = [], statement.opening
    for place, entry in enumerate(statement.entries):
        amount = round(entry.amount * times / 100_000) * 100_000 if place in chosen else entry.amount
        balance += amount
        entries.append(replace(entry, amount=amount, balance=balance))
    return replace(statement, entries=tuple(entries))
