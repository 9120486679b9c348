"""What stops a contract, or a command about one."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError


class UnknownContractError(InvalidInputError):
    """No contract has this number."""

    def __init__(self, contract_number: str) -> None:
        super().__init__(
            f"contract {contract_number!r} does not exist", remedy="See leaseflow contracts list"
        )


class UnknownConditionError(InvalidInputError):
    """The contract has no such condition precedent."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"condition {name!r} is none of {', '.join(known) or 'none at all'}")


class ContractExistsError(RefusedByRuleError):
    """The number stands for a contract on other terms."""

    def __init__(self, contract_number: str, difference: str) -> None:
        super().__init__(
            f"contract {contract_number} exists with another {difference}",
            remedy="The contract that exists stands; order this one under a number of its own",
        )


class ContractNotOpenError(RefusedByRuleError):
    """The contract is not in a state in which that can be done."""

    def __init__(self, contract_number: str, state: str, wanted: str) -> None:
        super().__init__(f"contract {contract_number} is {state}: it cannot be {wanted}")


class ConditionRefusedError(RefusedByRuleError):
    """The condition cannot be confirmed by this person, or not by a person at all."""


class UntrustedSignatureError(RefusedByRuleError):
    """What came from the authority is no signature of the party that had to sign."""
