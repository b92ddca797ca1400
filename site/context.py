"""What the frame of every public page shows: the name of the archive room, the way to its parts, who is signed in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from wagtail.models import Site

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.roles import STAFF_PERMISSION
from fonds.archive_pages.models import ArchivePage

SECTIONS = ("fonds", "collections", "exhibits", "policies")


@dataclass(frozen=True)
class NavEntry:
    """One entry of the main navigation. ``exact``: the reader stands on that very page."""

    label: str
    url: str
    current: bool
    exact: bool


def section_labels() -> dict[str, str]:
    """The names of the site's sections, by the slug of their index page, in the reader's language."""
    return {
        "fonds": _("Fonds"),
        "collections": _("Collections"),
        "exhibits": _("Exhibits"),
        "policies": _("Policies"),
    }


def site_frame(request: HttpRequest) -> dict:
    """Context processor. Lazy: pages that do not show the frame (the admin) cost no query."""
    return {
        "site_name": SimpleLazyObject(lambda: site_name(request)),
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "is_staff": SimpleLazyObject(lambda: is_archive_staff(getattr(request, "user", None))),
        "may_enter": SimpleLazyObject(lambda: may_enter(request)),
    }


def may_enter(request: HttpRequest) -> bool:
    """Whether the person who is signed in has a working place, be he of the archive room or not."""
    user = getattr(request, "user", None)
    return bool(user and user.has_perm(STAFF_PERMISSION))


def site_name(request: HttpRequest) -> str:
    """The archive room's name from the Wagtail site that answers, or the product's."""
    site = Site.find_for_request(request)
    return site.site_name if site and site.site_name else "Fonds"


def navigation(request: HttpRequest) -> list[NavEntry]:
    """Search, the sections that the reader may see, and the check of certificates: one query."""
    site = Site.find_for_request(request)
    sections: dict[str, str] = {}
    if site:
        pages = ArchivePage.objects.child_of(site.root_page).live().filter(slug__in=SECTIONS)
        slugs = set(visible(pages, getattr(request, "user", None)).order_by().values_list("slug", flat=True))
        sections = {slug: f"/{slug}/" for slug in SECTIONS if slug in slugs}
    labels = section_labels()
    targets = [(_("Search"), named_url("search")), *((labels[slug], url) for slug, url in sections.items())]
    targets.append((_("Verify"), named_url("verify")))
    return [NavEntry(label, url, request.path.startswith(url), request.path == url) for label, url in targets if url]


def named_url(name: str) -> str:
    """The address of the view ``name``, empty where no room offers it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
