"""The press: fonts, profile, and that no address in the content is ever opened."""

import http.server
import io
import logging
import subprocess
import threading

import pikepdf
import pytest
from django.utils.html import escape
from weasyprint.urls import FatalURLFetchingError

from fonds.reports.press import Asset, LocalFetcher, RefusedAddress, print_html, render_pdf

pytestmark = pytest.mark.once

RED_DOT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#a4282a"/></svg>'
)


def fonts_of(pdf: bytes) -> list[str]:
    rows = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode().splitlines()
    return [row.split()[0].partition("+")[2] for row in rows[2:]]


@pytest.fixture
def listener():
    """A real server on this machine that notes every request."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_nothing_of_the_content_is_fetched(listener, tmp_path, caplog):
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    html = f"""<base href="{address}/base/"><link rel="stylesheet" href="{address}/a.css">
    <link rel="attachment" href="file://{secret}"><link rel="attachment" href="file:///etc/passwd">
    <style>@import url({address}/b.css); @font-face {{ font-family: x; src: url({address}/f.woff), local("Noto Serif CJK SC") }}
    body {{ background: url({address}/c.png); font-family: x, serif }} li {{ list-style: url(ftp://127.0.0.1/x.png) }}</style>
    <img src="{address}/d.png"><img src="file:///etc/passwd"><img src="../../manage.py"><img src="d.png">
    <object data="{address}/e.svg"></object><embed src="{address}/f.svg">
    <svg width="9" height="9"><image href="{address}/g.png" width="9" height="9"/><use href="file:///etc/passwd#x"/></svg>
    <img src="data:text/plain;base64,aGVsbG8="><p>done</p>"""
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        pdf = print_html(html)
    assert asked == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not document.attachments
        for each in document.objects:
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") != "/Image":
                assert b"root:" not in each.read_bytes()
                assert b"secret words" not in each.read_bytes()
    assert "done" in subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("safe", [True, False])
def test_an_image_in_a_title(listener, safe):
    address, asked = listener
    title = f'<img src="{address}/title.png">'
    print_html(f"<h1>{escape(title) if safe else title}</h1>")
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "https://example.org", "file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/css,p{}", "//host/x",
        "press:../base.html", "press:/etc/passwd", "press:list.html", "press:", "ASSET", "gopher:x", "../x", "",
    ],
)  # fmt: skip
def test_refused_addresses(url):
    with pytest.raises(RefusedAddress):
        LocalFetcher({}).fetch(url)


def test_assets_and_style_sheets():
    fetcher = LocalFetcher({"dot.svg": Asset(RED_DOT, "image/svg+xml")})
    assert fetcher.fetch("asset:dot.svg").read() == RED_DOT
    assert b"@page" in fetcher.fetch("press:base.css").read()
    with pytest.raises(FatalURLFetchingError):
        print_html('<img src="asset:missing.svg">')
    pdf = print_html('<img src="asset:dot.svg">', assets={"dot.svg": Asset(RED_DOT, "image/svg+xml")})
    assert pdf.startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("family", "font"),
    [
        ("宋体", "Fonds-Serif"), ("SimSun", "Fonds-Serif"), ("仿宋_GB2312", "LXGW-WenKai"), ("KaiTi", "LXGW-WenKai"),
        ("楷体", "LXGW-WenKai"), ("黑体", "Noto-Sans-CJK-SC"), ("SimHei", "Noto-Sans-CJK-SC"), ("Microsoft YaHei", "Noto-Sans-CJK-SC"),
    ],
)  # fmt: skip
def test_chinese_font_names(family, font):
    assert fonts_of(
        print_html(f'<style>@page{{@bottom-center{{content:none}}}}</style><p style="font-family:{family}">档案</p>')
    ) == [font]


def test_profile_and_language(db):
    pdf = render_pdf("reports/page_numbers.html", {"pages": range(3)}, language="zh-hans")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.open_metadata().pdfa_status == "2B"
        assert str(document.Root.Lang) == "zh-hans"
        assert len(document.pages) == 3
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "第 2 页，共 3 页" in text
    english = render_pdf("reports/page_numbers.html", {"pages": range(3)}, language="en")
    text = subprocess.run(["pdftotext", "-", "-"], input=english, capture_output=True, check=True).stdout.decode()
    assert "Page 2 of 3" in " ".join(text.split())


def test_two_threads_may_print():
    printed = []
    threads = [threading.Thread(target=lambda: printed.append(print_html("<p>档案</p>"))) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(printed) == 4
