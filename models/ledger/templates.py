"""From a business event to its journal, and what a change of templates would have done to past events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.ledger.errors import InvalidJournalError, LedgerRefusalError, TemplateError
from models.ledger.events import BusinessEvent
from models.ledger.expressions import parse
from models.ledger.journals import JournalOrder, Line
from models.money import Money
from models.parameters.vouchers import TemplateLine, VoucherTemplate, VoucherTemplates


def journal_for(event: BusinessEvent, templates: VoucherTemplates) -> JournalOrder:
    """The journal that the event's template makes.

    Raises:
        TemplateError: there is no template, the event lacks what it names, amounts of two currencies meet,
            an amount is negative, or the lines do not balance; names template and difference.
    """
    template = templates.find(event.event, event.product)
    if template is None:
        raise TemplateError(
            f"event {event.key!r}: no voucher template for {event.event} x {event.product}",
            remedy="Add one: leaseflow params show voucher-templates",
        )
    amounts = _amounts(event, template)
    lines = [_line(event, template, line, amounts) for line in template.lines]
    try:
        return JournalOrder(
            key=event.key,
            kind=event.event,
            business_date=event.business_date,
            value_date=event.value_date,
            lines=tuple(line for line in lines if line is not None),
            narrative=_narrative(event, template),
            posted_by=event.posted_by,
            source=event.source,
            book=event.book,
        )
    except InvalidJournalError as error:
        raise TemplateError(
            f"template {template.name}: {error.message}", remedy="Correct the template or the amounts"
        ) from error


def _amounts(event: BusinessEvent, template: VoucherTemplate) -> dict[str, Money]:
    if missing := [name for name in template.amounts if name not in event.amounts]:
        raise TemplateError(
            f"event {event.key!r}: template {template.name} needs the amount {missing[0]!r}",
            remedy=f"Give {', '.join(template.amounts)}",
        )
    currency = next(iter(event.amounts.values())).currency
    return {**{name: Money(0, currency) for name in template.optional}, **event.amounts}


def _line(
    event: BusinessEvent, template: VoucherTemplate, line: TemplateLine, amounts: dict[str, Money]
) -> Line | None:
    """The line for an event; None when it does not apply."""
    currencies = {amounts[name].currency for name in line.names()}
    if len(currencies) > 1:
        raise TemplateError(
            f"event {event.key!r}: template {template.name} mixes {' and '.join(sorted(currencies))}"
            f" in {line.amount!r}",
            remedy="Give the amounts in one currency",
        )
    minor = {name: money.minor for name, money in amounts.items()}
    if line.when is not None and not parse(line.when).value(minor):
        return None
    value = parse(line.amount).value(minor)
    if value < 0:
        raise TemplateError(
            f"event {event.key!r}: template {template.name}, {line.side} {line.account}:"
            f" {line.amount!r} comes to {value} minor units",
            remedy="Amounts are not negative: use the other side",
        )
    if value == 0:
        return None
    return Line(
        account=_account(event, template, line),
        amount=Money(value if line.side == "debit" else -value, currencies.pop()),
        branch=event.branch if line.branch == "{branch}" else line.branch,
        reference=event.reference,
    )


def _account(event: BusinessEvent, template: VoucherTemplate, line: TemplateLine) -> str:
    if line.placeholder is None:
        return line.account
    try:
        return event.accounts[line.placeholder]
    except KeyError:
        raise TemplateError(
            f"event {event.key!r}: template {template.name} needs the account {line.placeholder!r}",
            remedy="Name its code in the event's accounts",
        ) from None


def _narrative(event: BusinessEvent, template: VoucherTemplate) -> str:
    return template.narrative.format(
        event=event.event,
        product=event.product,
        branch=event.branch,
        reference=event.reference,
        narrative=event.narrative,
    ).strip()


# ---------------------------------------------------------------- preview


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event with the lines that it posted."""

    event: BusinessEvent
    voucher: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class EventDifference:
    """An event that would be posted differently."""

    key: str
    event: str
    product: str
    business_date: date
    voucher: str
    old: tuple[Line, ...]
    new: tuple[Line, ...]
    """Empty when the proposed templates cannot post it."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """What proposed templates would have done to past events. Nothing that was posted changes."""

    events: int
    differences: tuple[EventDifference, ...]

    @property
    def problems(self) -> int:
        """How many of the events could not be posted at all."""
        return sum(1 for each in self.differences if each.problem)


def preview(proposed: VoucherTemplates, past: Iterable[PastEvent]) -> TemplatePreview:
    """Compare what past events posted with what the proposed templates make of them."""
    count, differences = 0, []
    for each in past:
        count += 1
        new: tuple[Line, ...] = ()
        problem = ""
        try:
            new = journal_for(each.event, proposed).lines
        except LedgerRefusalError as error:
            problem = error.message
        if problem or new != each.lines:
            event = each.event
            differences.append(
                EventDifference(
                    event.key,
                    event.event,
                    event.product,
                    event.business_date,
                    each.voucher,
                    each.lines,
                    new,
                    problem,
                )
            )
    return TemplatePreview(count, tuple(differences))
