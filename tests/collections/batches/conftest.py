"""Deliveries of scans made on the spot, and a batch that takes them in."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from PIL import Image, ImageDraw

from fonds.access.models import User
from fonds.collections.batches.taking import take_files
from fonds.collections.importing.walking import walk
from fonds.collections.models import ScanBatch
from tests.clearances import cleared

CODE = "J037-WS·2008-Y-BGS-0001"


def written_page(words: int, *, lean: float = 0.0, size=(827, 1169), mode: str = "RGB") -> Image.Image:
    """A page with lines of black bars instead of words, different for each number of ``words``."""
    page = Image.new(mode, size, 255 if mode == "L" else (255, 255, 255))
    draw = ImageDraw.Draw(page)
    for line in range(24):
        across = 80
        for word in range(6):
            long = 30 + (words * 37 + line * 61 + word * 89) % 90
            draw.rectangle(
                (across, 90 + line * 40, across + long, 108 + line * 40), fill=0 if mode == "L" else (20, 20, 20)
            )
            across += long + 16
    return page.rotate(-lean, fillcolor=255 if mode == "L" else (255, 255, 255)) if lean else page


@pytest.fixture
def delivery(tmp_path):
    """Writes a folder of pages: ``delivery({"<code>/001.jpg": page, …})``; bytes are written as they are."""

    def make(files: dict, folder: str = "delivery"):
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                content.save(path, dpi=(200, 200))
        return tmp_path / folder

    return make


@pytest.fixture
def batch(db):
    return ScanBatch.objects.create(title="Papers of 2008")


@pytest.fixture
def take(batch, delivery):
    """Takes such a folder into the batch; how many pages it has more."""

    def run(files: dict, folder: str = "delivery", user=None) -> int:
        return take_files(batch, walk(delivery(files, folder)), user)

    return run


@pytest.fixture
def editor(db):
    """An account that may take in scans and see all the pages there are."""
    user = User.objects.create_user("scanner", password="a long word")
    for label, name in (("wagtailadmin", "access_admin"), ("archive_pages", "import_catalogue")):
        user.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=name))
    return cleared(user)


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client
