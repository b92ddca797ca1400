"""Scans beside a list: matched, looked into, and refused in words."""

import io
import stat
import struct
import zipfile

import pikepdf
import pytest
from PIL import Image

from fonds.archive_pages.models import ItemPage
from fonds.collections.importing.unpacking import ZipFault, unpack
from fonds.collections.importing.walking import Delivered, match
from fonds.collections.models import DigitalObject, MasterFile, PageScan

pytestmark = pytest.mark.once

CODE = "J037-WS·2008-D30-BGS-0001"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir(exist_ok=True)
    return folder


def only_error(analysis):
    assert len(analysis.errors) == 1, [fault.sentence for fault in analysis.errors]
    assert not analysis.may_import
    return analysis.errors[0]


# --- Matching -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        f"{CODE}/001.jpg",
        f"2008/scans/{CODE}/doc.pdf",
        f"{CODE}.pdf",
        "j037-ws.2008-d30-bgs-0001.tif",
        f"{CODE}-001.jpg",
        f"{CODE}_3.png",
        f"{CODE}/扫描/001.jpg",
    ],
)
def test_the_unit_of_a_file_is_found_by_its_name(tmp_path, name):
    assert list(match([Delivered(tmp_path, name)], [CODE]).by_code) == [CODE]


def test_pages_are_in_the_order_of_their_numbers(tmp_path):
    files = [Delivered(tmp_path, f"{CODE}/{number}.jpg") for number in (10, 2, 1, 9, 3, 4, 5, 6, 7, 8)]
    found = match(files, [CODE])
    assert [file.base for file in found.by_code[CODE]] == [f"{number}.jpg" for number in range(1, 11)]
    assert found.faults == {}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["001.jpg", "003.jpg"], "002"),
        (["001.jpg", "001.tif"], "same page"),
        (["001.jpg", "封面.jpg"], "封面.jpg"),
        (["001.jpg", "copy2.jpg"], "misnamed"),
    ],
)
def test_names_that_do_not_tell_the_order(tmp_path, names, says, db):
    found = match([Delivered(tmp_path, f"{CODE}/{name}") for name in names], [CODE])
    assert says in " ".join(found.faults[CODE])


# --- Taking in ------------------------------------------------------------------------------------------------------


def test_scans_of_every_form_are_taken_in(bring_in, row, write_xlsx, scan, scans):
    for page in (1, 2, 3):
        scan(f"{CODE}/{page:03}.jpg", tint=page)
    pages = [Image.new("RGB", (100, 140), color) for color in ("red", "white")]
    pages[0].save(scans / "J037-WS·2008-D30-BGS-0002.tif", save_all=True, append_images=pages[1:], dpi=(300, 300))
    pages[0].save(scans / "J037-WS·2008-D30-BGS-0003.pdf", save_all=True, append_images=pages[1:])
    (scans / "Thumbs.db").write_bytes(b"x")
    outcome = bring_in(write_xlsx([row(1, 页数=3), row(2, 页数=2), row(3), row(4)]), scans)
    assert (outcome.scanned, outcome.pages) == (3, 7)
    counts = ItemPage.objects.order_by("path").values_list("scan_count", "page_count")
    assert list(counts) == [(3, 3), (2, 2), (2, 2), (0, None)]
    first = PageScan.objects.filter(unit__reference_code=CODE).first()
    assert (first.number, first.width, first.height, first.dpi) == (1, 120, 160, 200)
    assert len(first.sha256) == 64
    assert MasterFile.objects.count() == 5


def test_the_same_list_and_scans_again_change_nothing(look, bring_in, row, write_xlsx, scan, scans):
    scan(f"{CODE}/001.jpg")
    path = write_xlsx([row(1)])
    bring_in(path, scans)
    analysis = look(path, scans)
    assert analysis.faults == []
    assert analysis.changes_nothing
    assert bring_in(path, scans).pages == 0
    assert PageScan.objects.count() == 1


def test_other_scans_are_a_fault_without_update_and_replace_with_it(look, bring_in, row, write_xlsx, scan, scans):
    path = write_xlsx([row(1)])
    scan(f"{CODE}/001.jpg")
    bring_in(path, scans)
    scan(f"{CODE}/001.jpg", tint=90)
    scan(f"{CODE}/002.jpg", tint=30)
    assert "other scans already" in only_error(look(path, scans)).sentence
    changes = look(path, scans, update=True).changes
    assert [(change.old, change.new) for change in changes] == [(1, 2)]
    bring_in(path, scans, update=True)
    assert ItemPage.objects.get().scan_count == 2


def test_a_crash_while_scans_are_written_leaves_no_rows(bring_in, row, write_xlsx, scan, scans, monkeypatch):
    scan(f"{CODE}/001.jpg")
    monkeypatch.setattr("fonds.collections.importing.actions.log_import", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_in(write_xlsx([row(1)]), scans)
    assert not ItemPage.objects.exists()
    assert not PageScan.objects.exists()
    assert not DigitalObject.objects.exists()
    assert not MasterFile.objects.exists()


# --- Faults ---------------------------------------------------------------------------------------------------------


def test_a_page_count_that_differs_from_the_scans(look, row, write_xlsx, scan, scans):
    scan(f"{CODE}/001.jpg")
    fault = only_error(look(write_xlsx([row(1, 页数=5)]), scans))
    assert (fault.row, fault.column, fault.rule) == (2, "页数", "DA/T 70 1-10")
    assert "5 pages, the scans have 1" in fault.sentence


def test_a_folder_for_no_row_and_an_unknown_file(look, row, write_xlsx, scan, scans):
    scan("J037-WS·2008-D30-BGS-0077/001.jpg")
    scan("J037-WS·2008-D30-BGS-0077/002.jpg")
    (scans / "说明.txt").write_text("x")
    sentences = [fault.sentence for fault in look(write_xlsx([row(1)]), scans).errors]
    assert len(sentences) == 2
    assert "“J037-WS·2008-D30-BGS-0077” belongs to no row" in sentences[0]
    assert "“说明.txt” is unknown" in sentences[1]


def broken(kind: str) -> tuple[str, bytes]:
    """A file of scans that cannot be taken in, with its name."""
    sound = io.BytesIO()
    Image.effect_noise((300, 300), 60).save(sound, "JPEG")
    if kind == "empty":
        return "001.jpg", b""
    if kind == "truncated":
        return "001.jpg", sound.getvalue()[: len(sound.getvalue()) * 2 // 5]
    if kind == "misnamed":
        return "001.png", sound.getvalue()
    if kind == "text":
        return "001.jpg", b"no picture"
    if kind == "encrypted":
        locked = io.BytesIO()
        pdf = pikepdf.new()
        pdf.add_blank_page()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
        return "doc.pdf", locked.getvalue()
    raise LookupError(kind)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("empty", "empty"),
        ("truncated", "damaged or incomplete"),
        ("misnamed", "misnamed"),
        ("text", "not a JPEG"),
        ("encrypted", "password"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_a_fault_of_its_row(look, row, write_xlsx, scans, kind, says):
    name, content = broken(kind)
    (scans / CODE).mkdir()
    (scans / CODE / name).write_bytes(content)
    fault = only_error(look(write_xlsx([row(2), row(1)]), scans))
    assert (fault.row, fault.column) == (3, "Scans")
    assert says in fault.sentence
    assert name in fault.sentence


def test_a_picture_over_the_pixel_limit(look, row, write_xlsx, scan, scans, settings):
    settings.FONDS_MAX_PIXELS = 10_000
    scan(f"{CODE}/001.jpg")
    assert "million pixels" in only_error(look(write_xlsx([row(1)]), scans)).sentence


@pytest.mark.parametrize("mark", ["机密★10年", "绝密"])
def test_scans_of_a_secret_unit_are_refused_where_its_entry_is_kept(
    look, bring_in, row, write_xlsx, scan, scans, mark, settings
):
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    scan(f"{CODE}/001.jpg")
    path = write_xlsx([row(1, 密级=mark)])
    fault = only_error(look(path, scans))
    assert (fault.row, fault.column, fault.rule) == (2, "密级", "DA/T 70 2-9")
    assert mark in fault.sentence
    bring_in(path)
    assert ItemPage.objects.get().scan_count == 0


def test_files_that_the_list_names_must_be_there_and_attachments_are_left_aside(look, row, write_xlsx, scan, scans):
    head = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注", "文件名", "附件")
    scan(f"{CODE}.jpg")
    (scans / f"{CODE}-附件1.txt").write_text("x")
    rows = [[*row(1), f"{CODE}.jpg", f"{CODE}-附件1.txt"], [*row(2), "没有.pdf", None]]
    fault = only_error(look(write_xlsx(rows, head=head), scans))
    assert (fault.row, fault.column) == (3, "文件名")


def test_sound_rows_with_their_scans_go_in_beside_faulty_ones(bring_in, row, write_xlsx, scan, scans):
    scan(f"{CODE}/001.jpg")
    scan("J037-WS·2008-D30-BGS-0002/001.jpg").write_bytes(b"")
    outcome = bring_in(write_xlsx([row(1), row(2), row(3)]), scans, skip_faulty=True)
    assert (outcome.loaded.created, outcome.loaded.skipped, outcome.pages) == (2, 1, 1)


# --- Zips -----------------------------------------------------------------------------------------------------------


def zipped(tmp_path, entries: dict, **options):
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_zip_of_scans_is_taken_in(bring_in, row, write_xlsx, scan, tmp_path):
    picture = scan("x.jpg").read_bytes()
    entries = {f"scans/{CODE}/001.jpg": picture, "__MACOSX/._001.jpg": b"x", "scans/.DS_Store": b"x"}
    outcome = bring_in(write_xlsx([row(1)]), zipped(tmp_path, entries))
    assert outcome.pages == 1
    assert DigitalObject.objects.get().name == "001.jpg"


def test_names_written_by_windows_in_chinese(tmp_path):
    path = zipped(tmp_path, {"x" * len("档号-001.jpg".encode("gb18030")): b"1"})
    raw = path.read_bytes().replace(b"x" * len("档号-001.jpg".encode("gb18030")), "档号-001.jpg".encode("gb18030"))
    path.write_bytes(raw)
    assert [file.name for file in unpack(path, tmp_path / "out")] == ["档号-001.jpg"]


@pytest.mark.parametrize("name", ["../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg", "C:\\evil.jpg"])
def test_a_zip_whose_names_lead_out_of_it_is_refused_whole(look, row, write_xlsx, tmp_path, name):
    path = zipped(tmp_path, {f"{CODE}/001.jpg": b"x", name: b"evil"})
    fault = only_error(look(write_xlsx([row(1)]), path))
    assert "leads out of it" in fault.sentence
    assert not list(tmp_path.rglob("evil*"))
    with pytest.raises(ZipFault):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_zip_that_unpacks_to_more_than_the_limit(look, row, write_xlsx, tmp_path, settings):
    settings.FONDS_MAX_ZIP_BYTES = 1024**2
    path = zipped(tmp_path, {f"{CODE}/001.jpg": b"\0" * 2 * 1024**2})
    assert path.stat().st_size < 10_000
    assert "more than 1 MB" in only_error(look(write_xlsx([row(1)]), path)).sentence


def test_a_zip_that_lies_about_its_sizes(tmp_path, settings):
    settings.FONDS_MAX_ZIP_BYTES = 100_000
    path = zipped(tmp_path, {"a.jpg": b"\0" * 1_000_000})
    raw = path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", 10))
    path.write_bytes(raw)
    with pytest.raises(ZipFault):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_too_many_entries_links_passwords_and_damage(tmp_path, settings):
    settings.FONDS_MAX_ZIP_ENTRIES = 2
    with pytest.raises(ZipFault, match="3 entries"):
        unpack(zipped(tmp_path, {"1": b"", "2": b"", "3": b""}), tmp_path / "out")
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ZipFault, match="link"):
        unpack(path, tmp_path / "out")
    path.write_bytes(b"no zip")
    with pytest.raises(ZipFault, match="not a zip"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_another_way(tmp_path, method):
    path = tmp_path / "scans.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("001.jpg", b"x" * 1000)
    with pytest.raises(ZipFault, match="Pack the scans again"):
        unpack(path, tmp_path / "out")


def test_no_damaged_byte_of_a_zip_is_an_error_of_ours(tmp_path):
    """Whatever byte is wrong, the zip is taken or refused in words, and a refused one leaves nothing behind."""
    path = zipped(tmp_path, {"001.jpg": b"x" * 200, "002.jpg": b"y" * 200})
    sound = path.read_bytes()
    refused = 0
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        try:
            unpack(path, tmp_path / "out")
        except ZipFault:
            refused += 1
            assert not (tmp_path / "out").exists()
    assert refused > len(sound) / 3
