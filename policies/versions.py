"""Keeping the text of a policy as it was published."""

from django.db import transaction

from .models import PolicyPage, PolicyVersion
from .outline import raw_pairs

_CONTENT = ("title", "document_number", "issuing_body", "effective_date", "preface", "body")


@transaction.atomic
def record_version(policy: PolicyPage) -> PolicyVersion | None:
    """Keep what is published as the next version; ``None`` where nothing differs from the last one."""
    PolicyPage.objects.select_for_update().filter(pk=policy.pk).first()
    content = {
        "title": policy.title,
        "document_number": policy.document_number,
        "issuing_body": policy.creator,
        "effective_date": policy.effective_date,
        "preface": policy.preface,
        "body": [list(pair) for pair in raw_pairs(policy.body.raw_data)],
    }
    last = PolicyVersion.objects.filter(page=policy).first()
    if last and all(getattr(last, name) == content[name] for name in _CONTENT):
        return None
    return PolicyVersion.objects.create(page=policy, number=last.number + 1 if last else 1, **content)
