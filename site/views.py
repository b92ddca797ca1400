"""Addresses that belong to no room: the language switch and what search engines ask for."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from fonds.access.doors import PUBLIC, door

# Without a token, so that public pages set no cookie and can be kept; whoever forges it changes only a language.
choose_language = csrf_exempt(set_language)


@door(PUBLIC)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: open pages, not the searches, files and forms."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        "Disallow: /files/",
        "Disallow: /certify/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
