"""Which comparer of faces there is: dlib's network if its weights are installed, else a person's eyes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from activities.ports.faces import FaceComparer
from models.lease.documents.faces import FaceComparison, FaceVerdict

if TYPE_CHECKING:
    from activities.adapters.ocr.pool import OcrPool

_NEEDED: Final = ("_dlib_pybind11", "face_recognition_models")


class PersonsEyes(FaceComparer):
    """No comparer: a person looks at both pictures and says so."""

    name = "nobody"

    async def compare(self, photo: bytes, portrait: bytes) -> FaceComparison:  # noqa: ARG002 - nobody looks
        """Unsure, always."""
        return FaceComparison(FaceVerdict.UNSURE, None, self.name)


class NetworkFaces(FaceComparer):
    """dlib's face network, in a reading process: half a second of one core."""

    def __init__(self, pool: OcrPool) -> None:
        self._pool = pool

    @property
    def name(self) -> str:
        from activities.adapters.faces.network import NAME  # noqa: PLC0415 - with its own heavy imports

        return NAME

    async def compare(self, photo: bytes, portrait: bytes) -> FaceComparison:
        """See `FaceComparer.compare`."""
        from activities.adapters.faces.network import compare  # noqa: PLC0415

        return await self._pool.run(compare, photo, portrait)


def face_comparer(pool: OcrPool) -> FaceComparer:
    """The network if the extra ``faces`` is installed."""
    installed = all(find_spec(package) for package in _NEEDED)
    return NetworkFaces(pool) if installed else PersonsEyes()
