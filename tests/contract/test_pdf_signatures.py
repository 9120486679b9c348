"""Signed papers: what our own verifier and an outside one say of them, and of what was done to them."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sysconfig
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper

from activities.adapters.pades.adapter import PyhankoSignatures
from activities.adapters.pades.stamping import AskedTimeStamper
from activities.ports.authority import Evidence, SessionState, SigningSession
from activities.ports.pdf_signatures import SealFace, SignaturePlace
from models.errors import InvalidInputError
from models.lease.contract.errors import UntrustedSignatureError
from sandbox.authority.books import Books
from sandbox.authority.office import Office

SIGNERS = (("lessor", "organisation", "示范融资租赁有限公司"), ("lessee", "person", "李雷"))


@dataclass
class Notary:
    """An authority within the test, whose clock the test sets, and papers signed by it."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.office = Office(Books(None), "http://127.0.0.1:9/authority", lambda: self.now)
        self.root = self.office.ca.root.certificate.public_bytes(Encoding.PEM)
        self.signatures = PyhankoSignatures(lambda: self.root)

    def stamp(self, request: bytes) -> bytes:
        answers: list[bytes] = []
        asking = threading.Thread(target=lambda: answers.append(asyncio.run(self.office.timestamp(request))))
        asking.start()
        asking.join()
        return answers[0]

    def session(self, session_id: str) -> SigningSession:
        found = self.office.find(session_id)
        told = self.office.evidence(found)
        decoded = {name: tuple(map(base64.b64decode, values)) for name, values in told.items()}
        chain = tuple(map(base64.b64decode, self.office.chain()))
        return SigningSession(
            session_id,
            SessionState(found.state),
            found.certificate,
            Evidence(chain, decoded["ocsp"], decoded["crls"]),
            found.signature or b"",
        )

    def signed(
        self, before_asking: Callable[[str], None] = lambda _: None, *, evidence_kept: bool = True
    ) -> bytes:
        """A paper that both have signed, sealed; or sealed by somebody who left the evidence out."""
        places = [
            SignaturePlace(role, 0, (60, 90 * n, 200, 90 * n + 80)) for n, (role, *_) in enumerate(SIGNERS)
        ]
        ocsp: tuple[bytes, ...] = ()
        pdf = self.signatures.with_places(_blank(), places)
        for role, kind, name in SIGNERS:
            request = {
                "subject": {"kind": kind, "name": name, "identifier": f"ID-{role}"},
                "document": {"sha256": "0" * 64},
            }
            opened = self.session(self.office.open(role, request).id)
            face = SealFace(name, kind == "organisation")
            prepared = self.signatures.prepare(pdf, role, face, opened.certificate, opened.evidence.chain)
            before_asking(role)
            self.office.ask_signature(opened.session_id, prepared.digest)
            session = self.session(opened.session_id)
            pdf = self.signatures.finish(prepared, session, self.stamp).pdf
            ocsp += session.evidence.ocsp
        evidence = Evidence(session.evidence.chain, ocsp, session.evidence.crls)
        if not evidence_kept:
            return self._sealed_bare(pdf)
        return self.signatures.seal(pdf, evidence, self.stamp)

    def _sealed_bare(self, pdf: bytes) -> bytes:
        stamper = PdfTimeStamper(AskedTimeStamper(self.stamp), field_name="seal")
        sealed = asyncio.run(stamper.async_timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256"))
        assert isinstance(sealed, BytesIO)
        return sealed.getvalue()


@pytest.fixture(scope="module")
def notary() -> Notary:
    return Notary()


@pytest.fixture(scope="module")
def paper(notary: Notary) -> bytes:
    return notary.signed()


def _blank() -> bytes:
    writer, output = PdfFileWriter(), BytesIO()  # type: ignore[no-untyped-call]
    content = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))  # type: ignore[no-untyped-call]
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _outside(pdf: bytes, root: bytes, tmp_path: Path, command: str = "adesverify") -> int:
    """What ``pyhanko sign`` makes of it, in a process of its own."""
    (tmp_path / "paper.pdf").write_bytes(pdf)
    (tmp_path / "root.pem").write_bytes(root)
    tool = Path(sysconfig.get_path("scripts")) / "pyhanko"
    offline = ["--no-revocation-check"] if command == "validate" else []
    arguments = ["sign", command, "--trust", "root.pem", "--trust-replace", *offline, "paper.pdf"]
    return subprocess.run([tool, *arguments], cwd=tmp_path, capture_output=True, check=False).returncode


@pytest.mark.parametrize("command", ["validate", "adesverify"])
def test_an_outside_verifier_agrees(notary: Notary, paper: bytes, tmp_path: Path, command: str) -> None:
    found = notary.signatures.verify(paper, notary.root)
    assert found.intact, found
    assert found.complete
    assert [(each.name, each.identifier) for each in found.signatures] == [
        ("示范融资租赁有限公司", "ID-lessor"),
        ("李雷", "ID-lessee"),
    ]
    assert _outside(paper, notary.root, tmp_path, command) == 0


def test_one_changed_byte_is_seen(notary: Notary, paper: bytes, tmp_path: Path) -> None:
    at = paper.index(b"q Q")
    changed = paper[:at] + b"Q" + paper[at + 1 :]
    found = notary.signatures.verify(changed, notary.root)
    assert not found.intact
    assert "what it signed was changed" in found.signatures[0].faults
    assert _outside(changed, notary.root, tmp_path, "validate") != 0


def test_an_update_behind_the_seal_is_seen(notary: Notary, paper: bytes) -> None:
    writer, output = IncrementalPdfFileWriter(BytesIO(paper)), BytesIO()
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 0 0 99 99 re f Q"))
    writer.update_container(page)
    writer.write(output)  # type: ignore[no-untyped-call]
    found = notary.signatures.verify(output.getvalue(), notary.root)
    assert not found.intact
    assert "the document was changed after it was signed" in found.signatures[1].faults
    assert found.faults


def test_bytes_behind_the_end_are_seen(notary: Notary, paper: bytes) -> None:
    found = notary.signatures.verify(paper + b"\n% and something else\n", notary.root)
    assert not found.intact
    assert "goes on behind" in " ".join(found.faults)


def test_another_root_vouches_for_nobody(notary: Notary, paper: bytes) -> None:
    found = notary.signatures.verify(paper, Notary().root)
    assert not found.intact
    assert any("not trusted" in fault for each in found.signatures for fault in each.faults)


def test_a_self_made_certificate_signs_nothing(notary: Notary) -> None:
    fresh = Notary()
    fresh.office.misbehaviour.add({"kind": "self-made", "who": "lessee"})
    with pytest.raises(UntrustedSignatureError, match="not to be trusted"):
        fresh.signed()


def test_a_certificate_that_expired_later_still_vouches(tmp_path: Path) -> None:
    old = Notary(now=datetime.now(UTC) - timedelta(days=800))
    paper = old.signed()
    found = old.signatures.verify(paper, old.root)
    assert found.intact, found
    assert _outside(paper, old.root, tmp_path, "validate") != 0


def test_a_certificate_that_was_revoked_before_signs_nothing() -> None:
    fresh = Notary()

    def revoke(role: str) -> None:
        fresh.office.revoke(f"ID-{role}")
        fresh.now += timedelta(seconds=5)

    with pytest.raises(UntrustedSignatureError, match="revoked"):
        fresh.signed(revoke)


def test_a_seal_without_evidence_vouches_for_nobody() -> None:
    """Whoever signs with a certificate that was revoked could seal the paper and leave that out."""
    fresh = Notary()
    found = fresh.signatures.verify(fresh.signed(evidence_kept=False), fresh.root)
    assert not found.intact
    assert any("not trusted" in fault for each in found.signatures for fault in each.faults)


def test_another_certificate_than_was_opened_signs_nothing(notary: Notary) -> None:
    pdf = notary.signatures.with_places(_blank(), [SignaturePlace("lessee", 0, (60, 90, 200, 170))])
    request = {
        "subject": {"kind": "person", "name": "李雷", "identifier": "ID-1"},
        "document": {"sha256": "0" * 64},
    }
    other = {**request, "subject": {"kind": "person", "name": "韩梅梅", "identifier": "ID-2"}}
    opened = notary.session(notary.office.open("swapped-1", request).id)
    prepared = notary.signatures.prepare(pdf, "lessee", SealFace("李雷", False), opened.certificate, ())
    stranger = notary.office.open("swapped-2", other)
    notary.office.ask_signature(stranger.id, prepared.digest)
    with pytest.raises(UntrustedSignatureError, match="another certificate \\('韩梅梅'\\)"):
        notary.signatures.finish(prepared, notary.session(stranger.id), notary.stamp)


def test_a_timestamp_of_somebody_else_is_not_taken() -> None:
    fresh, stranger = Notary(), Notary()
    fresh.stamp = stranger.stamp  # type: ignore[method-assign]
    with pytest.raises(UntrustedSignatureError, match="timestamp of the signing authority is not to be"):
        fresh.signed()


def test_a_timestamp_of_something_else_is_not_taken() -> None:
    fresh = Notary()
    right = fresh.stamp

    def stamp(request: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(request)
        asked["message_imprint"]["hashed_message"] = b"\0" * 32
        return right(asked.dump(force=True))

    fresh.stamp = stamp  # type: ignore[method-assign]
    with pytest.raises(UntrustedSignatureError, match="timestamp of the signing authority is not to be"):
        fresh.signed()


def test_a_seal_of_somebody_else_is_not_taken(notary: Notary) -> None:
    with pytest.raises(UntrustedSignatureError, match="timestamp of the signing authority is not to be"):
        notary.signatures.seal(_blank(), Evidence(), Notary().stamp)


def test_a_signature_that_cannot_be_read_is_a_fault(notary: Notary, paper: bytes) -> None:
    kind_of_timestamp = b"060b2a864886f70d0109100104"
    at = paper.lower().index(kind_of_timestamp)
    changed = paper[:at] + kind_of_timestamp[:-1] + b"5" + paper[at + len(kind_of_timestamp) :]
    found = notary.signatures.verify(changed, notary.root)
    assert not found.intact
    assert "cannot be read" in found.signatures[0].faults[0]


def test_one_that_is_revoked_later_was_good_when_it_signed(paper: bytes, notary: Notary) -> None:
    notary.office.revoke("ID-lessee")
    assert notary.signatures.verify(paper, notary.root).intact


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_told(notary: Notary, content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="is no PDF that can be read"):
        notary.signatures.verify(content, notary.root)


def test_what_nobody_signed_is_not_intact(notary: Notary) -> None:
    found = notary.signatures.verify(_blank(), notary.root)
    assert not found.intact
    assert found.faults == ("nobody has signed it",)
