"""The demonstrator's and the judge's side of both banks. No login: it is a sandbox."""

from __future__ import annotations

import json
import time
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.banks.bank import instant
from sandbox.banks.books import Entry
from sandbox.banks.misbehaviour import UnknownMisbehaviourError
from sandbox.banks.orders import Status, minor_units, written
from sandbox.banks.settings import UnknownSettingError

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.banks.bank import Bank
    from sandbox.banks.site import Site


class WrongWishError(ValueError):
    """An admin's request that makes no sense; the message says what would."""


def routes() -> list[Route]:
    """The admin addresses; misbehaviour does not touch them."""
    return [
        Route("/admin/health", health),
        Route("/admin/keys", keys),
        Route("/admin/river/end-of-day", end_of_day, methods=["POST"]),
        Route("/admin/river/process", process, methods=["POST"]),
        Route("/admin/river/new-host-key", new_host_key, methods=["POST"]),
        Route("/admin/{bank}/misbehave", misbehave, methods=["GET", "POST", "DELETE"]),
        Route("/admin/{bank}/settings", settings, methods=["GET", "POST"]),
        Route("/admin/{bank}/books", books),
        Route("/admin/{bank}/orders", orders),
        Route("/admin/{bank}/balance", balance),
        Route("/admin/{bank}/accounts", open_account, methods=["POST"]),
        Route("/admin/{bank}/lies", lies),
        Route("/admin/{bank}/requests", requests),
        Route("/admin/{bank}/files", files),
        Route("/admin/{bank}/incoming", incoming, methods=["POST"]),
        Route("/admin/{bank}/orders/{reference}/settle", settle, methods=["POST"]),
        Route("/admin/{bank}/orders/{reference}/return", give_back, methods=["POST"]),
    ]


async def refused(_: Request, error: Exception) -> Response:
    """400, naming what is known."""
    return JSONResponse({"error": str(error)}, status_code=400)


async def health(request: Request) -> Response:
    site: Site = request.app.state.site
    counts = {
        bank.name: bank.books.rows("SELECT count(*) AS orders FROM orders")[0] for bank in site.banks.values()
    }
    return JSONResponse({"status": "ok", "addresses": site.addresses, "banks": counts})


async def keys(request: Request) -> Response:
    """What clients need to come in, private keys included."""
    site: Site = request.app.state.site
    return JSONResponse(site.client_secrets())


async def misbehave(request: Request) -> Response:
    """POST {"slow": 2.0, …} turns switches, DELETE turns all off; all methods answer with the switches."""
    bank = _bank(request)
    if request.method == "DELETE":
        bank.misbehaviour.clear()
    elif request.method == "POST":
        bank.misbehaviour.change(await _wishes(request))
    return JSONResponse(bank.misbehaviour.shown())


async def settings(request: Request) -> Response:
    """POST merges habits; both methods answer with all of them."""
    bank = _bank(request)
    if request.method == "POST":
        bank.settings = bank.settings.changed(await _wishes(request))
        bank.poke()
    return JSONResponse(bank.shown_settings())


async def books(request: Request) -> Response:
    """Every booked entry, oldest first; ``?reference=``, ``?account=``, ``?kind=``, ``?batch=`` choose."""
    bank = _bank(request)
    where, values = _chosen(request, ("reference", "account", "kind", "batch"), "entries.")
    rows = bank.books.rows(
        "SELECT entries.*, orders.status, count(*) FILTER (WHERE entries.kind = 'order')"  # noqa: S608
        " OVER (PARTITION BY entries.reference) AS times_booked"
        f" FROM entries LEFT JOIN orders ON orders.id = entries.order_id WHERE {where} ORDER BY entries.id",
        values,
    )
    return JSONResponse({"total": len(rows), "entries": [_entry(row) for row in rows]})


async def orders(request: Request) -> Response:
    """Every order that the bank took, booked or not."""
    where, values = _chosen(request, ("reference", "status", "batch"))
    rows = _bank(request).books.rows(f"SELECT * FROM orders WHERE {where} ORDER BY id", values)  # noqa: S608
    shown = [row | {"amount": written(row.pop("minor"), row["currency"])} for row in rows]
    return JSONResponse({"total": len(shown), "orders": shown})


async def balance(request: Request) -> Response:
    """Accounts with their balances; ``?account=`` chooses one."""
    number = request.query_params.get("account", "")
    rows = _bank(request).books.rows("SELECT * FROM accounts WHERE ?1 IN ('', number)", (number,))
    shown = [
        {
            "account": row["number"],
            "name": row["name"],
            "currency": row["currency"],
            "opening": written(row["opening"], row["currency"]),
            "balance": written(row["balance"], row["currency"]),
        }
        for row in rows
    ]
    return JSONResponse({"accounts": shown})


async def open_account(request: Request) -> Response:
    """POST {"account", "currency"}: an account of the house, with what such accounts open with."""
    wishes = await _wishes(request)
    if not (number := str(wishes.get("account", ""))):
        raise WrongWishError("say account")
    _bank(request).open_house_account(number, str(wishes.get("currency", "CNY")))
    return JSONResponse({"account": number})


async def lies(request: Request) -> Response:
    """Where the bank said or did what was not so."""
    where, values = _chosen(request, ("reference", "switch"))
    rows = _bank(request).books.rows(f"SELECT * FROM lies WHERE {where} ORDER BY id", values)  # noqa: S608
    return JSONResponse({"total": len(rows), "lies": [row | {"at": instant(row["at"])} for row in rows]})


async def requests(request: Request) -> Response:
    """What was asked, oldest first; ``?reference=`` and ``?method=`` choose."""
    where, values = _chosen(request, ("reference", "method"))
    rows = _bank(request).books.rows(f"SELECT * FROM requests WHERE {where} ORDER BY id", values)  # noqa: S608
    return JSONResponse({"total": len(rows), "requests": [row | {"at": instant(row["at"])} for row in rows]})


async def files(request: Request) -> Response:
    """Order files that came, oldest first, with what became of each; ``?name=`` chooses."""
    where, values = _chosen(request, ("name", "message_id", "outcome"))
    rows = _bank(request).books.rows(f"SELECT * FROM files WHERE {where} ORDER BY id", values)  # noqa: S608
    shown = [row | {"received_at": instant(row["received_at"])} for row in rows]
    return JSONResponse({"total": len(shown), "files": shown})


async def incoming(request: Request) -> Response:
    """POST {"account", "amount", "currency", "from": {"number", "name"}, "text"}: money comes in."""
    site: Site = request.app.state.site
    bank, wishes = _bank(request), await _wishes(request)
    try:
        currency = str(wishes.get("currency", "CNY"))
        entry = Entry(
            account=str(wishes["account"]),
            kind="incoming",
            order_id=None,
            reference=str(wishes.get("reference", "")),
            bank_reference=f"{bank.name[0].upper()}IN{uuid.uuid4().hex[:12]}",
            minor=minor_units(str(wishes["amount"]), currency),
            currency=currency,
            booking_day=str(wishes.get("day", bank.today.isoformat())),
            counterparty=str(wishes.get("from", {}).get("number", "")),
            counterparty_name=str(wishes.get("from", {}).get("name", "")),
            code="",
            text=str(wishes.get("text", "")),
            batch="",
            booked_at=time.time(),
        )
    except (KeyError, AttributeError, ValueError) as error:
        raise WrongWishError(f"say account, amount, currency, from {{number, name}}, text: {error}") from None
    site.receive(bank, entry)
    return JSONResponse({"bank_reference": entry.bank_reference})


async def settle(request: Request) -> Response:
    """POST: book what is accepted under the reference now."""
    bank = _bank(request)
    found = bank.known(request.path_params["reference"])
    done = bank.settle([kept for kept in found if kept.status is Status.ACCEPTED])
    bank.tell(done)
    return JSONResponse({"settled": len(done)})


async def give_back(request: Request) -> Response:
    """POST {"code": "AC01", "days": 0}: return what is settled under the reference."""
    bank, wishes = _bank(request), await _wishes(request)
    found = bank.known(request.path_params["reference"])
    code, days = str(wishes.get("code", "AC01")), wishes.get("days", 0)
    if not isinstance(days, int):
        raise WrongWishError(f"days={days!r}: say a whole number")
    done = [bank.give_back(k, code=code, days=days) for k in found if k.status is Status.SETTLED]
    bank.tell(done)
    return JSONResponse({"returned": len(done)})


async def end_of_day(request: Request) -> Response:
    """POST ``?day=``: write the statements of a day, by default of the bank's date."""
    site: Site = request.app.state.site
    day = request.query_params.get("day", site.river.bank.today.isoformat())
    try:
        date.fromisoformat(day)
    except ValueError:
        raise WrongWishError(f"day={day!r}: write YYYY-MM-DD") from None
    return JSONResponse({"files": await site.river.end_of_day(day)})


async def process(request: Request) -> Response:
    """POST: take what stands in ``in``, which also files that came without SFTP do."""
    site: Site = request.app.state.site
    return JSONResponse({"files": site.river.look_around()})


async def new_host_key(request: Request) -> Response:
    """POST: another host key from the next connection on."""
    site: Site = request.app.state.site
    site.door.change_host_key()
    return JSONResponse({"host_key": site.keys.public_line("river_host")})


KNOWN_ERRORS = (UnknownMisbehaviourError, UnknownSettingError, WrongWishError)


def _bank(request: Request) -> Bank:
    site: Site = request.app.state.site
    name = request.path_params["bank"]
    if name not in site.banks:
        raise WrongWishError(f"bank {name!r} is none of {', '.join(site.banks)}")
    return site.banks[name]


async def _wishes(request: Request) -> dict[str, Any]:
    try:
        wishes = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise WrongWishError(f"the body is no JSON: {error}") from None
    if not isinstance(wishes, dict):
        raise WrongWishError("the body is no JSON object")
    return wishes


def _chosen(request: Request, names: tuple[str, ...], prefix: str = "") -> tuple[str, list[str]]:
    """A condition from the query's known parameters."""
    said = {name: request.query_params[name] for name in names if name in request.query_params}
    return " AND ".join(["1 = 1", *(f"{prefix}{name} = ?" for name in said)]), list(said.values())


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "bank_reference": row["bank_reference"],
        "kind": row["kind"],
        "amount": written(abs(row["minor"]), row["currency"]),
        "currency": row["currency"],
        "direction": "in" if row["minor"] > 0 else "out",
        "account": row["account"],
        "counterparty": row["counterparty"],
        "status": row["status"] or "SETTLED",
        "code": row["code"],
        "times_booked": row["times_booked"],
        "booking_day": row["booking_day"],
        "booked_at": instant(row["booked_at"]),
        "batch": row["batch"],
    }
