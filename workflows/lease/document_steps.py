"""What documents need done, as abstract steps; the application's workflow calls them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.lease.application.messages import ApplicationStep, Completeness
from models.lease.documents.messages import DocumentRead, ReadDocument


class DocumentReader(ABC):
    """Reads what was uploaded; seconds of computing, on the queue of the reading processes."""

    @activity.defn(name="lease.read_document")
    @abstractmethod
    async def read_document(self, wish: ReadDocument) -> DocumentRead:
        """Classify a document, read its fields, test it for alteration, and keep the reading."""


class DocumentBooks(ABC):
    """What the database knows of documents."""

    @activity.defn(name="lease.check_completeness")
    @abstractmethod
    def check_completeness(self, step: ApplicationStep) -> Completeness:
        """Which documents are missing or still being read."""
