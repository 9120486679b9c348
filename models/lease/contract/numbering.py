"""Contract numbers: branch, year, and a count without gaps."""

from __future__ import annotations

from collections.abc import Mapping

from models.errors import InvalidInputError


class BranchWithoutCodeError(InvalidInputError):
    """Contracts of the branch cannot be numbered."""

    def __init__(self, branch: str, known: Mapping[str, str]) -> None:
        super().__init__(
            f"branch {branch!r} has no code for contract numbers; known are {', '.join(sorted(known))}",
            remedy="Add it to branch_codes in the parameter set lease-contracts",
        )


def branch_code(branch: str, codes: Mapping[str, str]) -> str:
    """The code that begins the numbers of a branch's contracts.

    Raises:
        BranchWithoutCodeError: nobody gave it one.
    """
    try:
        return codes[branch]
    except KeyError:
        raise BranchWithoutCodeError(branch, codes) from None


def contract_number(code: str, year: int, sequence: int) -> str:
    """A number as people write it.

    >>> contract_number("HZ", 2026, 123)
    'HZ-2026-000123'
    """
    return f"{code}-{year}-{sequence:06d}"
