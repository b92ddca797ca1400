"""The archive's main job, from the spreadsheet to the verified printout, each step by the person who does it."""

import io
import subprocess
import zipfile

import pikepdf
import pytest
from django.conf import settings
from django.core.management import call_command

from fonds.archive_pages.models import FondsPage, ItemPage
from fonds.collections.models import CollectionPage, ExhibitPage, PageScan
from fonds.policies.models import PolicyPage
from fonds.reading_room.models import Certificate
from fonds.site.demo import records
from fonds.site.demo.accounts import PASSWORD
from fonds.site.demo.loading import load_skeleton

pytestmark = pytest.mark.browser

CODE = "J037-WS·2008-Y-BGS-0015"
TITLE = "越州市工商行政管理局2008年工作总结"


@pytest.fixture
def empty_demo(django_db_serialized_rollback, transactional_db):
    """The demo's pages and accounts, without any record."""
    load_skeleton()


def scans_zip(path):
    """The scans of the list of 2008 as one zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((records.FOLDER / "scans").rglob("*.*")):
            archive.write(file, file.relative_to(records.FOLDER / "scans"))
    return path


def sign_in_by_form(page, base: str, username: str) -> None:
    page.goto(f"{base}/account/login/?next=/admin/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def import_the_list(page, base: str, tmp_path) -> None:
    """An editor drops the list and the zip, reads what the check says, and confirms."""
    page.goto(f"{base}/admin/import-catalogue/")
    page.select_option("[name=fonds]", index=1)
    page.select_option("[name=category]", label=page.locator("[name=category] option", has_text="WS").inner_text())
    page.set_input_files("[name=table]", records.FOLDER / "归档文件目录.xlsx")
    page.set_input_files("[name=archive]", scans_zip(tmp_path / "scans.zip"))
    page.locator("form[data-import] button[type=submit]").click(timeout=90_000)
    page.locator("form[action*=confirm] button").click(timeout=120_000)
    page.wait_for_url("**/admin/jobs/**", timeout=120_000)


def find_and_read(page, base: str) -> None:
    """A visitor finds the record by two characters of its title and turns its pages by keyboard."""
    page.goto(base)
    page.keyboard.press("/")
    page.keyboard.type("总结")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=TITLE, exact=True).click()
    assert "第 1 页" in page.locator("main").inner_text()
    page.wait_for_selector(".openseadragon-canvas")
    page.locator(".openseadragon-canvas").first.focus()
    for number in (2, 3):
        page.keyboard.press("PageDown")
        page.wait_for_function(
            "number => document.querySelector('main').innerText.includes(`第 ${number} 页`)", arg=number
        )


def issue_copy(page, base: str) -> Certificate:
    """The manager ticks three pages, states the purpose and issues."""
    page.goto(f"{base}/r/{CODE}/")
    page.locator("a[href*='/certify/']").click()
    for number in (1, 2, 3):
        page.check(f"input[name=pages][value='{number}']")
    page.fill("[name=purpose]", "办理行政复议")
    page.get_by_role("button", name="出具").click()
    page.wait_for_url("**/certificates/**")
    return Certificate.objects.get()


def issued_pdf(page, base: str, number: str) -> bytes:
    return page.request.get(f"{base}/certificates/{number}.pdf").body()


def verdict(page, base: str, pdf: bytes) -> str:
    page.goto(f"{base}/verify/")
    page.set_input_files("[name=file]", {"name": "copy.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.locator("form[method=post][action*=verify] button").click()
    page.wait_for_load_state()
    return page.locator("main").inner_text()


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_from_the_list_to_the_verified_printout(new_page, live_server, empty_demo, tmp_path):
    base = live_server.url
    settings.WAGTAILADMIN_BASE_URL = base
    editor = new_page()
    sign_in_by_form(editor, base, "editor")
    import_the_list(editor, base, tmp_path)
    assert ItemPage.objects.count() == 602
    assert PageScan.objects.count() == 104

    visitor = new_page()
    visitor.goto(f"{base}/search/?q=总结")
    assert TITLE not in visitor.locator("main").inner_text()
    records.review_opening(FondsPage.objects.get(reference_code="J037"))
    find_and_read(visitor, base)

    manager = new_page()
    sign_in_by_form(manager, base, "manager")
    certificate = issue_copy(manager, base)
    pdf = issued_pdf(manager, base, certificate.number)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 4
        pictures = [next(iter(each.get_images().values())).read_raw_bytes() for each in list(document.pages)[1:]]
    scans = PageScan.objects.filter(unit__reference_code=CODE).select_related("master").order_by("number")[:3]
    assert pictures == [scan.master.open().read() for scan in scans]
    text = text_of(pdf)
    for part in (TITLE, CODE, certificate.shown_number, "办理行政复议"):
        assert part in text.replace("\n", "") or part in text

    assert "有效" in verdict(visitor, base, pdf)
    visitor.goto(f"{base}/verify/{certificate.number}/")
    assert "有效" in visitor.locator("main").inner_text()
    altered = bytearray(pdf)
    altered[len(altered) // 2] ^= 1
    answer = verdict(visitor, base, bytes(altered))
    assert "被改动" in answer
    assert "有效" not in visitor.locator("[role=status], .verdict, main h1, main h2").first.inner_text()


def test_the_demo_loads_whole_and_says_so_the_second_time(db, capsys, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("load_demo")
    call_command("load_demo")
    assert "The demo archive is loaded." in capsys.readouterr().out
    assert ItemPage.objects.filter(category__code="WS").count() == 602
    assert Certificate.objects.count() == 4
    assert CollectionPage.objects.live().count() == 3
    assert [page.live for page in ExhibitPage.objects.order_by("path")] == [True, True, False]
    assert ExhibitPage.objects.last().workflow_in_progress
    assert PolicyPage.objects.live().count() == 7
