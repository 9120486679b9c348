"""Who signs a contract, in which order, and which conditions precedent it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from models.lease.contract.messages import ConditionPrecedent, Signer
from models.lease.parties import Party, PartyKind, PartyRole
from models.money import Money
from models.parameters.contracts import Lessor

LESSOR: Final = "lessor"
DOWN_PAYMENT: Final = "down-payment"
_ORDER: Final = (PartyRole.LESSEE, PartyRole.CO_LESSEE, PartyRole.GUARANTOR)

_LABELS: Final[Mapping[str, str]] = {
    "signed": "合同已由各方签署",
    "registered": "租赁物已办理所有权登记",
    DOWN_PAYMENT: "首付款已到账",
    "deposit": "租赁保证金已到账",
    "insurance": "租赁物保险已投保",
    "delivery": "租赁物已交付验收",
}
_BY_SYSTEM: Final = frozenset({"signed", "registered", DOWN_PAYMENT, "deposit"})


def signing_order(parties: Sequence[Party]) -> list[tuple[str, Party]]:
    """Parties with the roles in which they sign: the lessee, co-lessees, guarantors."""
    ordered = []
    for role in _ORDER:
        same = [party for party in parties if party.role is role]
        for number, party in enumerate(same, start=1):
            single = role is PartyRole.LESSEE
            ordered.append((role.value if single else f"{role}-{number}", party))
    return ordered


def signers_of(lessor: Lessor, parties: Sequence[Party]) -> tuple[Signer, ...]:
    """Everybody who signs: the house seals first, so that nobody signs an offer it may still withdraw."""
    house = Signer(LESSOR, lessor.name, lessor.identifier, lessor.phone, lessor.representative)
    others = [
        Signer(role, party.name, party.identifier, party.phone, party.legal_representative)
        for role, party in signing_order(parties)
    ]
    return (house, *others)


def is_organisation(identifier: str) -> bool:
    """Whether an identifier is a firm's: resident identity numbers are digits up to their last place.

    >>> is_organisation("91310115MA1K0LF18J"), is_organisation("11010519491231002X")
    (True, False)
    """
    return not (identifier[:-1].isdigit() and identifier[0] != "9")


def kind_of(identifier: str) -> PartyKind:
    return PartyKind.ORGANISATION if is_organisation(identifier) else PartyKind.PERSON


def down_payment_taken(names: Sequence[str], down_payment: Money) -> Money:
    """The part of the price that the lessee pays through the house; otherwise the seller takes it.

    Args:
        names: conditions precedent of the product.
        down_payment: as agreed.
    """
    return down_payment if DOWN_PAYMENT in names else Money(0, down_payment.currency)


def conditions_of(
    names: Sequence[str], *, down_payment: Money, deposit: Money
) -> tuple[ConditionPrecedent, ...]:
    """The conditions precedent of a product; money that is not owed is no condition."""
    amounts = {DOWN_PAYMENT: down_payment, "deposit": deposit}
    return tuple(
        ConditionPrecedent(
            name=name, label=_LABELS.get(name, name), by_system=name in _BY_SYSTEM, amount=amounts.get(name)
        )
        for name in names
        if name not in amounts or amounts[name].minor > 0
    )
