"""Post a journal by hand, and take one back."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.store.ledger import posting
from cli.house import reading, who
from cli.ledger.options import DATE_FORMAT
from cli.output import As, DryRun, Reason, done, not_blank, note
from models.calendar import business_date
from models.errors import InvalidInputError
from models.ledger.journals import HEAD_OFFICE, JournalOrder, Line
from models.money import Money
from models.people import Actor, Role

_SIDES = {"debit": 1, "credit": -1}
_LINE_WORDS = 3
_WRITE = "Write it like: 1002.01 debit 100.00"

BusinessDate = Annotated[
    datetime | None, typer.Option("--date", formats=DATE_FORMAT, help="Business date; today otherwise.")
]


def post_command(
    file: Annotated[
        Path | None, typer.Argument(help="JSON or CSV with account, side, amount[, branch, reference].")
    ] = None,
    line: Annotated[
        list[str] | None, typer.Option("--line", metavar="'CODE SIDE AMOUNT'", help="A line; repeat it.")
    ] = None,
    *,
    key: Annotated[str, typer.Option(help="Posts once under this key.", callback=not_blank)],
    narrative: Annotated[str, typer.Option(help="For the voucher.", callback=not_blank)],
    branch: Annotated[str, typer.Option(help="Of lines that name none.")] = HEAD_OFFICE,
    currency: Annotated[str, typer.Option(help="Of the amounts.")] = "CNY",
    date: BusinessDate = None,
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Post a journal by hand; repeating it gives the first voucher.

    Example: leaseflow ledger post --line "1002.01 debit 100.00" --line "4001 credit 100.00"
    --key capital-1 --narrative 实收资本 --as song.lin
    """
    person = _accountant(actor, to="post journals by hand")
    day = date.date() if date else business_date(datetime.now(UTC))
    plain = _read(file) if file else [_words(text) for text in line or []]
    order = JournalOrder(
        key=key,
        kind="manual",
        business_date=day,
        value_date=day,
        lines=tuple(_line(each, n, branch, currency) for n, each in enumerate(plain, start=1)),
        narrative=narrative,
        posted_by=person.username,
        source="leaseflow ledger post",
    )
    with reading() as session:
        posted = posting.post(session, order)
        if dry_run:
            session.rollback()
            done(f"valid: {len(order.lines)} lines (nothing was posted)")
            return
    done(f"voucher/{posted.voucher} posted")
    if not posted.created:
        note(f"an earlier command had posted key {key}")


def reverse(
    original: Annotated[str, typer.Argument(metavar="KEY", help="Key of the journal to take back.")],
    reason: Reason,
    date: BusinessDate = None,
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Take a journal back by a mirror of its lines.

    Example: leaseflow ledger reverse capital-1 --reason "wrong account" --as song.lin
    """
    person = _accountant(actor, to="reverse journals")
    with reading() as session:
        posted = posting.reverse(
            session,
            key=f"{original}-reversed",
            original_key=original,
            business_date=date.date() if date else business_date(datetime.now(UTC)),
            posted_by=person.username,
            reason=reason,
            source="leaseflow ledger reverse",
        )
        if dry_run:
            session.rollback()
            done(f"valid: {original} can be reversed (nothing was posted)")
            return
    done(f"voucher/{posted.voucher} reverses {original}")


def _accountant(actor: str | None, *, to: str) -> Actor:
    person = who(actor)
    person.require(Role.ACCOUNTANT, to=to)
    return person


def _words(text: str) -> dict[str, str]:
    words = text.split(maxsplit=_LINE_WORDS)
    if len(words) < _LINE_WORDS:
        raise InvalidInputError(f"--line {text!r} has no account, side and amount", remedy=_WRITE)
    account, side, amount, *rest = words
    return {"account": account, "side": side, "amount": amount, "reference": rest[0] if rest else ""}


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.lower() == ".json":
            plain = json.loads(text)
            return list(plain["lines"] if isinstance(plain, dict) else plain)
        return list(csv.DictReader(text.splitlines()))
    except OSError as error:
        raise InvalidInputError(
            f"{file} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            f"{file} holds no lines ({error})", remedy="See leaseflow ledger post --help"
        ) from error


def _line(plain: dict[str, Any], number: int, branch: str, currency: str) -> Line:
    missing = [name for name in ("account", "side", "amount") if not plain.get(name)]
    if missing:
        raise InvalidInputError(f"line {number}: {missing[0]} is missing", remedy=_WRITE)
    side = str(plain["side"]).lower()
    if side not in _SIDES:
        raise InvalidInputError(f"line {number}: side {side!r} is neither debit nor credit", remedy=_WRITE)
    money = Money.of(str(plain["amount"]), str(plain.get("currency") or currency))
    if money.minor < 0:
        raise InvalidInputError(f"line {number}: amount {money} is negative", remedy="Use the other side")
    return Line(
        account=str(plain["account"]),
        amount=money if _SIDES[side] > 0 else -money,
        branch=str(plain.get("branch") or branch),
        reference=str(plain.get("reference") or ""),
    )
