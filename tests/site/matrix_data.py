"""The data set of the matrix test: one unit for every rank and state, with scans, photograph, revision, workflow and
certificate, and one account for every role. Made once for all cells."""

import datetime as dt
import io
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import AccessRequest, Clearance, Department, Grant, User
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.enums import ObjectRole
from fonds.collections.masters import store_master
from fonds.collections.models import (
    ArchiveDocument,
    ArchiveImage,
    CollectionIndexPage,
    DigitalObject,
    ExhibitIndexPage,
    PageScan,
    Person,
    PersonMark,
)
from fonds.policies.models import PolicyIndexPage
from fonds.site.roles import sync_roles
from tests.conftest import build_archive

from .matrix_oracle import ASKERS, DOCUMENTS, NUMBERED, STATES

GROUPS = {
    "reader": roles.READER, "officer_own": roles.OFFICER, "officer_other": roles.OFFICER,
    "records_officer": roles.RECORDS_OFFICER, "policy": roles.POLICY_STAFF, "editor": roles.EDITOR,
    "clerk": roles.CLERK, "manager": roles.MANAGER, "system": roles.SYSTEM_ADMIN,
    "security": roles.SECURITY_ADMIN, "audit": roles.AUDIT_ADMIN,
}  # fmt: skip


@dataclass
class World:
    """All rows by state."""

    units: dict[str, ItemPage] = field(default_factory=dict)
    scans: dict[str, PageScan] = field(default_factory=dict)
    photos: dict[str, ArchiveImage] = field(default_factory=dict)
    documents: dict[str, ArchiveDocument] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    negatives: dict[str, DigitalObject] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    requests: dict[str, AccessRequest] = field(default_factory=dict)
    home: ArchivePage | None = None


def mark(kind: str, state: str) -> str:
    """The word that stands in the entry (``e``) or the content (``c``) of a thing alone."""
    return f"zq{kind}{NUMBERED[state]}x"


def jpeg(shade: int) -> bytes:
    """A small picture, another for each shade."""
    file = io.BytesIO()
    Image.new("RGB", (64, 80), (shade, 255 - shade, 90)).save(file, "JPEG")
    return file.getvalue()


def build_world() -> World:
    """Everything, in the order in which it rests on each other."""
    archive = build_archive()
    world = World(home=archive.home)
    for model, slug in ((CollectionIndexPage, "collections"), (ExhibitIndexPage, "exhibits"),
                        (PolicyIndexPage, "policies")):  # fmt: skip
        archive.home.add_child(instance=model(title=slug, slug=slug))
    own = Department.objects.create(code="ZQA", name="办公室")
    other = Department.objects.create(code="ZQB", name="企业科")
    add_people(world, own, other)
    for state in STATES:
        world.units[state] = add_unit(archive.series, state, {"own": own, "other": other})
    add_draft_title(world.units["public"])
    refresh_standing(archive.home.path)
    for unit in world.units.values():
        unit.refresh_from_db()
    add_grants(world)
    add_requests(world)
    for number, state in enumerate(STATES):
        world.scans[state] = add_scan(world.units[state], state, number)
        world.photos[state] = add_photo(state, number, world.units[state])
        world.negatives[state] = add_negative(world.scans[state])
    world.photos["photo_closed"] = add_photo("photo_closed", 100, None)
    for state, photo in world.photos.items():
        world.persons[state] = add_person(photo, state)
    for state in DOCUMENTS:
        world.documents[state] = add_document(state)
    return world


def add_people(world: World, own: Department, other: Department) -> None:
    """One account for each role, with the permissions and the clearance the archive gives its group."""
    sync_roles()
    for name, start in roles.CLEARANCES.items():
        group, _made = Group.objects.get_or_create(name=name)
        Clearance.objects.update_or_create(group=group, defaults=start._asdict())
    for role, group in GROUPS.items():
        department = {"officer_own": own, "records_officer": own, "officer_other": other}.get(role)
        user = User.objects.create_user(f"matrix-{role}", f"{role}@example.org", "a long word", department=department)
        user.groups.add(Group.objects.get(name=group))
        world.people[role] = user


def add_unit(series: ArchivePage, state: str, departments: dict[str, Department]) -> ItemPage:
    """A unit in ``state``, its marks in title, code and slug."""
    ranks = {"reader": Rank.READER, "staff": Rank.STAFF, "dept_own": Rank.DEPARTMENT, "dept_other": Rank.DEPARTMENT,
             "restricted": Rank.RESTRICTED, "sealed": Rank.SEALED, "granted": Rank.RESTRICTED,
             "expired": Rank.RESTRICTED}  # fmt: skip
    word = mark("e", state)
    owner = {"dept_own": "own", "dept_other": "other", "pages_other": "other"}.get(state)
    unit = ItemPage(
        title=f"zqall 事项 {word}",
        reference_code=f"J037-WS·2008-Y-{word.upper()}-{NUMBERED[state]:04}",
        slug=f"unit-{word}",
        opening_status="unreviewed" if state == "unreviewed" else "open",
        date_text="20080312",
        year=2008,
        live=state != "draft",
        department=departments.get(owner),
        catalogue_rank=ranks.get(state, Rank.PUBLIC),
        content_rank=Rank.DEPARTMENT if state == "pages_other" else ranks.get(state, Rank.PUBLIC),
        closed_until=timezone.localdate() + dt.timedelta(days=9) if state == "closed_until" else None,
    )
    unit = series.add_child(instance=unit)
    unit.save_revision(clean=False)
    return unit


def add_draft_title(unit: ItemPage) -> None:
    """A title that nobody published yet."""
    unit.title = f"zqall {mark('e', 'draft_title')}"
    unit.save_revision(clean=False)
    unit.refresh_from_db()


def add_grants(world: World) -> None:
    """The reader may see one unit, and might have seen another until yesterday."""
    today = timezone.localdate()
    for state, ends in (("granted", today), ("expired", today - dt.timedelta(days=1))):
        world.grants[state] = Grant.objects.create(
            user=world.people["reader"], unit=world.units[state], starts_on=today - dt.timedelta(days=5), ends_on=ends,
            approver=world.people["manager"], reason="matrix",
        )  # fmt: skip


def add_requests(world: World) -> None:
    """Somebody asked for each of these units when he might know of it."""
    for state, role in ASKERS.items():
        world.requests[state] = AccessRequest.objects.create(
            reader=world.people[role], unit=world.units[state], until=timezone.localdate(), purpose_text="matrix"
        )


def add_scan(unit: ItemPage, state: str, shade: int) -> PageScan:
    """One page with a text and a file name of its own."""
    word = mark("c", state)
    master = store_master(io.BytesIO(jpeg(shade)), "image/jpeg")
    DigitalObject.objects.create(unit=unit, master=master, role=ObjectRole.SCAN, number=1, name=f"{word}.jpg")
    ArchivePage.objects.filter(pk=unit.pk).update(scan_count=1)
    return PageScan.objects.create(
        unit=unit, number=1, master=master, width=64, height=80, sha256=master.sha256, text=f"zqall 正文 {word}"
    )


def add_photo(state: str, shade: int, unit: ItemPage | None) -> ArchiveImage:
    """A photograph of ``unit`` with a rendition."""
    word = mark("c", state)
    photo = ArchiveImage(
        title=f"zqall photo {word}", unit=unit, photo_number=f"ZP-{word}", caption=f"zqall {word}",
        opening_status="open" if unit else "unreviewed",
        file=SimpleUploadedFile(f"{word}.jpg", jpeg(shade + 120), "image/jpeg"),
    )  # fmt: skip
    photo.save()
    photo.get_rendition("max-165x165")
    return photo


def add_negative(scan: PageScan) -> DigitalObject:
    """The negative of a unit."""
    return DigitalObject.objects.create(unit=scan.unit, master=scan.master, role=ObjectRole.NEGATIVE, name="n.jpg")


def add_person(photo: ArchiveImage, state: str) -> Person:
    """A person who stands on this photograph alone."""
    person = Person.objects.create(name=f"zqall {mark('c', state)}")
    PersonMark.objects.create(photo=photo, person=person, left=0.1, top=0.1, width=0.2, height=0.2)
    return person


def add_document(state: str) -> ArchiveDocument:
    """A document of the library."""
    word = mark("c", state)
    document = ArchiveDocument(
        title=f"zqall document {word}", opening_status="open" if state == "document_open" else "unreviewed"
    )
    document.file.save(f"{word}.txt", ContentFile(word.encode()))
    return document
