"""How long steps may take, and how often they are tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy

QUICK: Final = timedelta(seconds=10)
"""For a step that takes milliseconds when all is well; a worker that died in it is missed after so long."""

BOOKS_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[
        "InvalidInputError",
        "ApprovalExistsError",
        "UnknownApprovalError",
        "UnknownPolicyError",
        "NoRouteError",
    ],
)
"""The database comes back: tried until it does."""
