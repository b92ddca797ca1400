"""The use register: a day of a real one taken in and served anew at the window gives the same figures; printed; effect."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.archive_pages.models import ArchivePage, Category, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import PageScan
from fonds.reading_room.desk import actions, prints, queue
from fonds.reading_room.readers.actions import register_reader
from fonds.reading_room.uses.entries import BOTH, CERTIFIED, VIEWED
from fonds.reading_room.uses.importing import import_uses
from fonds.reading_room.uses.models import UseEntry
from fonds.reading_room.uses.printouts import count_uses, use_register
from fonds.reading_room.uses.statistics import by, by_time, totals
from fonds.reports.tables import list_pdf
from tests.reading_room.conftest import add_page, jpeg
from tests.reading_room.test_page_prints import text_of

pytestmark = pytest.mark.django_db
DAY = Path(__file__).parent / "use-log-day.csv"


def rows_of_the_day() -> list[dict[str, str]]:
    with DAY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_day_of_the_old_register_gives_its_figures(db, django_assert_num_queries):
    taken = import_uses(DAY)
    assert (taken.new, taken.known, taken.faults) == (49, 0, [])
    with django_assert_num_queries(1):
        found = totals(UseEntry.objects.all())
    assert (found.visits, found.days, found.per_day, found.items) == (49, 1, 49, 113)
    assert (found.pages_copied, found.pages_certified, int(found.fee)) == (372, 41, 527)
    assert (found.seconds, found.quick, found.in_time, found.minutes) == (307, 13, 35, "5:07")
    assert by(UseEntry.objects.all(), "purpose")[:2] == [("企业自查、补证", 10), ("股权转让", 7)]
    assert by(UseEntry.objects.all(), "record_kind")[0] == ("企业登记档案", 36)
    assert by_time(UseEntry.objects.all()) == [("04-01", 49)]
    again = import_uses(DAY)
    assert (again.new, again.known, UseEntry.objects.count()) == (0, 49, 49)


@pytest.fixture
def stacks(series):
    """Units of each kind of records, ten each, with pages enough for the longest visit, all of one small master."""
    rows, made = rows_of_the_day(), {}
    for kind in sorted({row["档案种类"] for row in rows}):
        category = Category.objects.create(code=f"K{len(made)}", name=kind)
        units = []
        for number in range(10):
            code = f"J037-WS·2008-Y-K{len(made)}-{number:04d}"
            unit = ItemPage(title=f"{kind}{number}", reference_code=code, category=category, opening_status="open")
            units.append(ArchivePage.objects.get(pk=series.add_child(instance=unit).pk))
        made[kind] = units
    first = next(iter(made.values()))[0]
    scan = add_page(first, 1, jpeg("PAGE", width=200, height=280))
    most = max(int(row["打印页数"]) for row in rows)
    PageScan.objects.bulk_create(
        PageScan(unit_id=unit.pk, number=number, master=scan.master, sha256=scan.sha256, width=200, height=280, dpi=75)
        for unit in (unit for units in made.values() for unit in units)
        for number in range(1, most + 2)
        if (unit.pk, number) != (first.pk, 1)
    )
    refresh_standing(series.path)
    return {kind: list(ArchivePage.objects.filter(pk__in=[unit.pk for unit in units])) for kind, units in made.items()}


def serve(row, units, clerk, desk, reader, lists, monkeypatch) -> None:
    """The visit of ``row``, at its time of the day."""
    start, end = (
        timezone.make_aware(dt.datetime.fromisoformat(f"{row['日期']}T{row[column]}"))
        for column in ("开始时间", "完成时间")
    )
    monkeypatch.setattr(timezone, "now", lambda: start)
    request = queue.begin(clerk, desk)
    actions.set_reader(request, reader, clerk)
    actions.set_purpose(request, lists[row["利用目的"]], clerk)
    used, pages = units[: int(row["件数"])], int(row["打印页数"])
    scans = {unit.pk: list(PageScan.objects.filter(unit_id=unit.pk, number__lte=1)) for unit in used}
    manner = row["利用方式"]
    if manner in (VIEWED, BOTH):
        for unit in used:
            actions.show(request, unit, scans[unit.pk], clerk)
    if manner != VIEWED:
        for unit in used[1:]:
            actions.tick(request, unit, [1], clerk)
        rest = pages - len(used) + 1
        actions.tick(request, used[0], list(range(1, rest + 1)), clerk)
        make = prints.certify if manner == CERTIFIED else prints.print_copies
        make(request, clerk, prints.new_token())
    monkeypatch.setattr(timezone, "now", lambda: end)
    actions.hand_over(request, clerk)


@pytest.mark.once
def test_the_same_day_served_at_the_window_gives_the_same_figures(stacks, clerk, desk, lists, monkeypatch):
    import_uses(DAY)
    # Who copied fewer pages than items used more than he looked at or took with him: such a visit cannot be served.
    rows = [row for row in rows_of_the_day() if row["利用方式"] == VIEWED or int(row["打印页数"]) >= int(row["件数"])]
    assert len(rows) >= 45
    old = UseEntry.objects.filter(request=None, number__in=[row["登记号"] for row in rows])
    readers = {
        name: register_reader(
            name=f"读者{number}", document_kind=lists["工作证"], number=f"A{number:05d}", kind=lists[name], user=clerk
        )
        for number, name in enumerate(sorted({row["读者类型"] for row in rows}))
    }
    for row in rows:
        serve(row, stacks[row["档案种类"]], clerk, desk, readers[row["读者类型"]], lists, monkeypatch)
    served = UseEntry.objects.exclude(request=None)
    was, now = totals(old), totals(served)
    for name in ("visits", "days", "items", "pages_copied", "pages_certified", "seconds", "quick", "in_time"):
        assert getattr(now, name) == getattr(was, name), name
    for field in ("purpose", "manner", "record_kind", "reader_kind"):
        assert by(served, field) == by(old, field)
    assert [entry.number for entry in served.order_by("number")][:2] == ["20250401-001", "20250401-002"]


def test_a_faulty_register_is_refused_row_by_row(tmp_path, capsys):
    path = tmp_path / "faulty.csv"
    path.write_text(
        "登记号,日期,开始时间,完成时间,件数\n1,2025-04-31,8:00,9:00,1\n2,2025-04-01,9:00,8:00,1\n2,2025-04-01,8:00,9:00,x\n"
        ",2025-04-01,25:00,9:00,1\n",
        encoding="gb18030",
    )
    with pytest.raises(CommandError):
        call_command("import_uses", path)
    told = capsys.readouterr().err.splitlines()
    assert [line.split("：")[0] for line in told] == [
        "第 2 行，日期", "第 3 行，完成时间", "第 4 行，件数", "第 4 行，登记号", "第 5 行，登记号", "第 5 行，开始时间",
    ]  # fmt: skip
    assert not UseEntry.objects.exists()


def test_the_printed_register_names_what_its_reader_may_know_of(
    served, clerk, duty, item, django_assert_max_num_queries
):
    actions.show(served, item, list(item.page_scans.order_by("number")), clerk)
    actions.hand_over(served, clerk)
    import_uses(DAY)
    values = {"first": None, "last": None, "purpose": ""}
    assert count_uses(values, clerk) == 50
    with django_assert_max_num_queries(8):
        report = use_register(values, clerk)
        report.rows = list(report.rows)
    words = text_of(list_pdf(report, language="zh-hans"))
    assert "利用登记簿" in words
    assert "王桂芳" in words
    assert "50" in words
    assert item.reference_code in str(report.rows)
    ArchivePage.objects.filter(pk=item.pk).update(catalogue_class=30000)
    assert item.reference_code not in str(list(use_register(values, clerk).rows))


def test_the_days_of_the_register_stand_in_the_form_in_every_language(clerk, client):
    client.force_login(clerk)
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        html = client.get(
            reverse("desk_uses"), {"first": "2026-01-05", "last": "2026-02-06", "purpose": "a&b c"}
        ).content
        assert b'value="2026-01-05"' in html
        assert f'value="{timezone.localdate():%Y-%m-%d}"' in client.get(reverse("desk_uses")).content.decode()
        assert b"first=2026-01-05&amp;last=2026-02-06&amp;purpose=a%26b+c" in html


def test_the_register_on_the_screen_and_the_effect(served, clerk, person, client, item):
    import_uses(DAY)
    actions.hand_over(served, clerk)
    client.force_login(clerk)
    html = client.get(reverse("desk_uses"), {"first": "2025-04-01", "last": "2025-04-01"}).content.decode()
    assert "5:07" in html
    assert "企业自查、补证" in html
    assert "王桂芳" not in html
    entry = served.entry
    shown = client.get(reverse("desk_uses")).content.decode()
    assert "王桂芳" in shown
    assert f">{entry.minutes}<" in shown
    client.post(reverse("desk_effect", args=[entry.pk]), {"effect": "继承公证已办妥"})
    entry.refresh_from_db()
    assert entry.effect == "继承公证已办妥"
    wrong = client.get(reverse("desk_uses"), {"first": "2025-04-02", "last": "2025-04-01"})
    assert (wrong.status_code, "早于" in wrong.content.decode()) == (422, True)
    client.force_login(person("officer", roles.OFFICER))
    assert client.get(reverse("desk_uses")).status_code == 403
    assert client.post(reverse("desk_effect", args=[entry.pk]), {"effect": "x"}).status_code in (403, 404)
