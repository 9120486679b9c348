"""What is said about documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is."""

    BUSINESS_LICENCE = "business-licence"
    RESIDENT_ID = "resident-id"
    INVOICE = "invoice"
    """Of the asset; a motor-vehicle invoice bears the VIN."""
    BANK_STATEMENT = "bank-statement"
    FACE_PHOTO = "face-photo"
    """Taken face to face, to be compared with the portrait on the resident card."""
    INSURANCE = "insurance"
    DELIVERY_RECEIPT = "delivery-receipt"
    OTHER = "other"


@dataclass(frozen=True)
class ReadDocument:
    """Read one kept document; the reading is kept beside it."""

    application_id: str
    document_id: str
    at: datetime


@dataclass(frozen=True)
class DocumentRead:
    """What reading came to, for the workflow: the fields themselves stay in the store."""

    document_id: str
    kind: DocumentKind
    """As classified, or as the person said."""
    certain: bool
    """False where a person should look."""
    sentence: str
    """``business licence of 上海某某物流有限公司, 91310000…``."""
    doubts: tuple[str, ...] = ()
