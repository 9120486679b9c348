"""Asking for anti-fraud data."""

from __future__ import annotations

from typing import Protocol

from models.lease.screening.outside import Enquiry, Heard


class AntiFraud(Protocol):
    """A pool of anti-fraud data."""

    async def check(self, enquiry: Enquiry) -> Heard:
        """What is known against a party; findings are `FraudSigns`.

        Raises:
            OutsideSilentError: no answer; ask again under the same reference.
            UnusableAnswerError: an answer that must not be believed.
        """
        ...
