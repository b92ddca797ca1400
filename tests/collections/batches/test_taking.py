"""Deliveries come in: matched by their names, measured, and never lost half-way."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from fonds.access.enums import Rank
from fonds.access.models import User
from fonds.collections.batches.patterns import Place, compiled, places_of
from fonds.collections.batches.taking import take_files
from fonds.collections.importing.walking import walk
from fonds.collections.models import BatchPage, MasterFile
from fonds.collections.scans import add_scans

from .conftest import CODE, written_page

pytestmark = pytest.mark.once  # files and pictures, whatever the database

OTHER = "J037-WS·2008-Y-BGS-0002"


def rules(page: BatchPage) -> set[str]:
    return {finding["rule"] for finding in page.findings}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (f"box 3/{CODE}/002.jpg", Place(CODE, 2)),
        (f"{CODE}-014.tif", Place(CODE, 14)),
        (f"{CODE}_2.jpg", Place(CODE, 2)),
        ("J037－WS.2008－Y－BGS－0001 3.jpg", Place(CODE, 3)),
        (f"{CODE}.pdf", Place(CODE, None)),
        (f"{CODE}/cover sheet.jpg", Place(CODE, None)),
    ],
)
def test_code_and_number_are_found_where_the_patterns_say(name, place):
    patterns = compiled("{code}/{page}\n{code}-{page}\n{code}_{page}\n{code} {page}\n{code}")
    assert place in places_of(name, patterns)


@pytest.mark.parametrize("line", ["{page}", "{code}{code}", "{code}/{what}", ""])
def test_a_pattern_that_cannot_be_followed_is_refused_with_its_line(line):
    with pytest.raises(ValidationError):
        compiled(line)


def test_an_archives_own_pattern_is_followed(batch, take, item):
    batch.patterns = "{any}__{code}__p{page}"
    batch.save()
    take({f"scanner1__{CODE}__p7.jpg": written_page(1)})
    page = batch.pages.get()
    assert (page.unit_id, page.page) == (item.pk, 7)


def test_pages_come_to_their_units_in_the_order_of_their_numbers(batch, take, make_item):
    first, second = make_item(1), make_item(2)
    count = take(
        {
            f"{CODE}/002.jpg": written_page(2),
            f"{CODE}/001.jpg": written_page(1),
            f"{OTHER}-01.jpg": written_page(3),
            "holiday.jpg": written_page(4),
        }
    )
    assert count == 4
    rows = batch.pages.order_by("unit__reference_code", "position")
    assert [(row.unit_id, row.page, row.position) for row in rows if row.unit_id] == [
        (first.pk, 1, 1), (first.pk, 2, 2), (second.pk, 1, 1),
    ]  # fmt: skip
    assert batch.pages.get(unit=None).name == "holiday.jpg"


def test_the_pages_of_one_file_follow_each_other(batch, take, item, tmp_path):
    pages = [written_page(number) for number in range(3)]
    path = tmp_path / "delivery" / f"{CODE}.tif"
    path.parent.mkdir()
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(200, 200))
    take({})
    assert [(row.frame, row.position) for row in batch.pages.order_by("position")] == [(0, 1), (1, 2), (2, 3)]


def test_a_document_is_meant_before_the_dossier_it_lies_in(batch, take, series):
    from fonds.archive_pages.models import FilePage, ItemPage

    dossier = series.add_child(instance=FilePage(title="Dossier", reference_code="J037-ZY·1992·Y-0002"))
    document = dossier.add_child(instance=ItemPage(title="Form", reference_code="J037-ZY·1992·Y-0002-001"))
    take({"J037-ZY·1992·Y-0002-001.jpg": written_page(1), "J037-ZY·1992·Y-0002-002.jpg": written_page(2)})
    assert set(batch.pages.values_list("name", "unit")) == {
        ("J037-ZY·1992·Y-0002-001.jpg", document.pk),
        ("J037-ZY·1992·Y-0002-002.jpg", dossier.pk),
    }


def test_the_rules_of_da_t_31_find_what_is_wrong_with_a_page(batch, take, item, picture):
    batch.needs_colour = True
    batch.save()
    coarse = picture("coarse.jpg", dpi=150).read_bytes()
    unsaid = picture("unsaid.jpg", dpi=None).read_bytes()
    seal = written_page(1)
    seal.paste((200, 30, 30), (500, 900, 640, 1040))
    take(
        {
            f"{CODE}/001.jpg": coarse,
            f"{CODE}/002.jpg": unsaid,
            f"{CODE}/003.jpg": Image.new("RGB", (827, 1169), (250, 248, 240)),
            f"{CODE}/004.jpg": written_page(4, lean=2.5),
            f"{CODE}/005.png": written_page(5, mode="L"),
            f"{CODE}/006.jpg": seal,
        }
    )
    found = {page.page: rules(page) for page in batch.pages.all()}
    assert found[1] == {"resolution"}
    assert found[2] == {"no_resolution"}
    assert found[3] == {"blank"}
    assert found[4] == {"skew", "colour"}
    assert found[5] == {"format", "colour"}
    assert found[6] == set()
    skew = next(finding for finding in batch.pages.get(page=4).findings if finding["rule"] == "skew")
    assert skew["degrees"] == pytest.approx(2.5, abs=0.2)


def test_the_same_page_twice_is_found_by_name_file_and_look(batch, take, item):
    page = written_page(1)
    again = page.rotate(0.3, fillcolor=(255, 255, 255))
    take(
        {
            f"{CODE}/001.jpg": page,
            f"{CODE}-001.jpg": written_page(2),  # another file for page 1
            f"{CODE}/003.jpg": again,  # page 1 laid on the scanner twice
        }
    )
    by_name = {row.name: rules(row) for row in batch.pages.all()}
    assert sorted(map(sorted, by_name.values())) == [[], ["alike"], ["same_number"]]
    assert "alike" in by_name[f"{CODE}/003.jpg"]


def test_a_faulty_file_is_told_and_stops_nothing(batch, take, item):
    take(
        {
            f"{CODE}/001.jpg": written_page(1),
            f"{CODE}/002.jpg": b"",
            f"{CODE}/003.jpg": b"\xff\xd8\xff\xe0 and then nothing",
            f"{CODE}/004.tif": b"%PDF-1.7 misnamed",
        }
    )
    faulty = batch.pages.filter(master=None)
    assert batch.pages.filter(unit=item).count() == 1
    assert faulty.count() == 3
    assert all("00" in page.fault for page in faulty)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (20000, 10)])
def test_a_page_of_an_odd_shape_is_taken_in_as_it_is(batch, take, item, size):
    take({f"{CODE}/001.jpg": Image.new("RGB", size)})
    page = batch.pages.get(unit=item)
    assert (page.width, page.height) == size


def test_the_same_delivery_again_changes_nothing(batch, take, item, delivery):
    files = {f"{CODE}/001.jpg": written_page(1), f"{CODE}/002.jpg": written_page(2)}
    assert take(files) == 2
    assert take(files) == 0
    assert batch.pages.count() == 2


def test_a_delivery_that_was_cut_off_is_gone_on_with(batch, item, delivery, monkeypatch):
    from fonds.collections.batches import taking

    monkeypatch.setattr(taking, "LOT", 2)
    folder = delivery({f"{CODE}/{number:03}.jpg": written_page(number) for number in range(1, 6)})

    def killed(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_files(batch, walk(folder), progress=killed)
    assert batch.pages.count() == 2
    assert take_files(batch, walk(folder)) == 3
    assert list(batch.pages.order_by("position").values_list("page", flat=True)) == [1, 2, 3, 4, 5]


def test_pages_the_archive_has_are_not_taken_twice_and_others_take_their_place(batch, take, item, delivery):
    folder = delivery({f"{number:03}.jpg": written_page(number) for number in (1, 2)}, "first")
    add_scans(item, sorted(folder.glob("*.jpg")))
    masters = MasterFile.objects.count()
    take({f"{CODE}/001.jpg": (folder / "001.jpg").read_bytes(), f"{CODE}/002.jpg": written_page(9)})
    stay = list(batch.pages.filter(is_removed=False).order_by("position"))
    assert [(row.page, row.is_changed) for row in stay] == [(1, False), (2, True)]
    assert "replaces" in rules(stay[1])
    assert item.page_scans.count() == 2  # the archive itself is as it was
    assert MasterFile.objects.count() == masters + 1


def test_units_that_may_not_be_seen_are_not_matched(batch, take, make_item, editor):
    make_item(1, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED)
    take({f"{CODE}/001.jpg": written_page(1)}, user=editor)
    assert batch.pages.get().unit is None


def test_who_may_not_import_takes_nothing_in(batch, delivery, db):
    folder = delivery({"001.jpg": written_page(1)})
    with pytest.raises(PermissionDenied):
        take_files(batch, walk(folder), User.objects.create_user("stranger"))
    assert not batch.pages.exists()
