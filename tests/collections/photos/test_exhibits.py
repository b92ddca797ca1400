"""Exhibits: told in panels, released by an approver, and never showing what a reader may not see."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from fonds.archive_pages.models import ArchivePage
from fonds.collections.blocks import PictureBlock
from fonds.collections.exhibits import exhibit_material
from fonds.collections.models import CollectionPage, ExhibitPage
from fonds.collections.photo_importing import make_renditions
from fonds.collections.workflows import ensure_exhibit_workflow, release, submit

pytestmark = pytest.mark.once


def picture(image, alt="画面", caption="") -> dict:
    return {"image": image.pk, "alt_text": alt, "caption": caption}


@pytest.fixture
def make_exhibit(house):
    def make(*panels, live=True, slug="one") -> ExhibitPage:
        body = json.dumps([{"type": kind, "value": value} for kind, value in panels])
        page = ExhibitPage(title="展览甲", slug=slug, introduction="引言", live=live, body=body)
        house.exhibits.refresh_from_db()
        return house.exhibits.add_child(instance=page)

    return make


def stored(page) -> ExhibitPage:
    return ExhibitPage.objects.get(pk=page.pk)


def test_every_panel_is_shown_with_credit_and_alternative_text(client, make_photo, make_exhibit, group):
    images = [make_photo(number) for number in range(1, 6)]
    page = make_exhibit(
        ("story", "<h2>开端</h2><p>故事</p>"),
        ("picture", picture(images[0], "第一幅", "图一")),
        ("gallery", {"heading": "组图", "pictures": [picture(images[1], "第二幅"), picture(images[2], "第三幅")]}),
        ("before_after", {"heading": "", "before": picture(images[3], "旧"), "after": picture(images[4], "新")}),
        ("quotation", {"text": "原话", "attribution": "局长", "source": group.pk}),
        ("records", {"heading": "依据", "units": [group.pk]}),
    )
    text = client.get(page.url).content.decode()
    for word in (
        "<h2",
        "开端",
        'alt="第一幅"',
        "图一",
        'alt="第三幅"',
        'alt="旧"',
        "data-before-after",
        "原话",
        "依据",
    ):
        assert word in text
    assert text.count("某人") == 5
    assert text.count(group.reference_code) >= 2


def test_what_is_not_open_never_leaks(client, make_photo, make_exhibit, make_collection_of, group, people):
    secret = [make_photo(number, "controlled", title=f"密{number}", credit=f"密署名{number}") for number in (1, 2, 3)]
    fine = make_photo(4)
    page = make_exhibit(
        ("picture", picture(secret[0], "密替代", "密说明")),
        ("gallery", {"heading": "", "pictures": [picture(fine, "公开"), picture(secret[1], "密二")]}),
        ("before_after", {"heading": "", "before": picture(fine, "公开"), "after": picture(secret[2], "密三")}),
        ("quotation", {"text": "密引文", "attribution": "", "source": secret[0].unit_id}),
        ("records", {"heading": "", "units": [secret[0].unit_id, group.pk]}),
    )
    page.cover = secret[0]
    page.save()
    make_renditions()
    text = client.get(page.url).content.decode()
    assert "密" not in text
    assert secret[0].photo_number not in text
    assert "data-before-after" not in text
    for image in secret:
        assert not any(rendition.url in text for rendition in image.renditions.all())
    assert "密" not in client.get(page.get_parent().get_url()).content.decode()
    client.force_login(people.editor)
    text = client.get(page.url).content.decode()
    assert "密替代" in text
    assert "密引文" in text


@pytest.fixture
def make_collection_of(house):
    def make(image) -> CollectionPage:
        house.collections.refresh_from_db()
        return house.collections.add_child(instance=CollectionPage(title="专题甲", slug="c", cover=image))

    return make


def test_a_picture_closed_after_release_disappears(client, make_photo, make_exhibit):
    image = make_photo(1)
    page = make_exhibit(("picture", picture(image, "后来关闭")))
    assert "后来关闭" in client.get(page.url).content.decode()
    image.unit.opening_status = "controlled"
    image.unit.save()
    assert "后来关闭" not in client.get(page.url).content.decode()


def test_a_picture_needs_an_alternative_text_and_must_be_open_before_release(make_photo):
    block, fine, closed = PictureBlock(), make_photo(1), make_photo(2, "unreviewed")

    def value(image, alt):
        return block.to_python({"image": image.pk, "alt_text": alt, "caption": ""})

    assert block.clean(value(fine, "画面"))["alt_text"] == "画面"
    with pytest.raises(StructBlockValidationError) as fault:
        block.clean(value(fine, ""))
    assert set(fault.value.block_errors) == {"alt_text"}
    with pytest.raises(StructBlockValidationError) as fault:
        block.clean(value(closed, "画面"))
    assert "照片2" in str(fault.value.block_errors["image"])
    assert block.clean_deferred(value(closed, ""))["image"] == closed


@pytest.mark.parametrize(("alt", "status", "action", "accepted"), [
    ("画面", "open", "action-submit", True),
    ("", "open", "action-submit", False),
    ("画面", "unreviewed", "action-submit", False),
    ("", "unreviewed", "", True),
])  # fmt: skip
def test_the_form_lets_a_faulty_exhibit_be_kept_but_not_submitted(
    client, house, people, make_photo, alt, status, action, accepted
):
    image = make_photo(1, status)
    data = nested_form_data(
        {
            "title": "展览甲",
            "slug": "jia",
            "body": streamfield([("story", rich_text("<p>x</p>")), ("picture", picture(image, alt))]),
            "body_en": streamfield([]),
            "comments": inline_formset([]),
            **dict.fromkeys(("title_en", "introduction", "introduction_en", "closing", "cover", "seo_title"), ""),
            "search_description": "",
        }
    )
    client.force_login(people.editor)
    address = reverse("wagtailadmin_pages:add", args=["fonds_collections", "exhibitpage", house.exhibits.pk])
    answer = client.post(address, {**data, **({action: "1"} if action else {})})
    assert (answer.status_code == 302) is accepted
    assert ExhibitPage.objects.filter(slug="jia").exists() is accepted
    if accepted:
        page = ExhibitPage.objects.get(slug="jia")
        assert not page.live
        assert page.workflow_in_progress is bool(action)


def test_an_editor_submits_and_an_approver_releases(client, people, make_exhibit):
    page = make_exhibit(("story", "<p>一</p>"), live=False)
    rights = page.permissions_for_user(people.editor)
    assert rights.can_edit()
    assert not rights.can_publish()
    submit(page, people.editor)
    assert client.get(page.url).status_code == 404
    with pytest.raises(PermissionDenied):
        release(stored(page), people.editor)
    client.force_login(people.editor)
    preview = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert "展览甲" in preview.content.decode()
    client.logout()
    release(stored(page), people.approver)
    assert stored(page).live
    assert client.get(page.url).status_code == 200
    with pytest.raises(PermissionDenied):
        release(stored(page), people.approver)


def test_a_change_to_a_released_exhibit_is_public_only_when_released(client, people, make_exhibit):
    page = make_exhibit(("story", "<p>旧文</p>"))
    page.introduction = "新引言"
    submit(page, people.editor)
    assert "新引言" not in client.get(page.url).content.decode()
    release(stored(page), people.approver)
    assert "新引言" in client.get(page.url).content.decode()


def test_the_workflow_is_set_up_once(people, house):
    ensure_exhibit_workflow(people.managers)
    assert (Workflow.objects.filter(workflow_tasks__isnull=False, name="专题与展览发布").count()) == 1
    assert GroupApprovalTask.objects.filter(workflow_tasks__workflow__name="专题与展览发布").count() == 1
    pages = {house.collections.pk, house.exhibits.pk}
    assert set(WorkflowPage.objects.filter(page__in=pages).values_list("page_id", flat=True)) == pages


@pytest.mark.parametrize("number", [3, 20])
def test_an_exhibit_costs_the_same_for_any_number_of_pictures(
    client, make_photo, make_exhibit, number, django_assert_max_num_queries
):
    images = [make_photo(place) for place in range(1, number + 1)]
    panels = [("picture", picture(image)) for image in images]
    panels += [("gallery", {"heading": "", "pictures": [picture(image) for image in images]})]
    panels += [("records", {"heading": "", "units": [image.unit_id for image in images]})]
    page = make_exhibit(*panels)
    make_renditions()
    with django_assert_max_num_queries(15):
        text = client.get(page.url).content.decode()
    assert text.count("exhibit-picture__credit") == 2 * number


def test_an_exhibit_ends_with_what_to_look_at_next(client, make_exhibit, make_collection_of, make_photo):
    page = make_exhibit(("story", "<p>一</p>"))
    other = make_exhibit(("story", "<p>二</p>"), slug="two")
    waiting = make_exhibit(("story", "<p>三</p>"), slug="three", live=False)
    collection = make_collection_of(make_photo(1))
    text = client.get(page.url).content.decode()
    assert other.url in text
    assert collection.url in text
    assert waiting.url not in text


def test_material_asks_access(make_photo, make_exhibit, people):
    image = make_photo(1, "delayed")
    page = stored(make_exhibit(("picture", picture(image))))
    assert exhibit_material(page, AnonymousUser()).images == {}
    assert exhibit_material(page, people.editor).not_open == [image]
    assert ArchivePage.objects.get(pk=page.pk).is_open
