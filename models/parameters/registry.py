"""Every parameter set by name: what checks it, what is shipped, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import InvalidInputError, RefusedByRuleError
from models.parameters.banks import BankProfile
from models.parameters.bill_monitoring import BillMonitoringParameters
from models.parameters.payments import PaymentParameters
from models.people import Role

Value = TypeVar("Value", bound=BaseModel)


class UnknownParameterSetError(InvalidInputError):
    """No parameter set has this name."""


class NothingInForceError(RefusedByRuleError):
    """The set has no shipped value, and nobody has entered one that is in force."""


@dataclass(frozen=True, slots=True)
class ParameterSet(Generic[Value]):
    """A named set of parameters."""

    name: str
    model: type[Value]
    editors: tuple[Role, ...]
    """Who may propose or make a change."""
    default: Value | None = None
    """In force until somebody changes it; None where only the house itself can say."""
    four_eyes: bool = False
    """A change is proposed, previewed and approved by somebody else before it takes effect."""

    def checked(self, value: dict[str, Any]) -> Value:
        """Parameters from plain data.

        Raises:
            InvalidInputError: a value fails its check; the message names each.
        """
        try:
            return self.model.model_validate(value)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(str(part) for part in fault['loc']) or self.name} = {fault['input']!r}: "
                f"{fault['msg']}"
                for fault in error.errors()
            )
            raise InvalidInputError(
                faults, remedy=f"See leaseflow params show {self.name} for names and values"
            ) from error


BILL_MONITORING: Final = ParameterSet(
    name="bill-monitoring",
    model=BillMonitoringParameters,
    editors=(Role.RISK, Role.MANAGER),
    default=BillMonitoringParameters(),
)
PAYMENTS: Final = ParameterSet(
    name="payments",
    model=PaymentParameters,
    editors=(Role.TREASURER, Role.MANAGER),
    default=PaymentParameters(),
    four_eyes=True,
)
_BANK_PREFIX: Final = "bank-"
_NAMED: Final[dict[str, ParameterSet[Any]]] = {each.name: each for each in (BILL_MONITORING, PAYMENTS)}


def bank_profile(code: str) -> ParameterSet[BankProfile]:
    """The parameter set that holds a bank's profile."""
    return ParameterSet(
        name=f"{_BANK_PREFIX}{code}",
        model=BankProfile,
        editors=(Role.TREASURER, Role.OPERATOR),
        four_eyes=True,
    )


def bank_code(name: str) -> str | None:
    """The bank that a parameter set is about; None for any other set."""
    return name.removeprefix(_BANK_PREFIX) if name.startswith(_BANK_PREFIX) else None


def parameter_set(name: str) -> ParameterSet[Any]:
    """The set of a name.

    Raises:
        UnknownParameterSetError: there is none.
    """
    if name in _NAMED:
        return _NAMED[name]
    code = bank_code(name)
    if code:
        return bank_profile(code)
    known = ", ".join((*_NAMED, f"{_BANK_PREFIX}CODE"))
    raise UnknownParameterSetError(f"parameter set {name!r} does not exist", remedy=f"Use one of {known}")


def shipped_names() -> tuple[str, ...]:
    """The sets that exist in every house."""
    return tuple(_NAMED)
