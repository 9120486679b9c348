"""Checks the signatures of what partner systems post to us."""

from __future__ import annotations

from collections.abc import Mapping

from activities.adapters.banks.signing import UnsignedError, check_signed
from activities.adapters.transports.keys import signatures_of
from activities.ports.secrets import SecretStore
from activities.ports.transport import IntakeGuard, NotSignedError
from models.parameters.partners import PartnerProfile


class SignatureGuard(IntakeGuard):
    """Signatures as of the bank interface: method, path, time, nonce and body.

    A nonce is not remembered: a message played again within five minutes is stored once anyway.

    Args:
        secrets: hold the partners' keys.
    """

    def __init__(self, secrets: SecretStore) -> None:
        self._secrets = secrets

    def check(
        self,
        profile: PartnerProfile,
        headers: Mapping[str, str],
        method: str,
        target: str,
        body: bytes,
        *,
        now: float,
    ) -> None:
        """See `IntakeGuard.check`."""
        signatures = signatures_of(profile, self._secrets)
        try:
            check_signed(signatures, headers, method, target, body, now=now)
        except UnsignedError as error:
            raise NotSignedError(str(error), remedy="Sign as docs/guides/forwarding.md says") from error
