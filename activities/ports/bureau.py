"""Asking the credit bureau. Each enquiry costs money and leaves a footprint with the person asked about."""

from __future__ import annotations

from typing import Protocol

from models.errors import ServiceUnreachableError
from models.lease.screening.outside import Enquiry, Heard


class OutsideSilentError(ServiceUnreachableError):
    """A source did not answer in time, or said that it cannot now; asking again may help."""


class UnusableAnswerError(ServiceUnreachableError):
    """A source answered with what cannot be used: malformed, not signed, about somebody else."""


class Bureau(Protocol):
    """A credit bureau."""

    async def report(self, enquiry: Enquiry) -> Heard:
        """The report about a party; findings are a `CreditReport`.

        Raises:
            OutsideSilentError: no answer; ask again under the same reference.
            UnusableAnswerError: an answer that must not be believed.
        """
        ...
