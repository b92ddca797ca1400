"""The newer panels, the catalogue, shared links, the feed, and what an editor is told."""

import io
import json
import re

import pikepdf
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from wagtail.blocks import StructBlockValidationError

from fonds.access.enums import Rank
from fonds.collections.exhibit_blocks import FiguresBlock, OptionalPictureBlock
from fonds.collections.exhibit_notices import hidden_in, run_look
from fonds.collections.models import ExhibitPage, PageScan
from fonds.collections.scans import add_scans
from fonds.reports import charts
from fonds.reports.jobs import JobHandle
from fonds.reports.models import Job, JobState

from .conftest import jpeg

pytestmark = pytest.mark.once  # files and pictures, whatever the database


def panel(kind: str, value) -> dict:
    return {"type": kind, "value": value}


def picture(image, alt: str = "湖上的船") -> dict:
    return {"image": image.pk, "alt_text": alt, "caption": ""}


@pytest.fixture
def make_exhibit(house):
    """``make_exhibit([panel, …], **fields)``: a public exhibit."""

    def make(panels: list[dict], slug: str = "one", **fields) -> ExhibitPage:
        house.exhibits.refresh_from_db()
        page = ExhibitPage(
            **{"title": "展览甲", "slug": slug, "introduction": "引言", **fields}, body=json.dumps(panels)
        )
        return house.exhibits.add_child(instance=page)

    return make


def points(image) -> dict:
    one = {"across": "12.50", "down": "80", "label": "码头", "text": "检查组由此上船。"}
    return panel("pointed_picture", {**picture(image), "points": [one]})


def moments(image, record=None) -> dict:
    rows = [
        {"date": "1998", "heading": "整治", "text": "清退占道摊点", "picture": picture(image), "record": record},
        {
            "date": "2008",
            "heading": "十年",
            "text": "",
            "picture": {"image": None, "alt_text": "", "caption": ""},
            "record": None,
        },
    ]
    return panel("timeline", {"heading": "十年", "moments": rows})


def figures() -> dict:
    rows = [{"label": "2007", "number": "1200"}, {"label": "2008", "number": "3200.5"}]
    value = {
        "heading": "新登记企业",
        "unit_of_measure": "户",
        "figures": rows,
    }
    return panel("figures", {**value, "origin": "年报"})


@pytest.fixture
def scanned(group, tmp_path):
    """An open item with one page."""
    from fonds.archive_pages.models import ItemPage

    unit = group.add_child(
        instance=ItemPage(title="关于整治的通知", reference_code="J037-WS·1998-Y-BGS-0007", opening_status="open")
    )
    (tmp_path / "001.jpg").write_bytes(jpeg((400, 600), dpi=(200, 200)))
    add_scans(unit, [tmp_path / "001.jpg"])
    return unit


def quotation(unit) -> dict:
    return panel("quotation", {"text": "清退占道摊点。", "attribution": "通知", "source": unit.pk, "page": 1})


def test_points_time_line_figures_and_a_quotation_with_its_page_are_shown(
    client, make_photo, make_exhibit, scanned, django_assert_max_num_queries
):
    photo = make_photo(1, photographer="沈继华", credit="")
    recording = panel("recording", {"source": scanned.pk, "caption": ""})
    page = make_exhibit(
        [points(photo), moments(photo, scanned.pk), figures(), quotation(scanned), recording], cover=photo
    )
    client.get(page.url)  # makes the pictures that are kept
    with django_assert_max_num_queries(15):
        shown = client.get(page.url).content.decode()
    assert 'cx="12.50%"' in shown
    assert "检查组由此上船。" in shown
    assert shown.count('class="moments__one"') == 2
    assert "3,200.5" in shown
    scan = PageScan.objects.get()
    assert reverse("scan_preview", args=[scan.pk]) in shown
    assert "?page=1#viewer" in shown
    assert shown.count(reverse("photo", args=[photo.pk])) >= 2  # each picture leads to its record
    assert "沈继华" in shown


def test_what_is_not_open_is_missing_from_all_of_them(client, make_photo, make_exhibit, scanned):
    closed = make_photo(1, "controlled", title="秘密会议")
    scanned.content_rank = scanned.catalogue_rank = Rank.RESTRICTED
    scanned.save()
    page = make_exhibit([points(closed), moments(closed, scanned.pk), quotation(scanned)])
    shown = client.get(page.url).content.decode()
    assert "检查组由此上船。" not in shown  # the points tell what is on the picture
    assert scanned.title not in shown
    assert "清退占道摊点。" not in shown
    assert reverse("scan_preview", args=[PageScan.objects.get().pk]) not in shown
    assert "整治" in shown


def test_a_moment_with_a_picture_needs_its_alternative_text(make_photo):
    block = OptionalPictureBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python(picture(make_photo(1), alt="")))
    assert block.clean(block.to_python({"image": None, "alt_text": "", "caption": ""}))["image"] is None


def test_numbers_below_zero_or_without_rows_are_refused():
    block = FiguresBlock()
    with pytest.raises(Exception, match="."):
        block.clean(block.to_python({"heading": "x", "figures": [{"label": "a", "number": "-1"}]}))


@pytest.mark.parametrize(("draw", "long"), [(charts.bars, "width"), (charts.columns, "height")])
def test_bars_are_as_long_as_their_numbers_and_stay_in_the_drawing(draw, long):
    chart = draw([("a", 10), ("b", 5), ("c", 0)])
    first, second, third = (getattr(bar, long) for bar in chart.bars)
    assert first == 2 * second > 0
    assert third == 0
    assert all(bar.x + bar.width <= 100 and bar.y + bar.height <= chart.height for bar in chart.bars)
    assert draw([]).bars == []


def test_of_many_years_some_are_labelled():
    chart = charts.columns([(str(year), 1) for year in range(1950, 2000)])
    assert 5 <= sum(bar.is_labelled for bar in chart.bars) <= charts.LABELS


def test_readers_of_english_get_the_english_panels_where_there_are_some(client, make_exhibit):
    page = make_exhibit([panel("story", "<p>中文故事</p>")])
    page.body_en = json.dumps([panel("story", "<p>English story</p>")])
    page.save_revision().publish()
    with translation.override("en"):
        assert [block.value.source for block in ExhibitPage.objects.get(pk=page.pk).local_body] == [
            "<p>English story</p>"
        ]
    assert "中文故事" in client.get(page.url, headers={"accept-language": "zh-hans"}).content.decode()


def test_the_catalogue_is_a_pdf_with_all_that_may_be_seen_and_nothing_else(client, make_photo, make_exhibit, scanned):
    photo = make_photo(1, credit="档案室")
    closed = make_photo(2, "controlled", title="秘密会议")
    page = make_exhibit(
        [points(photo), moments(photo), figures(), quotation(scanned), panel("picture", picture(closed, "秘密"))]
    )
    answer = client.get(reverse("exhibit_catalogue", args=[page.pk]))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) >= 2
        assert pdf.open_metadata().pdfa_status == "2B"
    import subprocess

    text = subprocess.run(
        ["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True
    ).stdout.decode()
    assert "码头" in text
    assert "3,200.5" in text
    assert "清退占道摊点。" in text
    assert "秘密" not in text


def test_the_catalogue_of_a_draft_is_not_there(client, make_exhibit):
    page = make_exhibit([])
    page.unpublish()
    assert client.get(reverse("exhibit_catalogue", args=[page.pk])).status_code == 404


def test_a_shared_link_tells_title_words_and_an_open_picture(client, make_photo, make_exhibit):
    photo = make_photo(1)
    page = make_exhibit([], cover=photo, introduction='他说：</script><b>"好"')
    shown = client.get(page.url).content.decode()
    assert 'property="og:title"' in shown
    assert 'property="og:image"' in shown
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', shown, re.DOTALL)[1])
    assert data["description"] == page.introduction
    assert data["@type"] == "CreativeWork"
    photo.opening_status = "controlled"
    photo.save()
    assert 'property="og:image"' not in client.get(page.url).content.decode()


def test_the_feed_has_what_is_public_and_no_more(client, make_exhibit):
    shown, hidden = make_exhibit([], title="公开展览"), make_exhibit([], title="未公开展览", slug="hidden")
    hidden.unpublish()
    feed = client.get(reverse("curated_feed")).content.decode()
    assert "<entry>" in feed
    assert shown.title in feed
    assert hidden.title not in feed


def handle() -> JobHandle:
    return JobHandle(Job.objects.create(kind="look_at_exhibits", title="x", state=JobState.RUNNING))


def test_the_editor_is_told_once_what_visitors_no_longer_see(make_photo, make_exhibit, people):
    photo = make_photo(1, title="湖面")
    page = make_exhibit([panel("picture", picture(photo))], owner=people.editor)
    people.editor.email = "editor@example.org"
    people.editor.save()
    assert run_look(handle())["told"] == 0
    photo.opening_status = "controlled"
    photo.save()
    assert hidden_in(page) == [photo]
    assert run_look(handle())["told"] == 1
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]
    assert "湖面" in mail.outbox[0].body
    assert run_look(handle())["told"] == 0
    photo.opening_status = "open"
    photo.save()
    assert run_look(handle())["told"] == 0
    photo.opening_status = "controlled"
    photo.save()
    assert run_look(handle())["told"] == 1


def test_a_record_that_becomes_restricted_starts_the_look(
    make_exhibit, scanned, people, django_capture_on_commit_callbacks
):
    make_exhibit([quotation(scanned)], owner=people.editor)
    people.editor.email = "editor@example.org"
    people.editor.save()
    with django_capture_on_commit_callbacks(execute=True):
        scanned.content_rank = scanned.catalogue_rank = Rank.RESTRICTED
        scanned.save()
    assert Job.objects.filter(kind="look_at_exhibits", state=JobState.DONE).exists()
    assert len(mail.outbox) == 1


def test_a_recording_plays_in_the_story_for_who_may_hear_it(client, make_exhibit, scanned, tmp_path):
    import subprocess

    from fonds.collections.recordings.actions import add_recording

    tone = ["-f", "lavfi", "-i", "sine=duration=1", tmp_path / "tone.mp3"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *tone], check=True)
    recording, _new = add_recording(scanned, tmp_path / "tone.mp3", cues=[[0, 1, "各位市民"]])
    page = make_exhibit([panel("recording", {"source": scanned.pk, "caption": "现场录音"})])
    shown = client.get(page.url).content.decode()
    assert reverse("recording", args=[recording.pk]) in shown
    assert "各位市民" in shown
    scanned.content_rank = Rank.RESTRICTED
    scanned.save()
    assert "各位市民" not in client.get(page.url).content.decode()


def test_a_picture_taken_out_of_the_library_leaves_the_story_standing(client, make_photo, make_exhibit, people):
    photo, other = make_photo(1), make_photo(2)
    page = make_exhibit(
        [points(photo), moments(photo), panel("picture", picture(other, "还在"))], cover=photo, owner=people.editor
    )
    photo.delete()
    shown = client.get(page.url)
    assert shown.status_code == 200
    assert "还在" in shown.content.decode()
    assert "检查组由此上船。" not in shown.content.decode()
    assert client.get(reverse("exhibit_catalogue", args=[page.pk])).status_code == 200
    people.editor.email = "editor@example.org"
    people.editor.save()
    assert run_look(handle())["told"] == 1
    assert "湖上的船" in mail.outbox[0].body  # by what the picture was said to show
    assert run_look(handle())["told"] == 0


def test_saving_a_photograph_without_closing_it_starts_no_look(
    make_photo, make_exhibit, django_capture_on_commit_callbacks
):
    photo = make_photo(1)
    make_exhibit([panel("picture", picture(photo))])
    with django_capture_on_commit_callbacks(execute=True):
        photo = type(photo).objects.get(pk=photo.pk)
        photo.caption = "新的说明"
        photo.save()
    assert not Job.objects.filter(kind="look_at_exhibits").exists()
    with django_capture_on_commit_callbacks(execute=True):
        photo.opening_status = "controlled"
        photo.save()
    assert Job.objects.filter(kind="look_at_exhibits").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert Job.objects.filter(kind="look_at_exhibits").count() == 2
