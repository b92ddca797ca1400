import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fonds.archive_pages.models import ItemPage

CODE = "J037-WS·2008-D30-BGS-0001"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def command(fonds):
    """Runs the command; returns what it says."""

    def run(path, **options) -> str:
        said = io.StringIO()
        call_command("import_catalogue", str(path), fonds="j037", category="ws", stdout=said, **options)
        return said.getvalue()

    return run


def test_a_list_with_scans_goes_in_and_again_changes_nothing(command, row, write_xlsx, scan, tmp_path):
    scan(f"{CODE}/001.jpg")
    path = write_xlsx([row(1, 页数=1), row(2)])
    said = command(path, scans=tmp_path / "scans")
    assert "2 new, 0 changed" in said
    assert "Page scans taken in: 1, units: 1" in said
    assert ItemPage.objects.get(reference_code=CODE).scan_count == 1
    assert "Nothing changed: all 2 rows" in command(path, scans=tmp_path / "scans")


def test_a_dry_run_writes_nothing(command, row, write_xlsx):
    assert "1 new" in command(write_xlsx([row(1)]), dry_run=True)
    assert not ItemPage.objects.exists()


def test_faults_are_shown_by_row_and_column_and_nothing_is_written(command, row, write_xlsx, tmp_path, capsys):
    path = write_xlsx([row(1), row(2, 日期="20081332")])
    with pytest.raises(CommandError, match="Faults: 1"):
        command(path, report=tmp_path / "marked.xlsx")
    assert (tmp_path / "marked.xlsx").exists()
    assert not ItemPage.objects.exists()
    assert "1 left out" in command(path, skip_faulty=True)


def test_update_shows_what_changes_before_it_does(command, row, write_xlsx):
    command(write_xlsx([row(1)]))
    path = write_xlsx([row(1, 题名="新题名")])
    with pytest.raises(CommandError):
        command(path)
    said = command(path, update=True, dry_run=True)
    assert "title: “关于印发第1号工作要点的通知” → “新题名”" in said
    assert ItemPage.objects.get().title == "关于印发第1号工作要点的通知"
    assert "1 changed" in command(path, update=True)
    assert ItemPage.objects.get().title == "新题名"


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"fonds": "J099"}, "no fonds J099"), ({"category": "XX"}, "no category XX"), ({"list": "none.xlsx"}, "no file")],
)
def test_what_is_not_there_is_named(fonds, row, write_xlsx, changes, says):
    options = {"list": str(write_xlsx([row(1)])), "fonds": "J037", "category": "WS"} | changes
    with pytest.raises(CommandError, match=says):
        call_command("import_catalogue", options.pop("list"), **options)
