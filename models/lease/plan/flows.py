"""Plans that are nothing but flows: dated or numbered amounts, of which some are to be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.errors import InvalidInputError
from models.lease.plan.day_counts import PERIODIC, Coupon, count_days
from models.lease.plan.discounting import Timed, unit_rate, worth
from models.lease.plan.flow_terms import FlowTerms, Point, points_of
from models.lease.plan.periods import Frequency
from models.lease.plan.solving import root, straight, within_reach
from models.lease.plan.times import us_unit_period
from models.lease.plan.yields import apr_eu, apr_us, by_days

_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow with its interest."""

    on: date | None
    period: str
    label: str
    kind: str
    amount: Decimal
    interest: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class FlowAnswer:
    """What flows come to."""

    rows: tuple[FlowRow, ...]
    solved: str
    """``rate``, ``amount`` or empty."""
    value: Decimal | None
    """Unrounded."""
    rounded: Decimal | None
    rates: dict[str, Decimal | None]
    npv: Decimal | None = None
    mirr: Decimal | None = None


def solve_flows(terms: FlowTerms) -> FlowAnswer:
    """Find the rate or the unknown amounts of flows, and every yield.

    Raises:
        InvalidInputError: days and periods are mixed, or too much or too little is left out.
    """
    with within_reach():
        return _Flows(terms).answer()


class _Flows:
    """Flows in order of time."""

    def __init__(self, terms: FlowTerms) -> None:
        self._terms = terms
        points = [point for flow in terms.flows for point in points_of(flow)]
        dated = {point.on is not None for point in points}
        if len(dated) > 1:
            raise InvalidInputError(
                "some flows have a day, some a period", remedy="Give all of them days, or none"
            )
        self._dated = dated == {True}
        self._points = sorted(points, key=self._order)
        self._first = min((p.on for p in points if p.on is not None), default=date.min)
        self._unknown = any(point.amount is None for point in points)

    def _order(self, point: Point) -> tuple[object, ...]:
        """By time (of interest); money out first."""
        return (point.value_on or date.min, point.whole, point.odd, not point.is_out)

    def answer(self) -> FlowAnswer:
        terms, value, rounded = self._terms, None, None
        rate = terms.rate
        if self._unknown:
            if rate is None:
                raise InvalidInputError(
                    "a flow's amount and the rate are both left out", remedy="Give the rate"
                )
            value = straight(lambda tried: self._left(self._filled(tried), rate), "amount")
            rounded = terms.rounding.rent_of(value)
            points = self._filled(value, rounding=True)
        else:
            points = self._filled(_ZERO)
        found = self._rate(points) if self._points_both_ways(points) else None
        solved = "amount" if self._unknown else "rate"
        if not self._unknown:
            value = found
        flowing = found if found is not None else rate
        return FlowAnswer(
            rows=self._rows(points, flowing if flowing is not None else _ZERO),
            solved=solved if value is not None else "",
            value=value,
            rounded=rounded,
            rates=self._rates(points, found),
            npv=None if terms.discount_rate is None else self._npv(points, terms.discount_rate),
            mirr=self._mirr(points),
        )

    # ------------------------------------------------------------ amounts

    def _filled(self, unknown: Decimal, *, rounding: bool = False) -> list[tuple[Point, Decimal]]:
        """Signed amounts: out is negative. Each of the unknown ones is rounded on its own."""
        made = []
        for point in self._points:
            amount = point.amount
            if amount is None:
                amount = unknown * point.weight
                amount = self._terms.rounding.rent_of(amount) if rounding else amount
            made.append((point, -amount if point.is_out else amount))
        return made

    @staticmethod
    def _points_both_ways(points: Sequence[tuple[Point, Decimal]]) -> bool:
        return len({amount > 0 for _, amount in points if amount}) > 1

    # ------------------------------------------------------------ the house's own rate

    def _left(self, points: Sequence[tuple[Point, Decimal]], rate: Decimal) -> Decimal:
        """What is left at the end (or the worth at the beginning) at a nominal rate."""
        points = [each for each in points if each[0].kind != "charge"]
        if not points:
            return _ZERO
        if self._terms.interest == "compound":
            return self._discounted(points, rate)
        balance = waiting = _ZERO
        is_drawn = False
        for at, (point, amount) in enumerate(points):
            if is_drawn:
                numerator, denominator = self._between(points[at - 1][0], point)
                waiting += balance * rate * numerator / denominator
            is_drawn = is_drawn or amount < 0  # what is paid before the first pay-out earns nothing
            if point.capitalises:
                balance, waiting = balance + waiting, _ZERO
            balance += amount
        return balance + waiting

    def _between(self, first: Point, last: Point) -> tuple[Decimal, Decimal]:
        if not self._dated or first.value_on is None or last.value_on is None:
            apart = last.whole + last.odd - first.whole - first.odd
            return apart, self._terms.periods_per_year
        name = "30/360" if self._terms.day_count == PERIODIC else self._terms.day_count
        coupon = Coupon(first.value_on, last.value_on, 1)
        span = count_days(name, first.value_on, last.value_on, coupon)
        return Decimal(span.numerator), Decimal(span.denominator)

    def _discounted(self, points: Sequence[tuple[Point, Decimal]], rate: Decimal) -> Decimal:
        total, start = _ZERO, points[0][0]
        for point, amount in points:
            numerator, denominator = self._between(start, point)
            total += amount / (_ONE + rate) ** (numerator / denominator)
        return total

    def _rate(self, points: Sequence[tuple[Point, Decimal]]) -> Decimal | None:
        if not self._dated and self._terms.interest == "simple":
            per_period = self._per_period(points)
            return None if per_period is None else per_period * self._terms.periods_per_year
        guess = self._terms.guess if self._terms.guess is not None else Decimal("0.08")
        return root(lambda tried: self._left(points, tried), guess)

    def _timed(self, points: Sequence[tuple[Point, Decimal]]) -> list[Timed]:
        merged: dict[tuple[int, Decimal], Decimal] = {}
        for point, amount in points:
            key = (point.whole, point.odd)
            merged[key] = merged.get(key, _ZERO) + amount
        return [Timed(amount, whole, odd) for (whole, odd), amount in sorted(merged.items())]

    def _per_period(
        self, points: Sequence[tuple[Point, Decimal]], *, simple_odd: bool = False
    ) -> Decimal | None:
        guess = self._terms.guess
        first = float(guess) if guess is not None else 0.08 / float(self._terms.periods_per_year)
        try:
            return unit_rate(self._timed(points), first, simple_odd=simple_odd)
        except InvalidInputError:
            return None

    def _rates(
        self, points: Sequence[tuple[Point, Decimal]], found: Decimal | None
    ) -> dict[str, Decimal | None]:
        if not self._dated:
            return self._periodic_rates(points)
        flows = [(point.on or self._first, amount, _ZERO) for point, amount in points]
        flows.sort(key=lambda flow: flow[0])
        named = self._terms.unit_period
        unit = Frequency.parse(named) if named else us_unit_period([day for day, _, _ in flows])
        rates = {"xirr": by_days(flows), "apr_eu": apr_eu(flows, unit), "apr_us": apr_us(flows, unit)}
        return {self._terms.day_count if self._terms.interest == "simple" else "effective": found, **rates}

    def _periodic_rates(self, points: Sequence[tuple[Point, Decimal]]) -> dict[str, Decimal | None]:
        per_year = self._terms.periods_per_year
        period = self._per_period(points)
        simple = self._per_period(points, simple_odd=True)
        return {
            "irr": period,
            "nominal": None if period is None else period * per_year,
            "effective": None if period is None else (_ONE + period) ** per_year - _ONE,
            "apr_eu": None if period is None else (_ONE + period) ** per_year - _ONE,
            "apr_us": None if simple is None else simple * per_year,
        }

    def _npv(self, points: Sequence[tuple[Point, Decimal]], rate: Decimal) -> Decimal:
        if not self._dated:
            return worth(self._timed(points), rate)
        return sum(
            (
                amount / (_ONE + rate) ** (Decimal(((point.on or self._first) - self._first).days) / 365)
                for point, amount in points
            ),
            _ZERO,
        )

    def _mirr(self, points: Sequence[tuple[Point, Decimal]]) -> Decimal | None:
        finance, reinvest = self._terms.finance_rate, self._terms.reinvest_rate
        if finance is None or reinvest is None or self._dated:
            return None
        timed = self._timed(points)
        end = timed[-1].whole
        gains = sum((f.amount * (_ONE + reinvest) ** (end - f.whole) for f in timed if f.amount > 0), _ZERO)
        costs = sum((f.amount / (_ONE + finance) ** f.whole for f in timed if f.amount < 0), _ZERO)
        return (gains / -costs) ** (_ONE / end) - _ONE

    # ------------------------------------------------------------ rows

    def _rows(self, points: Sequence[tuple[Point, Decimal]], rate: Decimal) -> tuple[FlowRow, ...]:
        rows, balance, waiting, before = [], _ZERO, _ZERO, None
        cents = self._terms.rounding
        last = max((at for at, (p, _) in enumerate(points) if p.kind != "charge"), default=0)
        for at, (point, amount) in enumerate(points):
            interest = _ZERO
            if point.kind != "charge":
                if before is not None:
                    waiting += self._grown(balance, rate, before, point)
                if before is not None or amount < 0:
                    before = point
                if point.capitalises:
                    interest, waiting = cents.interest_of(waiting), _ZERO
                if at == last and abs(-balance - interest - amount) < len(points) / Decimal(50):
                    interest = -balance - amount  # the last flow's interest takes the cents of rounding
                balance += interest + amount
            period = "" if self._dated else str(point.whole) + (f"+{point.odd:.6f}" if point.odd else "")
            rows.append(FlowRow(point.on, period, point.label, point.kind, amount, -interest, balance))
        return tuple(rows)

    def _grown(self, balance: Decimal, rate: Decimal, first: Point, last: Point) -> Decimal:
        numerator, denominator = self._between(first, last)
        if self._terms.interest == "compound":
            return balance * ((_ONE + rate) ** (numerator / denominator) - _ONE)
        return balance * rate * numerator / denominator
