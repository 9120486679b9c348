"""Verifying signed PDFs: offline, by the file and the authority's root alone."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from activities.adapters.authority.http import ROOT_SECRET
from activities.adapters.pades.adapter import PyhankoSignatures
from activities.adapters.secrets import MountedSecrets
from cli.contracts.look import PaperNumber, paper_content
from cli.output import ExitCode, Json, done, house_time, print_json
from models.errors import InvalidInputError
from models.lease.contract.verification import FoundSignature, Verification
from workers.settings import load_settings


def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|NUMBER", help="A PDF, or a contract's number.")],
    paper: PaperNumber = 0,
    root: Annotated[
        Path | None,
        typer.Option("--root", metavar="FILE", help="Trusted root (PEM); the secret authority_root else."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say who signed a PDF, when by trusted timestamp, and whether it was changed after.

    Exits with 1 unless all signatures hold, all were given, and nothing stands outside them.
    Example: leaseflow contracts verify contract.pdf --root authority.pem
    """
    trusted = _root(root)
    path = Path(what)
    pdf = _read(path) if path.exists() or path.suffix else paper_content(what, paper)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it logs is told below, in words
    try:
        found = PyhankoSignatures(lambda: trusted).verify(pdf, trusted)
    except InvalidInputError as error:
        raise InvalidInputError(f"{what}: {error}") from error
    verdict = _verdict(found)
    if as_json:
        print_json(
            {
                "verdict": verdict,
                "intact": found.intact,
                "complete": found.complete,
                "sealed_at": found.sealed_at,
                "unsigned": found.unsigned,
                "faults": found.faults,
                "signatures": found.signatures,
            }
        )
    else:
        _tell(what, verdict, found)
    if verdict != "valid":
        raise typer.Exit(ExitCode.REFUSED)


def _verdict(found: Verification) -> str:
    if not found.intact:
        return "invalid"
    return "valid" if found.complete else "incomplete"


def _tell(what: str, verdict: str, found: Verification) -> None:
    for each in found.signatures:
        _tell_signature(each)
    if found.sealed_at:
        done(f"sealed: {house_time(found.sealed_at)}, by a timestamp over the whole file")
    for name in found.unsigned:
        done(f"{name}: not signed yet")
    for fault in found.faults:
        done(f"fault: {fault}")
    done(f"{what}: {verdict}")


def _tell_signature(signature: FoundSignature) -> None:
    at = house_time(signature.signed_at) or "at an unproven time"
    done(f"{signature.field}: {signature.name} ({signature.identifier}), {at}")
    for subject in signature.chain[1:]:
        done(f"  vouched for by {subject}")
    done(f"  covers {signature.covers}; {'holds' if signature.holds else '; '.join(signature.faults)}")


def _root(path: Path | None) -> bytes:
    if path is not None:
        return _read(path)
    try:
        return MountedSecrets(load_settings().secrets_dir).get(ROOT_SECRET).encode()
    except InvalidInputError as error:
        raise InvalidInputError(
            f"no root is trusted: {error}", remedy="Or name the authority's certificate with --root FILE"
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"file {str(path)!r} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
