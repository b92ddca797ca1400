"""Captioning many photographs at once: saved in one go or not at all, by screen and by spreadsheet."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fonds.audit.models import Event
from fonds.collections.models import ArchiveImage, Term
from fonds.collections.photographs import caption_views
from fonds.collections.photographs.captions import FIELDS, CaptionForm, photos_to_caption

pytestmark = pytest.mark.once

SCREEN, LIST = reverse("photo_captions"), reverse("photo_captions_list")


@pytest.fixture
def editing(client, people):
    client.force_login(people.editor)
    return client


def filled(editor, **changes) -> dict:
    """What the screen posts: every row as it is, with ``changes`` as ``{key: {field: text}}``."""
    data = {"id": []}
    for photo in photos_to_caption(editor):
        form = CaptionForm(photo)
        data["id"].append(photo.pk)
        data |= {f"p{photo.pk}-{name}": form.initial[name] for name in (*FIELDS, "seen")}
        data |= {f"p{photo.pk}-{name}": text for name, text in changes.get(str(photo.pk), {}).items()}
    return data


def test_a_group_is_captioned_in_one_go_with_an_event_for_each_photograph(editing, people, make_photo, group):
    photos = [make_photo(number, tags=["旧"]) for number in (1, 2, 3)]
    words = {
        "occasion": "专项检查",
        "taken_text": "[1998]",
        "place": "[越州市]",
        "persons": "高才",
        "tags": "市场, 建材",
    }
    changes = {str(photo.pk): words for photo in photos[:2]}
    before = Event.objects.filter(action="fonds.caption_photo").count()
    answer = editing.post(f"{SCREEN}?unit={group.pk}", filled(people.editor, **changes))
    assert answer.status_code == 200
    assert "faults" not in answer.context
    for photo in photos[:2]:
        photo.refresh_from_db()
        assert (photo.occasion, photo.taken_start.year, photo.is_place_uncertain) == ("专项检查", 1998, True)
        assert sorted(photo.tags.names()) == ["市场", "建材"]
        assert "高才" in photo.search_text
    assert list(photos[2].tags.names()) == ["旧"]
    events = Event.objects.filter(action="fonds.caption_photo")
    assert events.count() == before + 2
    assert not any("高才" in str(event.detail) + str(event.after) for event in events)


def test_with_one_fault_nothing_is_saved_and_nothing_is_lost(editing, people, make_photo, group):
    first, second = make_photo(1), make_photo(2)
    changes = {str(first.pk): {"place": "市场"}, str(second.pk): {"taken_text": "20081332", "title": "<script>"}}
    answer = editing.post(f"{SCREEN}?unit={group.pk}", filled(people.editor, **changes))
    faults = answer.context["faults"]
    assert {(photo.pk, place) for photo, _label, _sentence, place in faults} == {
        (second.pk, f"id_p{second.pk}-taken_text"),
        (second.pk, f"id_p{second.pk}-title"),
    }
    assert not ArchiveImage.objects.exclude(place="").exists()
    text = answer.content.decode()
    assert 'value="市场"' in text
    assert "20081332" in text


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(editing, people, make_photo):
    photo = make_photo(1)
    data = filled(people.editor, **{str(photo.pk): {"caption": "我的"}})
    ArchiveImage.objects.filter(pk=photo.pk).update(caption="他的")
    answer = editing.post(SCREEN, data)
    assert answer.context["faults"]
    photo.refresh_from_db()
    assert photo.caption == "他的"


def test_lines_of_a_browser_are_no_change(editing, people, make_photo):
    photo = make_photo(1, caption="一\n二")
    editing.post(SCREEN, filled(people.editor, **{str(photo.pk): {"caption": "一\r\n二"}}))
    assert not Event.objects.filter(action="fonds.caption_photo").exists()


def test_words_a_controlled_tag_is_used_for_become_that_tag(editing, people, make_photo):
    Term.objects.create(name="食品安全", used_for="食安\n食品卫生")
    photo = make_photo(1)
    editing.post(SCREEN, filled(people.editor, **{str(photo.pk): {"tags": "食安；市场"}}))
    assert sorted(photo.tags.names()) == ["市场", "食品安全"]


def test_the_file_and_the_group_propose_and_never_overwrite(editing, make_photo, group):
    photo, other = make_photo(1, taken_text="", photographer="本人"), make_photo(2)
    exif = {
        "DateTimeOriginal": "2008:05:06 08:00:00",
        "Artist": "别人",
        "ImageDescription": "<script>alert(1)</script>",
    }
    ArchiveImage.objects.filter(pk=photo.pk).update(exif=exif)
    answer = editing.get(f"{SCREEN}?id={photo.pk}")
    text = answer.content.decode()
    assert 'data-proposal="20080506"' in text
    assert "别人" not in text
    assert "<script>alert(1)" not in text
    assert answer.context["groups"][photo.pk]["occasion"] == "建材市场专项检查"
    assert [row.instance.pk for row in answer.context["rows"]] == [photo.pk]
    assert other.pk not in answer.context["groups"]


def test_the_screen_costs_the_same_for_any_number(editing, make_photo, group, django_assert_max_num_queries):
    for number in range(1, 9):
        make_photo(number, tags=["a"])
    editing.get(f"{SCREEN}?unit={group.pk}")
    with django_assert_max_num_queries(30) as few:
        editing.get(f"{SCREEN}?unit={group.pk}")
    ArchiveImage.objects.filter(photo_number__gt="J037-ZP·2008·D30-001-002").delete()
    with django_assert_max_num_queries(30) as fewer:
        editing.get(f"{SCREEN}?unit={group.pk}")
    assert len(few) <= len(fewer)


def test_a_large_group_is_captioned_in_parts(editing, make_photo, group, monkeypatch):
    monkeypatch.setattr(caption_views, "MOST", 2)
    for number in range(1, 6):
        make_photo(number)

    def numbers(query: str) -> list[str]:
        answer = editing.get(f"{SCREEN}?unit={group.pk}{query}")
        return [row.instance.photo_number[-1] for row in answer.context["rows"]]

    assert [numbers(query) for query in ("", "&from=3", "&from=5", "&from=99", "&from=x")] == [
        ["1", "2"], ["3", "4"], ["5"], [], ["1", "2"],
    ]  # fmt: skip
    text = editing.get(f"{SCREEN}?unit={group.pk}&from=3").content.decode()
    assert "第 3 至 4 张，共 5 张" in text
    assert f"unit={group.pk}&amp;from=1" in text
    assert f"unit={group.pk}&amp;from=5" in text
    table = editing.get(f"{LIST}?unit={group.pk}&from=5").content
    listed = [row[0] for row in sheet_of(table).iter_rows(values_only=True) if "-00" in str(row[0])]
    assert [number[-1] for number in listed] == ["5"]


def test_who_may_not_change_photographs_does_not_get_in(client, people, make_photo, group):
    photo = make_photo(1, "controlled")
    assert client.get(f"{SCREEN}?id={photo.pk}").status_code in (302, 404)
    people.editor.groups.first().collection_permissions.all().delete()
    client.force_login(people.editor)
    assert client.get(f"{SCREEN}?unit={group.pk}").status_code in (302, 403)


def sheet_of(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))["照片目录"]


def posted(editing, rows: list[list]):
    book = openpyxl.Workbook()
    book.active.title = "照片目录"
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return editing.post(SCREEN, {"read": "1", "table": SimpleUploadedFile("a.xlsx", buffer.getvalue())})


def test_a_spreadsheet_goes_out_and_comes_in_again(editing, make_photo, group):
    photo = make_photo(1, caption="=1+1", tags=["市场"])
    data = editing.get(f"{LIST}?unit={group.pk}").content
    rows = [[cell.value for cell in row] for row in sheet_of(data).iter_rows()]
    head = next(row for row in rows if row[0] == "照片号")
    row = dict(zip(head, rows[rows.index(head) + 1], strict=True))
    assert (row["照片号"], row["文字说明"], row["标签"]) == (photo.photo_number, "=1+1", "市场")
    assert sheet_of(data).cell(rows.index(head) + 2, head.index("文字说明") + 1).data_type == "s"
    answer = posted(editing, [["照片号", "人物", "文字说明"], [photo.photo_number, "高才", None]])
    assert answer.context["preview"] == 1
    photo.refresh_from_db()
    assert photo.persons == ""
    shown = answer.context["rows"][0]
    data = {"id": [photo.pk]} | {f"p{photo.pk}-{name}": shown.initial[name] for name in (*FIELDS, "seen")}
    editing.post(SCREEN, data)
    photo.refresh_from_db()
    assert (photo.persons, photo.caption) == ("高才", "=1+1")


def test_every_fault_of_a_spreadsheet_is_named_and_nothing_is_taken(editing, make_photo):
    photo = make_photo(1)
    rows = [
        ["照片号", "题名"],
        [photo.photo_number, "新"],
        [photo.photo_number, "又"],
        ["J037-ZP·2008·D30-001-999", "无"],
        [None, "无号"],
        ["J037-ZP·2008·D30-001-002", "=A1"],
    ]
    answer = posted(editing, rows)
    assert {(fault.row, fault.column) for fault in answer.context["list_faults"]} == {
        (3, "照片号"), (4, "照片号"), (5, "照片号"), (6, "照片号"), (6, "题名"),
    }  # fmt: skip
    assert "preview" not in answer.context
    photo.refresh_from_db()
    assert photo.title == "照片1"


@pytest.mark.parametrize("data", [b"", b"no spreadsheet", b"PK\x03\x04 broken"])
def test_what_is_no_spreadsheet_is_refused(editing, make_photo, data):
    make_photo(1)
    answer = editing.post(SCREEN, {"read": "1", "table": SimpleUploadedFile("a.xlsx", data)})
    assert answer.context["list_form"].errors["table"]


def test_the_library_s_bulk_action_leads_to_the_screen(editing, make_photo):
    photo = make_photo(1)
    address = reverse("wagtail_bulk_action", args=["fonds_collections", "archiveimage", "caption"])
    assert editing.get(f"{address}?id={photo.pk}").url == f"{SCREEN}?id={photo.pk}"
