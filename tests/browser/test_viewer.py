"""The viewer by keyboard: a page beside another, and the citation of a page."""

import io

import pytest
from PIL import Image, ImageDraw

from fonds.collections.scans import add_scans

pytestmark = pytest.mark.browser


def jpeg(word: str) -> bytes:
    """A page with a word on it."""
    picture = Image.new("RGB", (600, 840), "white")
    ImageDraw.Draw(picture).text((200, 400), word, fill="black", font_size=80)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", dpi=(200, 200))
    return stream.getvalue()


@pytest.fixture
def two_items(archive, tmp_path, django_db_serialized_rollback, transactional_db):
    """The first item with three pages, the third with one."""
    for item, words in ((archive.first, "123"), (archive.third, "X")):
        files = []
        for word in words:
            files.append(tmp_path / f"{item.pk}_{word}.jpg")
            files[-1].write_bytes(jpeg(word))
        add_scans(item, files)
    return archive


@pytest.mark.parametrize(
    "variant", [{"language": "en"}, {"language": "zh-hans", "width": 360, "height": 740}], ids=["en", "zh-phone"]
)
def test_a_page_beside_another_and_its_citation(variant, new_page, live_server, two_items, accessible):
    page = new_page(**variant)
    page.goto(live_server.url + two_items.first.url)
    page.wait_for_selector("[data-viewer-stage] canvas")
    page.keyboard.press("c")
    number = page.locator("[data-beside] input[name=page]")
    assert number.input_value() == "2"
    assert number.evaluate("field => field === document.activeElement")
    page.wait_for_selector("[data-beside-stage] canvas")
    page.locator("[data-beside-toggle]").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert (number.input_value(), page.locator("[data-viewer-number]").inner_text()) == ("3", "1")
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-viewer-number]").inner_text() == "2"
    page.locator("[data-beside] input[name=code]").fill(two_items.third.reference_code)
    number.fill("1")
    with page.expect_response(lambda response: "/files/scans/" in response.url and response.status == 200):
        number.press("Enter")
    page.wait_for_load_state("networkidle")
    one, other = (page.locator(f"[data-{name}-stage]").bounding_box() for name in ("viewer", "beside"))
    assert min(one["width"], other["width"]) > 150
    assert one["x"] + one["width"] <= other["x"] + 1 or one["y"] + one["height"] <= other["y"] + 1
    assert accessible(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    number.fill("9")
    number.press("Enter")
    page.locator("[data-beside-told]:not(:empty)").wait_for()
    number.press("Escape")
    assert page.locator("[data-beside]").is_hidden()
    page.keyboard.press("q")
    cited = page.locator("[data-cited] output").inner_text()
    assert two_items.first.reference_code in cited
    assert two_items.first.title in cited
    assert "2" in cited.partition("http")[0]
    page.goto(cited[cited.index("http") :])
    page.wait_for_selector("[data-viewer-stage] canvas")
    assert page.locator("[data-viewer-number]").inner_text() == "2"


def test_a_viewer_reads_the_picture_by_iiif(page, live_server, two_items):
    """The viewer's library as a client of the Image API: it reads what is known of the picture and asks for tiles."""
    scan = two_items.first.page_scans.get(number=1)
    page.goto(live_server.url + two_items.first.url)
    page.wait_for_selector("[data-viewer-stage] canvas")
    tiles = []
    page.on(
        "response", lambda answer: tiles.append((answer.status, answer.url)) if "default.jpg" in answer.url else None
    )
    size = page.evaluate(
        """address => new Promise((resolve, reject) => {
          const element = document.createElement("div");
          element.className = "viewer__canvas";
          document.querySelector("[data-beside-stage]").hidden = false;
          document.querySelector("[data-beside-stage]").append(element);
          const viewer = OpenSeadragon({ element, drawer: "canvas", showNavigationControl: false, tileSources: address });
          viewer.addHandler("open-failed", (event) => reject(new Error(event.message)));
          viewer.addHandler("tile-loaded", () => {
            const { x, y } = viewer.world.getItemAt(0).getContentSize();
            resolve([x, y]);
          });
        })""",
        f"/iiif/scan/{scan.pk}/info.json",
    )
    page.wait_for_load_state("networkidle")
    assert size == [600, 840]
    assert tiles
    assert {status for status, _url in tiles} == {200}
    assert all(f"/iiif/scan/{scan.pk}/" in url for _status, url in tiles)
