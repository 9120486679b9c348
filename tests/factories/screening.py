"""A house that screens: applications straight in the books, dealers, and the played outside offices."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import text

from activities.adapters.antifraud import HttpAntiFraud
from activities.adapters.bureau import HttpBureau
from activities.adapters.bureau_line import OfficeLine
from activities.adapters.decision_tables import ZenTables
from activities.lease.screening.outside import AskedOutside
from activities.lease.screening.rules import RuleScreening
from activities.ports.secrets import MissingSecretError
from activities.store import parameters
from activities.store.database import Database
from activities.store.lease import applications, dealers, screening
from activities.store.tables.screening import OutsideAnswerRow
from models.lease.application.amounts import LeaseTerms, terms_applied_for
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState
from models.lease.parties import Party
from models.lease.screening.messages import ScreenApplication, Screened
from models.lease.screening.outside import CreditReport, FraudSigns, Source, parties_asked
from models.money import Money
from models.parameters.registry import LEASE_PRODUCTS, SCREENING
from tests.factories.leases import LeaseFactory

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

GOOD_REPORT = CreditReport(
    subject="",
    score=760,
    overdue_accounts=0,
    overdue_90=0,
    enquiries=1,
    debt=Money.of(50_000),
    guaranteed=Money.of(0),
)
NO_SIGNS = FraudSigns(
    subject="", risk=5, ring=False, photo_mismatch=False, phone_uses=0, address_uses=0, device_uses=0
)


_OF_A_STORY = "lease_application, dealer, blacklist_entry, customer_relation, parameter_version, overdue_list"


@contextmanager
def own_database(postgres_url: str, template: str) -> Iterator[Database]:
    """A database for a file of tests; each of them begins with `emptied`."""
    name = f"screening_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        database = Database(postgres_url.replace("/postgres?", f"/{name}?"), pool_size=5)
        yield database
        database.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def emptied(database: Database) -> Database:
    """The database without what stories before entered; quicker than another one."""
    with database.transaction() as session:
        session.execute(text(f"TRUNCATE {_OF_A_STORY} CASCADE"))
    return database


class Key:
    """The secret that the played offices share."""

    def get(self, name: str) -> str:
        if name not in {"bureau_key", "antifraud_key"}:
            raise MissingSecretError(f"no secret {name}")
        return "sandbox"


@dataclass
class ScreeningHouse:
    """A house with the sandbox's dealers, applications in its books, and hands that screen them."""

    database: Database
    factory: LeaseFactory = field(default_factory=LeaseFactory)

    def __post_init__(self) -> None:
        self.rules = RuleScreening(self.database, ZenTables())
        with self.database.transaction() as session:
            dealers.enter_demo_dealers(session)

    def take(
        self, form: LeaseForm | None = None, *, version: int = 1, state: str = "screening", **changes: Any
    ) -> LeaseForm:
        """An application in the books, as if it had been entered."""
        form = form or self.factory.express(**changes)
        product = LEASE_PRODUCTS.default
        assert product is not None
        terms: LeaseTerms = terms_applied_for(form, product.products[form.product])
        entry = applications.Entry(form, terms, "a lease", version, "li.wei", ApplicationState(state), AT)
        with self.database.transaction() as session:
            applications.enter(session, entry)
        return form

    def hear_well(self, form: LeaseForm, *, version: int = 1, round_: int = 1, **worse: Any) -> None:
        """Good words of every source about every party, but for what is named."""
        report = {name: worse[name] for name in worse if hasattr(GOOD_REPORT, name)}
        signs = {name: worse[name] for name in worse if hasattr(NO_SIGNS, name)}
        rows = []
        for number, party in enumerate(parties_asked(form), start=1):
            for source, good, changes in (
                (Source.BUREAU, GOOD_REPORT, report),
                (Source.ANTI_FRAUD, NO_SIGNS, signs),
            ):
                said = replace(good, subject=party.identifier, **changes)
                rows.append(
                    OutsideAnswerRow(
                        application_id=form.application_id,
                        version=version,
                        round=round_,
                        source=source,
                        party=party.identifier,
                        reference=f"{form.application_id}-{number}",
                        consent="given",
                        findings=screening.findings_as_data(source, said),
                        asked_at=AT,
                    )
                )
        with self.database.transaction() as session:
            screening.keep_answers(session, rows)

    def ask(self, form: LeaseForm, *, version: int = 1, round_: int = 1) -> ScreenApplication:
        return ScreenApplication(form.application_id, version, round_, AT)

    def screen(self, form: LeaseForm, *, round_: int = 1, **worse: Any) -> Screened:
        """Screen an application of which outside sources say well, but for what is named."""
        self.hear_well(form, round_=round_, **worse)
        return self.rules.screen(self.ask(form, round_=round_))

    def recheck(self, form: LeaseForm, *, round_: int = 1) -> Screened:
        return self.rules.recheck(self.ask(form, round_=round_))

    def change(self, name: Any, value: dict[str, Any]) -> int:
        """A version of a parameter set, in force at once."""
        with self.database.transaction() as session:
            return parameters.change(
                session, name, value, effective_from=AT, changed_by="risk.desk", reason="test"
            )

    def ask_quickly(self, **changes: Any) -> None:
        """Parameters under which silence is noticed soon."""
        assert SCREENING.default is not None
        value = SCREENING.default.model_dump(mode="json")
        value["outside"] |= {"answer_seconds": 0.3, "tries": 2} | changes
        self.change(SCREENING, value)


@dataclass
class Offices:
    """The played offices in a process of their own."""

    data: Path
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox.offices", f"--data={self.data}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert ready.startswith("ready "), ready
        self.url = ready.split()[1]

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=10)

    def misbehave(self, office: str, **rule: Any) -> None:
        httpx.post(f"{self.url}/{office}/admin/misbehave", json=rule).raise_for_status()

    def behave(self) -> None:
        for office in ("bureau", "antifraud"):
            httpx.delete(f"{self.url}/{office}/admin/misbehave").raise_for_status()

    def set_record(self, office: str, party: Party | str, **record: Any) -> None:
        subject = party if isinstance(party, str) else party.identifier
        httpx.put(f"{self.url}/{office}/admin/records/{subject}", json=record).raise_for_status()

    def record(self, office: str, party: Party) -> dict[str, Any]:
        told: dict[str, Any] = httpx.get(f"{self.url}/{office}/admin/records/{party.identifier}").json()
        return told

    def asked(self, office: str, subject: str) -> list[dict[str, Any]]:
        told = httpx.get(f"{self.url}/{office}/admin/enquiries", params={"subject": subject}).json()
        found: list[dict[str, Any]] = told["enquiries"]
        return found

    def charges(self, office: str) -> int:
        return len(httpx.get(f"{self.url}/{office}/admin/enquiries").json()["charges"])


@contextmanager
def played_offices(data: Path) -> Iterator[Offices]:
    offices = Offices(data)
    offices.start()
    try:
        yield offices
    finally:
        offices.stop()


@asynccontextmanager
async def asking(database: Database, url: str | None) -> Any:
    """Hands that ask the played offices; None: nothing is configured."""
    lines = [
        OfficeLine(name, url and f"{url}/{name}", Key(), lambda: datetime.now(UTC))
        for name in ("bureau", "antifraud")
    ]
    yield AskedOutside(database, HttpBureau(lines[0]), HttpAntiFraud(lines[1]))
    await asyncio.gather(*(line.close() for line in lines))
