"""The keys with which we and a partner system sign, from the secret store."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from activities.adapters.banks.signing import Ed25519Signatures, HmacSignatures, Signatures
from activities.ports.secrets import SecretStore
from models.errors import InvalidInputError
from models.parameters.partners import PartnerProfile


def secret_name(partner: str, kind: str) -> str:
    """``partner_<code>_<kind>``; hyphens become underscores, which environment variables allow."""
    return f"partner_{partner.replace('-', '_')}_{kind}"


def signatures_of(profile: PartnerProfile, secrets: SecretStore) -> Signatures:
    """The signatures that a partner's profile asks for.

    With HMAC both sides share ``partner_<code>_key``; with Ed25519 that is our private key, and
    ``partner_<code>_public_key`` the partner's public one, both in PEM form.

    Raises:
        InvalidInputError: the profile has no HTTP connection, or a secret is missing or no such key.
    """
    if profile.http is None:
        raise InvalidInputError(
            f"partner {profile.code!r} has no http connection", remedy="Add one to its profile"
        )
    own_name = secret_name(profile.code, "key")
    own = secrets.get(own_name).encode()
    if profile.http.signature == "hmac-sha256":
        return HmacSignatures(own.strip(), own.strip())
    their_name = secret_name(profile.code, "public_key")
    try:
        private = load_pem_private_key(own, None)
        public = load_pem_public_key(secrets.get(their_name).encode())
    except (ValueError, TypeError) as error:
        raise _no_keys(own_name, their_name) from error
    if not isinstance(private, Ed25519PrivateKey) or not isinstance(public, Ed25519PublicKey):
        raise _no_keys(own_name, their_name)
    return Ed25519Signatures(private, public)


def _no_keys(own_name: str, their_name: str) -> InvalidInputError:
    return InvalidInputError(
        f"secrets {own_name!r} and {their_name!r} are no Ed25519 keys in PEM form",
        remedy="Store them with their BEGIN and END lines, or change http.signature in the profile",
    )
