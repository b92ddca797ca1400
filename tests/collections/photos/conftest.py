"""A small site with a fonds, its two index pages, people of every kind, and pictures made on the spot."""

import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image
from wagtail.models import Collection as LibraryFolder
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Site

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FilePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import ArchiveImage, CollectionIndexPage, ExhibitIndexPage
from fonds.collections.workflows import ensure_exhibit_workflow
from fonds.site.models import HomePage
from tests.clearances import cleared

PHOTO_HEAD = [
    "照片号",
    "组号",
    "题名",
    "事由",
    "时间",
    "地点",
    "人物",
    "背景",
    "摄影者",
    "底片号",
    "文字说明",
    "载体",
    "文件名",
    "母版文件",
    "标签",
    "署名",
    "许可",
    "开放标识",
]
GROUP_HEAD = ["组号", "组题名", "事由", "起始日期", "终止日期", "地点", "张数", "保管期限", "总说明"]
GROUP = "J037-ZP·2008·D30-001"


def jpeg(size: tuple[int, int] = (640, 480), colour=(120, 60, 40), **options) -> bytes:
    """The bytes of a plain JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def _empty_cache():
    """Wagtail remembers derivatives by key, and keys come again in every test."""
    cache.clear()


@pytest.fixture
def make_jpeg():
    return jpeg


@pytest.fixture
def house(db):
    """Home, fonds J037, the two index pages."""
    call_command("load_tables", verbosity=0)
    root = ArchivePage.objects.get(depth=1)
    root.get_children().delete()
    root.refresh_from_db()
    home = root.add_child(instance=HomePage(title="首页", slug="home"))
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    fonds_index = home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    fonds = fonds_index.add_child(instance=FondsPage(title="某局", reference_code="J037", opening_status="open"))
    fonds.opening_status = "open"
    fonds.save()
    home.refresh_from_db()
    collections = home.add_child(instance=CollectionIndexPage(title="专题", slug="collections"))
    home.refresh_from_db()
    exhibits = home.add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits"))
    return SimpleNamespace(home=home, fonds=fonds, collections=collections, exhibits=exhibits)


def opened(parent: ArchivePage, page: ArchivePage, status: str = "open") -> ArchivePage:
    """``page`` under ``parent`` with the opening status ``status``."""
    parent.refresh_from_db()
    page = parent.add_child(instance=page)
    page.opening_status = status
    page.save()
    return page


@pytest.fixture
def group(house):
    """An open event group."""
    series = opened(house.fonds, SeriesPage(title="照片", reference_code="J037-ZP"))
    return opened(series, FilePage(title="建材市场专项检查", reference_code=GROUP, date_text="20080506"))


@pytest.fixture
def make_photo(group):
    """``make_photo(number, status="open", tags=[…], **fields)``: an item of the group with its picture."""

    def make(number: int, status: str = "open", tags=(), **fields) -> ArchiveImage:
        code = f"{GROUP}-{number:03}"
        title = fields.pop("title", f"照片{number}")
        item = opened(group, ItemPage(title=title, reference_code=code), status)
        values = {"photo_number": code, "taken_text": "20080506", "credit": "某人", "licence": "CC0", **fields}
        image = ArchiveImage(title=title, unit=item, opening_status=status, **values)
        image.file = ContentFile(jpeg(colour=(number % 255, 90, 60)), name=f"{number}.jpg")
        image.save()
        image.tags.add(*tags)
        return image

    return make


@pytest.fixture
def people(house):
    """An editor (no right to publish), an approver, and the workflow between them."""
    editors, managers = (Group.objects.create(name=name) for name in ("Curating editors", "Releasing managers"))
    enter = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    root = LibraryFolder.get_first_root_node()
    for group_, actions in ((editors, ("add", "change")), (managers, ("add", "change", "publish"))):
        group_.permissions.add(enter)
        for page in (house.collections, house.exhibits):
            for action in actions:
                right = Permission.objects.get(codename=f"{action}_archivepage")
                GroupPagePermission.objects.create(group=group_, page=page.archivepage_ptr, permission=right)
        for action in ("add", "change", "choose"):
            right = Permission.objects.get(content_type__app_label="wagtailimages", codename=f"{action}_image")
            GroupCollectionPermission.objects.create(group=group_, collection=root, permission=right)
    editor = User.objects.create_user("curator", password="a long word")
    approver = User.objects.create_user("approver", password="a long word")
    editor.groups.add(cleared(editors))
    approver.groups.add(cleared(managers))
    ensure_exhibit_workflow(managers)
    return SimpleNamespace(editor=editor, approver=approver, managers=managers)


@pytest.fixture
def photo_list(tmp_path, house):
    """A sound list of two photographs with their pictures in ``folder``; ``save(photos, groups)`` writes it anew."""
    folder = tmp_path / "delivered"
    (folder / "photos" / GROUP).mkdir(parents=True)
    photos = []
    for number in (1, 2):
        code = f"{GROUP}-{number:03}"
        name = f"photos/{GROUP}/{code}.jpg"
        (folder / name).write_bytes(jpeg(colour=(number, 60, 200)))
        values = (code, GROUP, f"碎石样品{number}", "专项检查", "20080506", "建材市场", "无", "投诉增多", "高才")
        rest = (f"J037-DP·2008-000{number}", "现场照片", "数码照片", name, "", "建材；抽样", "某人", "CC0", "")
        photos.append(dict(zip(PHOTO_HEAD, (*values, *rest), strict=True)))
    groups_values = (GROUP, "建材市场专项检查", "专项检查", "20080506", "20080507", "市场", 2, "D30", "本组照片共2张。")
    groups = [dict(zip(GROUP_HEAD, groups_values, strict=True))]

    def save(photo_rows=photos, group_rows=groups):
        book = openpyxl.Workbook()
        for sheet, head, rows in (("照片目录", PHOTO_HEAD, photo_rows), ("组目录", GROUP_HEAD, group_rows)):
            page = book.create_sheet(sheet)
            page.append(head)
            for row in rows:
                page.append([row.get(name) for name in head])
        del book["Sheet"]
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return SimpleNamespace(path=save(), folder=folder, photos=photos, groups=groups, save=save)
