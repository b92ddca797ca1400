"""IIIF Presentation API 3: manifests after the schema of the specification, for whom, at what cost."""

import datetime as dt

import pytest
from django.urls import reverse
from wagtail.models import Site

from fonds.access.enums import Rank
from fonds.access.models import Grant, User
from fonds.archive_pages.models import ArchivePage, FilePage
from fonds.collections.iiif import manifests
from fonds.collections.models import (
    ArchiveImage,
    CollectionIndexPage,
    CollectionPage,
    CollectionPhoto,
    ExhibitIndexPage,
    ExhibitPage,
    PageScan,
    RecognisedText,
)
from fonds.collections.recognising.lines import Line
from fonds.collections.scans import add_scans, set_texts

from .presentation_schema import faults_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(series):
    """The tree of the tests as a site with a name."""
    Site.objects.all().delete()
    root = ArchivePage.objects.get(depth=1)
    Site.objects.create(hostname="testserver", root_page=root, is_default_site=True, site_name="越州市数字档案室")


def document(client, address: str) -> dict:
    """The document at ``address``, in which the schema of the specification finds no fault."""
    response = client.get(address)
    assert response.status_code == 200, response.content[:300]
    assert response["Access-Control-Allow-Origin"] == "*"
    content = response.json()
    assert content["id"] == f"http://testserver{address}"
    assert faults_of(content) == []
    return content


def manifest_of(unit) -> str:
    return reverse("iiif_unit", args=[unit.pk])


def many_pages(item, scan, count: int) -> None:
    """``count`` page scans in all, which show the same picture."""
    copies = [
        PageScan(unit_id=item.pk, number=number, master_id=scan.master_id, sha256=scan.sha256, width=1300, height=900)
        for number in range(2, count + 1)
    ]
    PageScan.objects.bulk_create(copies)
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=count)


def test_the_manifest_of_an_item(client, item, scan, make_photo):
    photo = make_photo(caption="建材市场检查", credit="王建国", licence="CC0", place="柯桥")
    found = document(client, manifest_of(item))
    assert found["label"] == {"none": ["Notice 1"]}
    assert {
        "label": {"zh-Hans": ["档号"], "en": ["Reference code"]},
        "value": {"none": [item.reference_code]},
    } in found["metadata"]
    opening = next(entry for entry in found["metadata"] if entry["label"]["en"] == ["Opening status"])
    assert opening["value"] == {"zh-Hans": ["开放"], "en": ["Open"]}
    assert found["requiredStatement"]["value"] == {"none": ["越州市数字档案室"]}
    assert found["homepage"][0]["id"] == item.get_full_url()
    data = client.get(found["seeAlso"][0]["id"].removeprefix("http://testserver"))
    assert data.json()["title"] == item.title
    page, picture = found["items"]
    assert (page["width"], page["height"], page["label"]["en"]) == (1300, 900, ["Page 1"])
    body = page["items"][0]["items"][0]["body"]
    assert body["service"][0]["id"] == f"http://testserver/iiif/scan/{scan.pk}"
    assert page["items"][0]["items"][0]["target"] == page["id"]
    for address in (body["id"], page["thumbnail"][0]["id"], found["thumbnail"][0]["id"], picture["thumbnail"][0]["id"]):
        assert client.get(address.removeprefix("http://testserver")).status_code == 200, address
    assert picture["label"] == {"none": ["合影"]}
    assert picture["summary"] == {"none": ["建材市场检查"]}
    assert picture["requiredStatement"] == {
        "label": {"zh-Hans": ["署名"], "en": ["Credit"]},
        "value": {"none": ["王建国"]},
    }
    assert picture["rights"] == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert picture["homepage"][0]["id"].endswith(reverse("photo", args=[photo.pk]))
    for canvas in (page, picture):
        document(client, canvas["id"].removeprefix("http://testserver"))


def test_an_item_without_a_picture_has_no_manifest(client, item):
    assert client.get(manifest_of(item)).status_code == 404


def test_the_text_stands_on_its_lines(client, item, scan):
    lines = [
        Line("关于开展检查的通知", 0.1, 0.2, 0.5, 0.25, tuple((0.1, 0.2) for _ in range(9))),
        Line("各科室：", 0.1, 0.3, 0.3, 0.35, tuple((0.1, 0.2) for _ in range(4))),
    ]
    RecognisedText.of(scan, "test", lines).save()
    set_texts({scan.pk: "关于开展检查的通知\n各科室:"})
    canvas = document(client, manifest_of(item))["items"][0]
    page = document(client, canvas["annotations"][0]["id"].removeprefix("http://testserver"))
    first, second = page["items"]
    assert first["target"] == f"{canvas['id']}#xywh=130,180,520,45"
    assert (first["motivation"], first["body"]["language"]) == ("supplementing", "zh")
    assert second["body"]["value"] == "各科室:"  # as corrected, at its place
    set_texts({scan.pk: "另一段文字\n有\n三行"})
    page = document(client, reverse("iiif_scan_texts", args=[scan.pk]))
    assert [(one["target"], one["body"]["value"]) for one in page["items"]] == [(canvas["id"], "另一段文字\n有\n三行")]


def test_the_cost_does_not_grow_with_pages_and_photos(client, item, scan, make_photo, django_assert_num_queries):
    make_photo()
    client.get(manifest_of(item))
    with django_assert_num_queries(7):
        assert len(document(client, manifest_of(item))["items"]) == 2
    many_pages(item, scan, 60)
    for number in range(2, 6):
        make_photo(photo_number=f"J037-ZP-{number}")
    with django_assert_num_queries(7):
        assert len(document(client, manifest_of(item))["items"]) == 65


def test_a_large_item_comes_in_parts(client, item, scan, make_photo, monkeypatch):
    monkeypatch.setattr(manifests, "PER_PART", 10)
    many_pages(item, scan, 25)
    make_photo()
    whole = document(client, manifest_of(item))
    assert (whole["type"], whole["behavior"], len(whole["items"])) == ("Collection", ["multi-part"], 3)
    labels = []
    for part in whole["items"]:
        found = document(client, part["id"].removeprefix("http://testserver"))
        assert found["partOf"][0]["id"] == whole["id"]
        labels += [canvas["label"] for canvas in found["items"]]
    assert [label["en"] for label in labels[:-1]] == [[f"Page {number}"] for number in range(1, 26)]
    assert labels[-1] == {"none": ["合影"]}
    for wrong in (4, 99999):
        assert client.get(reverse("iiif_unit_part", args=[item.pk, wrong])).status_code == 404


def test_a_series_leads_to_what_can_be_shown(client, series, item, scan, make_item):
    make_item(2)  # without a page
    closed = make_item(3, title="未开放的名册", opening_status="controlled")
    many_pages(closed, scan, 3)
    series.refresh_from_db()
    found = document(client, manifest_of(series))
    assert found["type"] == "Collection"
    assert found["items"] == [
        {"id": f"http://testserver{manifest_of(item)}", "type": "Manifest", "label": {"none": ["Notice 1"]}}
    ]
    top = document(client, reverse("iiif_all"))
    assert [entry["label"]["none"] for entry in top["items"]] == [["Bureau"]]


def test_a_group_of_photographs_is_one_manifest(client, series, make_photo, make_item):
    group = series.add_child(instance=FilePage(title="检查", reference_code="J037-ZP-001", opening_status="open"))
    for number, status in ((1, "open"), (2, "controlled"), (3, "open")):
        unit = make_item(number + 10)
        unit.move(group, pos="last-child")
        make_photo(status, unit=type(unit).objects.get(pk=unit.pk), title=f"照片{number}", photo_number=f"{number}")
    found = document(client, manifest_of(group))
    assert [canvas["label"]["none"] for canvas in found["items"]] == [["照片1"], ["照片3"]]


def test_curated_collections_and_exhibits(client, make_photo, django_assert_num_queries):
    photos = [make_photo(title=f"照片{number}") for number in range(4)]
    hidden = make_photo("controlled", title="未开放")
    root = ArchivePage.objects.get(depth=1)
    above = root.add_child(instance=CollectionIndexPage(title="专题", slug="collections"))
    page = CollectionPage(title="市场", title_en="Markets", introduction="四十年", slug="m", opening_status="open")
    page.chosen_photos = [CollectionPhoto(image=photo) for photo in (photos[2], hidden, photos[0])]
    above.add_child(instance=page)
    found = document(client, reverse("iiif_collection", args=[page.pk]))
    assert found["label"] == {"zh-Hans": ["市场"], "en": ["Markets"]}
    assert found["summary"] == {"zh-Hans": ["四十年"]}
    assert [canvas["label"]["none"] for canvas in found["items"]] == [["照片2"], ["照片0"]]

    above = root.add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits"))
    exhibit = ExhibitPage(title="回望", slug="e", opening_status="open")
    exhibit.body = [
        ("picture", {"image": photos[1], "alt_text": "一条街", "caption": "1998年"}),
        ("gallery", {"heading": "", "pictures": [{"image": photo, "alt_text": "x"} for photo in (hidden, photos[3])]}),
        ("before_after", {"heading": "", "before": {"image": photos[1]}, "after": {"image": photos[0]}}),
    ]
    above.add_child(instance=exhibit)
    address = reverse("iiif_exhibit", args=[exhibit.pk])
    found = document(client, address)
    assert [canvas["label"]["none"] for canvas in found["items"]] == [["照片1"], ["照片3"], ["照片0"]]
    assert found["items"][0]["summary"] == {"none": ["1998年"]}
    ArchiveImage.objects.filter(pk=photos[3].pk).update(opening_status="controlled", content_class=20000)
    assert len(document(client, address)["items"]) == 2  # gone from the manifest at once
    with django_assert_num_queries(7):
        client.get(address)
    assert {entry["id"] for entry in document(client, reverse("iiif_all"))["items"]} >= {found["id"]}


def test_closed_pages_of_an_open_entry_are_told_of_and_not_described(client, staff_client, item, scan):
    set_texts({scan.pk: "正文"})
    item.content_rank = Rank.DEPARTMENT
    item.save()
    found = document(client, manifest_of(item))
    assert found["@context"][0] == "http://iiif.io/api/auth/2/context.json"
    canvas = found["items"][0]
    assert (canvas["width"], canvas["height"]) == (2100, 2970)  # of no page
    assert "annotations" not in canvas
    assert "thumbnail" not in canvas
    service, probe = canvas["items"][0]["items"][0]["body"]["service"]
    assert (service["type"], probe["type"]) == ("ImageService3", "AuthProbeService2")
    access = probe["service"][0]
    assert (access["type"], access["profile"]) == ("AuthAccessService2", "active")
    assert [one["type"] for one in access["service"]] == ["AuthAccessTokenService2", "AuthLogoutService2"]
    assert client.get(reverse("iiif_scan_texts", args=[scan.pk])).status_code == 404
    assert document(client, reverse("iiif_scan_canvas", args=[scan.pk]))["width"] == 2100
    shown = document(staff_client, manifest_of(item))["items"][0]
    assert (shown["width"], "annotations" in shown) == (1300, True)


def test_what_may_not_be_known_of_is_not_there(client, item, scan, make_photo, staff):
    photo = make_photo()
    item.catalogue_rank = item.content_rank = Rank.RESTRICTED
    item.save()
    hidden = [
        manifest_of(item),
        reverse("iiif_unit_part", args=[item.pk, 1]),
        reverse("iiif_scan_canvas", args=[scan.pk]),
        reverse("iiif_scan_texts", args=[scan.pk]),
        reverse("iiif_photo_canvas", args=[photo.pk]),
    ]
    reader = User.objects.create_user("reader")
    client.force_login(reader)
    assert {client.get(address).status_code for address in hidden} == {404}
    today = dt.date.today()
    Grant.objects.create(user=reader, unit=item, starts_on=today, ends_on=today, approver=staff, reason="研究")
    found = document(client, manifest_of(item))
    assert len(found["items"]) == 2
    assert client.get(manifest_of(item))["Cache-Control"] == "private, no-cache"


def test_two_units_with_one_picture_have_canvases_of_their_own(client, item, make_item, scene, scan):
    other = make_item(7)
    again = add_scans(other, [scene])[0]
    one, two = document(client, manifest_of(item)), document(client, manifest_of(other))
    assert one["items"][0]["id"] != two["items"][0]["id"]
    assert again.master_id == scan.master_id


def test_the_schema_finds_faults(client, item, scan):
    content = document(client, manifest_of(item))
    for spoil in (
        lambda: content["items"][0].pop("height"),
        lambda: content.update(label="Notice"),
        lambda: content["items"][0]["items"][0]["items"][0].update(target="canvas"),
        lambda: content["items"].append(content["items"][0]),
        lambda: content.update({"@context": ["http://iiif.io/api/auth/2/context.json"]}),
    ):
        before = len(faults_of(content))
        spoil()
        assert len(faults_of(content)) > before
