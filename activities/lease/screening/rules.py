"""Screening by decision tables, and the looks that come after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import Session
from temporalio import activity

from activities.lease.screening.gathering import form_and_row, gather, limit_facts
from activities.lease.screening.rulebook import Rulebook
from activities.ports.decision_tables import DecisionTables
from activities.store.database import Database
from activities.store.lease import blacklist, dealers, exposure, screening
from activities.store.parameters import ParametersInForce
from models.calendar import business_date
from models.errors import InvalidInputError
from models.lease.application.errors import UnknownProductError
from models.lease.application.form import LeaseForm
from models.lease.screening.blacklist import BlacklistKind, Lookup, compared, lookups
from models.lease.screening.dealers import DealerStatus
from models.lease.screening.judging import GRADES, CompiledTables, judge
from models.lease.screening.messages import Advice, Occasion, Reason, ScreenApplication, Screened
from models.parameters.lease import LeaseProduct, LeaseProducts
from models.parameters.registry import LEASE_EXPOSURE, LEASE_PRODUCTS, SCREENING
from models.parameters.screening import ScreeningParameters
from workflows.lease.application_steps import Screening

DEALER_OUT: Final = "dealer-out"
"""Rule of the reason that a dealer is not active."""


class UnknownTablesError(InvalidInputError):
    """A product names a set of tables that is not in force."""


class RuleScreening(Screening):
    """Decides by the tables in force. Compiled tables are kept for each version of the parameters.

    Args:
        database: what the house knows.
        tables: runs decision tables.
    """

    def __init__(self, database: Database, tables: DecisionTables) -> None:
        self._database = database
        self._tables = tables
        self._rules = Rulebook()
        self._compiled: dict[tuple[int, str], CompiledTables] = {}

    @activity.defn(name="lease.screen")
    def screen(self, ask: ScreenApplication) -> Screened:
        with self._database.transaction() as session:
            known = screening.find(session, ask.application_id, ask.round, ask.version)
            return known or self._screen(session, ask)

    @activity.defn(name="lease.recheck")
    def recheck(self, ask: ScreenApplication) -> Screened:
        with self._database.transaction() as session:
            before = screening.find(session, ask.application_id, ask.round, ask.version)
            reasons = self._changed_since(session, ask)
            if not reasons:
                return before or Screened(Advice.REFER, GRADES[-1], (), "")
            told = before.trace_sha256 if before else ""
            return Screened(Advice.REFUSE, GRADES[-1], reasons, told)

    def _screen(self, session: Session, ask: ScreenApplication) -> Screened:
        row, form = form_and_row(session, ask)
        rules = self._rules.open(session, (SCREENING, LEASE_PRODUCTS, LEASE_EXPOSURE), ask.at)
        product = _product(rules.of(LEASE_PRODUCTS).value, form.product)
        version, compiled = self._tables_in_force(rules.of(SCREENING), product.screening)
        known = gather(session, ask, row, form, product=product, limits=rules.of(LEASE_EXPOSURE).value)
        decision = judge(compiled, known.facts)
        blacklist.record(
            session,
            known.hits,
            ask.application_id,
            round_=ask.round,
            occasion=Occasion.SCREENING,
            at=ask.at,
        )
        named = tuple(hit.as_reason() for hit in known.hits) if decision.advice is Advice.REFUSE else ()
        return screening.keep(
            session,
            ask,
            known.facts,
            replace(decision, reasons=(*named, *decision.reasons)),
            tables=product.screening,
            parameters_version=version,
        )

    def _changed_since(self, session: Session, ask: ScreenApplication) -> tuple[Reason, ...]:
        """What forbids an offer now, although pre-approval let it pass."""
        row, form = form_and_row(session, ask)
        found = standing_reasons(session, form, round_=ask.round, occasion=Occasion.OFFER, at=ask.at)
        limits = self._rules.open(session, (LEASE_EXPOSURE,), ask.at).of(LEASE_EXPOSURE).value
        standing = exposure.standing(session, ask.application_id)
        dealer, exposed = limit_facts(session, row, standing, limits)
        over = {
            "dealer-limit": dealer.over or 0,
            "limit-lessee": exposed.lessee_over,
            "limit-group": exposed.group_over,
            "limit-related": exposed.related_over,
            "limit-all-related": exposed.all_related_over,
        }
        passed = tuple(
            Reason(rule, Advice.REFUSE, f"{rule} would be passed by {yuan} yuan")
            for rule, yuan in over.items()
            if yuan > 0
        )
        return (*found, *passed)

    def _tables_in_force(
        self, found: ParametersInForce[ScreeningParameters], name: str
    ) -> tuple[int, CompiledTables]:
        key = (found.version, name)
        if key not in self._compiled:
            if name not in found.value.sets:
                raise UnknownTablesError(
                    f"decision tables {name!r} are not in force",
                    remedy=f"Use one of {', '.join(found.value.sets)} in the product, or propose them",
                )
            self._compiled[key] = self._tables.compiled(found.value.sets[name])
        return found.version, self._compiled[key]


def standing_reasons(
    session: Session,
    form: LeaseForm,
    *,
    round_: int,
    occasion: Occasion,
    at: datetime,
    accounts: tuple[str, ...] = (),
) -> tuple[Reason, ...]:
    """What forbids the next step with the parties of a form now: blacklist and dealer; hits are kept.

    Contract and disbursement ask it right before they bind the house or pay.

    Args:
        session: the transaction.
        form: whose parties, assets, phones and accounts are looked up.
        round_: of the application, for the record of hits.
        occasion: what is about to happen.
        at: now.
        accounts: further accounts, such as a corrected payee's.
    """
    wanted = (*lookups(form), *(Lookup(BlacklistKind.ACCOUNT, compared(each), "payee") for each in accounts))
    hits = blacklist.look_up(session, wanted, today=business_date(at))
    blacklist.record(session, hits, form.application_id, round_=round_, occasion=occasion, at=at)
    return (*(hit.as_reason() for hit in hits), *_of_dealer(session, form.dealer))


def _of_dealer(session: Session, code: str) -> tuple[Reason, ...]:
    dealer = dealers.find_dealer(session, code) if code else None
    if dealer is None or dealer.status is DealerStatus.ACTIVE:
        return ()
    return (Reason(DEALER_OUT, Advice.REFUSE, f"dealer {code} is {dealer.status}"),)


def _product(products: LeaseProducts, name: str) -> LeaseProduct:
    if name not in products.products:
        raise UnknownProductError(name, tuple(products.products))
    return products.products[name]
