"""What a reader of a policy gets: its text, contents, attachments and versions."""

from django.db.models import QuerySet
from django.utils import timezone

from fonds.archive_pages.reading import trail

from .models import PolicyPage, PolicyVersion
from .outline import contents


def page_context(policy: PolicyPage, user) -> dict:
    """The context of a policy's page."""
    versions = list(published_versions(policy))
    return {
        **text_context(policy),
        "attachments": policy.shown_attachments(user),
        "versions": versions,
        "applies_now": _applying(versions) if policy.takes_effect_later else None,
        "replaces": list(policy.replaces.live().order_by("document_number", "pk")) if policy.pk else [],
        "trail": trail(policy, user) if policy.path else [],
    }


def text_context(policy: PolicyPage) -> dict:
    """What both the page and the print show: the numbered text and its contents."""
    parts = policy.parts
    return {"policy": policy, "parts": parts, "contents": contents(parts)}


def published_versions(policy: PolicyPage) -> QuerySet:
    """The published versions, the newest first, without their texts."""
    return PolicyVersion.objects.filter(page_id=policy.pk).defer("body", "preface")


def _applying(versions: list[PolicyVersion]) -> PolicyVersion | None:
    """The version that applies today, where a newer one takes effect only later."""
    today = timezone.localdate()
    return next((one for one in versions if one.effective_date and one.effective_date <= today), None)
