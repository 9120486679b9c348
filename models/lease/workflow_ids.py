"""Workflow ids of leases: they carry business meaning, and commands find them by it."""

from __future__ import annotations


def application_workflow(application_id: str) -> str:
    return f"lease-{application_id}"


def contract_workflow(contract_number: str) -> str:
    return f"contract-{contract_number}"


def disbursement_workflow(disbursement_id: str) -> str:
    return f"disbursement-{disbursement_id}"


def disbursement_id(contract_number: str, part: int = 1) -> str:
    """The key of a pay-out of a contract; it is the payment's id as well."""
    return f"{contract_number}-D{part}"


def approval_id(application_id: str, round_: int) -> str:
    return f"{application_id}-{round_}"
