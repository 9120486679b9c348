"""dlib's face descriptor (ResNet-29, 128 numbers) with the weights of ``face_recognition_models``.

The extra ``faces`` brings both; detector, five-point aligner and descriptor are in the public domain
(CC0) or under the Boost licence. The package's 68-point model is not used: its training data forbid
commercial use.

Two pictures are compared by the Euclidean distance d of their descriptors; the likeness told is
1 − d / 1.2, so that 0.5 is dlib's own threshold of 0.6. Pictures in between are for a person.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from activities.adapters.faces.pictures import opened
from models.lease.documents.faces import FaceComparison, FaceVerdict

NAME: Final = "dlib-resnet-v1"
_SAME: Final = 0.48
_DIFFERENT: Final = 0.62
"""Distances: closer than the first is the same person, farther than the second another one."""
_SCALE: Final = 1.2
_WORKING_SIDE: Final = 1000

Descriptor = npt.NDArray[np.float64]


def compare(photo: bytes, portrait: bytes) -> FaceComparison:
    """The verdict on the largest face of each picture."""
    one, other = descriptor(photo), descriptor(portrait)
    if one is None or other is None:
        return FaceComparison(FaceVerdict.NO_FACE, None, NAME)
    distance = float(np.linalg.norm(one - other))
    return FaceComparison(verdict_of(distance), round(max(1 - distance / _SCALE, 0.0), 4), NAME)


def verdict_of(distance: float) -> FaceVerdict:
    """What a distance of descriptors means."""
    if distance < _SAME:
        return FaceVerdict.SAME
    return FaceVerdict.DIFFERENT if distance > _DIFFERENT else FaceVerdict.UNSURE


def descriptor(content: bytes) -> Descriptor | None:
    """128 numbers for the largest face, None if no face is found at usual or double size."""
    picture = opened(content)
    picture.thumbnail((_WORKING_SIDE, _WORKING_SIDE))
    pixels = np.asarray(picture, np.uint8)
    detect, align, describe = _networks()
    found = detect(pixels, 0) or detect(pixels, 1)
    if not found:
        return None
    largest = max(found, key=lambda face: face.width() * face.height())
    return np.asarray(describe.compute_face_descriptor(pixels, align(pixels, largest)), np.float64)


@cache
def _networks() -> tuple[Any, Any, Any]:
    """Detector, aligner and descriptor, loaded once in a process (0.3 s)."""
    dlib: Any = import_module("dlib")  # an extra, without types

    # found without being imported: its own import needs setuptools, which newer environments lack
    package = find_spec("face_recognition_models")
    if package is None or package.origin is None:
        raise RuntimeError("face_recognition_models is not installed")
    weights = Path(package.origin).parent / "models"
    return (
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(str(weights / "shape_predictor_5_face_landmarks.dat")),
        dlib.face_recognition_model_v1(str(weights / "dlib_face_recognition_resnet_model_v1.dat")),
    )
