"""The import in a browser: drop a list, choose a folder of scans, see faults, confirm, in both languages."""

import base64

import pytest
from django.core.management import call_command
from openpyxl import Workbook
from PIL import Image

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage

pytestmark = pytest.mark.browser
CODE = "J037-WS·2008-D30-BGS-0001"
DROP = """([name, content]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
  document.querySelector("[data-drop]").dispatchEvent(
    new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
  );
}"""


def write_list(path, date: str):
    book = Workbook()
    book.active.append(("档号", "责任者", "题名", "日期", "页数"))
    book.active.append((CODE, "越州市工商行政管理局", "关于<工作>要点的通知", date, 1))
    book.save(path)
    return path


@pytest.fixture
def boss(new_page) -> User:
    call_command("load_tables", verbosity=0)
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds-of-import"))
    index.add_child(instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open"))
    return User.objects.create_superuser("boss")


@pytest.mark.parametrize(
    ("language", "check", "write"), [("zh-hans", "检查", "确认导入"), ("en", "Check", "Import now")]
)
def test_a_list_is_dropped_with_a_folder_checked_and_imported(
    new_page, sign_in, boss, live_server, tmp_path, language, check, write
):
    folder = tmp_path / "scans" / CODE
    folder.mkdir(parents=True)
    Image.effect_noise((200, 280), 60).save(folder / "001.jpg", dpi=(200, 200))
    page = new_page(language=language)
    sign_in(page, boss)
    page.goto(f"{live_server.url}/admin/import-catalogue/")
    content = write_list(tmp_path / "list.xlsx", "20081332").read_bytes()
    page.evaluate(DROP, ["list.xlsx", base64.b64encode(content).decode()])
    page.wait_for_function("document.querySelector('[data-taken]').textContent.includes('list.xlsx')")
    page.get_by_role("button", name=check, exact=True).click()
    page.get_by_text("20081332").first.wait_for()
    assert page.get_by_role("button", name=write).count() == 0
    page.goto(f"{live_server.url}/admin/import-catalogue/")
    page.set_input_files("input[name=table]", write_list(tmp_path / "list.xlsx", "20080312"))
    page.set_input_files("input[name=files]", tmp_path / "scans")
    page.get_by_role("button", name=check, exact=True).click()
    page.get_by_role("button", name=write).click()
    page.get_by_text("J037-WS·2008-D30").first.wait_for()
    item = ItemPage.objects.get()
    assert (item.reference_code, item.scan_count) == (CODE, 1)
