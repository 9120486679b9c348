"""The house as a party of its contracts, how contracts are numbered, and how long signing may take."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from models.parameters.parts import Part

BranchCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,6}$")]
"""Begins every contract number of a branch; short, because payments of a contract bear its number."""

_SHIPPED_CODES: Final = {"Shanghai": "SH", "Suzhou": "SZ", "Hangzhou": "HZ"}


class Lessor(Part):
    """The house as it stands in a contract and in the certificate that it signs with."""

    name: str = "示范融资租赁有限公司"
    identifier: str = "91310115MA1K0LF18J"
    """USCC; the signing authority's certificate must carry it."""
    representative: str = "陆远"
    """Legal representative."""
    address: str = "上海市浦东新区世纪大道 1 号"
    phone: str = "021-60000000"
    arbitration: str = "上海国际经济贸易仲裁委员会（上海国际仲裁中心）"
    """Who decides disputes."""


class ContractParameters(Part):
    """What holds for the contracts of every product."""

    lessor: Lessor = Lessor()
    branch_codes: dict[str, BranchCode] = Field(default=_SHIPPED_CODES)
    """By the branch's name in the directory."""
    signing_days: Annotated[int, Field(ge=1, le=180)] = 14
    """A signature that is not given for so long ends the contract."""
    remind_after_days: Annotated[int, Field(ge=1, le=180)] = 3
    """A signer who was silent for so long is reminded, and again after as long."""

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = list(self.branch_codes.values())
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"branch code {', '.join(twice)} stands for more than one branch")
        return self
