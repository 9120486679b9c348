"""How quotes are shown to people, and where products come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from cli.output import done, note, print_table
from models.errors import LeaseflowError
from models.lease.plan.fields import number, plain
from models.lease.plan.products import find_product, with_product
from models.parameters.lease import LeaseProducts

_COLUMNS: Final = ("#", "due", "rent", "interest", "principal", "balance", "fee", "deposit", "subsidy")
_RATES: Final = {
    "irr_nominal": "IRR, nominal a year",
    "irr_effective": "IRR, effective a year",
    "xirr": "XIRR, by days",
    "apr_eu": "APR, EU (effective)",
    "apr_us": "APR, US (nominal)",
}


def with_products(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a named product gives where the document leaves it out."""
    if "product" not in document:
        return dict(document)
    return with_product(document, find_product(products_at_hand(), str(document["product"])))


def note_rate(document: Mapping[str, Any]) -> bool:
    """Says so where a rate without a percent sign comes to more than 100 %: often a percentage was meant."""
    inner = next(
        (document[key] for key in ("tvm", "convert") if isinstance(document.get(key), dict)), document
    )
    rate = inner.get("rate")
    try:
        if rate is not None and not str(rate).strip().endswith("%") and number(rate) > 1:
            note(f"rate {rate} is {plain(number(rate) * 100)} %; for {rate} percent write {rate}%")
            return True
    except ValueError:
        pass  # the answer says what is wrong with it
    return False


def products_at_hand() -> LeaseProducts:
    """As in force now; as shipped where no database is set up or answers, because a quote needs none."""
    from activities.store import parameters
    from cli.house import reading
    from models.parameters.registry import LEASE_PRODUCTS

    try:
        with reading() as session:
            return parameters.in_force(session, LEASE_PRODUCTS, datetime.now(UTC)).value
    except LeaseflowError:
        note("no database answers: products as shipped")
        return LeaseProducts()


def print_quote(answer: Mapping[str, Any]) -> None:
    """A quote for people: the table, sums and yields below."""
    {"plan": _plan, "flows": _flows}.get(answer["kind"], _small)(answer)


def _plan(answer: Mapping[str, Any]) -> None:
    rows = [
        (
            row["number"] if row["kind"] == "rent" else row["kind"],
            row["due"],
            _shown(row["rent"]),
            _shown(row["interest"]),
            _shown(row["principal"]),
            _shown(row["balance"]),
            _unless_zero(row["fee"]),
            _unless_zero(row["deposit"]),
            _unless_zero(row["subsidy"]),
        )
        for row in answer["rows"]
    ]
    sums = answer["totals"]
    rows.append(
        (
            "total",
            "",
            _shown(sums["rent"]),
            _shown(sums["interest"]),
            _shown(sums["principal"]),
            "",
            _unless_zero(sums["fee"]),
            "",
            _unless_zero(sums["subsidy"]),
        )
    )
    print_table(_COLUMNS, rows, right=_COLUMNS[2:], empty="no rows")
    done("")
    facts = [("financed", f"{_shown(answer['financed'])} {answer['currency']} from {answer['start']}")]
    if answer["price"] is not None:
        facts.insert(
            0, ("price", f"{_shown(answer['price'])}, down payment {_shown(answer['down_payment'])}")
        )
    facts += [
        ("due at signing", _shown(sums["at_signing"])),
        ("paid in all", f"{_shown(sums['payable'])}, of it interest and fees {_shown(sums['cost'])}"),
        ("rate a year", percent(answer["rate"])),
    ]
    solved = answer["solved"]
    if solved["value"] is not None:
        facts.append((f"solved: {solved['unknown']}", solved["value"]))
    facts += [(label, percent(answer["yields"][name])) for name, label in _RATES.items()]
    _print_facts(facts)


def _flows(answer: Mapping[str, Any]) -> None:
    columns = ("on", "period", "label", "kind", "amount", "interest", "balance")
    rows = [tuple(_shown(row[c]) if c in columns[4:] else row[c] for c in columns) for row in answer["rows"]]
    print_table(columns, rows, right=columns[4:], empty="no flows")
    done("")
    facts = [(f"solved: {answer['solved']['unknown']}", answer["solved"]["value"] or "nothing")]
    if answer["rounded"] is not None:
        facts.append(("rounded", answer["rounded"]))
    facts += [(name, percent(rate)) for name, rate in answer["rates"].items()]
    facts += [(name, answer[name]) for name in ("npv", "mirr") if answer[name] is not None]
    _print_facts(facts)


def _small(answer: Mapping[str, Any]) -> None:
    _print_facts([(name, value) for name, value in answer.items() if name != "kind"])


def _print_facts(facts: list[tuple[str, Any]]) -> None:
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        done(f"{name:<{width}}  {value}")


def _shown(amount: str) -> str:
    return f"{Decimal(amount):,}"


def _unless_zero(amount: str) -> str:
    return _shown(amount) if Decimal(amount) else ""


def percent(rate: str | None) -> str:
    """A rate for people, to six decimals of a percent."""
    return "none" if rate is None else f"{Decimal(rate) * 100:.6f} %"
