"""How applications, offers and plans are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from activities.store.lease import applications
from activities.store.tables.lease import LeaseApplicationRow
from cli.output import done, print_table
from models.lease.agreed import AgreedTerms
from models.lease.application.form import LeaseForm
from models.lease.plan.plan import Plan
from models.lease.plan.yields import yields
from models.money import Money
from models.people import Actor, Role, WrongActorError


def require_sight(person: Actor | None, row: LeaseApplicationRow) -> None:
    """A dealer's people see their own dealer's applications.

    Raises:
        WrongActorError: this one is another's.
    """
    if person is not None and is_dealers(person) and person.dealer != row.dealer:
        raise WrongActorError(
            f"{person.username} of dealer {person.dealer} may not see {row.application_id}",
            remedy="See leaseflow lease list for your own",
        )


def is_dealers(person: Actor) -> bool:
    """Whether somebody sees through a dealer's eyes only."""
    return set(person.roles) == {Role.DEALER}


def row_as_json(row: LeaseApplicationRow) -> dict[str, Any]:
    """An application for machines: amounts as decimal texts."""
    hidden = {"price_minor", "financed_minor"}
    rest = {name: getattr(row, name) for name in LeaseApplicationRow.model_fields if name not in hidden}
    head = {"application_id": rest.pop("application_id"), "state": rest.pop("state")}
    amounts = {
        "price": str(Money(row.price_minor, row.currency)),
        "financed": str(applications.financed(row)),
    }
    return head | amounts | rest


def tell_form(form: LeaseForm) -> None:
    """A form in short: who, what, on which terms."""
    print_table(
        ("party", "name", "identifier", "phone"),
        [(party.role, party.name, party.identifier, party.phone) for party in form.parties],
        empty="",
    )
    done("")
    print_table(
        ("asset", "description", "identifier", "price"),
        [(asset.kind, asset.description, asset.identifier, asset.price) for asset in form.assets],
        right=["price"],
        empty="",
    )
    done("")
    done(f"payee     {form.payee.name}, {form.payee.number}")


def terms_as_json(agreed: AgreedTerms) -> dict[str, Any]:
    """Amounts, totals and yields of agreed terms."""
    found = yields(agreed.plan)
    return {
        "price": agreed.price,
        "down_payment": agreed.down_payment,
        "financed": agreed.plan.financed,
        "deposit": agreed.deposit,
        "residual": agreed.residual,
        "handling_fee": agreed.handling_fee,
        "instalments": len(agreed.plan.rents),
        "first_rent": agreed.plan.rents[0].rent,
        "total_rent": _sum(agreed.plan, "rent"),
        "total_interest": _sum(agreed.plan, "interest"),
        "rate": f"{agreed.plan.rate:f}",
        "irr": _share(found.irr_effective),
        "apr": _share(found.apr_eu),
    }


def tell_terms(agreed: AgreedTerms) -> None:
    """What it costs, in two columns."""
    for name, value in terms_as_json(agreed).items():
        done(f"{name.replace('_', ' '):<15} {value}")


def tell_plan(agreed: AgreedTerms) -> None:
    """The terms, and every row of the plan."""
    tell_terms(agreed)
    done("")
    tell_rows(agreed.plan)


def tell_rows(plan: Plan) -> None:
    print_table(
        ("no", "due", "rent", "interest", "principal", "balance", "fee", "deposit"),
        [
            (
                row.number,
                row.due,
                row.rent,
                row.interest,
                row.principal,
                row.balance,
                _some(row.fee),
                row.deposit,
            )
            for row in plan.rows
        ],
        right=["no", "rent", "interest", "principal", "balance", "fee", "deposit"],
        empty="no rows",
    )


def _some(amount: Money) -> Money | None:
    return amount if amount.minor else None


def _sum(plan: Plan, field: str) -> Money:
    first, *others = (getattr(row, field) for row in plan.rows)
    total: Money = sum(others, start=first)
    return total


def _share(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate:.6f}"
