"""Faces compared by the network, where the extra ``faces`` is installed."""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from activities.adapters.faces.network import compare
from models.lease.documents.faces import FaceVerdict

pytestmark = pytest.mark.skipif(
    find_spec("face_recognition_models") is None,
    reason="weights of 137 MB: pip install 'leaseflow[faces]' to run it",
)


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    """Rear admiral Grace Hopper, a photograph in the public domain that comes with matplotlib."""
    return Image.open(Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg").convert("RGB")


def test_a_smaller_tilted_copy_shows_the_same_person(portrait: Image.Image) -> None:
    copy = portrait.resize((portrait.width * 2 // 3, portrait.height * 2 // 3)).rotate(5)
    seen = compare(_jpeg(portrait), _jpeg(copy, quality=50))
    assert seen.verdict is FaceVerdict.SAME
    assert seen.similarity is not None
    assert seen.similarity > 0.8


def test_a_picture_of_nobody_has_no_face(portrait: Image.Image) -> None:
    medals = portrait.crop((300, 430, 512, 600))
    assert compare(_jpeg(portrait), _jpeg(medals)).verdict is FaceVerdict.NO_FACE


def _jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()
