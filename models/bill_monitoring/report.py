"""The risk report as data: one model from which the page, the PDF and the workbook are made.

Amounts that a list does not name are None and count as nothing in sums; a sum over no named amount
is zero. Our exposure to a customer is one figure however many acceptors stand for the customer, so
sums count it once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add

from models.bill_monitoring.matching.results import Relation
from models.bill_monitoring.rules import Change, Grade
from models.money import Money

GRADES: tuple[Grade, ...] = tuple(Grade)
"""Gravest first."""

TOP_COUNT = 10
TREND_LISTS = 12
"""How many lists, this one included, the trend looks back: a year of monthly lists."""

_CHANGE_ORDER = {change: rank for rank, change in enumerate(Change)}
_GRADE_ORDER = {grade: rank for rank, grade in enumerate(GRADES)}
_AGEING_BANDS: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 3), (4, 6), (7, 12), (13, None))


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """A customer on the list (or just off it), as the report shows it."""

    finding_id: str
    customer_id: str
    customer_name: str
    acceptor_name: str
    """As printed on the list."""
    relation: Relation
    change: Change
    grade: Grade
    overdue_balance: Money | None
    previous_balance: Money | None
    cumulative_overdue: Money | None
    exposure: Money | None
    """What the customer owes us."""
    officer: str
    """User name of who answers for the customer."""
    officer_name: str
    reason: str
    """Why the record is taken for this customer."""
    lists_in_a_row: int = 0
    """On how many consecutive lists, this one included, the acceptor stands; 0 when cleared."""

    @property
    def listed(self) -> bool:
        """Whether the acceptor is on this list; a cleared one is not."""
        return self.change is not Change.CLEARED


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What one list meant for the house."""

    list_date: date
    customers: int
    overdue_balance: Money


@dataclass(frozen=True, slots=True)
class DocumentRemark:
    """A document that could not be read, or was read with a remark."""

    list_id: str
    filename: str
    remark: str
    read: bool
    """Whether rows came of it all the same."""


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """A record that waits for a person; it may yet become a finding."""

    item_id: str
    acceptor_name: str
    uscc: str | None
    question: str


@dataclass(frozen=True, slots=True)
class GradeTotal:
    """What one grade adds up to."""

    grade: Grade
    findings: int
    overdue_balance: Money
    exposure: Money
    """Each customer counts once, at the gravest of its grades."""


@dataclass(frozen=True, slots=True)
class AgeingBand:
    """Findings whose acceptor has been listed so many times in a row."""

    first: int
    last: int | None
    """None for "and more"."""
    findings: int
    overdue_balance: Money


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Everything the report says about one scan."""

    report_id: str
    scan_id: str
    list_date: date
    list_titles: tuple[str, ...]
    compared_with: str
    """The earlier list in words; empty when this is the first."""
    scanned_at: datetime
    records: int
    review_items: int
    findings: tuple[ReportFinding, ...]
    """In the order of :func:`in_order`."""
    trend: tuple[TrendPoint, ...]
    """Oldest first; the last is this list."""
    documents: tuple[DocumentRemark, ...] = ()
    doubts: tuple[OpenDoubt, ...] = ()
    """The first of the open review items."""
    notes: tuple[str, ...] = ()

    @property
    def listed(self) -> tuple[ReportFinding, ...]:
        """Findings whose acceptor is on this list."""
        return tuple(finding for finding in self.findings if finding.listed)

    @property
    def counts(self) -> dict[Change, int]:
        """Number of findings by change, every change present."""
        return {change: sum(1 for f in self.findings if f.change is change) for change in Change}

    @property
    def customers(self) -> int:
        """Customers on this list, each once."""
        return len({finding.customer_id for finding in self.listed})

    @property
    def overdue_balance(self) -> Money:
        return total(finding.overdue_balance for finding in self.listed)

    @property
    def exposure(self) -> Money:
        """What the customers on this list owe us, each customer once."""
        return total({f.customer_id: f.exposure for f in self.listed}.values())

    @property
    def unread(self) -> int:
        """Documents of which nothing could be read."""
        return sum(1 for document in self.documents if not document.read)


def in_order(findings: Iterable[ReportFinding]) -> tuple[ReportFinding, ...]:
    """Listed before cleared, gravest grade first, then largest overdue balance."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (
                not f.listed,
                _GRADE_ORDER[f.grade],
                -(f.overdue_balance.minor if f.overdue_balance else 0),
                _CHANGE_ORDER[f.change],
                f.finding_id,
            ),
        )
    )


def total(amounts: Iterable[Money | None]) -> Money:
    """Sum of the amounts that are named.

    Raises:
        CurrencyMismatchError: they are of several currencies.
    """
    named = [amount for amount in amounts if amount is not None]
    return reduce(add, named) if named else Money(0)


def by_grade(findings: Sequence[ReportFinding]) -> tuple[GradeTotal, ...]:
    """Totals of every grade, gravest first; cleared findings do not count."""
    listed = [finding for finding in findings if finding.listed]
    gravest: dict[str, ReportFinding] = {}
    for finding in sorted(listed, key=lambda f: _GRADE_ORDER[f.grade]):
        gravest.setdefault(finding.customer_id, finding)
    return tuple(
        GradeTotal(
            grade=grade,
            findings=sum(1 for f in listed if f.grade is grade),
            overdue_balance=total(f.overdue_balance for f in listed if f.grade is grade),
            exposure=total(f.exposure for f in gravest.values() if f.grade is grade),
        )
        for grade in GRADES
    )


def largest(findings: Sequence[ReportFinding], count: int = TOP_COUNT) -> tuple[ReportFinding, ...]:
    """The findings with the largest overdue balance, largest first; those without one are left out."""
    named = [
        f for f in findings if f.listed and f.overdue_balance is not None and f.overdue_balance.minor > 0
    ]
    named.sort(key=lambda f: (-(f.overdue_balance or Money(0)).minor, f.finding_id))
    return tuple(named[:count])


def ageing(findings: Sequence[ReportFinding]) -> tuple[AgeingBand, ...]:
    """Listed findings in bands of consecutive lists, every band present."""
    bands = []
    for first, last in _AGEING_BANDS:
        within = [
            f
            for f in findings
            if f.listed and f.lists_in_a_row >= first and (last is None or f.lists_in_a_row <= last)
        ]
        bands.append(AgeingBand(first, last, len(within), total(f.overdue_balance for f in within)))
    return tuple(bands)


def lists_in_a_row(appearances: Collection[date], list_dates: Sequence[date]) -> int:
    """On how many consecutive lists, counted back from the newest, an acceptor stands.

    Args:
        appearances: dates of the lists that name the acceptor.
        list_dates: dates of all processed lists, newest first.
    """
    count = 0
    for list_date in list_dates:
        if list_date not in appearances:
            break
        count += 1
    return count


def trend(earlier: Mapping[date, TrendPoint], now: TrendPoint) -> tuple[TrendPoint, ...]:
    """The last lists up to this one, oldest first; this list's figures replace earlier ones of its date."""
    points = {when: point for when, point in earlier.items() if when < now.list_date} | {now.list_date: now}
    return tuple(points[when] for when in sorted(points)[-TREND_LISTS:])
