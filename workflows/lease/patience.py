"""How long the steps of a lease may take, and which errors no repetition mends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from workflows.payments.patience import BOOKS_RETRY

READING: Final = timedelta(minutes=10)
"""For reading one document, waiting for a free reader included."""
OUTSIDE: Final = timedelta(minutes=3)
"""For asking every office about every party, each with its own shorter patience."""
ALIVE: Final = timedelta(seconds=30)
"""A step that says nothing for so long has lost its worker: it is tried again at once."""

LEASE_RETRY: Final = replace(
    BOOKS_RETRY,
    non_retryable_error_types=[
        "InvalidInputError",
        "RefusedByRuleError",
        "UnknownApplicationError",
        "UnknownProductError",
        "ApplicationExistsError",
        "UnknownPolicyError",
        "NoRouteError",
        "BranchWithoutCodeError",
        "UnreadableDocumentError",
        "UnknownDocumentError",
    ],
)
"""The database comes back: tried until it does."""
