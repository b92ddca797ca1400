"""A page scan and a photograph with an edge that tells what stands where."""

import io

import pytest
from django.core.cache import cache
from django.core.files.images import ImageFile
from PIL import Image

from fonds.collections.models import ArchiveImage
from fonds.collections.scans import add_scans

SIZE = (1300, 900)


@pytest.fixture
def scene(tmp_path):
    """The path of a picture of 1300 × 900 pixels: red grows to the right, green downwards, the left upper corner is
    blue."""
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    down = Image.linear_gradient("L").resize(SIZE)
    blue = Image.new("L", SIZE)
    blue.paste(255, (0, 0, 200, 200))
    Image.merge("RGB", [across, down, blue]).save(tmp_path / "scene.jpg", quality=95)
    return tmp_path / "scene.jpg"


@pytest.fixture
def scan(item, scene):
    return add_scans(item, [scene])[0]


@pytest.fixture
def make_photo(item, scene):
    """``make_photo(status="open", **fields)``: a photograph of the item."""
    cache.clear()  # Wagtail remembers renditions by the number of their picture

    def make(status: str = "open", **fields) -> ArchiveImage:
        file = ImageFile(io.BytesIO(scene.read_bytes()), "合影.jpg")
        values = {"title": "合影", "unit": item, "photo_number": "J037-ZP-1", **fields}
        photo = ArchiveImage(file=file, opening_status=status, **values)
        photo.save()
        return photo

    return make
