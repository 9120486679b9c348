"""Forms to begin with, and forms checked; both without a stack, too, by the products as shipped."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from activities.lease.application import entering
from activities.lease.application.products import product_of
from activities.lease.application.terms import agreed_terms
from cli.house import reading
from cli.lease.forms import read_form
from cli.lease.quoted import products_at_hand
from cli.output import ExitCode, Json, done, note, print_json, print_table
from models.calendar import business_date
from models.errors import InvalidInputError, RefusedByRuleError, ServiceUnreachableError
from models.lease.application.checks import faults_of
from models.lease.application.errors import ApplicationExistsError, UnknownProductError
from models.lease.application.example import example_form
from models.lease.application.form import LeaseForm
from models.lease.application.messages import EnterForm, Fault, FormEntered
from models.lease.application.written import UnreadableFormError, as_written
from models.parameters.lease import LeaseProducts
from models.people import Actor

app = typer.Typer(add_completion=False)

Overruled = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="A field of the form, overruled.")
]


@app.command("check")
def check_form(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON or TOML form.")],
    overruled: Overruled = None,
    as_json: Json = False,
) -> None:
    """Every fault of a form, with the field, its value and what would be right.

    Without a stack, the form alone is looked at, by the products as shipped.
    Example: leaseflow lease check form.toml
    """
    try:
        form = read_form(path, overruled or ())
    except UnreadableFormError as error:
        tell_faults(None, error.faults, as_json=as_json)
    try:
        entered = rehearse(form, None)
    except ApplicationExistsError as error:
        taken = Fault("application_id", form.application_id, str(error))
        tell_faults(form, (taken, *_faults_beside(form)), as_json=as_json)
    except ServiceUnreachableError:
        note("no database answers: products as shipped, and nothing that only the books know")
        entered = _by_itself(form)
    if entered.faults:
        tell_faults(form, entered.faults, as_json=as_json)
    if as_json:
        print_json({"application_id": form.application_id, "title": entered.title, "faults": []})
    else:
        done(f"application/{form.application_id} has no faults: {entered.title}")


@app.command("form")
def print_form(
    example: Annotated[bool, typer.Option("--example", help="Filled in, for a product.")] = False,
    product: Annotated[str, typer.Argument(metavar="[PRODUCT]")] = "vehicle-direct",
    application_id: Annotated[
        str, typer.Option("--id", help="Of the application; each id has an asset of its own.")
    ] = "L2026-0001",
) -> None:
    """A form to begin with, as JSON.

    Example: leaseflow lease form --example vehicle-direct --id L2026-0007 > form.json
    """
    del example  # a form that is not filled in would tell less
    products = products_at_hand().products
    if product not in products:
        raise UnknownProductError(product, tuple(products))
    print_json(as_written(example_form(product, products[product], application_id)))


def rehearse(form: LeaseForm, person: Actor | None) -> FormEntered:
    """What entering the form would come to; nothing is entered.

    Raises:
        ApplicationExistsError: the id was used for another form.
        ServiceUnreachableError: no database answers, or there is none.
    """
    captured_by = person or Actor("nobody", ())
    with reading() as session:
        entered = entering.enter(session, EnterForm(form, captured_by, 1, datetime.now(UTC)))
        session.rollback()
    return entered


def _faults_beside(form: LeaseForm) -> tuple[Fault, ...]:
    """What else is wrong with a form whose id is taken: people want to hear all of it at once."""
    now = datetime.now(UTC)
    with reading() as session:
        faults = entering.check(session, form, product_of(session, form.product, now), now)
        session.rollback()
    return faults


def _by_itself(form: LeaseForm) -> FormEntered:
    """What can be told without any books: of the form, and of its plan."""
    products, today = LeaseProducts().products, business_date(datetime.now(UTC))
    product = products.get(form.product)
    if product is None:
        unknown = UnknownProductError(form.product, tuple(products))
        return FormEntered(faults=(Fault("product", form.product, str(unknown)),))
    if faults := faults_of(form, product, today):
        return FormEntered(faults=faults)
    try:
        return FormEntered(title=entering.title_of(agreed_terms(form, product, today)))
    except (InvalidInputError, RefusedByRuleError) as error:
        return FormEntered(faults=(Fault("financing", form.financing.method, str(error)),))


def tell_faults(form: LeaseForm | None, faults: tuple[Fault, ...], *, as_json: bool) -> NoReturn:
    """Say what is wrong, and leave with the exit code of a refusal."""
    subject = form.application_id if form else ""
    if as_json:
        print_json({"application_id": subject, "faults": faults})
    else:
        print_table(
            ("field", "value", "fault"),
            [(each.field, each.value, each.sentence) for each in faults],
            empty="",
        )
        note(f"error: {len(faults)} fault{'s' if len(faults) > 1 else ''}; nothing was entered")
    raise typer.Exit(ExitCode.REFUSED)
