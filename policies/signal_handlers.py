"""Publishing a policy page is what puts the policy in force, and what makes a version of its text."""

from wagtail.signals import page_published

from .actions import put_in_force
from .enums import PolicyStatus
from .models import PolicyPage
from .versions import record_version


def _on_publish(sender, instance, **kwargs) -> None:
    if instance.live and instance.status == PolicyStatus.DRAFT:
        put_in_force(instance)
    if instance.live:
        record_version(instance)


def connect() -> None:
    page_published.connect(_on_publish, sender=PolicyPage, dispatch_uid="fonds_policies_publish")
