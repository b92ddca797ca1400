"""Taking in a list of photographs: what it makes, what it refuses, that it can be repeated."""

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from fonds.archive_pages.importing.faults import ListFault
from fonds.archive_pages.models import ArchivePage, CodeRecord, FilePage, ItemPage
from fonds.collections.models import ArchiveImage, DigitalObject
from fonds.collections.photo_importing import find_file, import_photos

pytestmark = pytest.mark.once

GROUP = "J037-ZP·2008·D30-001"


def test_a_list_becomes_a_group_items_and_pictures(photo_list):
    result = import_photos(photo_list.path, photo_list.folder, status="open")
    assert (result.groups, result.photos, result.pictures, result.faults) == (1, 2, 2, [])
    group = FilePage.objects.get(reference_code=GROUP)
    assert group.get_parent().reference_code == "J037-ZP·2008"
    assert group.get_parent().get_parent().reference_code == "J037-ZP"
    assert "本组照片共2张。" in group.scope
    assert (group.date_text, group.item_count, group.retention.code) == ("20080506-20080507", 2, "D30")
    item = ItemPage.objects.get(reference_code=f"{GROUP}-001")
    image = ArchiveImage.objects.get(unit=item)
    assert (image.occasion, image.place, image.photographer) == ("专项检查", "建材市场", "高才")
    assert (image.credit, image.licence, image.is_open) == ("某人", "CC0", True)
    assert sorted(image.tags.names()) == ["建材", "抽样"]
    assert CodeRecord.objects.filter(code=f"{GROUP}-002", page__isnull=False).exists()


def test_unreviewed_is_not_open(photo_list):
    import_photos(photo_list.path, photo_list.folder)
    assert not ArchiveImage.objects.filter(content_class=0).exists()


def test_the_same_list_again_changes_nothing(photo_list):
    import_photos(photo_list.path, photo_list.folder)
    before = list(ArchivePage.objects.values_list("pk", "reference_code", "title"))
    result = import_photos(photo_list.path, photo_list.folder)
    assert (result.groups, result.photos, result.pictures, result.unchanged) == (0, 0, 0, 2)
    assert list(ArchivePage.objects.values_list("pk", "reference_code", "title")) == before


def test_a_picture_not_delivered_is_an_entry_and_may_come_later(photo_list):
    photo_list.photos[1]["文件名"], name = None, photo_list.photos[1]["文件名"]
    assert import_photos(photo_list.save(), photo_list.folder).pictures == 1
    assert ItemPage.objects.filter(reference_code=f"{GROUP}-002").exists()
    photo_list.photos[1]["文件名"] = name
    result = import_photos(photo_list.save(), photo_list.folder)
    assert (result.photos, result.pictures) == (0, 1)


def test_masters_and_negatives_are_kept_beside_the_picture(photo_list, tmp_path, make_jpeg):
    masters, negatives = tmp_path / "masters", tmp_path / "negatives"
    masters.mkdir()
    negatives.mkdir()
    Image.new("RGB", (60, 40), "red").save(masters / "m.tif", dpi=(600, 600))
    (negatives / "J037-DP·2008-0002.jpg").write_bytes(make_jpeg((50, 50)))
    photo_list.photos[0]["母版文件"] = "masters/m.tif"
    result = import_photos(photo_list.save(), photo_list.folder, masters, negatives)
    assert (result.masters, result.negatives) == (1, 1)
    master = DigitalObject.objects.get(role="photo")
    assert master.unit.reference_code == f"{GROUP}-001"
    with master.master.open() as stored:
        assert stored.read() == (masters / "m.tif").read_bytes()
    assert DigitalObject.objects.get(role="negative").unit.reference_code == f"{GROUP}-002"


def test_a_dry_run_writes_neither_rows_nor_files(photo_list, settings):
    result = import_photos(photo_list.path, photo_list.folder, dry_run=True)
    assert result.photos == 2
    assert not ArchivePage.objects.filter(reference_code__startswith="J037-ZP").exists()
    assert not [path for path in (settings.FONDS_DATA / "library").rglob("*") if path.is_file()]


def test_a_crash_half_way_leaves_nothing(photo_list, settings, monkeypatch):
    tags = ArchiveImage.tags.through

    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(tags, "tag_model", fail)
    with pytest.raises(RuntimeError):
        import_photos(photo_list.path, photo_list.folder)
    assert not ArchivePage.objects.filter(reference_code__startswith="J037-ZP").exists()
    assert not ArchiveImage.objects.exists()
    assert not [path for path in (settings.FONDS_DATA / "library").rglob("*") if path.is_file()]


FAULTS = {
    "missing file": ({"文件名": "photos/none.jpg"}, "照片目录·文件名", "none.jpg"),
    "a path out of the folder": ({"文件名": "../../etc/passwd.jpg"}, "照片目录·文件名", "passwd"),
    "missing element": ({"背景": None}, "照片目录·背景", "背景"),
    "bad date": ({"时间": "20081332"}, "照片目录·时间", "20081332"),
    "unknown group": ({"组号": "J037-ZP·2008·D30-009"}, "照片目录·组号", "D30-009"),
    "number of another group": ({"照片号": "J037-ZP·2008·D30-002-001"}, "照片目录·照片号", "002-001"),
    "duplicate number": ({"照片号": f"{GROUP}-001"}, "照片目录·照片号", f"{GROUP}-001"),
    "html": ({"题名": "<b>x</b>"}, "照片目录·题名", "<b>"),
    "formula": ({"题名": '=HYPERLINK("http://a")'}, "照片目录·题名", ""),
    "too long": ({"题名": "长" * 256}, "照片目录·题名", "256"),
    "unknown opening status": ({"开放标识": "公开吧"}, "照片目录·开放标识", "公开吧"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_row_is_named_by_row_and_column_and_nothing_is_imported(photo_list, name):
    values, column, word = FAULTS[name]
    photo_list.photos[1].update(values)
    result = import_photos(photo_list.save(), photo_list.folder)
    assert (3, column) in [(fault.row, fault.column) for fault in result.faults]
    assert any(word in fault.sentence for fault in result.faults)
    assert not FilePage.objects.exists()


GROUP_FAULTS = {
    "retention": ({"保管期限": "D99"}, "组目录·保管期限"),
    "count": ({"张数": 7}, "组目录·张数"),
    "another fonds": ({"组号": "Z999-ZP·2008·D30-001"}, "组目录·组号"),
    "no code": ({"组号": "第一组"}, "组目录·组号"),
    "bad date": ({"终止日期": "abc"}, "组目录·终止日期"),
}


@pytest.mark.parametrize("name", GROUP_FAULTS)
def test_a_faulty_group_is_named(photo_list, name):
    values, column = GROUP_FAULTS[name]
    photo_list.groups[0].update(values)
    result = import_photos(photo_list.save(), photo_list.folder)
    assert (2, column) in [(fault.row, fault.column) for fault in result.faults]


@pytest.mark.parametrize(("data", "word"), [(b"", "0"), (b"<svg/>", "JPEG"), ("cut", "JPEG"), (b"%PDF-1.4", "PDF")])
def test_a_faulty_picture_is_a_fault_of_its_row(photo_list, make_jpeg, data, word):
    path = photo_list.folder / photo_list.photos[1]["文件名"]
    path.write_bytes(make_jpeg((900, 900))[:3000] if data == "cut" else data)
    faults = import_photos(photo_list.path, photo_list.folder).faults
    assert [(fault.row, fault.column) for fault in faults] == [(3, "照片目录·文件名")]
    assert word in faults[0].sentence


def test_a_picture_over_the_pixel_limit_is_a_fault(photo_list, settings):
    settings.FONDS_MAX_PIXELS = 1000
    assert len(import_photos(photo_list.path, photo_list.folder).faults) == 2


def test_a_number_of_another_unit_is_a_fault(photo_list, house):
    from fonds.archive_pages.models import SeriesPage

    house.fonds.refresh_from_db()
    house.fonds.add_child(instance=SeriesPage(title="x", reference_code=f"{GROUP}-002"))
    faults = import_photos(photo_list.path, photo_list.folder).faults
    assert [fault.row for fault in faults] == [3]


def test_what_is_no_list_of_photographs_is_refused(tmp_path, photo_list):
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ListFault, match=r"wrong\.xlsx"):
        import_photos(wrong, tmp_path)
    with pytest.raises(ListFault, match="照片目录"):
        import_photos(photo_list.save(photo_rows=[]), photo_list.folder)


def test_the_command_names_the_faults(photo_list, capsys):
    call_command("import_photos", photo_list.path, photos=photo_list.folder, opening_status="open", renditions=True)
    assert "2 photographs" in capsys.readouterr().out
    photo_list.photos[1]["时间"] = "x"
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_photos", photo_list.save(), photos=photo_list.folder)
    assert "row 3" in capsys.readouterr().err


def test_a_file_is_found_with_or_without_its_first_folder_and_never_outside(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_bytes(b"1")
    (tmp_path / "secret.jpg").write_bytes(b"1")
    folder = tmp_path / "a"
    assert find_file(folder, "photos/x.jpg") == folder / "x.jpg"
    assert find_file(tmp_path, "a/x.jpg") == folder / "x.jpg"
    assert find_file(folder, "../secret.jpg") is None
    assert find_file(folder, str(tmp_path / "secret.jpg")) is None
