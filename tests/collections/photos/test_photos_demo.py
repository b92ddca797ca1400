"""The demo photographs: enough of them, free to use, captioned and tagged."""

import pytest
from django.conf import settings

from fonds.collections.models import ArchiveImage
from fonds.collections.photo_importing import import_photos

pytestmark = pytest.mark.once

DEMO = settings.ROOT / "fixtures" / "demo" / "photos"
FREE = {"CC0 1.0", "public domain", "CC BY 2.0", "CC BY 4.0"}


def test_the_demo_is_complete_free_and_can_be_loaded_twice(people, client):
    listed = DEMO / "照片档案目录.xlsx"
    result = import_photos(listed, DEMO, status="open")
    assert result.faults == []
    assert result.groups == 8
    assert result.photos >= 50
    images = ArchiveImage.objects.all()
    assert {image.licence for image in images} <= FREE
    assert all(image.credit and image.caption and image.description for image in images)
    assert all(image.tags.exists() for image in images)
    sources = (DEMO / "SOURCES.md").read_text(encoding="utf-8")
    assert all(image.photo_number in sources for image in images)
    assert sum(path.stat().st_size for path in DEMO.rglob("*")) < 10 * 1024**2
    assert import_photos(listed, DEMO).unchanged == result.photos
