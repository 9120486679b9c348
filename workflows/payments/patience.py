"""How long steps may take, and how often they are tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy

QUICK: Final = timedelta(seconds=20)
"""For a step that takes milliseconds when all is well; a worker that died in it is missed after so long."""

SET_BASED: Final = timedelta(minutes=10)
"""For a step over tens of thousands of items, which takes seconds when all is well."""

ALIVE: Final = timedelta(seconds=30)
"""A step that beats every ten seconds and is not heard for so long has lost its worker: another goes on."""

BOOKS_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[
        "InvalidInputError",
        "PaymentExistsError",
        "UnknownPaymentError",
        "UnknownBankError",
        "ReturnRefusedError",
        "UnknownBatchError",
        "BatchExistsError",
        "IdempotencyConflictError",
    ],
)
"""The database comes back, a voucher template is mended: tried until then, for money may have moved."""

BANK_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=1.0, maximum_interval=timedelta(minutes=1)
)
"""A worker that died, a key that was refused: a step on a bank's queue is safe to repeat."""
