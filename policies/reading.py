"""What a reader of a policy gets: its text, contents, attachments and versions."""

from .models import PolicyPage, PolicyVersion
from .outline import contents


def page_context(policy: PolicyPage, user) -> dict:
    """The context of a policy's page and of its print."""
    parts = policy.parts
    return {
        "policy": policy,
        "parts": parts,
        "contents": contents(parts),
        "attachments": policy.shown_attachments(user) if policy.pk else [],
        "versions": list(published_versions(policy)) if policy.pk else [],
        "replaces": list(policy.replaces.live().order_by("document_number")) if policy.pk else [],
    }


def published_versions(policy: PolicyPage):
    """The published versions, the newest first, without their texts."""
    return PolicyVersion.objects.filter(page=policy).defer("body", "preface")
