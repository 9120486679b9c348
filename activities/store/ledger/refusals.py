"""From what the database's functions raise (SQLSTATE class LF, detail in JSON) to named errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy.exc import DBAPIError

from models.ledger.errors import (
    AccountNotOpenError,
    HoldEndedError,
    InsufficientFundsError,
    LedgerRefusalError,
    MonthClosedError,
    NoFloorError,
    ReversalRefusedError,
    UnknownAccountError,
)
from models.money import Money

Detail = Mapping[str, Any]


@contextmanager
def named_refusals() -> Iterator[None]:
    """Turn a refusal of the ledger's functions into its error.

    The transaction is lost by then: what was asked for together stands or falls together.
    """
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        explain = _REFUSALS.get(getattr(cause, "sqlstate", None) or "")
        if explain is None or not isinstance(cause, psycopg.Error):
            raise
        raise explain(json.loads(cause.diag.message_detail or "{}")) from error


def _account(detail: Detail) -> str:
    return f"account {detail['code']} of branch {detail['branch']} in {detail['currency']}"


def _unknown_account(detail: Detail) -> LedgerRefusalError:
    return UnknownAccountError(
        f"{detail['key']}: {_account(detail)} is not known",
        remedy=f"Open it: leaseflow ledger accounts open {detail['code']} --branch {detail['branch']}",
    )


def _account_not_open(detail: Detail) -> LedgerRefusalError:
    return AccountNotOpenError(
        f"{detail['key']}: {_account(detail)} is {detail['status']}",
        remedy="Use another account, or have it unblocked by an accountant",
    )


def _month_closed(detail: Detail) -> LedgerRefusalError:
    return MonthClosedError(
        f"{detail['key']}: business date {detail['date']} lies in a closed month"
        f" (closed up to {detail['closed']})",
        remedy="Post it into an open month, with the true value date",
    )


def _insufficient_funds(detail: Detail) -> LedgerRefusalError:
    currency = detail["currency"]
    amount, available = Money(detail["amount"], currency), Money(detail["available"], currency)
    return InsufficientFundsError(
        f"{detail['key']}: {amount} is more than the {available} available on {_account(detail)}",
        remedy="Fund the account, release holds that are over, or order less",
    )


def _reversal_refused(detail: Detail) -> LedgerRefusalError:
    return ReversalRefusedError(
        f"{detail['key']}: journal {detail['original']!r} cannot be reversed: {detail['reason']}",
        remedy="See leaseflow ledger journal for what was posted",
    )


def _no_floor(detail: Detail) -> LedgerRefusalError:
    return NoFloorError(
        f"{detail['key']}: {_account(detail)} has no floor, so nothing can be set aside on it",
        remedy=f"Set one: leaseflow ledger accounts limit {detail['code']} --floor 0.00",
    )


def _hold_ended(detail: Detail) -> LedgerRefusalError:
    if detail["state"] is None:
        return HoldEndedError(f"hold {detail['key']!r} is not known", remedy="See leaseflow ledger holds")
    by = f" by journal {detail['journal_key']}" if detail["journal_key"] else ""
    return HoldEndedError(
        f"hold {detail['key']!r} cannot become {detail['wanted']}: it was {detail['state']}{by}",
        remedy="Reserve anew under another key if the effect is still due",
    )


_REFUSALS: Final[Mapping[str, Callable[[Detail], LedgerRefusalError]]] = {
    "LF101": _unknown_account,
    "LF102": _account_not_open,
    "LF103": _month_closed,
    "LF105": _insufficient_funds,
    "LF106": _reversal_refused,
    "LF107": _no_floor,
    "LF108": _hold_ended,
}
