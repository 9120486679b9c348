"""Holds: set an amount aside, then capture it by a journal, give it back, or let it expire.

Every call may be repeated; it works inside the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.ledger.posting import post
from activities.store.ledger.refusals import named_refusals
from activities.store.tables.ledger import AccountRow, HoldRow
from models.ledger.accounts import Side
from models.ledger.errors import (
    CaptureExceedsHoldError,
    HoldEndedError,
    IdempotencyConflictError,
    InvalidJournalError,
)
from models.ledger.holds import Hold, HoldState, hold_hash
from models.ledger.journals import HEAD_OFFICE, MAIN_BOOK, JournalOrder, Posted
from models.money import Money


def reserve(
    session: Session,
    *,
    key: str,
    account: str,
    amount: Money,
    expires_at: datetime,
    reason: str,
    source: str = "",
    branch: str = HEAD_OFFICE,
    book: str = MAIN_BOOK,
) -> Hold:
    """Set an amount aside on an account that has a floor; a known key gives its hold as it stands.

    Args:
        session: the transaction.
        key: idempotency key of the hold.
        account: code of the account that will be drawn on.
        amount: positive, along the account's normal side.
        expires_at: when `expire` may give it back.
        reason: for people who look at holds.
        source: the workflow that asks.
        branch: whose account.
        book: of which book.

    Raises:
        InsufficientFundsError: balance less holds less amount would be under the floor.
        NoFloorError: the account's balance is not limited.
        IdempotencyConflictError: the key stands for another account or amount.
        UnknownAccountError: there is no such account.
        AccountNotOpenError: it is blocked or closed.
    """
    if amount.minor <= 0:
        raise InvalidJournalError(
            f"hold {key!r}: amount {amount} is not positive", remedy="Give what to keep"
        )
    asked = hold_hash(account, branch, amount)
    with named_refusals():
        row = (
            session.connection()
            .exec_driver_sql(
                "SELECT request_hash, amount_minor, state, expires_at, reason, source"
                " FROM ledger_reserve(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *(book, key, asked, account, branch, amount.currency),
                    *(amount.minor, expires_at, reason, source),
                ),
            )
            .one()
        )
    if bytes(row.request_hash) != asked:
        raise IdempotencyConflictError(key, first=bytes(row.request_hash).hex(), now=asked.hex())
    return Hold(key, account, branch, amount, HoldState(row.state), row.expires_at, row.reason, row.source)


def capture(session: Session, *, key: str, order: JournalOrder) -> Posted:
    """End a hold and post the journal that takes its amount (or less), in one transaction.

    Raises:
        HoldEndedError: no such hold, or it was voided, expired, or captured by another journal.
        CaptureExceedsHoldError: the journal takes more from the account than is held.
        LedgerRefusalError: as for `post`.
    """
    hold, side = _find(session, key, order.book)
    taken = -side.sign * sum(
        line.amount.minor
        for line in order.lines
        if (line.account, line.branch, line.amount.currency)
        == (hold.account, hold.branch, hold.amount.currency)
    )
    if taken > hold.amount.minor:
        raise CaptureExceedsHoldError(
            f"journal {order.key!r} takes {Money(taken, hold.amount.currency)} of account {hold.account},"
            f" but hold {key!r} keeps {hold.amount}",
            remedy="Capture at most what was reserved, and post the rest by a journal of its own",
        )
    _end(session, key, HoldState.CAPTURED, book=order.book, journal_key=order.key, reason=order.narrative)
    return post(session, order)


def void(session: Session, *, key: str, reason: str, book: str = MAIN_BOOK) -> Hold:
    """Give back what was set aside.

    Raises:
        HoldEndedError: no such hold, or it was captured or expired.
    """
    _end(session, key, HoldState.VOIDED, book=book, reason=reason)
    hold, _ = _find(session, key, book)
    return hold


def expire(session: Session, now: datetime) -> int:
    """Give back every hold whose time is over; says how many."""
    expired: int = session.connection().exec_driver_sql("SELECT ledger_expire_holds(%s)", (now,)).scalar_one()
    return expired


def find_hold(session: Session, key: str, *, book: str = MAIN_BOOK) -> Hold:
    """A hold as it stands.

    Raises:
        HoldEndedError: there is none under this key.
    """
    return _find(session, key, book)[0]


def list_holds(
    session: Session, *, state: HoldState | None = HoldState.RESERVED, book: str = MAIN_BOOK, limit: int = 200
) -> list[Hold]:
    """Holds in a state (or in any), those that end first at the top."""
    query = (
        select(HoldRow, AccountRow)
        .join(AccountRow, col(AccountRow.account_id) == col(HoldRow.account_id))
        .where(col(HoldRow.book) == book)
        .order_by(col(HoldRow.expires_at), col(HoldRow.hold_id))
        .limit(limit)
    )
    if state is not None:
        query = query.where(col(HoldRow.state) == state.value)
    return [_hold(hold, account) for hold, account in session.execute(query)]


def _end(
    session: Session, key: str, state: HoldState, *, book: str, reason: str, journal_key: str | None = None
) -> None:
    with named_refusals():
        session.connection().exec_driver_sql(
            "SELECT ledger_end_hold(%s, %s, %s, %s, %s)", (book, key, state.value, journal_key, reason)
        )


def _find(session: Session, key: str, book: str) -> tuple[Hold, Side]:
    found = session.execute(
        select(HoldRow, AccountRow)
        .join(AccountRow, col(AccountRow.account_id) == col(HoldRow.account_id))
        .where(col(HoldRow.book) == book, col(HoldRow.hold_key) == key)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise HoldEndedError(f"hold {key!r} is not known", remedy="See leaseflow ledger holds")
    return _hold(*found), Side(found[1].normal_side)


def _hold(row: HoldRow, account: AccountRow) -> Hold:
    return Hold(
        key=row.hold_key,
        account=account.code,
        branch=account.branch,
        amount=Money(row.amount_minor, account.currency),
        state=HoldState(row.state),
        expires_at=row.expires_at,
        reason=row.reason,
        source=row.source,
    )
