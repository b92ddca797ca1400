"""A small open archive, people of both kinds, and files of scans made on the spot."""

import pikepdf
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from PIL import Image

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from tests.clearances import cleared


@pytest.fixture
def series(db):
    """An open series of an open fonds."""
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Fonds", slug="fonds-of-scans"))
    fonds = index.add_child(instance=FondsPage(title="Bureau", reference_code="J037", opening_status="open"))
    return fonds.add_child(instance=SeriesPage(title="Papers", reference_code="J037-WS", opening_status="open"))


@pytest.fixture
def make_item(series):
    """Adds an item to the series: ``make_item(number, **fields)``."""

    def make(number: int = 1, **fields) -> ItemPage:
        fields = {"title": f"Notice {number}", "opening_status": "open", **fields}
        return series.add_child(instance=ItemPage(reference_code=f"J037-WS·2008-Y-BGS-{number:04}", **fields))

    return make


@pytest.fixture
def item(make_item):
    return make_item()


@pytest.fixture
def staff(db):
    """An account that may enter the admin, and nothing more."""
    user = User.objects.create_user("archivist", password="a long word")
    user.user_permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    return cleared(user)


@pytest.fixture
def staff_client(staff):
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def picture(tmp_path):
    """Writes a noisy picture that does not compress away: ``picture("001.jpg", (300, 400), dpi=200)``."""

    def make(name: str, size: tuple[int, int] = (300, 400), *, dpi: int | None = 200, mode: str = "RGB", **options):
        noise = Image.effect_noise(size, 40)
        image = noise if mode == "L" else Image.merge("RGB", [noise, noise.rotate(180), noise]).convert(mode)
        if dpi:
            options["dpi"] = (dpi, dpi)
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return make


@pytest.fixture
def pdf_of(tmp_path):
    """Writes a PDF with one JPEG per page from edge to edge: ``pdf_of("a.pdf", [jpeg, …])``; ``draw`` adds operators
    behind the picture."""

    def make(name: str, jpegs: list, *, draw: bytes = b"", rotate: int = 0, **save):
        pdf = pikepdf.new()
        for jpeg in jpegs:
            with Image.open(jpeg) as image:
                width, height = image.size
                space = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
            across, up = width * 72 / 200, height * 72 / 200
            stream = pdf.make_stream(
                jpeg.read_bytes(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=width,
                Height=height,
                ColorSpace=space,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page = pdf.add_blank_page(page_size=(across, up))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
            page.Contents = pdf.make_stream(b"q %f 0 0 %f 0 0 cm /Im0 Do Q " % (across, up) + draw)
            if rotate:
                page.rotate(rotate, relative=False)
        pdf.save(tmp_path / name, **save)
        return tmp_path / name

    return make
