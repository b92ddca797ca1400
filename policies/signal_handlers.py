"""Publishing a policy page is what puts the policy in force, and what makes a version of its text."""

from wagtail.signals import page_published

from .actions import is_complete, put_in_force
from .enums import PolicyStatus
from .models import PolicyPage
from .versions import record_version


def _on_publish(sender, instance, **kwargs) -> None:
    """A live page that lacks its number (a copy of a policy) stays a draft, and so is not public."""
    if not instance.live:
        return
    if instance.status == PolicyStatus.DRAFT and is_complete(instance):
        put_in_force(instance)
    if instance.status != PolicyStatus.DRAFT:
        record_version(instance)


def connect() -> None:
    page_published.connect(_on_publish, sender=PolicyPage, dispatch_uid="fonds_policies_publish")
