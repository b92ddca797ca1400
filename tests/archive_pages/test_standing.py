"""What is in force for a page: floors, the stricter of it and what stands above, owners, days, and its cost."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from fonds.access.classes import class_of, rank_of
from fonds.access.enums import OpeningStatus, Rank
from fonds.access.models import Department
from fonds.archive_pages import standing
from fonds.archive_pages.bulk import add_units
from fonds.archive_pages.models import ArchivePage, ItemPage, SeriesPage
from fonds.audit.models import Event

pytestmark = pytest.mark.django_db

OPEN, CONTROLLED = OpeningStatus.OPEN, OpeningStatus.CONTROLLED


def in_force(page) -> tuple[Rank, Rank]:
    page.refresh_from_db()
    return rank_of(page.catalogue_class), rank_of(page.content_class)


def put(page, **values) -> tuple[Rank, Rank]:
    """Write ``values`` as an action would, and tell what is then in force for the page."""
    ArchivePage.objects.filter(pk=page.pk).update(**values)
    standing.refresh_standing(page.path)
    return in_force(page)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, (Rank.PUBLIC, Rank.PUBLIC)),
        ({"content_rank": Rank.STAFF}, (Rank.PUBLIC, Rank.STAFF)),
        ({"catalogue_rank": Rank.STAFF}, (Rank.STAFF, Rank.STAFF)),
        ({"catalogue_rank": Rank.SEALED, "content_rank": Rank.READER}, (Rank.SEALED, Rank.SEALED)),
        ({"opening_status": "unreviewed"}, (Rank.STAFF, Rank.DEPARTMENT)),
        ({"opening_status": "controlled"}, (Rank.STAFF, Rank.DEPARTMENT)),
        ({"opening_status": "delayed"}, (Rank.STAFF, Rank.DEPARTMENT)),
        ({"opening_status": "controlled", "content_rank": Rank.SEALED}, (Rank.STAFF, Rank.SEALED)),
        ({"live": False}, (Rank.RESTRICTED, Rank.RESTRICTED)),
        ({"secrecy": "机密★10年"}, (Rank.RESTRICTED, Rank.SEALED)),
        ({"secrecy": "绝密", "live": False}, (Rank.RESTRICTED, Rank.SEALED)),
        ({"secrecy": "内部"}, (Rank.PUBLIC, Rank.PUBLIC)),
    ],
)
def test_the_floors_of_a_page(archive, values, wanted):
    assert put(archive.first, **values) == wanted


def test_the_root_restricts_nothing(archive):
    root = ArchivePage.objects.get(depth=1)
    ArchivePage.objects.filter(pk=root.pk).update(opening_status="unreviewed", catalogue_rank=Rank.SEALED)
    ArchivePage.objects.filter(depth__gt=1).update(catalogue_class=30_000, content_class=30_000)
    standing.refresh_standing(root.path)
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)
    assert in_force(archive.closed) == (Rank.STAFF, Rank.DEPARTMENT)


def test_a_draft_that_is_no_unit_is_for_the_staff_who_write_it(archive):
    assert put(archive.index, live=False) == (Rank.STAFF, Rank.STAFF)


def test_the_floors_are_the_archive_s_to_set(archive, settings):
    settings.FONDS_UNOPENED_CATALOGUE_RANK, settings.FONDS_UNOPENED_CONTENT_RANK = Rank.READER, Rank.RESTRICTED
    assert put(archive.first, opening_status="controlled") == (Rank.READER, Rank.RESTRICTED)


def test_the_stricter_wins_all_the_way_down_and_back(archive):
    put(archive.fonds, content_rank=Rank.READER)
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.READER)
    put(archive.first, content_rank=Rank.RESTRICTED)
    put(archive.series, catalogue_rank=Rank.STAFF)
    assert in_force(archive.first) == (Rank.STAFF, Rank.RESTRICTED)
    assert in_force(archive.third) == (Rank.STAFF, Rank.STAFF)
    assert in_force(archive.closed) == (Rank.STAFF, Rank.DEPARTMENT)
    assert in_force(archive.fonds) == (Rank.PUBLIC, Rank.READER)
    put(archive.series, catalogue_rank=Rank.PUBLIC)
    put(archive.fonds, content_rank=Rank.PUBLIC)
    assert in_force(archive.third) == (Rank.PUBLIC, Rank.PUBLIC)


def test_the_owner_is_the_nearest_department(archive):
    office, hr = (Department.objects.create(code=code, name=code) for code in ("BGS", "RJC"))
    put(archive.fonds, department=office, content_rank=Rank.DEPARTMENT)
    put(archive.first, department=hr)
    archive.third.refresh_from_db()
    assert archive.first.content_class == class_of(Rank.DEPARTMENT, hr.pk)
    assert archive.third.content_class == class_of(Rank.DEPARTMENT, office.pk)
    assert archive.third.owner_department == office


def test_saving_unpublishing_and_moving_keep_it(archive):
    archive.series.content_rank = Rank.STAFF
    archive.series.save()
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.STAFF)
    other = archive.fonds.add_child(instance=SeriesPage(title="另类", reference_code="J037-KJ", opening_status=OPEN))
    archive.first.refresh_from_db()
    archive.first.move(other, pos="last-child")
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)
    assert (archive.first.level, "王建国" in archive.first.search_text) == ("item", True)
    other.refresh_from_db()
    other.unpublish()
    assert in_force(archive.first) == (Rank.RESTRICTED, Rank.RESTRICTED)


def test_a_revision_never_brings_back_an_earlier_rank(archive):
    revision = archive.first.save_revision()
    put(archive.first, content_rank=Rank.SEALED, closed_until=dt.date(2999, 1, 1))
    revision.refresh_from_db()
    revision.publish()
    assert in_force(archive.first) == (Rank.STAFF, Rank.SEALED)
    assert archive.first.closed_until == dt.date(2999, 1, 1)


def test_units_written_in_bulk_stand_as_those_beside_them(archive):
    put(archive.series, content_rank=Rank.STAFF)
    units = [
        ItemPage(title=f"第{n}件", reference_code=f"J037-WS·2008-Y-BGS-{n:04}", opening_status=OPEN)
        for n in range(20, 25)
    ]
    add_units(ArchivePage.objects.get(pk=archive.series.pk), units)
    assert {in_force(unit) for unit in units} == {(Rank.PUBLIC, Rank.STAFF)}


# --- Days -----------------------------------------------------------------------------------------------------------


def test_a_unit_is_closed_through_its_last_day_and_opens_by_itself_the_day_after(archive, monkeypatch):
    today = timezone.localdate()
    assert put(archive.series, closed_until=today) == (Rank.STAFF, Rank.DEPARTMENT)
    assert in_force(archive.first) == (Rank.STAFF, Rank.DEPARTMENT)
    assert standing.open_due() == 0
    tomorrow = today + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    assert standing.open_due() == 1
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)
    assert in_force(archive.closed) == (Rank.STAFF, Rank.DEPARTMENT)
    event = Event.objects.get(action=standing.OPENED)
    assert (event.object_id, event.before) == (str(archive.series.pk), {"closed_until": today.isoformat()})
    assert standing.open_due() == 0


def test_a_day_does_not_open_what_is_closed_for_another_reason(archive, monkeypatch):
    put(archive.first, closed_until=timezone.localdate(), content_rank=Rank.RESTRICTED)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    assert standing.open_due() == 1
    assert in_force(archive.first) == (Rank.PUBLIC, Rank.RESTRICTED)


# --- Against a plain reckoning --------------------------------------------------------------------------------------


def reckon(pages: list[ArchivePage]) -> dict[str, tuple[int, int]]:
    """The classes of all pages by path, page by page as an archivist would reckon them."""
    found: dict[str, tuple[Rank, Rank, int | None]] = {}
    for page in sorted(pages, key=lambda page: page.path):
        above = found.get(page.path[:-4], (Rank.PUBLIC, Rank.PUBLIC, None)) if page.depth > 2 else (0, 0, None)
        entry, inside = page.catalogue_rank, page.content_rank
        if page.opening_status != OPEN:
            entry, inside = max(entry, Rank.STAFF), max(inside, Rank.DEPARTMENT)
        if not page.live:
            draft = Rank.RESTRICTED if page.level else Rank.STAFF
            entry, inside = max(entry, draft), max(inside, draft)
        entry = max(entry, above[0])
        found[page.path] = (entry, max(inside, above[1], entry), page.department_id or above[2])
    return {path: (class_of(entry, owner), class_of(inside, owner)) for path, (entry, inside, owner) in found.items()}


@pytest.mark.parametrize("seed", range(5))
def test_any_tree_stands_as_reckoned_page_by_page(archive, seed):
    dice = random.Random(seed)
    departments = [None, *(Department.objects.create(code=code, name=code).pk for code in ("BGS", "RJC"))]
    for number in range(10, 20):
        archive.add_item(number)
    for _round in range(8):
        page = dice.choice(list(ArchivePage.objects.filter(depth__gt=1).order_by("path")))
        put(
            page,
            catalogue_rank=dice.choice(list(Rank)),
            content_rank=dice.choice(list(Rank)),
            opening_status=dice.choice([OPEN, OPEN, CONTROLLED]),
            live=dice.random() > 0.2,
            department_id=dice.choice(departments),
        )
        pages = list(ArchivePage.objects.filter(depth__gt=1))
        assert {page.path: (page.catalogue_class, page.content_class) for page in pages} == reckon(pages)


@pytest.mark.parametrize("count", [1, 60])
def test_a_subtree_is_one_statement_whatever_its_size(archive, count, django_assert_num_queries):
    for number in range(10, 10 + count):
        archive.add_item(number)
    ArchivePage.objects.filter(pk=archive.series.pk).update(content_rank=Rank.STAFF)
    with django_assert_num_queries(4):  # savepoint, the pages, the photographs, release
        changed = standing.refresh_standing(archive.series.path)
    assert changed == count + 3  # the series, two open items and those added; one was stricter already


def test_saving_a_page_that_changes_nothing_walks_nothing(archive, monkeypatch):
    walked = []
    monkeypatch.setattr(standing, "refresh_standing", walked.append)
    archive.fonds.title = "另一名称"
    archive.fonds.save()
    assert walked == []
