"""How long steps of store-and-forward may take, and how often they are tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy

QUICK: Final = timedelta(seconds=60)
"""For a step that takes milliseconds when all is well."""
COMPARING: Final = timedelta(minutes=10)
"""For a day's books of tens of thousands of messages."""
CARRYING: Final = timedelta(hours=2)
"""A carrier returns after an hour by itself."""
ALIVE: Final = timedelta(seconds=45)
"""A carrier that is silent for so long is taken for dead; its turn at the box passes on with its session."""

CARRIER_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
)
"""The database comes back, a secret is entered, a partner's profile is mended: tried until then."""
DESK_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=["UnknownPartnerError", "InvalidInputError"],
)
COMPARING_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    maximum_interval=timedelta(minutes=10),
    non_retryable_error_types=["UnknownPartnerError", "InvalidInputError", "MissingSecretError"],
)
"""A partner that does not answer in the evening may in the night."""
COMPARING_ENDS: Final = timedelta(hours=20)
"""After that the next day's comparison is due."""
