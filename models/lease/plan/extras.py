"""What is paid beside the rents: fees, subsidies, the deposit, the lessor's own costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from models.lease.plan.amounts import Amounts, smallest
from models.lease.plan.fields import portion_of, rows_named
from models.lease.plan.plan import Plan, PlanRow
from models.lease.plan.rounding import rounded
from models.lease.plan.running import Step
from models.lease.plan.term_parts import Charge
from models.lease.plan.terms import PlanTerms, Unknown
from models.money import Money, digits_of

_ZERO, _UNIT = Decimal(0), Decimal(1)


def with_extras(
    terms: PlanTerms,
    amounts: Amounts,
    steps: Sequence[Step],
    *,
    rate: Decimal,
    per_year: Decimal,
    unknown: Unknown,
    solved: Decimal | None,
) -> Plan:
    """The plan in money."""
    money = _minter(terms.currency)
    financed = amounts.financed or _ZERO
    beside = _Beside(terms, amounts, steps)
    steps = beside.steps
    return Plan(
        start=terms.start,
        financed=money(financed),
        rows=tuple(beside.row(at, money) for at in range(len(steps))),
        rate=rate,
        periods_per_year=per_year,
        positions=tuple(step.position for step in steps),
        unknown=unknown,
        solved=solved,
        commission=money(portion_of(terms.initial_costs, financed)) if terms.initial_costs != "0" else None,
        outside_apr=beside.apart(money, lambda fee: not fee.in_apr),
        outside_irr=beside.apart(money, lambda fee: fee.passed_on),
        fees_charged=money(amounts.fees_charged) if amounts.fees_charged else None,
        fees_kept=money(amounts.fees_kept) if amounts.fees_kept else None,
        price=money(amounts.base) if terms.price is not None else None,
        down_payment=money(amounts.down_payment) if amounts.down_payment else None,
        exact_rent=None if terms.rounding.interest else sum((step.rent for step in steps), _ZERO),
        exact_interest=None if terms.rounding.interest else sum((step.interest for step in steps), _ZERO),
    )


def _minter(currency: str) -> Callable[[Decimal], Money]:
    """Makes money of decimals, half up; zero is made once."""
    digits = digits_of(currency)
    scale = Decimal(10) ** digits
    zero = Money(0, currency)

    def mint(amount: Decimal) -> Money:
        if not amount:
            return zero
        scaled = amount * scale
        minor = int(scaled)
        return Money(minor if minor == scaled else int(scaled.quantize(_UNIT, ROUND_HALF_UP)), currency)

    return mint


class _Beside:
    """Fees, subsidies and the deposit, row by row; a row for the start where something is due then."""

    def __init__(self, terms: PlanTerms, amounts: Amounts, steps: Sequence[Step]) -> None:
        self._terms = terms
        self._amounts = amounts
        self._financed = amounts.financed or _ZERO
        rents = [step for step in steps if step.kind == "rent"]
        self._rent = rents[0].rent if rents else _ZERO
        self._rows = rents[-1].number if rents else 0
        self._fees = [(fee, _when(fee, self._rows)) for fee in terms.fees if not fee.financed]
        self._subsidies = [(each, _when(each, self._rows)) for each in terms.subsidies]
        self._unit = smallest(terms)
        self._deposit = (
            self._round(portion_of(terms.deposit.amount, self._financed)) if terms.deposit else _ZERO
        )
        if self._deposit or any(0 in rows for _, rows in (*self._fees, *self._subsidies)):
            steps = [_start(terms, self._financed), *steps]
        self.steps = steps
        self._back = self._given_back()

    def row(self, at: int, money: Callable[[Decimal], Money]) -> PlanRow:
        step = self.steps[at]
        deposit = -self._back.get(at, _ZERO) + (self._deposit if step.kind == "start" else _ZERO)
        return PlanRow(
            number=step.number,
            due=step.due,
            rent=money(step.rent),
            interest=money(step.interest),
            principal=money(step.principal),
            balance=money(step.balance),
            fee=money(self._charged(self._fees, step)) if self._fees else money(_ZERO),
            kind=step.kind,
            subsidy=money(self._charged(self._subsidies, step)) if self._subsidies else None,
            deposit=money(deposit) if deposit else None,
            days=step.days,
            accrued=money(step.waiting) if step.waiting else None,
        )

    def apart(self, money: Callable[[Decimal], Money], chosen: Callable[[Charge], bool]) -> tuple[Money, ...]:
        """Of each row: the fees that are chosen; nothing where none is."""
        fees = [(fee, rows) for fee, rows in self._fees if chosen(fee)]
        return tuple(money(self._charged(fees, step)) for step in self.steps) if fees else ()

    def _charged(self, charges: Sequence[tuple[Charge, frozenset[int]]], step: Step) -> Decimal:
        if step.kind not in {"rent", "start"}:
            return _ZERO
        number = 0 if step.kind == "start" else step.number
        return sum((self._amount(charge, step) for charge, rows in charges if number in rows), _ZERO)

    def _amount(self, charge: Charge, step: Step) -> Decimal:
        base = {
            "financed": self._financed,
            "price": self._amounts.base,
            "rent": self._rent,
            "balance": step.balance + step.principal,
            "interest": step.interest,
            "principal": step.principal,
        }[charge.of]
        return self._round(portion_of(charge.amount, base))

    def _round(self, amount: Decimal) -> Decimal:
        return rounded(amount, self._unit)

    def _given_back(self) -> dict[int, Decimal]:
        """How much of the deposit leaves with which step: all at the end, or set against the last rents."""
        steps, left = self.steps, self._deposit
        if not left or self._terms.deposit is None:
            return {}
        back: dict[int, Decimal] = {}
        if self._terms.deposit.settle == "offset":
            for at in range(len(steps) - 1, 0, -1):
                back[at] = min(left, steps[at].rent)
                left -= back[at]
        back[len(steps) - 1] = back.get(len(steps) - 1, _ZERO) + left
        return back


def _when(charge: Charge, rows: int) -> frozenset[int]:
    if charge.when == "start":
        return frozenset({0})
    return rows_named(charge.when, rows)


def _start(terms: PlanTerms, financed: Decimal) -> Step:
    return Step(0, terms.start, _ZERO, "start", _ZERO, _ZERO, _ZERO, financed, _ZERO, 0)
