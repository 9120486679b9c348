"""Every parameter set by name: what checks it, what is shipped, and who may change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.errors import InvalidInputError, RefusedByRuleError
from models.parameters.approval import ApprovalParameters
from models.parameters.banks import BankProfile
from models.parameters.bill_monitoring import BillMonitoringParameters
from models.parameters.channels import SHIPPED_CHANNELS, ChannelProfile
from models.parameters.contracts import ContractParameters
from models.parameters.disbursement import DisbursementParameters
from models.parameters.exposure import ExposureParameters
from models.parameters.lease import LeaseProducts
from models.parameters.partners import PartnerProfile
from models.parameters.payments import PaymentParameters
from models.parameters.screening import ScreeningParameters
from models.parameters.vouchers import VoucherTemplates
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
    back_dating: bool = False
    """A change may be effective from a past instant; what was done by the older version stays done."""
    code: str = ""
    """Of the bank, partner or channel that the set is about: its value must carry it."""

    def checked(self, value: dict[str, Any]) -> Value:
        """Parameters from plain data.

        Raises:
            InvalidInputError: a value fails its check, the message names each; or it is about another bank,
                partner or channel.
        """
        if self.code and value.get("code") != self.code:
            raise InvalidInputError(
                f"code = {value.get('code')!r} does not belong into {self.name}",
                remedy=f"Write code = {self.code!r}, or enter it in the set that ends in its own code",
            )
        try:
            return self.model.model_validate(value)
        except ValidationError as error:
            faults = "; ".join(
                _fault(".".join(str(part) for part in fault["loc"]) or self.name, fault)
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
VOUCHER_TEMPLATES: Final = ParameterSet(
    name="voucher-templates",
    model=VoucherTemplates,
    editors=(Role.ACCOUNTANT,),
    default=VoucherTemplates(),
    four_eyes=True,
    back_dating=True,
)
"""In force by business date: a change from the first of the month holds for what is posted into it later."""
APPROVAL_POLICIES: Final = ParameterSet(
    name="approval-policies",
    model=ApprovalParameters,
    editors=(Role.MANAGER, Role.DIRECTOR),
    default=ApprovalParameters(),
    four_eyes=True,
)
LEASE_PRODUCTS: Final = ParameterSet(
    name="lease-products",
    model=LeaseProducts,
    editors=(Role.RISK, Role.MANAGER),
    default=LeaseProducts(),
    four_eyes=True,
)
LEASE_CONTRACTS: Final = ParameterSet(
    name="lease-contracts",
    model=ContractParameters,
    editors=(Role.MANAGER, Role.DIRECTOR),
    default=ContractParameters(),
    four_eyes=True,
)
SCREENING: Final = ParameterSet(
    name="screening",
    model=ScreeningParameters,
    editors=(Role.RISK, Role.DIRECTOR),
    default=ScreeningParameters(),
    four_eyes=True,
)
LEASE_EXPOSURE: Final = ParameterSet(
    name="lease-exposure",
    model=ExposureParameters,
    editors=(Role.RISK, Role.DIRECTOR),
    default=ExposureParameters(),
    four_eyes=True,
)
DISBURSEMENT: Final = ParameterSet(
    name="disbursement",
    model=DisbursementParameters,
    editors=(Role.TREASURER, Role.MANAGER),
    default=DisbursementParameters(),
)
_BANK_PREFIX: Final = "bank-"
_PARTNER_PREFIX: Final = "partner-"
_CHANNEL_PREFIX: Final = "channel-"
_NAMED: Final[dict[str, ParameterSet[Any]]] = {
    each.name: each
    for each in (
        BILL_MONITORING,
        PAYMENTS,
        VOUCHER_TEMPLATES,
        APPROVAL_POLICIES,
        LEASE_PRODUCTS,
        LEASE_CONTRACTS,
        SCREENING,
        LEASE_EXPOSURE,
        DISBURSEMENT,
    )
}


def bank_profile(code: str) -> ParameterSet[BankProfile]:
    """The parameter set that holds a bank's profile."""
    return ParameterSet(
        name=f"{_BANK_PREFIX}{code}",
        model=BankProfile,
        editors=(Role.TREASURER, Role.OPERATOR),
        four_eyes=True,
        code=code,
    )


def bank_code(name: str) -> str | None:
    """The bank that a parameter set is about; None for any other set."""
    return _code(name, _BANK_PREFIX)


def partner_profile(code: str) -> ParameterSet[PartnerProfile]:
    """The parameter set that holds a partner system's profile."""
    return ParameterSet(
        name=f"{_PARTNER_PREFIX}{code}",
        model=PartnerProfile,
        editors=(Role.OPERATOR, Role.ACCOUNTANT),
        four_eyes=True,
        code=code,
    )


def partner_code(name: str) -> str | None:
    """The partner system that a parameter set is about; None for any other set."""
    return _code(name, _PARTNER_PREFIX)


def channel_profile(code: str) -> ParameterSet[ChannelProfile]:
    """The parameter set that holds the profile of a channel that money is received by."""
    return ParameterSet(
        name=f"{_CHANNEL_PREFIX}{code}",
        model=ChannelProfile,
        editors=(Role.TREASURER, Role.MANAGER),
        default=SHIPPED_CHANNELS.get(code),
        four_eyes=True,
        code=code,
    )


_FAMILIES: Final[dict[str, Callable[[str], ParameterSet[Any]]]] = {
    _BANK_PREFIX: bank_profile,
    _PARTNER_PREFIX: partner_profile,
    _CHANNEL_PREFIX: channel_profile,
}
"""Sets of which there is one for each bank, partner or channel, by how their names begin."""


def parameter_set(name: str) -> ParameterSet[Any]:
    """The set of a name.

    Raises:
        UnknownParameterSetError: there is none.
    """
    if name in _NAMED:
        return _NAMED[name]
    for prefix, profile in _FAMILIES.items():
        if code := _code(name, prefix):
            return profile(code)
    known = ", ".join((*_NAMED, *(f"{prefix}CODE" for prefix in _FAMILIES)))
    raise UnknownParameterSetError(f"parameter set {name!r} does not exist", remedy=f"Use one of {known}")


def shipped_names() -> tuple[str, ...]:
    """The sets that exist in every house."""
    return (*_NAMED, *(channel_profile(code).name for code in SHIPPED_CHANNELS))


def channel_code(name: str) -> str | None:
    """The channel that a parameter set is about; None for any other set."""
    return _code(name, _CHANNEL_PREFIX)


def _fault(name: str, fault: ErrorDetails) -> str:
    if fault["type"] == "missing":  # its input is the whole table around it
        return f"{name} is missing"
    return f"{name} = {fault['input']!r}: {fault['msg']}"


def _code(name: str, prefix: str) -> str | None:
    return name.removeprefix(prefix) if name.startswith(prefix) else None
