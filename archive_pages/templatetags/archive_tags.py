"""Template tags for pages that show units."""

from functools import lru_cache
from html import escape

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

LIST_DEPTH = 3  # root, home page, lists
ENGLISH_LISTS = {"fonds": "Fonds", "collections": "Collections", "exhibits": "Exhibits", "policies": "Policies"}


@lru_cache(maxsize=32)
def _is_installed(path: str) -> bool:
    return finders.find(path) is not None


@register.simple_tag
def static_if_installed(path: str) -> str:
    """The address of a static file that an installation may lack (the viewer's script), empty where it does."""
    if not _is_installed(path):
        return ""
    try:
        return staticfiles_storage.url(path)
    except ValueError:  # present, but not collected by a storage with a manifest
        return ""


@register.simple_tag
def url_if_offered(name: str, *arguments) -> str:
    """The address of the view ``name``, empty where no room offers it."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def full_url_if_offered(context, name: str, *arguments) -> str:
    """The same with scheme and host, for what is copied or read by programs."""
    address, request = url_if_offered(name, *arguments), context.get("request")
    return request.build_absolute_uri(address) if address and request else address


@register.simple_tag(takes_context=True)
def site_url(context, page) -> str:
    """The address of a page of the tree, from its stored path: no query, whatever the number of pages."""
    return page.get_url(context.get("request")) or ""


@register.filter
def local_title(page) -> str:
    """The title of a page of the tree; the site's four lists have an English name too, whatever they are called."""
    english = (get_language() or "").startswith("en")
    last = page.url_path.rstrip("/").rsplit("/", 1)[-1]
    return ENGLISH_LISTS.get(last, page.title) if english and page.depth == LIST_DEPTH else page.title


@register.filter
def local_name(row) -> str:
    """The name of a row of a table (category, retention period, department) in the reader's language."""
    english = (get_language() or "").startswith("en")
    return row.name_en if english and row.name_en else row.name


@register.filter
def code_whole(text: str, code: str | None) -> SafeString:
    """``text`` with the reference code in it kept on one line."""
    safe = escape(text)
    return mark_safe(safe.replace(escape(code), f'<span class="code">{escape(code)}</span>') if code else safe)
