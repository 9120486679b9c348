"""Voucher templates: which journal a business event posts. A parameter set like any other.

Each template is for one event and one product (``*``: any that has none of its own). Amounts are expressions
over the event's named amounts in whole minor units, see `models.ledger.expressions`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from models.errors import LeaseflowError
from models.ledger.expressions import parse
from models.parameters.parts import Part

ANY_PRODUCT: Final = "*"
NARRATIVE_NAMES: Final = ("event", "product", "branch", "reference", "narrative")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")

AmountName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class TemplateLine(Part):
    """One line of the journal; left out when its amount is zero or its predicate false."""

    side: Literal["debit", "credit"]
    account: str
    """A code, or ``{name}`` for an account that the event names."""
    amount: str = "amount"
    branch: str = "{branch}"
    """A branch, or ``{branch}`` for the event's own."""
    when: str | None = None
    """A predicate over the amounts; always, when there is none."""

    @property
    def placeholder(self) -> str | None:
        """The name under which the event gives the account; None where the code is fixed."""
        found = _PLACEHOLDER.fullmatch(self.account)
        return found.group(1) if found else None

    def names(self) -> frozenset[str]:
        """The amounts that the line reads."""
        return parse(self.amount).names | (parse(self.when).names if self.when else frozenset())

    @model_validator(mode="after")
    def _readable(self) -> TemplateLine:
        if self.placeholder is None and not _CODE.fullmatch(self.account):
            raise ValueError(f"account {self.account!r} is neither a code nor a {{name}}")
        if "{" in self.branch and self.branch != "{branch}":
            raise ValueError(f"branch {self.branch!r} is neither a branch nor {{branch}}")
        _understood(self.amount)
        if not parse(self.amount).names:
            raise ValueError(f"amount {self.amount!r} names no amount of the event")
        if self.when is not None:
            _understood(self.when)
        return self


class VoucherTemplate(Part):
    """The journal for an event of a product."""

    event: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")]
    product: Annotated[str, Field(min_length=1)] = ANY_PRODUCT
    narrative: Annotated[str, Field(min_length=1)]
    """For the voucher; names ``{reference}``, ``{narrative}``, ``{product}``, ``{branch}``, ``{event}``."""
    amounts: tuple[AmountName, ...] = ("amount",)
    """Amounts that the event must give."""
    optional: tuple[AmountName, ...] = ()
    """Amounts that are zero when the event does not give them."""
    lines: Annotated[tuple[TemplateLine, ...], Field(min_length=2)]

    @property
    def name(self) -> str:
        """How messages name it: ``payout.confirmed x disbursement``."""
        return f"{self.event} x {self.product}"

    @model_validator(mode="after")
    def _consistent(self) -> VoucherTemplate:
        known = {*self.amounts, *self.optional}
        for line in self.lines:
            if unknown := sorted(line.names() - known):
                raise ValueError(f"{self.name}: {unknown[0]!r} is not among its amounts ({', '.join(known)})")
        if len({line.side for line in self.lines}) == 1:
            raise ValueError(f"{self.name}: it needs a debit and a credit")
        for _, name, _, _ in Formatter().parse(self.narrative):
            if name is not None and name not in NARRATIVE_NAMES:
                raise ValueError(
                    f"{self.name}: the narrative names {name!r}; use {', '.join(NARRATIVE_NAMES)}"
                )
        return self


@cache
def _shipped() -> tuple[VoucherTemplate, ...]:
    """The standard templates. The file is part of the package, as fixed as code is."""
    text = (files("models.ledger") / "data" / "voucher-templates.toml").read_text("utf-8")
    plain: list[dict[str, Any]] = tomllib.loads(text)["template"]
    return tuple(VoucherTemplate.model_validate(each) for each in plain)


class VoucherTemplates(Part):
    """All templates in force together."""

    templates: tuple[VoucherTemplate, ...] = Field(default_factory=_shipped)

    def find(self, event: str, product: str) -> VoucherTemplate | None:
        """The template for an event: its product's own, or else the one for any product."""
        found = {each.product: each for each in self.templates if each.event == event}
        return found.get(product) or found.get(ANY_PRODUCT)

    @model_validator(mode="after")
    def _one_each(self) -> VoucherTemplates:
        seen: set[tuple[str, str]] = set()
        for template in self.templates:
            if (template.event, template.product) in seen:
                raise ValueError(f"{template.name} stands twice")
            seen.add((template.event, template.product))
        return self


def _understood(text: str) -> None:
    try:
        parse(text)
    except LeaseflowError as error:
        raise ValueError(str(error)) from error
