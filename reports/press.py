"""The press: one way from a template to a PDF, used by every printout of the house.

WeasyPrint is kept warm in the process: the fonts and the base style sheet are read once. Nothing is loaded but what
the caller hands over (``asset:name``) and the press's own style sheets (``press:name.css``): an address in the content
(``http:``, ``file:``, ``data:``, a relative path) is refused before anything is opened, so a title or a policy can
neither reach into the network nor read the server's files.
"""

import gc
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STYLE_FOLDER = Path(settings.ROOT) / "templates" / "reports"
FONT_RULES = Path(__file__).parent / "fonts" / "fonts.conf"
RENEW_AFTER = 500  # renders, after which the caches of the fonts are made anew
LARGE = 20  # pages, from which on the render's waste is collected at once

# Leads the usual Chinese font names to the free fonts of the machine; read whenever a font configuration is made.
os.environ.setdefault("FONTCONFIG_FILE", str(FONT_RULES))

# Pango's font map is not safe for two threads, and a render holds the interpreter anyway.
_press_lock = threading.Lock()


class Asset(NamedTuple):
    """A file handed to the press: its bytes and MIME type."""

    content: bytes
    mime_type: str


class RefusedAddress(ValueError):
    """An address in the content that the press does not open."""


class LocalFetcher(URLFetcher):
    """Serves ``asset:`` and ``press:`` and nothing else; never opens a socket or a file named by the content."""

    def __init__(self, assets: Mapping[str, Asset] | None = None) -> None:
        super().__init__(allowed_protocols=["asset", "press"], allow_redirects=False)
        self._assets = assets or {}

    def fetch(self, url: str, headers: dict | None = None) -> URLFetcherResponse:
        """The asset or style sheet at ``url``. Raises ``RefusedAddress`` for any other address, and ends the render
        with ``FatalURLFetchingError`` where a template of ours names an asset it was not given."""
        scheme, _colon, name = url.partition(":")
        if scheme == "asset":
            if name not in self._assets:
                raise FatalURLFetchingError(f"The press was not given the asset {name}.")
            asset = self._assets[name]
            return URLFetcherResponse(url, asset.content, {"Content-Type": asset.mime_type})
        if scheme == "press":
            return URLFetcherResponse(url, _style_sheet(name), {"Content-Type": "text/css; charset=utf-8"})
        raise RefusedAddress(f"The press does not open {url[:200]}")


@lru_cache(maxsize=32)
def _style_sheet(name: str) -> bytes:
    if not name.endswith(".css") or name not in {path.name for path in STYLE_FOLDER.glob("*.css")}:
        raise RefusedAddress(f"The press has no style sheet {name[:200]}")
    return (STYLE_FOLDER / name).read_bytes()


class _Warm:
    """What stays ready between two renders."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.style = CSS(string=_style_sheet("base.css").decode(), font_config=self.fonts, url_fetcher=LocalFetcher())
        self.renders = 0


_warm: _Warm | None = None


def _ready() -> _Warm:
    global _warm
    if _warm is None or _warm.renders >= RENEW_AFTER:
        _warm = _Warm()
    _warm.renders += 1
    return _warm


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector off: a large table is all live objects, and scanning them triples the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def render_pdf(
    template: str,
    context: Mapping,
    *,
    assets: Mapping[str, Asset] | None = None,
    language: str | None = None,
    variant: str | None = "pdf/a-2b",
) -> bytes:
    """Print ``template`` with ``context`` in ``language`` (default: the language in force) as a PDF.

    ``assets`` are the only files the page may show, addressed as ``asset:name``. ``variant`` is WeasyPrint's name of
    a PDF profile, PDF/A-2b (ISO 19005-2) unless said otherwise. Raises ``FatalURLFetchingError`` where the template
    names an asset that was not given.
    """
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        html = render_to_string(template, {"print_language": language, **context})
    return print_html(html, assets=assets, variant=variant)


def _without_empty_resources(_document, pdf) -> None:
    """Leave out the empty /Pattern and /Shading entries, at which validators of PDF/A stumble."""
    for each in pdf.objects:
        resources = getattr(each, "extra", each)
        resources = resources.get("Resources", resources) if isinstance(resources, dict) else None
        for name in ("Pattern", "Shading"):
            if isinstance(resources, dict) and name in resources and not resources[name]:
                del resources[name]


def print_html(html: str, *, assets: Mapping[str, Asset] | None = None, variant: str | None = "pdf/a-2b") -> bytes:
    """Print a whole HTML document as a PDF, under the same rules as ``render_pdf``."""
    with _press_lock, _no_collection():
        warm = _ready()
        document = HTML(string=html, url_fetcher=LocalFetcher(assets)).render(
            font_config=warm.fonts, stylesheets=[warm.style], pdf_variant=variant
        )
        pdf = document.write_pdf(pdf_variant=variant, finisher=_without_empty_resources)
        pages = len(document.pages)
        del document
    if pages >= LARGE:
        # What the render left is young, as nothing was collected meanwhile; older things are not looked at again.
        gc.collect(0)
    return pdf
