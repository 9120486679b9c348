"""The signing desk: asks the authority for one signature at a time, and puts it into the paper.

What is signed is kept before anybody is asked to: whichever worker goes on after a crash sends the same
digest under the same key, and gets the same signature.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Final

from sqlmodel import Session
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.heartbeat import alive
from activities.ports.authority import (
    AuthorityRefusedError,
    Evidence,
    SessionState,
    SignatureWish,
    SigningAuthority,
    SigningSession,
)
from activities.ports.pdf_signatures import PdfSignatures, PreparedSignature, SealFace, SignedPdf
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import contracts, papers
from activities.store.tables.contracts import ContractPaperRow, ContractSignatureRow
from models.lease.contract.errors import UntrustedSignatureError
from models.lease.contract.messages import (
    EndSigning,
    SignatureAnswer,
    SignatureState,
    SignPaper,
)
from models.lease.contract.parties import is_organisation, kind_of
from workflows.lease.contract_steps import SigningDesk

_SOONEST: Final = timedelta(seconds=2)
_LATEST: Final = timedelta(hours=1)
_SHARE: Final = 10
"""A signer who took ten minutes so far is asked about again in one."""

_ENDS: Final = {
    SessionState.DECLINED: SignatureState.DECLINED,
    SessionState.EXPIRED: SignatureState.LAPSED,
    SessionState.CANCELLED: SignatureState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One signature as the books have it; rows are read only."""

    paper: ContractPaperRow
    row: ContractSignatureRow
    others: tuple[ContractSignatureRow, ...]
    """Everybody else's, in the order of signing."""
    pdf: bytes
    """To be signed: prepared already where ``row.prepared`` is set."""

    @property
    def is_last(self) -> bool:
        return all(each.state == SignatureState.SIGNED for each in self.others)


class AuthorityDesk(SigningDesk):
    """Between the books and the signing authority.

    Args:
        database: where papers are kept.
        authority: whom signatures are asked of.
        signatures: puts them into PDFs.
        clock: tells the time.
    """

    def __init__(
        self,
        database: Database,
        authority: SigningAuthority,
        signatures: PdfSignatures,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._authority = authority
        self._signatures = signatures
        self._clock = clock

    @activity.defn(name="contracts.sign")
    @alive()
    async def sign(self, wish: SignPaper) -> SignatureAnswer:
        """See `SigningDesk.sign`."""
        task = await asyncio.to_thread(self._task, wish)
        if task.paper.state != "signing" or task.row.state != SignatureState.WAITING:
            return _answer(task.row)
        prepared, session_id = await self._prepared(task)
        session = await self._authority.ask_signature(session_id, prepared.digest)
        if session.state in _ENDS:
            return await asyncio.to_thread(self._note_end, wish, _ENDS[session.state], session.reason)
        if session.state is not SessionState.SIGNED:
            raise _silent(task.row)
        return await self._finish(wish, task, prepared, session)

    @activity.defn(name="contracts.remind")
    @alive()
    async def remind(self, wish: SignPaper) -> None:
        """See `SigningDesk.remind`."""
        task = await asyncio.to_thread(self._task, wish)
        if task.row.session_id and task.row.state == SignatureState.WAITING:
            await self._authority.remind(task.row.session_id)
            await asyncio.to_thread(self._note_reminder, wish)

    @activity.defn(name="contracts.end_signing")
    @alive()
    async def end_signing(self, wish: EndSigning) -> None:
        """See `SigningDesk.end_signing`."""
        for session_id in await asyncio.to_thread(self._end, wish):
            try:
                await self._authority.cancel(session_id, wish.reason)
            except AuthorityRefusedError:
                activity.logger.warning("the authority does not close session %s", session_id)

    # ------------------------------------------------------------ one signature

    async def _prepared(self, task: Task) -> tuple[PreparedSignature, str]:
        row = task.row
        if row.prepared is not None:
            details = dict(row.prepared)
            return PreparedSignature(task.pdf, details.pop("digest"), details), row.session_id
        wish = SignatureWish(
            key=row.session_key,
            kind=kind_of(row.identifier),
            name=row.name,
            identifier=row.identifier,
            phone=row.phone,
            representative=row.representative,
            title=f"{task.paper.title} {row.contract_number}",
            sha256=task.paper.content_sha256,
        )
        session = await self._authority.open(wish)
        self._check_holder(row, session.certificate)
        face = SealFace(row.name, is_organisation(row.identifier))
        chain = session.evidence.chain
        prepared = await asyncio.to_thread(
            self._signatures.prepare, task.pdf, row.role, face, session.certificate, chain
        )
        await asyncio.to_thread(self._keep_prepared, row, session.session_id, prepared)
        return prepared, session.session_id

    def _check_holder(self, row: ContractSignatureRow, certificate: bytes) -> None:
        """A certificate has to name the party: whoever else signs does not bind it.

        Raises:
            UntrustedSignatureError: it names somebody else.
        """
        holder = self._signatures.holder(certificate)
        if (holder.name, holder.identifier) != (row.name, row.identifier):
            raise UntrustedSignatureError(
                f"the certificate for {row.role} {row.name} {row.identifier} names {holder.name!r}"
                f" {holder.identifier!r}",
                remedy="Ask the signing authority whom it identified",
            )

    async def _finish(
        self, wish: SignPaper, task: Task, prepared: PreparedSignature, session: SigningSession
    ) -> SignatureAnswer:
        """Put the signature in; after the last one the paper is sealed, before any row is locked for it."""
        loop = asyncio.get_running_loop()

        def stamp(request: bytes) -> bytes:
            return asyncio.run_coroutine_threadsafe(self._authority.timestamp(request), loop).result()

        self._check_evidence(session)
        signed = await asyncio.to_thread(self._signatures.finish, prepared, session, stamp)
        sealed = None
        if task.is_last:
            evidence = _together([*map(_kept, task.others), session.evidence])
            sealed = await asyncio.to_thread(self._signatures.seal, signed.pdf, evidence, stamp)
        return await asyncio.to_thread(self._keep_signed, wish, signed, session.evidence, sealed)

    def _check_evidence(self, session: SigningSession) -> None:
        if not session.signature or not session.evidence.ocsp:
            raise UntrustedSignatureError(
                "the authority sent no signature, or nothing that says the certificate is not revoked"
            )

    # ------------------------------------------------------------ the books

    def _task(self, wish: SignPaper) -> Task:
        with self._database.transaction() as session:
            paper = papers.find(session, wish.contract_number, wish.paper)
            rows = papers.signatures(session, wish.contract_number, wish.paper)
            row = rows.pop(wish.number)
            pdf = documents.fetch(session, row.prepared_sha256 or paper.current_sha256).content
            session.expunge_all()
        return Task(paper, row, tuple(rows), pdf)

    def _keep_prepared(
        self, known: ContractSignatureRow, session_id: str, prepared: PreparedSignature
    ) -> None:
        with self._database.transaction() as session:
            rows = papers.signatures(session, known.contract_number, known.paper)
            papers.keep_prepared(
                session,
                rows[known.number],
                session_id=session_id,
                pdf=prepared.pdf,
                digest=prepared.digest,
                details=prepared.details,
                at=self._clock(),
            )

    def _keep_signed(
        self, wish: SignPaper, signed: SignedPdf, evidence: Evidence, sealed: bytes | None
    ) -> SignatureAnswer:
        with self._database.transaction() as session:
            paper = papers.find(session, wish.contract_number, wish.paper, lock=True)
            row = papers.signatures(session, wish.contract_number, wish.paper)[wish.number]
            if paper.state != "signing" or row.state != SignatureState.WAITING:
                return _answer(row)
            papers.keep_signed(
                session,
                row,
                pdf=signed.pdf,
                subject=signed.subject,
                serial=signed.serial,
                at=signed.signed_at,
            )
            row.evidence = papers.encoded(
                {"chain": evidence.chain, "ocsp": evidence.ocsp, "crls": evidence.crls}
            )
            paper.current_sha256 = row.signed_sha256
            if sealed is not None:
                paper.current_sha256 = documents.keep(session, sealed, media_type=papers.PDF)
                paper.state, paper.signed_at = "signed", signed.signed_at
            session.add(paper)
            _note(session, wish, row, "signed", f"{row.role} {row.name} signed", at=signed.signed_at)
            return _answer(row)

    def _note_end(self, wish: SignPaper, state: SignatureState, reason: str) -> SignatureAnswer:
        with self._database.transaction() as session:
            row = papers.signatures(session, wish.contract_number, wish.paper)[wish.number]
            if row.state == SignatureState.WAITING:
                row.state, row.sentence = state, f"{row.name} {_WORDS[state]}: {reason}"
                session.add(row)
                _note(session, wish, row, state, row.sentence, at=self._clock())
            return _answer(row)

    def _note_reminder(self, wish: SignPaper) -> None:
        now = self._clock()
        with self._database.transaction() as session:
            row = papers.signatures(session, wish.contract_number, wish.paper)[wish.number]
            row.reminded_at = now
            session.add(row)
            _note(session, wish, row, f"reminded/{now:%Y-%m-%d}", f"{row.name} was reminded", at=now)

    def _end(self, wish: EndSigning) -> list[str]:
        """Enter that signing is over; gives the sessions that are still open at the authority."""
        with self._database.transaction() as session:
            paper = papers.find(session, wish.contract_number, wish.paper, lock=True)
            rows = papers.signatures(session, wish.contract_number, wish.paper)
            if paper.state == "signing":
                paper.state = "cancelled"
                session.add(paper)
            still_open = [
                row for row in rows if row.state in {SignatureState.WAITING, wish.state} and not row.signed_at
            ]
            for row in still_open:
                row.state, row.sentence = wish.state, row.sentence or wish.reason
                session.add(row)
            return [row.session_id for row in still_open if row.session_id]


_WORDS: Final = {
    SignatureState.DECLINED: "declined to sign",
    SignatureState.LAPSED: "did not sign in time",
    SignatureState.CANCELLED: "was asked no more",
}


def _silent(row: ContractSignatureRow) -> ApplicationError:
    """Not yet: asked again soon at first, then ever less often."""
    info = activity.info()
    delay = (info.started_time - info.scheduled_time) / _SHARE
    return ApplicationError(
        f"{row.name} has not signed yet",
        type="SignatureAwaited",
        next_retry_delay=min(max(delay, _SOONEST), _LATEST),
    )


def _answer(row: ContractSignatureRow) -> SignatureAnswer:
    return SignatureAnswer(SignatureState(row.state), row.sentence, row.signed_at)


def _note(
    session: Session, wish: SignPaper, row: ContractSignatureRow, step: str, sentence: str, *, at: datetime
) -> None:
    contract = contracts.find(session, wish.contract_number)
    key = f"paper/{wish.paper}/{row.role}/{step}"
    contracts.note_event(session, wish.contract_number, key, contract.state, sentence, at=at, by="authority")


def _kept(row: ContractSignatureRow) -> Evidence:
    return Evidence(*(papers.decoded(row.evidence, name) for name in ("chain", "ocsp", "crls")))


def _together(pieces: Sequence[Evidence]) -> Evidence:
    """What all signatures came with, each piece once."""
    return Evidence(
        chain=_once(each.chain for each in pieces),
        ocsp=_once(each.ocsp for each in pieces),
        crls=_once(each.crls for each in pieces),
    )


def _once(pieces: Iterable[tuple[bytes, ...]]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(pieces)))
