import io
import threading

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection, connections
from wagtail.models import PageLogEntry

from fonds.access.models import Department, User
from fonds.archive_pages import codes
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    CodeCounter,
    CodeRecord,
    FondsPage,
    ItemPage,
    ReferenceCodeTemplate,
    RetentionPeriod,
)
from tests.clearances import cleared


@pytest.fixture
def run(fonds, ws) -> dict:
    """What names one run of codes: 2008, D30, BGS."""
    return {
        "fonds": fonds,
        "category": ws,
        "year": 2008,
        "retention": RetentionPeriod.objects.get(code="D30"),
        "department": Department.objects.get(code="BGS"),
    }


def test_numbers_follow_what_is_registered_and_each_is_given_once(run, make_item):
    assert codes.next_code(**run) == "J037-WS·2008-D30-BGS-0001"
    make_item("J037-WS·2008-D30-BGS-0007")
    assert codes.peek_code(**run) == "J037-WS·2008-D30-BGS-0008"
    assert codes.next_code(**run) == "J037-WS·2008-D30-BGS-0008"
    assert codes.next_code(**run) == "J037-WS·2008-D30-BGS-0009"


def test_the_most_specific_template_is_used(run, fonds, ws):
    ReferenceCodeTemplate.objects.create(
        fonds=fonds, category=ws, pattern="{fonds}-{category}·{year}·{retention}·{department}-{number:3}"
    )
    assert codes.next_code(**run) == "J037-WS·2008·D30·BGS-001"


@pytest.mark.parametrize(("left_out", "says"), [("year", "年度|year"), ("retention", "保管期限|retention")])
def test_what_the_code_also_needs_is_named(run, left_out, says):
    with pytest.raises(ValidationError, match=says):
        codes.next_code(**{**run, left_out: None})


def test_a_category_without_template_is_named(run):
    ReferenceCodeTemplate.objects.all().delete()
    with pytest.raises(ValidationError, match="WS"):
        codes.next_code(**run)


def test_every_saved_unit_is_in_the_register_and_a_code_is_never_given_twice(make_item):
    first = make_item("J037-WS·2008-D30-BGS-0001")
    assert CodeRecord.objects.get(code="J037-WS·2008-D30-BGS-0001").page_id == first.pk
    first.delete()
    assert CodeRecord.objects.get(code="J037-WS·2008-D30-BGS-0001").page is None
    with pytest.raises(ValidationError, match="BGS-0001"):
        make_item("J037-WS·2008-D30-BGS-0001")
    assert not ItemPage.objects.exists()
    unit = ItemPage(title="再用", reference_code="J037-WS·2008-D30-BGS-0001", slug="again")
    with pytest.raises(ValidationError) as caught:
        unit.clean()
    assert "reference_code" in caught.value.message_dict


def test_a_code_changed_in_a_form_leaves_an_alias(make_item):
    unit = make_item("J037-WS·2008-D30-BGS-0001")
    unit.reference_code = "J037-WS·2008-D30-BGS-0002"
    unit.save()
    assert codes.resolve("J037-WS·2008-D30-BGS-0001") == codes.resolve("J037-WS·2008-D30-BGS-0002")
    assert list(CodeRecord.objects.filter(is_current=True, page=unit).values_list("code", flat=True)) == [
        "J037-WS·2008-D30-BGS-0002"
    ]


@pytest.mark.parametrize(
    "written",
    [
        "J037-WS·2008-D30-BGS-0001",
        "j037-ws.2008-d30-bgs-0001",
        "Ｊ０３７－ＷＳ・２００８－Ｄ３０－ＢＧＳ－０００１",
        " J037—WS•2008-D30-BGS-0001 ",
    ],
)
def test_any_spelling_finds_the_unit(make_item, written):
    unit = make_item("J037-WS·2008-D30-BGS-0001")
    assert codes.resolve(written).pk == unit.pk


def test_renumbering_keeps_the_old_code_and_is_logged(make_item, client):
    unit = make_item("J037-WS·2008-D30-BGS-0001", opening_status="open")
    unit.save_revision()
    codes.renumber(unit, "J037-WS·2008-D30-BGS-0005", "移至办公室")
    unit = ItemPage.objects.get(pk=unit.pk)
    assert unit.reference_code == "J037-WS·2008-D30-BGS-0005"
    assert unit.sort_key.endswith("00000005")
    assert unit.get_latest_revision_as_object().reference_code == "J037-WS·2008-D30-BGS-0005"
    assert codes.resolve("J037-WS·2008-D30-BGS-0001").pk == unit.pk
    entry = PageLogEntry.objects.get(action="archive_pages.renumber")
    assert entry.data["old"] == "J037-WS·2008-D30-BGS-0001"
    assert "J037-WS·2008-D30-BGS-0005" in entry.message
    codes.renumber(unit, "J037-WS·2008-D30-BGS-0001", "改回")
    assert codes.resolve("J037-WS·2008-D30-BGS-0005").pk == unit.pk


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        ("J037-WS·2008-D30-BGS-0002", "理由", codes.CodeTaken),
        ("J099-WS·2008-D30-BGS-0009", "理由", ValidationError),
        ("J037-WS·2008-D30-BGS-9", "理由", ValidationError),
        ("J037-WS·2008-D30-BGS-0009", " ", ValidationError),
    ],
)
def test_a_renumbering_that_cannot_be_changes_nothing(make_item, code, reason, error):
    unit, _other = make_item("J037-WS·2008-D30-BGS-0001"), make_item("J037-WS·2008-D30-BGS-0002")
    with pytest.raises(error):
        codes.renumber(unit, code, reason)
    assert ItemPage.objects.get(pk=unit.pk).reference_code == "J037-WS·2008-D30-BGS-0001"


def test_only_who_may_edit_renumbers(make_item):
    unit = make_item("J037-WS·2008-D30-BGS-0001")
    user = User.objects.create_user("clerk")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    with pytest.raises(PermissionDenied):
        codes.renumber(unit, "J037-WS·2008-D30-BGS-0009", "理由", user)


def test_gaps_are_reported_with_their_run(fonds, make_item):
    for number in (2, 3, 6):
        make_item(f"J037-WS·2008-D30-BGS-{number:04}")
    make_item("J037-WS·2008-Y-BGS-0001")
    found = [(gap.prefix, gap.first, gap.last) for gap in codes.gaps(fonds)]
    assert found == [("J037-WS·2008-D30-BGS-", 1, 1), ("J037-WS·2008-D30-BGS-", 4, 5)]


def test_no_gap_tells_of_a_hidden_unit(fonds, make_item):
    hidden = make_item("J037-WS·2008-D30-BGS-0003")
    make_item("J037-WS·2008-D30-BGS-0005")
    set_aside = {"catalogue_class": 30_000, "content_class": 30_000}
    ArchivePage.objects.filter(pk=hidden.pk).update(**set_aside)
    reader = cleared(User.objects.create_user("archivist"))
    assert codes.known_gaps(fonds, AnonymousUser()) == []
    assert [(gap.first, gap.last, gap.before[-4:]) for gap in codes.known_gaps(fonds, reader)] == [(4, 4, "0005")]


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_get_two_numbers():
    call_command("load_tables", verbosity=0)
    root = ArchivePage.objects.filter(depth=1).first() or ArchivePage.add_root(title="Root", slug="root")
    fonds = root.add_child(instance=FondsPage(title="局", reference_code="J037"))
    ws = Category.objects.get(code="WS")
    given, errors, barrier = [], [], threading.Barrier(4)

    def take() -> None:
        try:
            barrier.wait(10)
            for _turn in range(5):
                given.append(codes.next_code(fonds, ws, year=2008, retention="D30", department="BGS"))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _editor in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(given) == [f"J037-WS·2008-D30-BGS-{number:04}" for number in range(1, 21)]
    assert CodeCounter.objects.get().last == 20
    assert connection.vendor in {"sqlite", "postgresql"}


# --- /r/<code>/ -----------------------------------------------------------------------------------------------------


def test_the_permanent_address_leads_to_the_unit_for_old_codes_too(client, settings, fonds, make_item):
    from wagtail.models import Site

    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=fonds.get_parent(), is_default_site=True)
    unit = make_item("J037-WS·2008-D30-BGS-0001", opening_status="open")
    codes.renumber(unit, "J037-WS·2008-D30-BGS-0002", "理由")
    for code in ("J037-WS·2008-D30-BGS-0002", "j037-ws.2008-d30-bgs-0002", "J037-WS·2008-D30-BGS-0001"):
        answer = client.get(f"/r/{code}/")
        assert answer.status_code == 302
        assert answer["Location"] == ArchivePage.objects.get(pk=unit.pk).get_url()
    for asked, query in (("page=3", "?page=3#viewer"), ("t=12.5,30", "?t=12.5,30"), ("t=7", "?t=7"), ("t=7;x", "")):
        assert client.get(f"/r/J037-WS·2008-D30-BGS-0002/?{asked}")["Location"] == unit.get_url() + query


@pytest.mark.parametrize("fields", [{}, {"opening_status": "controlled"}, {"opening_status": "open", "live": False}])
def test_the_permanent_address_does_not_tell_what_may_not_be_seen(client, make_item, fields):
    make_item("J037-WS·2008-D30-BGS-0001", **fields)
    assert client.get("/r/J037-WS·2008-D30-BGS-0001/").status_code == 404
    assert client.get("/r/J037-WS·2008-D30-BGS-0099/").status_code == 404


def test_staff_reach_a_unit_that_is_not_open(client, make_item):
    unit = make_item("J037-WS·2008-D30-BGS-0001", live=False)
    client.force_login(User.objects.create_superuser("boss"))
    answer = client.get("/r/J037-WS·2008-D30-BGS-0001/")
    assert answer.status_code == 302
    assert str(unit.pk) in answer["Location"]


def test_the_command_reports_gaps_and_codes_that_the_register_lacks(fonds, make_item, settings):
    settings.LANGUAGE_CODE = "en"
    make_item("J037-WS·2008-D30-BGS-0003")
    CodeRecord.objects.filter(code="J037-WS").delete()
    said = io.StringIO()
    call_command("check_codes", fonds="j037", stdout=said)
    assert "J037-WS·2008-D30-BGS-0001–0002, before J037-WS·2008-D30-BGS-0003" in said.getvalue()
    assert "Not in the register: J037-WS\n" in said.getvalue()
    assert "3 codes, 1 gaps, 1 not in the register" in said.getvalue()


def test_a_copy_of_a_unit_has_no_code(make_item):
    unit = make_item("J037-WS·2008-D30-BGS-0001", opening_status="open")
    ArchivePage.objects.filter(pk=unit.pk).update(scan_count=3)
    copy = ItemPage.objects.get(pk=unit.pk).copy(update_attrs={"slug": "copy"})
    assert (copy.reference_code, copy.scan_count) == (None, 0)
