"""What machines are told of curated pages and photographs: structured data (schema.org) and a feed (Atom, RFC 4287)."""

import json

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fonds.access.decisions import visible

from .models import ArchiveImage, CollectionPage, ExhibitPage

NEWEST = 30
CONTEXT = "https://schema.org"


def as_json_ld(data: dict) -> SafeString:
    """``data`` for a ``<script type="application/ld+json">``: nothing in it can end the script. Empty values are left out."""
    text = json.dumps({"@context": CONTEXT, **{key: value for key, value in data.items() if value}}, ensure_ascii=False)
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def exhibit_data(page: ExhibitPage, request: HttpRequest) -> SafeString:
    """An exhibit as a creative work."""
    return as_json_ld(
        {
            "@type": "CreativeWork",
            "genre": "exhibit",
            "name": page.local_title,
            "description": page.local_introduction,
            "url": request.build_absolute_uri(page.get_url(request) or "/"),
            "datePublished": page.first_published_at and page.first_published_at.date().isoformat(),
            "dateModified": page.last_published_at and page.last_published_at.date().isoformat(),
            "inLanguage": get_language(),
        }
    )


def collection_data(page: CollectionPage, total: int, request: HttpRequest) -> SafeString:
    """A collection of photographs."""
    return as_json_ld(
        {
            "@type": "Collection",
            "name": page.local_title,
            "description": page.local_introduction,
            "url": request.build_absolute_uri(page.get_url(request) or "/"),
            "collectionSize": total,
            "inLanguage": get_language(),
        }
    )


def photo_data(image: ArchiveImage, request: HttpRequest) -> SafeString:
    """A photograph with what its record says."""
    return as_json_ld(
        {
            "@type": "Photograph",
            "name": image.title,
            "description": image.caption,
            "identifier": image.photo_number,
            "url": request.build_absolute_uri(request.path),
            "dateCreated": image.taken_start and image.taken_start.isoformat(),
            "contentLocation": image.place and {"@type": "Place", "name": image.place},
            "creator": image.photographer and {"@type": "Person", "name": image.photographer},
            "license": image.licence,
            "creditText": image.credit,
        }
    )


class CuratedFeed(Feed):
    """The newest public exhibits and collections, whoever asks."""

    feed_type = Atom1Feed
    link = "/"

    def title(self) -> str:
        return _("Exhibits and collections")

    def items(self) -> list:
        found = [
            page
            for model in (ExhibitPage, CollectionPage)
            for page in visible(model.objects.live(), AnonymousUser()).order_by("-first_published_at", "-pk")[:NEWEST]
        ]
        return sorted(
            found, key=lambda page: (page.first_published_at is not None, page.first_published_at), reverse=True
        )[:NEWEST]

    def item_title(self, item) -> str:
        return item.local_title

    def item_description(self, item) -> str:
        return item.local_introduction

    def item_link(self, item) -> str:
        return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + (item.get_url() or "/")

    def item_pubdate(self, item):
        return item.first_published_at

    def item_updateddate(self, item):
        return item.last_published_at
