"""An exhibit: finished by an editor, sent back once with a comment on a panel, released, read on a phone by keyboard."""

import io
import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from fonds.access import roles
from fonds.access.models import User
from fonds.archive_pages.models import ItemPage
from fonds.collections.models import ArchiveImage, ExhibitIndexPage, ExhibitPage
from fonds.site.roles import sync_roles

from .conftest import look

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(django_db_serialized_rollback, transactional_db, archive):
    """The draft of an exhibit: a picture of an open photograph, and its story."""
    item = archive.series.add_child(
        instance=ItemPage(title="照片", reference_code="J037-ZP·2008·D30-001-001", opening_status="open")
    )
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), (40, 90, 120)).save(buffer, "JPEG")
    image = ArchiveImage(
        title="照片", photo_number=item.reference_code, unit=item, opening_status="open", credit="某人"
    )
    image.file = ContentFile(buffer.getvalue(), name="1.jpg")
    image.save()
    archive.home.refresh_from_db()
    index = archive.home.add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits"))
    shown = {"image": image.pk, "alt_text": "市场里的摊位", "caption": "开市的早晨"}
    body = json.dumps([{"type": "picture", "value": shown}, {"type": "story", "value": "<p>故事的开头</p>"}])
    page = ExhibitPage(title="十年", slug="ten", introduction="引言", cover=image, body=body, live=False)
    index.add_child(instance=page)
    page.save_revision()
    sync_roles()
    return page


def member(name: str, role: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "x")
    user.groups.add(Group.objects.get(name=role))
    return user


def act(page: Page, action: str) -> None:
    """Choose an action of the editing form, by its attribute, from those at its foot."""
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator(f"footer [{action}]").first.click()


def test_an_exhibit_is_sent_back_once_released_and_read_on_a_phone(
    draft, live_server, new_page, sign_in, accessible, mailoutbox
):
    edit = live_server.url + reverse("wagtailadmin_pages:edit", args=[draft.pk])
    editor, approver, visitor = new_page(), new_page(), new_page(language="en", width=360, height=740)
    sign_in(editor, member("editor", roles.EDITOR))
    sign_in(approver, member("manager", roles.MANAGER))
    caption = "#body-0-value-caption"

    editor.goto(edit)
    act(editor, "name=action-submit")
    expect(editor.locator(".messages")).to_contain_text("十年")

    approver.goto(edit)
    approver.locator("[data-side-panel-toggle=comments]").click()
    approver.locator(caption).press("Control+Alt+m")
    approver.locator(".comment textarea").fill("请写明年份")
    look(approver, "release-comment")
    approver.locator(".comment .comment__button--primary").click()
    act(approver, "data-workflow-action-name=reject")
    approver.locator(".modal textarea").fill("只差年份")
    look(approver, "release-sent-back")
    approver.locator(".modal [type=submit]").click()
    expect(approver.locator(".messages")).to_contain_text("十年")
    draft.refresh_from_db()
    assert (draft.live, draft.current_workflow_state.status) == (False, "needs_changes")
    (comment,) = draft.wagtail_admin_comments.all()
    assert (comment.text, comment.contentpath.rpartition(".")[2]) == ("请写明年份", "caption")

    editor.goto(edit)
    editor.locator("[data-side-panel-toggle=comments]").click()
    expect(editor.locator(".comment__text").first).to_have_text("请写明年份")
    look(editor, "release-read")
    editor.locator(caption).fill("开市的早晨，1998年")
    act(editor, "name=action-submit")
    expect(editor.locator(".messages")).to_contain_text("十年")
    assert visitor.goto(f"{live_server.url}/exhibits/ten/").status == 404

    approver.goto(edit)
    act(approver, "data-workflow-action-name=approve")
    expect(approver.locator(".messages")).to_contain_text("十年")

    visitor.goto(f"{live_server.url}/exhibits/ten/")
    expect(visitor.locator("figcaption").first).to_contain_text("1998年")
    assert accessible(visitor) == []
    visitor.locator("body").press("Tab")
    expect(visitor.locator(":focus")).to_have_attribute("href", "#content")
    record = visitor.get_by_role("link", name="record").first
    for _stop in range(60):
        visitor.keyboard.press("Tab")
        if record.evaluate("link => link === document.activeElement"):
            break
    look(visitor, "release-visitor")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("body")).to_contain_text("J037-ZP·2008·D30-001-001")
