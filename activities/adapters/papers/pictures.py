"""What a picture file says of itself, and what can be measured in it."""

from __future__ import annotations

import io
import re
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.lease.documents.paper import PictureFacts

_SOFTWARE_TAG: Final = 0x0131
_WORKING_SIDE: Final = 1600
_PHOTOSHOP: Final = re.compile(rb"Photoshop 3\.0\x00|Adobe Photoshop|xmp:CreatorTool=\"([^\"]{1,60})\"")
_HEAD: Final = 65_536

Grey = npt.NDArray[np.uint8]


def picture_facts(content: bytes) -> PictureFacts:
    """Software, size, sharpness and fingerprint of a picture; of several frames the first."""
    with Image.open(io.BytesIO(content)) as picture:
        software = _software(picture, content)
        width, height = picture.size
        grey = np.asarray(picture.convert("L"), np.uint8)
    return PictureFacts(
        software=software,
        width=width,
        height=height,
        sharpness=round(_sharpness(grey), 1),
        fingerprint=fingerprint(grey),
    )


def fingerprint(grey: Grey) -> int:
    """Difference hash: whether each of 8 × 8 fields is lighter than its right neighbour; signed."""
    small = np.asarray(cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).flatten()
    value = int("".join("1" if bit else "0" for bit in bits), 2)
    return value - 2**64 if value >= 2**63 else value


def _software(picture: Image.Image, content: bytes) -> str:
    said = str(picture.getexif().get(_SOFTWARE_TAG, "") or picture.info.get("Software", "")).strip("\x00 ")
    if said:
        return said
    found = _PHOTOSHOP.search(content[:_HEAD])
    if not found:
        return ""
    return found[1].decode("utf-8", "replace") if found[1] else "Adobe Photoshop"


def _sharpness(grey: Grey) -> float:
    """Variance of the Laplacian in the sharpest tenth of the picture's fields: where there is text."""
    scale = min(1.0, _WORKING_SIDE / max(grey.shape))
    if scale < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    edges = cv2.Laplacian(grey, cv2.CV_64F)
    size = 64
    fields = [
        float(edges[top : top + size, left : left + size].var())
        for top in range(0, max(edges.shape[0] - size, 1), size)
        for left in range(0, max(edges.shape[1] - size, 1), size)
    ]
    return float(np.percentile(fields, 90))
