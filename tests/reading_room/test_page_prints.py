"""Pages printed by whoever has the right to: for whom and when stands on each, and the log knows."""

import io
import subprocess

import pikepdf
import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from fonds.access import roles
from fonds.access.models import Clearance
from fonds.audit import names
from fonds.audit.models import Event

from .conftest import close

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def text_of(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.fixture
def address(item) -> str:
    return reverse("print_pages", args=[item.pk])


def test_each_page_says_for_whom_it_was_printed(item, editor, client, address):
    client.force_login(editor)
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in response["Cache-Control"]
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 3
    words = text_of(response.content)
    assert words.count("editor 打印") == words.count(item.reference_code) == 3
    assert "第 2 页，共 3 页" in words
    event = Event.objects.get(action=names.PAGES_PRINTED)
    assert (event.object_code, event.detail["pages"]) == (item.reference_code, [1, 2, 3])


def test_the_scan_goes_into_the_printout_as_it_is(item, editor, client, address):
    client.force_login(editor)
    master = item.page_scans.get(number=1).master.open().read()
    with pikepdf.open(io.BytesIO(client.get(address, {"page": "1"}).content)) as pdf:
        (page,) = pdf.pages
        assert page.obj.Resources.XObject["/Scan"].read_raw_bytes() == master


@pytest.mark.parametrize("page", ["4", "0", "x", "-1", "1\0"])
def test_a_page_that_is_not_there_is_told_in_words(item, editor, client, address, page):
    client.force_login(editor)
    response = client.get(address, {"page": page})
    assert response.status_code in (400, 403)
    assert not Event.objects.filter(action=names.PAGES_PRINTED).exists()


def test_without_the_right_to_print_there_is_nothing(item, editor, reader, client, address):
    assert client.get(address).status_code == 404
    client.force_login(reader)
    assert client.get(address).status_code == 404
    Clearance.objects.filter(group__in=Group.objects.filter(name__contains=roles.EDITOR)).update(may_print=False)
    client.force_login(editor)
    assert client.get(address).status_code == 404
    assert "打印页面" not in client.get(item.get_url()).content.decode()


def test_who_may_print_finds_the_way_on_the_page_of_the_unit(item, editor, client, address):
    client.force_login(editor)
    assert address in client.get(item.get_url()).content.decode()
    close(item)
    assert client.get(address).status_code == 200
