"""What stands on the home page under the search box, each reader only what is open to them."""

from django.http import HttpRequest
from django.utils.translation import get_language

from fonds.access.decisions import visible
from fonds.archive_pages.models import FondsPage
from fonds.collections.curation import CARD, covers_of
from fonds.collections.models import CollectionPage, ExhibitPage
from fonds.policies.enums import PolicyStatus
from fonds.policies.models import PolicyPage

SHOWN = 3
FONDS_SHOWN = 12
POLICIES_SHOWN = 6


def home_context(page, request: HttpRequest) -> dict:
    """The sections of the home page; a fixed number of queries."""
    user = request.user
    exhibits = list(visible(ExhibitPage.objects.live(), user).order_by("-first_published_at", "-pk")[:SHOWN])
    collections = list(visible(CollectionPage.objects.live(), user).order_by("-first_published_at", "-pk")[:SHOWN])
    covers = covers_of([*exhibits, *collections], user)
    policies = visible(PolicyPage.objects.live(), user).in_reading_order().filter(standing=PolicyStatus.IN_FORCE)
    return {
        "exhibits": [(shown, covers.get(shown.cover_id)) for shown in exhibits],
        "collections": [(shown, covers.get(shown.cover_id)) for shown in collections],
        "card": CARD,
        "fonds_pages": visible(FondsPage.objects.live(), user).order_by("sort_key", "path")[:FONDS_SHOWN],
        "policies": policies.defer("body", "preface", "search_text")[:POLICIES_SHOWN],
        "welcome": in_language(page.welcome, page.welcome_en),
        "visit": in_language(page.visit, page.visit_en),
    }


def in_language(chinese: str, english: str) -> str:
    """The text in the reader's language, or the one there is."""
    return (english or chinese) if (get_language() or "").startswith("en") else (chinese or english)
