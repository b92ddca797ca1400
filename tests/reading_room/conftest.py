"""A small archive with one scanned item, and the people of the reading room."""

import hashlib
import io

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image, ImageDraw
from wagtail.models import Locale, Site

from fonds.access.enums import OpeningStatus
from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import MasterFile, PageScan
from tests.clearances import cleared


def jpeg(text: str, width: int = 620, height: int = 877, mode: str = "RGB", **options) -> bytes:
    """A page image with ``text`` on it."""
    image = Image.new(mode, (width, height), 240 if mode == "L" else "#f2efe6" if mode == "RGB" else None)
    ImageDraw.Draw(image).text((40, 40), text, fill=0 if mode == "L" else "black", font_size=60)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70, dpi=(75, 75), **options)
    return out.getvalue()


def add_page(unit: ArchivePage, number: int, data: bytes, dpi: int = 75, mime_type: str = "image/jpeg") -> PageScan:
    """Keep ``data`` as a master and page ``number`` of ``unit``."""
    digest = hashlib.sha256(data).hexdigest()
    key = storages["masters"].save(f"{digest}.jpg", ContentFile(data))
    master, _created = MasterFile.objects.get_or_create(
        sha256=digest, defaults={"size": len(data), "mime_type": mime_type, "key": key}
    )
    return PageScan.objects.create(
        unit_id=unit.pk, number=number, master=master, width=620, height=877, dpi=dpi, sha256=digest
    )


def _with(username: str, *names: str) -> User:
    user = User.objects.create_user(username, password="ink-and-paper", first_name=username)
    for name in names:
        app_label, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    return User.objects.get(pk=(cleared(user) if names else user).pk)


def close(item) -> None:
    ArchivePage.objects.filter(pk=item.pk).update(opening_status="controlled")
    refresh_standing(ArchivePage.objects.get(pk=item.pk).path)


@pytest.fixture
def manager(db):
    return _with(
        "manager",
        "wagtailadmin.access_admin",
        "reading_room.issue_certificate",
        "reading_room.revoke_certificate",
        "reading_room.view_certificate",
    )


@pytest.fixture
def editor(db):
    return _with("editor", "wagtailadmin.access_admin")


@pytest.fixture
def reader(db):
    return _with("reader")


@pytest.fixture
def series(db):
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = ArchivePage.objects.filter(depth=1).first() or ArchivePage.add_root(title="Root", slug="root")
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds-test", opening_status=OpeningStatus.OPEN))
    site = Site.objects.first() or Site(hostname="testserver", is_default_site=True)
    site.root_page = index
    site.save()
    fonds = index.add_child(
        instance=FondsPage(title="越州市工商行政管理局", reference_code="J037", opening_status=OpeningStatus.OPEN)
    )
    return fonds.add_child(
        instance=SeriesPage(title="文书档案 2008", reference_code="J037-WS·2008", opening_status=OpeningStatus.OPEN)
    )


@pytest.fixture
def item(series):
    """An open item with three scanned pages: colour, grey, and a small one lying on its side."""
    unit = series.add_child(
        instance=ItemPage(
            title="关于企业登记管理工作的通知",
            reference_code="J037-WS·2008-D30-BGS-0001",
            document_number="绍工商〔2008〕15号",
            creator="越州市工商局",
            date_text="20080312",
            opening_status=OpeningStatus.OPEN,
        )
    )
    add_page(unit, 1, jpeg("ONE"))
    add_page(unit, 2, jpeg("TWO", mode="L"))
    add_page(unit, 3, jpeg("THREE", width=877, height=620))
    ArchivePage.objects.filter(pk=unit.pk).update(scan_count=3)
    refresh_standing(ArchivePage.objects.get(depth=1).path)
    return ItemPage.objects.get(pk=unit.pk)
