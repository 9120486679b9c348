"""When which papers may be added to an application."""

from __future__ import annotations

from typing import Final

from models.lease.application.errors import ApplicationNotOpenError
from models.lease.application.messages import ApplicationState
from models.lease.documents.messages import DocumentKind

_AFTER_SUBMISSION: Final = frozenset(
    {DocumentKind.INSURANCE, DocumentKind.DELIVERY_RECEIPT, DocumentKind.OTHER}
)
"""What a contract asks for later. What was decided on stays as it was when it was decided."""


def require_open_for(kind: str, application_id: str, state: ApplicationState) -> None:
    """Refuse a paper that would change what is being decided, or that comes after the end.

    Raises:
        ApplicationNotOpenError: this kind is not taken any more.
    """
    if state is ApplicationState.DRAFT:
        return
    if state.is_final or kind not in _AFTER_SUBMISSION:
        raise ApplicationNotOpenError(application_id, state, f"given another {kind or 'document'}")
