"""How a bank wants its pain files: version and habits, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class CreditTransferDialect:
    """The pain.001 that a bank takes."""

    version: Literal["001.03", "001.09"] = "001.03"
    service_level: str = ""
    """``SEPA``, ``NURG``, ``URGP``; empty leaves it out."""
    charge_bearer: str = ""
    """``SLEV``, ``SHAR``, ``DEBT``; empty leaves it out."""
    clearing_system: str = "CNAPS"
    """Names the system of bank codes that are no BIC, by ISO 20022's external code list (CNAPS)."""


@dataclass(frozen=True, slots=True)
class DirectDebitDialect:
    """The pain.008 that a bank takes."""

    version: Literal["001.02", "001.08"] = "001.02"
    service_level: str = ""
    local_instrument: str = ""
    """``CORE`` or ``B2B`` of SEPA."""
    charge_bearer: str = ""
    clearing_system: str = "CNAPS"


SEPA_CREDIT_TRANSFER: Final = CreditTransferDialect(
    version="001.03", service_level="SEPA", charge_bearer="SLEV"
)
CHINESE_CREDIT_TRANSFER: Final = CreditTransferDialect(version="001.09", clearing_system="CNAPS")
SEPA_DIRECT_DEBIT: Final = DirectDebitDialect(
    version="001.02", service_level="SEPA", local_instrument="CORE", charge_bearer="SLEV"
)
CHINESE_DIRECT_DEBIT: Final = DirectDebitDialect(version="001.08")
