"""Money moves exactly once, whatever dies and whoever lies: the bank's book = our ledger = our states."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest

from cli.payments.order import start as start_payment
from models.payments.messages import PaymentOrder
from tests.contract.bank_site import PlayedBank
from tests.e2e.conftest import Stack, start
from tests.e2e.evidence import evidence_of, money_differences
from tests.e2e.judge import judge
from tests.factories.treasury_stack import Accountant, Crowd, House, Treasurer, dues_file, payments
from workers.settings import load_settings
from workers.setup import open_database
from workers.temporal import connect

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PAYMENTS: Final = 500
ITEMS: Final = 2_400
REFUSED_ITEMS: Final = 120
SEED: Final = 20261123
PATIENCE: Final = 150.0

PROFILES: Final = {
    "bank-harbour": (
        "http.answer_seconds=1.0",
        "inquiry.pauses_seconds=[0.3, 0.5, 1, 2]",
        "inquiry.unheard_of_final_seconds=5",
        "inquiry.give_up_hours=0.005",
    ),
    "bank-river": ("files.poll_seconds=0.5", "formats.items_per_file=400"),
}
"""Short patience, so that what takes days is seen in seconds."""

_STACKS_OWN: Final = {"worker-engine": {2, 8, 14}, "worker-outside": {3, 9}, "console": {5}}
"""Which of the stack's own processes die, and at which turns."""

HARBOUR_PHASES: Final[tuple[dict[str, Any], ...]] = (
    {
        "timeout_before_booking": 0.04,
        "timeout_after_booking": 0.04,
        "cut_after_booking": 0.04,
        "error_500": {"rate": 0.05, "mode": "before"},
        "answer_twice": 0.2,
        "answer_late": {"rate": 0.04, "mode": "inquiry", "seconds": 2},
        "contradict": {"rate": 0.03, "mode": "rejected"},
        "wrong_amount": {"rate": 0.02, "mode": "answer"},
        "reject": 0.03,
        "malformed": {"rate": 0.03, "mode": "cut"},
        "slow": {"rate": 0.05, "seconds": 1.5},
    },
    {"silent": {"seconds": 30}},
    {
        "error_500": {"rate": 0.05, "mode": "after"},
        "answer_twice": 0.2,
        "answer_late": {"rate": 0.04, "mode": "booking", "seconds": 3},
        "contradict": {"rate": 0.03, "mode": "settled"},
        "wrong_amount": {"rate": 0.03, "mode": "booked"},
        "late_returns": {"rate": 0.03, "seconds": 2},
        "malformed": {"rate": 0.03, "mode": "signature"},
        "timeout_after_booking": 0.06,
    },
)
"""One after the other; the second is a bank that says nothing at all."""

RIVER: Final[dict[str, Any]] = {
    "cut_after_booking": {"next": 1},
    "cut_in_upload": {"next": 1},
    "cut_in_download": {"next": 2},
    "answer_twice": 0.3,
    "malformed": {"rate": 0.25, "on": "notify"},
    "contradict": {"rate": 0.01, "mode": "rejected"},
    "wrong_amount": {"rate": 0.01, "mode": "booked"},
    "reject": 0.03,
    "late_returns": {"rate": 0.02, "seconds": 3},
    "partial_file": {"items": 390, "reference": "B1-F3"},
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = start(tmp_path_factory.mktemp("treasury"))
    try:
        for name, values in PROFILES.items():
            running.run("params", "propose", name, *values, "--reason=short patience", "--as=he.ting")
            running.run("params", "approve", f"{name}-1", "--as=xu.bo")
        yield running
    finally:
        running.run("down")


@pytest.fixture
async def house(stack: Stack) -> AsyncIterator[House]:
    settings = load_settings(home=stack.home)
    database = open_database(settings, pool_size=4)
    with httpx.Client(base_url=stack.url("banks"), timeout=60) as http:
        client = await connect(settings)
        yield House(database, client, PlayedBank("harbour", http), PlayedBank("river", http))
    database.close()


async def until(what: Callable[[], Awaitable[object]], why: str, *, seconds: float = PATIENCE) -> None:
    """Look again until it is so."""
    deadline = time.monotonic() + seconds
    while not await what():
        assert time.monotonic() < deadline, f"not in time: {why}"
        await asyncio.sleep(0.5)  # polls processes of their own; nothing here is timed


class Trouble:
    """Everything that goes wrong while money is moving."""

    def __init__(self, stack: Stack, house: House, crowd: Crowd) -> None:
        self._stack, self._house, self._crowd = stack, house, crowd
        self._chance = random.Random(SEED)
        self.over = asyncio.Event()
        self.kills = 0

    async def kill_workers(self) -> None:
        """SIGKILL a worker every two to four seconds; the stack's own now and then."""
        turn = 0
        while not await self._waited(self._chance.uniform(2, 4)):
            turn += 1
            await asyncio.to_thread(self._crowd.kill_one, self._chance)
            self.kills += 1
            for service, turns in _STACKS_OWN.items():
                if turn in turns:
                    self._kill(service)

    async def shuffle_files(self) -> None:
        """What the bank puts into its directory comes in another order, with nonsense in between."""
        out = Path(self._house.river.http.get("/admin/keys").json()["river"]["directory"]) / "out"
        (out / "000000_nonsense.xml").write_bytes(b"<Document><BkToCstmrDbtCdtNtfctn>")
        while not await self._waited(0.2):
            for file in [each for each in out.iterdir() if each.is_file() and not each.name.startswith(".")]:
                age = time.time() - self._chance.uniform(0, 3_600)
                with suppress(FileNotFoundError):
                    os.utime(file, (age, age))

    async def misbehave(self, every: float) -> None:
        """The banks' bad manners, one phase after the other, until it is over."""
        self._house.river.misbehave(**RIVER)
        for phase, seconds in zip(HARBOUR_PHASES, (every, 4.0, None), strict=True):
            self._house.harbour.behave()
            self._house.harbour.misbehave(**phase)
            if await self._waited(seconds):
                return

    def _kill(self, service: str) -> None:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            os.kill(self._stack.pid(service), signal.SIGKILL)
            self.kills += 1

    async def _waited(self, seconds: float | None) -> bool:
        """Whether it was over before so many seconds had gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()
        return self.over.is_set()


async def order_everything(house: House, orders: list[PaymentOrder]) -> None:
    """Order payments at the pace of a busy desk, and collect through two batches meanwhile."""
    pace = asyncio.Semaphore(8)

    async def one(order: PaymentOrder) -> None:
        async with pace:
            handle = await start_payment(house.client, order)
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):  # the desk looks at its result for a moment, then goes on
                    await handle.result()

    async def batch(batch_id: str, product: str) -> None:
        await house.build(batch_id, product)
        await until(lambda: house.approve(batch_id), f"{batch_id} is approved")

    async def batches() -> None:
        await batch("B1", "rent")
        sent = "SELECT 1 FROM bank_file WHERE way = 'out' AND state <> 'sent' OR state = 'sent' LIMIT 1"
        await until(lambda: _some(house, sent), "B1 is sent")
        await until(lambda: _taken(house, "B1-F3"), "the bank took B1-F3")
        house.river.misbehave(partial_file={"mode": "half", "reference": "B2-F1"})
        await batch("B2", "deposit")

    await asyncio.gather(batches(), *(one(order) for order in orders))


async def _some(house: House, query: str) -> bool:
    return bool(house.rows(query))


async def _taken(house: House, message: str) -> bool:
    shown = await asyncio.to_thread(house.river.http.get, "/admin/river/orders", params={"batch": message})
    return bool(shown.json()["total"])


async def drain(house: House, treasurer: Treasurer) -> None:
    """Until nothing is open any more: people do their part, the banks end their day."""

    async def payments_are_final() -> bool:
        await treasurer.look()
        return not await house.running("Payment")

    async def files_are_in() -> bool:
        asked = await asyncio.to_thread(house.river.http.get, "/admin/keys")
        out = Path(asked.json()["river"]["directory"]) / "out"
        waiting = [file for file in out.iterdir() if file.is_file()]
        return not waiting and not house.rows("SELECT 1 FROM bank_file WHERE state = 'kept'")

    async def notices_are_told() -> bool:
        last = {each["reference"]: each["outcome"] for each in house.harbour.requests(method="NOTIFY")}
        return all(outcome.startswith("2") for outcome in last.values())

    async def batches_are_closed() -> bool:
        for row in house.rows("SELECT batch_id FROM debit_batch WHERE state = 'sent'"):
            await house.close(row.batch_id)
        return not await house.running("DebitBatch")

    await until(payments_are_final, "every payment has ended")
    await until(files_are_in, "every file is applied")
    house.river.post("end-of-day")
    await until(files_are_in, "the day's statements are applied")
    await until(batches_are_closed, "every batch is closed")
    await until(notices_are_told, "every notice is heard")

    async def returns_are_posted() -> bool:
        return not await house.running("PaymentReturn", "Payment", "DebitBatch")

    await until(returns_are_posted, "every return is posted")


async def test_money_moves_exactly_once(stack: Stack, house: House, tmp_path: Path) -> None:
    for product, count in (("rent", ITEMS), ("deposit", REFUSED_ITEMS)):
        file = dues_file(tmp_path, product, count)
        stack.run("batches", "import", str(file), "--product", product, "--as", "luo.dan")
    house.harbour.settings(fee="5.00")
    orders = list(payments(PAYMENTS, house.actor("luo.dan"), seed=SEED))
    treasurer = Treasurer(house, house.actor("he.ting"))
    crowd = Crowd(stack.home)
    with crowd.at_work():
        trouble = Trouble(stack, house, crowd)
        troubles = [
            asyncio.create_task(each)
            for each in (trouble.kill_workers(), trouble.shuffle_files(), trouble.misbehave(25.0))
        ]
        try:
            await order_everything(house, orders)
        finally:
            trouble.over.set()
            await asyncio.gather(*troubles)
        house.harbour.behave()
        house.river.behave()
        await drain(house, treasurer)

    assert trouble.kills > 10
    accountant = Accountant(house, house.actor("song.lin"))
    for bank in (house.harbour, house.river):
        before = evidence_of(house, bank)
        lied_about = {
            reference: minor
            for reference, minor in money_differences(before).items()
            if reference in before.lies
        }
        accountant.correct(bank.name, LEDGER[bank.name], lied_about)
        findings = judge(evidence_of(house, bank))
        assert not findings, "\n".join(map(str, findings))
    assert "clean" in stack.run("ledger", "verify")


LEDGER: Final = {"harbour": "1002.01", "river": "1002.02"}
