"""The sandbox banks in a process of their own, and adapters that speak to them, for contract tests."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from lxml import etree

from activities.adapters.banks.secret_names import secret_of
from activities.ports.banks import BankMailbox, BankService
from activities.ports.secrets import MissingSecretError, SecretStore
from models.money import Money
from models.parameters.banks import BankProfile, FileConnection, HttpConnection
from models.payments.banking import BankAccount, BankAnswer, BankOrder, BankSaid, Direction

ROOT = Path(__file__).parents[2]
OWN_ACCOUNT = "6222020000000000001"
DAY = date(2026, 11, 20)
HABITS: Final = {
    "settle_seconds": 0.0,
    "return_seconds": 2.0,
    "fee": "0.00",
    "callback": "",
    "callback_client": "leaseflow",
    "business_day": DAY.isoformat(),
    "latency_ms": 0.0,
    "page_size": 500,
    "batch_booking": False,
    "leave_taken": False,
}
"""How the played banks are wont to act when a test begins."""


@dataclass(frozen=True, slots=True)
class PlayedBank:
    """The admin's side of one played bank."""

    name: str
    http: httpx.Client

    def misbehave(self, **switches: Any) -> None:
        self.http.post(f"/admin/{self.name}/misbehave", json=switches).raise_for_status()

    def behave(self) -> None:
        self.http.delete(f"/admin/{self.name}/misbehave").raise_for_status()

    def settings(self, **settings: Any) -> None:
        self.http.post(f"/admin/{self.name}/settings", json=settings).raise_for_status()

    def books(self, **chosen: Any) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/books", params=chosen).json()["entries"]

    def lies(self, reference: str) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/lies", params={"reference": reference}).json()["lies"]

    def requests(self, **chosen: Any) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/requests", params=chosen).json()["requests"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self.http.post(f"/admin/{self.name}/{path}", json=body).raise_for_status().json()


@dataclass(frozen=True, slots=True)
class BankSite:
    """A running sandbox with both banks."""

    http: httpx.Client
    keys: dict[str, Any]

    @property
    def harbour(self) -> PlayedBank:
        return PlayedBank("harbour", self.http)

    @property
    def river(self) -> PlayedBank:
        return PlayedBank("river", self.http)


@dataclass(slots=True)
class GivenSecrets(SecretStore):
    """Secrets of a test."""

    values: dict[str, str]

    def get(self, name: str) -> str:
        if name not in self.values:
            raise MissingSecretError(f"secret {name!r} is not given")
        return self.values[name]


@dataclass(slots=True)
class Evidence:
    """What was kept."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, content: bytes, media_type: str) -> str:
        assert media_type == "message/http"
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return digest


@asynccontextmanager
async def listening(
    meet: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The address of a server that ``meet`` s its clients, all of whom are gone afterwards."""
    running: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await meet(reader, writer)
        finally:
            await _closed(writer)

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.get_running_loop().create_task(met(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def read_message(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """The first line, the headers in lower case, and the body of one HTTP message."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first, headers, await reader.readexactly(int(headers.get("content-length", "0")))


@asynccontextmanager
async def meddler(site: BankSite, change: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """The HTTP bank's address by way of somebody who changes what it answers."""
    upstream = urlsplit(site.keys["harbour"]["address"])

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(upstream.hostname, upstream.port)
        try:
            while True:
                forth.write(_written(*await read_message(reader)))
                writer.write(change(_written(*await read_message(back))))
        finally:
            await _closed(forth)

    async with listening(meet) as address:
        yield address


def _written(first: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = (first, *(f"{name}: {value}" for name, value in headers.items()), "", "")
    return "\r\n".join(lines).encode() + body


@contextmanager
def running_banks(*options: str) -> Iterator[BankSite]:
    """Both banks on free ports, ended afterwards."""
    command = [sys.executable, "-m", "sandbox.banks", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        try:
            with httpx.Client(base_url=ready.split()[1], timeout=30) as http:
                yield BankSite(http, http.get("/admin/keys").json())
        finally:
            process.terminate()
            ended = process.wait(10)
        assert ended == 0


def now() -> datetime:
    return datetime.now(UTC)


def http_profile(site: BankSite, *, client: str = "leaseflow", **changes: Any) -> BankProfile:
    known = site.keys["harbour"]
    connection = {
        "address": known["address"],
        "client_id": client,
        "signature": known["clients"].get(client, {}).get("signature", "ed25519"),
        "answer_seconds": 1.0,
    }
    return BankProfile(
        code="harbour",
        name="Harbour Bank",
        ledger_account="1002.01",
        own_account=OWN_ACCOUNT,
        own_name="租赁公司",
        http=HttpConnection(**(connection | changes)),
    )


def http_secrets(site: BankSite, client: str = "leaseflow", **changes: str) -> GivenSecrets:
    known = site.keys["harbour"]["clients"][client] | changes
    names = ("key", "public_key")
    return GivenSecrets({secret_of("harbour", name): known[name] for name in names})  # type: ignore[arg-type]


def order(amount: str = "1234.50", *, to: str = "6228480000000012345", **changes: Any) -> BankOrder:
    """An order with a reference of its own."""
    said: dict[str, Any] = {
        "reference": f"P{uuid4().hex[:20]}",
        "direction": Direction.PAY_OUT,
        "own_account": BankAccount(OWN_ACCOUNT, "租赁公司"),
        "counterparty": BankAccount(to, "上海某某汽车销售有限公司", "104290003033"),
        "amount": Money.of(amount),
        "execution_date": DAY,
        "purpose": "放款 L2026-0001",
    }
    return BankOrder(**(said | changes))


async def until(bank: BankService, reference: str, wanted: BankSaid) -> BankAnswer:
    """Ask until the bank says so."""
    async with asyncio.timeout(20):
        while (said := await bank.inquire(reference)).said is not wanted:
            pass
    return said


def file_profile(site: BankSite, **changes: Any) -> BankProfile:
    known = site.keys["river"]
    connection = {"address": known["address"], "host_key": known["host_key"], "settled_seconds": 0}
    return BankProfile(
        code="river",
        name="River Bank",
        ledger_account="1002.02",
        own_account=OWN_ACCOUNT,
        own_name="租赁公司",
        files=FileConnection(**(connection | changes)),
    )


def file_secrets(site: BankSite, *, by: str = "key") -> GivenSecrets:
    known = site.keys["river"]
    if by == "key":
        return GivenSecrets({secret_of("river", "sftp_key"): known["client_key"]})
    return GivenSecrets({secret_of("river", "sftp_password"): known["password"]})


def order_file(orders: Sequence[BankOrder], message_id: str) -> bytes:
    """A pain.001.001.09 of the tests' own, with what the sandbox looks at."""
    total = sum((item.amount.amount for item in orders), Decimal(0))
    own = orders[0].own_account
    items = "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>{item.reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{item.amount.currency}">{item.amount}</InstdAmt></Amt>'
        f"<Cdtr><Nm>{item.counterparty.name}</Nm></Cdtr>"
        f"<CdtrAcct><Id><Othr><Id>{item.counterparty.number}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{item.purpose}</Ustrd></RmtInf></CdtTrfTxInf>"
        for item in orders
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-20T09:00:00Z</CreDtTm>"
        f"<NbOfTxs>{len(orders)}</NbOfTxs><CtrlSum>{total}</CtrlSum></GrpHdr>"
        f"<PmtInf><PmtInfId>{message_id}-1</PmtInfId><PmtMtd>TRF</PmtMtd>"
        f"<ReqdExctnDt><Dt>{DAY}</Dt></ReqdExctnDt><Dbtr><Nm>{own.name}</Nm></Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{own.number}</Id></Othr></Id></DbtrAcct>"
        f"{items}</PmtInf></CstmrCdtTrfInitn></Document>"
    ).encode()


async def files_of(
    mailbox: BankMailbox, part: str, *, count: int = 1, beside: Collection[str] = ()
) -> list[str]:
    """Names of waiting files that hold ``part`` and were not there before, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            names = [file.name for file in await mailbox.waiting()]
            found = [name for name in names if part in name and name not in beside]
            if len(found) >= count:
                return sorted(found)


async def statuses(mailbox: BankMailbox, name: str) -> dict[str, str]:
    """TxSts by reference, and GrpSts under an empty one."""
    root = etree.fromstring(await mailbox.fetch(name))
    told = {
        item.findtext("{*}OrgnlEndToEndId"): item.findtext("{*}TxSts") for item in root.iter("{*}TxInfAndSts")
    }
    return told | {"": root.findtext(".//{*}GrpSts")}
