"""The forms of units: proposal and taking of codes, obligatory fields, inheritance, faults beside the field, doubles,
publishing and the opening state, renumbering, many at once."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry

from fonds.access.models import Department, User
from fonds.archive_pages import actions
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    CodeCounter,
    CodeRecord,
    FilePage,
    FondsIndexPage,
    FondsPage,
    ItemPage,
    ReferenceCodeTemplate,
    RetentionPeriod,
    SeriesPage,
)
from tests.clearances import cleared

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PATTERN = "{fonds}-{category}·{year}-{retention}-{department}-{number:4}"


@pytest.fixture
def archive():
    """J037 with the series of 2008, kept 30 years, and the tables that its codes are made of."""
    tables = {
        "category": Category.objects.update_or_create(code="WS", defaults={"name": "文书"})[0],
        "retention": RetentionPeriod.objects.update_or_create(code="D30", defaults={"name": "定期30年"})[0],
        "department": Department.objects.update_or_create(code="BGS", defaults={"name": "办公室"})[0],
    }
    ReferenceCodeTemplate.objects.all().delete()
    ReferenceCodeTemplate.objects.create(category=tables["category"], pattern=PATTERN)
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    fonds = index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )
    whole = fonds.add_child(
        instance=SeriesPage(
            title="文书档案", reference_code="J037-WS", category=tables["category"], opening_status="open"
        )
    )
    series = whole.add_child(
        instance=SeriesPage(
            title="2008年定期30年",
            reference_code="J037-WS·2008-D30",
            year=2008,
            retention=tables["retention"],
            opening_status="open",
        )
    )
    return {"index": index, "fonds": fonds, "whole": whole, "series": series, **tables}


def staff(name: str, page: ArchivePage, *rights: str) -> User:
    user = User.objects.create_user(name, password="x")
    group = Group.objects.create(name=f"group of {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in rights:
        permission = Permission.objects.get(
            content_type__app_label="archive_pages", content_type__model="archivepage", codename=f"{right}_archivepage"
        )
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(cleared(group))
    return user


def editor(archive) -> User:
    return staff("editor", archive["index"], "add", "change")


def manager(archive) -> User:
    return staff("manager", archive["index"], "add", "change", "publish")


def add_url(parent: ArchivePage, kind: str = "itempage") -> str:
    return reverse("wagtailadmin_pages:add", args=["archive_pages", kind, parent.pk])


def written(archive, **values) -> dict:
    """What the form of a new item sends."""
    return {
        "title": "关于开展市场巡查的通知",
        "date_text": "20080312",
        "creator": "越州市工商行政管理局",
        "category": archive["category"].pk,
        "year": "2008",
        "retention": archive["retention"].pk,
        "department": archive["department"].pk,
        "opening_status": "unreviewed",
        "reference_code": "J037-WS·2008-D30-BGS-0001",
        "proposed_code": "J037-WS·2008-D30-BGS-0001",
        **values,
    }


def errors(answer) -> dict:
    assert answer.status_code == 200
    return {name: " ".join(map(str, faults)) for name, faults in answer.context["form"].errors.items()}


def test_a_new_unit_inherits_and_its_code_is_proposed_without_being_taken(client, archive):
    client.force_login(editor(archive))
    form = client.get(add_url(archive["series"])).context["form"]
    assert form.initial["category"] == archive["category"].pk  # from two levels above
    assert form.initial["retention"] == archive["retention"].pk
    assert form.initial["year"] == 2008
    assert form.initial["reference_code"] == ""  # the department is still missing
    archive["series"].department = archive["department"]
    archive["series"].save()
    form = client.get(add_url(archive["series"])).context["form"]
    assert form.initial["reference_code"] == "J037-WS·2008-D30-BGS-0001"
    assert not CodeCounter.objects.filter(last__gt=0).exists()


def test_the_order_is_obligatory_fields_first_in_the_groups_of_the_standard(client, archive):
    client.cookies["django_language"] = "en"
    client.force_login(editor(archive))
    page = client.get(add_url(archive["series"])).content.decode()
    headings = ["Identification", "Content", "Conditions of access", "Physical form", "Control"]
    places = [page.index(f">{heading}<") if f">{heading}<" in page else page.index(heading) for heading in headings]
    fields = [page.index(f'name="{name}"') for name in ("reference_code", "title", "date_text", "subjects", "note")]
    assert places == sorted(places)
    assert fields == sorted(fields)
    for noise in ('name="slug"', 'name="seo_title"', 'name="show_in_menus"', 'name="go_live_at"'):
        assert noise not in page


def test_two_editors_with_the_same_proposal_get_two_codes(client, archive):
    client.force_login(editor(archive))
    for title in ("甲", "乙"):
        client.post(add_url(archive["series"]), written(archive, title=title))
    given = dict(ItemPage.objects.values_list("draft_title", "reference_code"))
    assert given == {"甲": "J037-WS·2008-D30-BGS-0001", "乙": "J037-WS·2008-D30-BGS-0002"}
    assert set(CodeRecord.objects.filter(page__level="item").values_list("code", flat=True)) == set(given.values())
    assert ItemPage.objects.get(title="乙").slug == "j037-ws_2008-d30-bgs-0002"


def test_a_code_written_by_hand_is_kept(client, archive):
    client.force_login(editor(archive))
    client.post(add_url(archive["series"]), written(archive, reference_code="j037－ws.2008-d30-bgs-0040"))
    assert ItemPage.objects.get().reference_code == "J037-WS·2008-D30-BGS-0040"


def test_a_changed_retention_changes_the_code_that_was_proposed(client, archive):
    client.force_login(editor(archive))
    permanent = RetentionPeriod.objects.update_or_create(code="Y", defaults={"name": "永久"})[0]
    client.post(add_url(archive["series"]), written(archive, retention=permanent.pk))
    assert ItemPage.objects.get().reference_code == "J037-WS·2008-Y-BGS-0001"


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"date_text": "20081332"}, "date_text", "20081332"),
        ({"reference_code": "J099-WS·2008-D30-BGS-0001"}, "reference_code", "J037"),
        ({"reference_code": "J037-WS·2008-BGS-1"}, "reference_code", "{number:4}"),
        ({"department": ""}, "reference_code", ""),
        ({"category": ""}, "category", ""),
        ({"title": "<b>通知</b>"}, "title", "<b>"),
        ({"secrecy": "很秘密"}, "secrecy", "很秘密"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_saved(client, archive, values, field, says):
    client.force_login(manager(archive))
    answer = client.post(add_url(archive["series"]), written(archive, **values, **{"action-publish": "1"}))
    assert says in errors(answer)[field]
    assert not ItemPage.objects.exists()
    assert not CodeRecord.objects.filter(code__contains="BGS").exists()


def test_publishing_asks_for_the_obligatory_fields_and_a_draft_does_not(client, archive):
    client.force_login(manager(archive))
    bare = written(archive, creator="", date_text="")
    assert set(errors(client.post(add_url(archive["series"]), {**bare, "action-publish": "1"}))) == {
        "creator",
        "date_text",
    }
    assert client.post(add_url(archive["series"]), bare).status_code == 302
    assert not ItemPage.objects.get().live


def test_a_series_is_published_with_a_code_and_drafted_without(client, archive):
    client.force_login(manager(archive))
    bare = {"title": "未定类别", "category": archive["category"].pk, "opening_status": "unreviewed"}
    answer = client.post(add_url(archive["whole"], "seriespage"), {**bare, "action-publish": "1"})
    assert "reference_code" in errors(answer)
    client.post(add_url(archive["whole"], "seriespage"), bare)
    draft = SeriesPage.objects.get(title="未定类别")
    assert (draft.live, draft.reference_code) == (False, None)
    address = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert "reference_code" in errors(client.post(address, {**bare, "action-publish": "1"}))
    client.post(address, {**bare, "reference_code": "J037-WS·XF", "action-publish": "1"})
    draft.refresh_from_db()
    assert (draft.live, draft.reference_code) == (True, "J037-WS·XF")


def test_a_code_once_given_is_refused(client, archive):
    client.force_login(editor(archive))
    client.post(add_url(archive["series"]), written(archive))
    ItemPage.objects.get().delete()
    answer = client.post(
        add_url(archive["series"]), written(archive, proposed_code="", reference_code="J037-WS·2008-D30-BGS-0001")
    )
    assert "J037-WS·2008-D30-BGS-0001" in errors(answer)["reference_code"]


def test_a_preview_takes_no_number(client, archive):
    client.force_login(editor(archive))
    address = reverse("wagtailadmin_pages:preview_on_add", args=["archive_pages", "itempage", archive["series"].pk])
    client.post(address, written(archive))
    client.post(add_url(archive["series"]), written(archive))
    assert ItemPage.objects.get().reference_code.endswith("-0001")


def test_a_double_is_told_with_a_link_and_does_not_block(client, archive):
    client.force_login(editor(archive))
    client.post(add_url(archive["series"]), written(archive))
    first = ItemPage.objects.get()
    answer = client.post(add_url(archive["series"]), written(archive))
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert ItemPage.objects.count() == 2
    assert any(reverse("wagtailadmin_pages:edit", args=[first.pk]) in message for message in told)


@pytest.mark.parametrize(
    ("title", "date", "number", "found"),
    [
        ("通知", "20080312", "", True),
        ("通知", "2008年3月12日", "", True),
        ("通知", "20080313", "", False),
        ("别的", "20080312", "越工商〔2008〕15号", True),
        ("别的", "", "", False),
        ("通知", "20081332", "", False),
    ],
)
def test_doubles_are_same_title_and_date_or_same_document_number(archive, title, date, number, found):
    archive["series"].add_child(
        instance=ItemPage(title="通知", date_text="20080312", document_number="越工商〔2008〕15号", date_start=None)
    )
    unit = ItemPage.objects.get()
    unit.full_clean()
    unit.save()
    other = archive["index"].add_child(instance=FondsPage(title="另一全宗", reference_code="J099"))
    user = cleared(User.objects.create_user("archivist"))
    assert bool(actions.find_doubles(archive["fonds"], title, date, number, None, user)) is found
    assert actions.find_doubles(other, title, date, number, None, user) == []
    assert actions.find_doubles(archive["fonds"], title, date, number, unit.pk, user) == []
    assert actions.find_doubles(archive["fonds"], title, date, number, None, AnonymousUser()) == []


def test_the_live_check_proposes_and_tells_doubles_to_those_who_may_add(client, archive):
    query = {
        "parent": archive["series"].pk,
        "level": "item",
        "category": archive["category"].pk,
        "year": "2008",
        "retention": archive["retention"].pk,
        "department": archive["department"].pk,
        "title": "2008年定期30年",
    }
    client.force_login(staff("outsider", archive["whole"]))
    assert "code" not in client.get(reverse("unit_check"), query).content.decode()
    client.force_login(editor(archive))
    answer = client.get(reverse("unit_check"), query).json()
    assert answer["code"] == "J037-WS·2008-D30-BGS-0001"
    assert answer["doubles"] == []
    del query["department"]
    answer = client.get(reverse("unit_check"), query).json()
    assert answer["code"] == ""
    assert answer["message"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "J037-WS·2009"),
        ({"retention": True}, "J037-WS·2009-D30"),
        ({"retention": True, "department": True}, "J037-WS·2009-D30-BGS"),
    ],
)
def test_a_series_is_proposed_the_beginning_of_the_codes_in_it(archive, values, code):
    chosen = {name: archive[name] for name in values}
    wanted = actions.CodeValues(archive["whole"], "series", {"category": archive["category"], "year": 2009, **chosen})
    assert actions.propose_code(wanted) == code


def test_an_item_in_a_file_takes_the_number_of_the_file(archive):
    photos = Category.objects.update_or_create(code="ZP", defaults={"name": "照片"})[0]
    ReferenceCodeTemplate.objects.create(
        category=photos, pattern="{fonds}-{category}·{year}·{retention}-{file:3}-{number:3}"
    )
    group = archive["series"].add_child(instance=FilePage(title="组", reference_code="J037-ZP·1998·D30-007"))
    wanted = actions.CodeValues(group, "item", {"category": photos, "year": 1998, "retention": archive["retention"]})
    assert actions.propose_code(wanted) == "J037-ZP·1998·D30-007-001"


def test_publishing_and_unpublishing_keep_the_opening_state(client, archive):
    client.force_login(manager(archive))
    client.post(add_url(archive["series"]), written(archive, opening_status="open", **{"action-publish": "1"}))
    item = ItemPage.objects.get()
    assert item.is_open
    client.post(reverse("wagtailadmin_pages:unpublish", args=[item.pk]))
    item.refresh_from_db()
    assert (item.live, item.is_open) == (False, False)
    edit = written(archive, opening_status="controlled", **{"action-publish": "1"})
    assert client.post(reverse("wagtailadmin_pages:edit", args=[item.pk]), edit).status_code == 302
    item.refresh_from_db()
    assert (item.live, item.opening_status, item.is_open) == (True, "controlled", False)


def test_an_editors_draft_does_not_open_a_published_unit(client, archive):
    client.force_login(editor(archive))
    item = archive["series"].add_child(instance=ItemPage(title="件", reference_code="J037-WS·2008-D30-BGS-0009"))
    edit = written(archive, opening_status="open", **{"action-publish": "1"})
    client.post(reverse("wagtailadmin_pages:edit", args=[item.pk]), edit)
    item.refresh_from_db()
    assert (item.opening_status, item.is_open, item.has_unpublished_changes) == ("unreviewed", False, True)


def test_the_code_of_a_unit_is_changed_by_renumbering_only(client, archive):
    client.force_login(manager(archive))
    client.post(add_url(archive["series"]), written(archive, **{"action-publish": "1"}))
    item = ItemPage.objects.get()
    edit = written(archive, reference_code="J037-WS·2008-D30-BGS-0077", **{"action-publish": "1"})
    client.post(reverse("wagtailadmin_pages:edit", args=[item.pk]), edit)
    item.refresh_from_db()
    assert item.reference_code == "J037-WS·2008-D30-BGS-0001"
    address = reverse("unit_renumber", args=[item.pk])
    assert "J099" in str(
        client.post(address, {"new_code": "J099-WS·2008-D30-BGS-0077", "reason": "误"}).context["form"].errors
    )
    assert client.post(address, {"new_code": "J037-WS·2008-D30-BGS-0077", "reason": ""}).context["form"].errors
    client.post(address, {"new_code": "J037-WS·2008-D30-BGS-0077", "reason": "目录重号"})
    item.refresh_from_db()
    assert item.reference_code == "J037-WS·2008-D30-BGS-0077"
    assert CodeRecord.objects.get(code="J037-WS·2008-D30-BGS-0001").page_id == item.pk


def test_an_old_draft_that_is_published_does_not_bring_the_old_code_and_counts_back(client, archive):
    client.force_login(manager(archive))
    client.post(add_url(archive["series"]), written(archive, **{"action-publish": "1"}))
    item = ItemPage.objects.get()
    old = item.save_revision()
    client.post(reverse("unit_renumber", args=[item.pk]), {"new_code": "J037-WS·2008-D30-BGS-0077", "reason": "重号"})
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=5)
    old.refresh_from_db()
    old.publish()
    item.refresh_from_db()
    assert (item.reference_code, item.scan_count) == ("J037-WS·2008-D30-BGS-0077", 5)


def test_who_may_not_publish_does_not_renumber_what_is_published(client, archive):
    client.force_login(editor(archive))
    item = archive["series"].add_child(instance=ItemPage(title="件", reference_code="J037-WS·2008-D30-BGS-0001"))
    answer = client.post(
        reverse("unit_renumber", args=[item.pk]), {"new_code": "J037-WS·2008-D30-BGS-0002", "reason": "x"}
    )
    item.refresh_from_db()
    assert answer.status_code == 302
    assert item.reference_code == "J037-WS·2008-D30-BGS-0001"


def bulk_url(*pages: ArchivePage, **query) -> str:
    address = reverse("wagtail_bulk_action", args=["archive_pages", "archivepage", "set_opening_status"])
    parts = [f"id={page.pk}" for page in pages] + [f"{name}={value}" for name, value in query.items()]
    return f"{address}?{'&'.join(parts)}"


def test_many_units_are_opened_at_once_with_a_log_entry_each(client, archive):
    client.force_login(manager(archive))
    units = [
        archive["series"].add_child(instance=ItemPage(title=f"件{number}", live=number != 3)) for number in range(1, 4)
    ]
    assert client.get(bulk_url(*units)).status_code == 200
    client.post(bulk_url(*units), {"opening_status": "open"})
    rows = ArchivePage.objects.filter(level="item").order_by("title")
    assert [row.opening_status for row in rows] == ["open"] * 3
    assert [row.is_open for row in rows] == [True, True, False]
    entries = PageLogEntry.objects.filter(action="archive_pages.set_opening_status")
    assert entries.count() == 3
    assert str(entries[0].message)


def test_all_in_a_filtered_listing_means_the_filtered_ones(client, archive):
    client.force_login(manager(archive))
    archive["series"].add_child(instance=ItemPage(title="二〇〇七年", year=2007))
    archive["series"].add_child(instance=ItemPage(title="二〇〇八年", year=2008))
    client.post(bulk_url(id="all", childOf=archive["series"].pk, year=2007), {"opening_status": "controlled"})
    statuses = dict(ArchivePage.objects.filter(level="item").values_list("title", "opening_status"))
    assert statuses == {"二〇〇七年": "controlled", "二〇〇八年": "unreviewed"}


def test_a_draft_takes_the_opening_status_too(archive):
    user = manager(archive)
    item = archive["series"].add_child(instance=ItemPage(title="件"))
    item.title = "件（修订）"
    item.save_revision(user=user)
    item.refresh_from_db()
    assert actions.set_opening_status([item], "delayed", user) == 1
    item.refresh_from_db()
    item.latest_revision.publish()
    item.refresh_from_db()
    assert (item.title, item.opening_status) == ("件（修订）", "delayed")


def test_what_bears_a_secrecy_mark_is_not_opened(client, archive, settings):
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    client.force_login(manager(archive))
    secret = written(archive, secrecy="秘密★5年", opening_status="open")
    assert "opening_status" in errors(client.post(add_url(archive["series"]), secret))
    units = [archive["series"].add_child(instance=ItemPage(title=mark, secrecy=mark)) for mark in ("内部", "机密★10年")]
    answer = client.post(bulk_url(*units), {"opening_status": "open"})
    assert "opening_status" in answer.context["form"].errors
    assert set(ItemPage.objects.values_list("opening_status", flat=True)) == {"unreviewed"}
    client.post(bulk_url(units[0]), {"opening_status": "open"})
    assert ItemPage.objects.get(title="内部").opening_status == "open"


def test_without_the_right_to_publish_no_status_is_set(client, archive):
    user = editor(archive)
    item = archive["series"].add_child(instance=ItemPage(title="件"))
    with pytest.raises(PermissionDenied):
        actions.set_opening_status([item], "open", user)
    client.force_login(user)
    client.post(bulk_url(item), {"opening_status": "open"})
    item.refresh_from_db()
    assert item.opening_status == "unreviewed"


def test_a_unit_is_not_copied(client, archive):
    client.force_login(manager(archive))
    item = archive["series"].add_child(instance=ItemPage(title="件"))
    address = reverse("wagtailadmin_pages:copy", args=[item.pk])
    client.post(address, {"new_title": "副本", "new_slug": "copy", "new_parent_page": archive["series"].pk})
    assert ItemPage.objects.count() == 1
    assert address not in client.get(reverse("wagtailadmin_pages:edit", args=[item.pk])).content.decode()


def test_autosave_does_not_create_units_behind_the_archivists_back(client, archive):
    client.force_login(editor(archive))
    assert not client.get(add_url(archive["series"])).context["autosave_enabled"]


@pytest.mark.parametrize("name", ["unit_check", "unit_renumber", "code_gaps"])
@pytest.mark.parametrize("reader", [False, True])
def test_who_is_not_of_the_staff_is_sent_to_sign_in(client, archive, name, reader):
    if reader:
        client.force_login(User.objects.create_user("reader", password="x"))
    address = reverse(name, args=[archive["series"].pk] if name == "unit_renumber" else [])
    assert client.get(address).url.startswith(reverse("account_login"))
