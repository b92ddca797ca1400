"""A small archive made by hand for the leak tests, each hidden thing with a word of its own that stands nowhere else.

One fonds ``J900``: a public series with a record of every kind side by side, and a series that is restricted as a
whole. Who may know of what is said in ``SECRETS``, in words of the archive room and without asking any decision.
"""

import datetime as dt
import io
from types import SimpleNamespace

from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Clearance, Department, Grant, User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import (
    ArchiveDocument,
    ArchiveImage,
    CollectionIndexPage,
    CollectionPage,
    CollectionPhoto,
    ExhibitIndexPage,
    ExhibitPage,
)
from fonds.collections.scans import add_scans
from fonds.policies.models import PolicyIndexPage
from fonds.site.roles import sync_roles
from tests.conftest import build_home

SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, GRANTED = (
    "梧桐密语",
    "紫藤专案",
    "未定草稿",
    "企业科事",
    "黑松林案",
    "借阅之件",
)
INSIDE = "青花底稿"  # stands in the pages and photographs of a record whose entry is public
PAPER = "内部名单"  # a document of the library that is not open
PEOPLE = {
    "reader": roles.READER, "other_reader": roles.READER, "officer": roles.OFFICER, "clerk": roles.CLERK,
    "editor": roles.EDITOR, "manager": roles.MANAGER, "second_manager": roles.MANAGER,
    "security": roles.SECURITY_ADMIN, "system": roles.SYSTEM_ADMIN,
}  # fmt: skip
#: Role → the words that must never reach it.
SECRETS = {
    "visitor": {SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, GRANTED, INSIDE, PAPER},
    "reader": {SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, INSIDE, PAPER},
    "other_reader": {SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, GRANTED, INSIDE, PAPER},
    "officer": {SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, GRANTED, INSIDE},
    "clerk": {SEALED, INSIDE},
    "editor": {SEALED},
    "manager": set(),
    "security": {SEALED, INSIDE, PAPER},
    "system": {SEALED, RESTRICTED, DRAFT, OTHERS, BELOW, GRANTED, INSIDE, PAPER},
}
#: How many of the seven records of the public series each may know of.
KNOWN = {"visitor": 3, "reader": 3, "officer": 3, "clerk": 5, "editor": 5, "security": 5, "system": 3}


def jpeg(shade: int, size: tuple[int, int] = (90, 120)) -> bytes:
    """A small picture, another for each shade."""
    file = io.BytesIO()
    Image.new("RGB", size, (shade, 255 - shade, 70)).save(file, "JPEG")
    return file.getvalue()


def build(folder) -> SimpleNamespace:
    """The whole archive; scans come from files written to ``folder``."""
    cache.clear()  # Wagtail remembers renditions by the number of their picture
    made = SimpleNamespace(people={}, departments={})
    _frame(made)
    _people(made)
    _units(made)
    _contents(made, folder)
    _curated(made)
    return made


def _frame(made) -> None:
    made.home = build_home()
    made.index = made.home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    for name, model in (("collections", CollectionIndexPage), ("exhibits", ExhibitIndexPage),
                        ("policies", PolicyIndexPage)):  # fmt: skip
        setattr(made, name, made.home.add_child(instance=model(title=name, slug=name)))


def _people(made) -> None:
    sync_roles()
    for code, name in (("BGS", "办公室"), ("QYK", "企业科")):
        made.departments[code] = Department.objects.create(code=code, name=name)
    for name, start in roles.CLEARANCES.items():
        group, _made = Group.objects.get_or_create(name=name)
        Clearance.objects.update_or_create(group=group, defaults=start._asdict())
    for name, role in PEOPLE.items():
        department = made.departments["BGS"] if name == "officer" else None
        user = User.objects.create_user(name, f"{name}@fonds.example", "a long password", department=department)
        user.groups.add(Group.objects.get(name=role))
        made.people[name] = user


def _units(made) -> None:
    fonds = FondsPage(title="越州市局", reference_code="J900", opening_status="open")
    made.fonds = made.index.add_child(instance=fonds)
    made.series = _add(made.fonds, SeriesPage, "2001年文书", "J900-WS·2001")
    made.closed_series = _add(made.fonds, SeriesPage, f"专卷 {BELOW}", "J900-WS·2002", catalogue_rank=Rank.RESTRICTED)
    restricted, sealed = {"catalogue_rank": Rank.RESTRICTED}, {"catalogue_rank": Rank.SEALED}
    item = _item_of(made.series)
    made.first = item(1, "关于表彰的决定", document_number="越工商〔2001〕1号")
    made.sealed = item(2, f"关于{SEALED}的报告", document_number="越工商〔2001〕2号", creator=SEALED, **sealed)
    made.pages_closed = item(3, "关于整顿市场的通知", content_rank=Rank.RESTRICTED)
    made.restricted = item(4, f"关于{RESTRICTED}的调查", year=1931, **restricted)
    made.draft = item(5, f"关于{DRAFT}的意见", live=False)
    made.others = item(
        6, f"关于{OTHERS}的函", catalogue_rank=Rank.DEPARTMENT, department=made.departments["QYK"], year=1932
    )
    made.last = item(7, "关于会议的纪要")
    below = _item_of(made.closed_series)
    made.below = below(1, f"{BELOW}之一")
    made.granted = below(2, f"{GRANTED}与附件")
    refresh_standing(made.home.path)
    for name, value in vars(made).items():
        if isinstance(value, ArchivePage):
            setattr(made, name, type(value).objects.get(pk=value.pk))
    today = timezone.localdate()
    made.grant = Grant.objects.create(
        user=made.people["reader"], unit=made.granted, starts_on=today, ends_on=today + dt.timedelta(days=3),
        approver=made.people["manager"], reason="研究",
    )  # fmt: skip


def _add(parent: ArchivePage, model: type, title: str, code: str, **values) -> ArchivePage:
    values = {"opening_status": "open", "year": 2001, **values}
    return parent.add_child(instance=model(title=title, reference_code=code, **values))


def _item_of(series: ArchivePage):
    def add(number: int, title: str, **values) -> ItemPage:
        code = f"{series.reference_code}-Y-BGS-{number:04}"
        return _add(series, ItemPage, title, code, **{"date_text": "20010312", **values})

    return add


def _contents(made, folder) -> None:
    """A page, a photograph and its small picture for each record that has a secret, and for the first."""
    made.scans, made.photos = {}, {}
    words = {"first": "公开正文", "sealed": SEALED, "pages_closed": INSIDE, "restricted": RESTRICTED,
             "granted": GRANTED}  # fmt: skip
    for shade, (name, word) in enumerate(words.items(), 1):
        unit = getattr(made, name)
        path = folder / f"{shade}.jpg"
        path.write_bytes(jpeg(shade))
        made.scans[name] = add_scans(unit, [(path, f"{word}.jpg")], queue=False)[0]
        unit.refresh_from_db()
        photo = ArchiveImage(
            title=f"照片 {word}", unit=unit, photo_number=f"ZP-{shade}", caption=word, place=word, taken_text="2001",
            opening_status="open", file=ContentFile(jpeg(100 + shade), f"photo-{shade}.jpg"),
        )  # fmt: skip
        photo.save()
        photo.tags.add(word)
        photo.get_rendition("fill-160x120")
        made.photos[name] = photo
    made.paper = ArchiveDocument(title=PAPER, opening_status="unreviewed")
    made.paper.file.save("list.pdf", ContentFile(b"%PDF-1.7 " + PAPER.encode()))
    made.open_paper = ArchiveDocument(title="规则", opening_status="open")
    made.open_paper.file.save("rules.pdf", ContentFile(b"%PDF-1.7 rules"))


def _curated(made) -> None:
    """A collection and an exhibit in which an editor put everything, and whose covers are not for all."""
    pictures = list(made.photos.values())
    made.collection = made.collections.add_child(
        instance=CollectionPage(title="老照片", slug="old", cover=made.photos["pages_closed"])
    )
    made.collection.chosen_photos = [CollectionPhoto(image=image) for image in pictures]
    made.collection.save()
    panels = [
        {"type": "picture", "value": {"image": image.pk, "alt_text": image.caption, "caption": image.caption}}
        for image in pictures
    ]
    units = [made.first, made.sealed, made.restricted, made.granted]
    panels.append({"type": "records", "value": {"heading": "", "units": [unit.pk for unit in units]}})
    made.exhibit = made.exhibits.add_child(
        instance=ExhibitPage(title="市场旧事", slug="market", cover=made.photos["pages_closed"])
    )
    made.exhibit.body = made.exhibit.body.stream_block.to_python(panels)
    made.exhibit.save()
    refresh_standing(made.home.path)
