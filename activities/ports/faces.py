"""Comparing faces."""

from __future__ import annotations

from typing import Protocol

from models.lease.documents.faces import FaceComparison


class FaceComparer(Protocol):
    """Says how alike the persons in two pictures are."""

    @property
    def name(self) -> str:
        """What compares, with its version: a pair is compared once by each."""
        ...

    async def compare(self, photo: bytes, portrait: bytes) -> FaceComparison:
        """Compare the largest face of each picture.

        Args:
            photo: taken face to face.
            portrait: of a resident card, the whole card.
        """
        ...
