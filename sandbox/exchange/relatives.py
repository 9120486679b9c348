"""Customers that are on the newest list, in every way that makes them hard to find, and traps beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sandbox.exchange import uscc
from sandbox.exchange.names import invent_brand, near_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from sandbox.exchange.names import EnterpriseName
    from sandbox.exchange.population import Acceptor


class Kind(StrEnum):
    """How a customer of the file relates to an acceptor of the list."""

    EXACT = "exact"
    RENAMED = "renamed"
    """Same code; the customer file still has the old name."""
    FORMER_NAME = "former_name"
    """The list has the old name; the customer has no code on file."""
    TRADITIONAL = "traditional"
    """The customer file spells the name in traditional characters, without a code."""
    BRACKETS = "brackets"
    """Half-width brackets and stray spaces, no code on file."""
    MISSING_CODE = "missing_code"
    """The list leaves the code out."""
    MISPRINTED_CODE = "misprinted_code"
    """The list misprints the code; the name agrees."""
    BRANCH = "branch"
    """The list names a branch; the customer is its parent."""
    BRANCH_CUSTOMER = "branch_customer"
    """The list names a branch; it and its parent are both customers."""
    TRAP_OTHER_CODE = "trap_other_code"
    """The same name with another valid code: another enterprise."""
    TRAP_NEAR_NAME = "trap_near_name"
    """One syllable differs and the code is another's: another enterprise."""
    TRAP_NEAR_NAME_NO_CODE = "trap_near_name_no_code"
    """One syllable differs and there is no code: a person may look, but it is no match."""


COUNTS: Final[dict[Kind, int]] = {
    Kind.EXACT: 30,
    Kind.RENAMED: 8,
    Kind.FORMER_NAME: 6,
    Kind.TRADITIONAL: 6,
    Kind.BRACKETS: 5,
    Kind.MISSING_CODE: 5,
    Kind.MISPRINTED_CODE: 4,
    Kind.BRANCH: 8,
    Kind.BRANCH_CUSTOMER: 3,
    Kind.TRAP_OTHER_CODE: 8,
    Kind.TRAP_NEAR_NAME: 8,
    Kind.TRAP_NEAR_NAME_NO_CODE: 4,
}
"""How many of each at the real list's size; a smaller list has as many as it can give."""

_HALF_WIDTH: Final = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class Relative:
    """A customer without its number, and what should become of the acceptor's record."""

    kind: Kind
    acceptor: Acceptor
    name: str
    uscc: str
    region: str
    former_names: tuple[str, ...] = ()
    parent: Relative | None = None

    @property
    def expected(self) -> str:
        """``match``, ``branch`` (of a customer) or ``none``."""
        if self.kind.startswith("trap"):
            return "none"
        return "branch" if self.kind is Kind.BRANCH else "match"


def make_relatives(listed: list[Acceptor], random: Random) -> list[Relative]:
    """Draw acceptors from a list and make each a customer of one kind."""
    pool = random.sample(listed, len(listed))
    relatives = []
    for kind, wanted in COUNTS.items():
        chosen = [acceptor for acceptor in pool if _suits(kind, acceptor)][:wanted]
        pool = [acceptor for acceptor in pool if acceptor not in chosen]
        relatives += [_MAKERS.get(kind, _exact)(kind, acceptor, random) for acceptor in chosen]
    return relatives


def _suits(kind: Kind, acceptor: Acceptor) -> bool:
    if kind is Kind.MISSING_CODE:
        return not acceptor.printed_uscc
    if kind is Kind.MISPRINTED_CODE:
        return acceptor.printed_uscc not in ("", acceptor.uscc)
    if acceptor.printed_uscc != acceptor.uscc:
        return False
    if kind in (Kind.BRANCH, Kind.BRANCH_CUSTOMER):
        return bool(acceptor.name.branch)
    if kind is Kind.BRACKETS:
        return acceptor.name.bracketed
    return not acceptor.name.branch


def _exact(kind: Kind, acceptor: Acceptor, _: Random) -> Relative:
    name = acceptor.name
    return Relative(kind, acceptor, str(name), acceptor.uscc, name.region)


def _renamed(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    old = replace(acceptor.name, brand=invent_brand(random))
    return Relative(kind, acceptor, str(old), acceptor.uscc, old.region)


def _former_name(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    new = replace(acceptor.name, brand=invent_brand(random))
    older = replace(acceptor.name, trade="实业", brand=invent_brand(random))
    return Relative(kind, acceptor, str(new), "", new.region, (str(older), str(acceptor.name)))


def _traditional(kind: Kind, acceptor: Acceptor, _: Random) -> Relative:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are slow to load, the site needs none

    spelled: str = OpenCC("s2t").convert(str(acceptor.name))
    return Relative(kind, acceptor, spelled, "", acceptor.name.region)


def _brackets(kind: Kind, acceptor: Acceptor, _: Random) -> Relative:
    name = str(acceptor.name).translate(_HALF_WIDTH)
    return Relative(kind, acceptor, f"{name[:3]} {name[3:]} ", "", acceptor.name.region)


def _branch(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    return Relative(
        kind, acceptor, str(acceptor.name.parent()), _other_code(acceptor.name, random), acceptor.name.region
    )


def _branch_customer(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    return replace(_exact(kind, acceptor, random), parent=_branch(kind, acceptor, random))


def _other_code_trap(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    name = acceptor.name
    return Relative(kind, acceptor, str(name), _other_code(name, random), name.region)


def _near_name_trap(kind: Kind, acceptor: Acceptor, random: Random) -> Relative:
    near = near_name(random, acceptor.name)
    code = "" if kind is Kind.TRAP_NEAR_NAME_NO_CODE else _other_code(near, random)
    return Relative(kind, acceptor, str(near), code, near.region)


def _other_code(name: EnterpriseName, random: Random) -> str:
    return uscc.invent(random, name.division)


_MAKERS: Final[dict[Kind, Callable[[Kind, Acceptor, Random], Relative]]] = {
    Kind.RENAMED: _renamed,
    Kind.FORMER_NAME: _former_name,
    Kind.TRADITIONAL: _traditional,
    Kind.BRACKETS: _brackets,
    Kind.BRANCH: _branch,
    Kind.BRANCH_CUSTOMER: _branch_customer,
    Kind.TRAP_OTHER_CODE: _other_code_trap,
    Kind.TRAP_NEAR_NAME: _near_name_trap,
    Kind.TRAP_NEAR_NAME_NO_CODE: _near_name_trap,
}
