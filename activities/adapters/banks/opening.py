"""Opens the way to a bank that its profile describes."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.adapters.banks.http import Clock, HttpBank, Keep
from activities.adapters.banks.mailbox_directory import DirectoryMailbox
from activities.ports.banks import BankMailbox
from activities.ports.secrets import SecretStore
from models.errors import InvalidInputError
from models.parameters.banks import BankProfile


def open_service(profile: BankProfile, secrets: SecretStore, keep: Keep, clock: Clock) -> HttpBank:
    """A bank's service interface; close it at the end.

    Args:
        profile: in force.
        secrets: hold its keys.
        keep: keeps the wording of each answer.
        clock: tells the time that requests carry.

    Raises:
        InvalidInputError: the profile has no http connection, or a key is missing or unusable.
    """
    return HttpBank(profile, secrets, keep, clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_mailbox(profile: BankProfile, secrets: SecretStore, clock: Clock = _utc_now) -> BankMailbox:
    """A bank's directories, by SFTP or on a disk of ours; close them at the end.

    Args:
        profile: in force.
        secrets: hold our key or password for SFTP.
        clock: tells the time by which a file counts as fresh.

    Raises:
        InvalidInputError: the profile has no files connection, or one that cannot be used.
    """
    if profile.files is None:
        raise InvalidInputError(
            f"bank {profile.code!r} has no files connection", remedy="Add one to its profile"
        )
    if profile.files.address.startswith("file:"):
        return DirectoryMailbox(profile.files, clock)
    from activities.adapters.banks.mailbox_sftp import SftpMailbox  # noqa: PLC0415 - asyncssh takes 0.3 s

    return SftpMailbox(profile, secrets, clock)
