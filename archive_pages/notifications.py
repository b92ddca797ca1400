"""Wagtail's e-mails about pages go to those alone who may know of the page."""

from collections.abc import Iterable

from wagtail.admin import mail
from wagtail.models import TaskState, WorkflowState

from fonds.access.decisions import may
from fonds.access.enums import Right

from .models import ArchivePage

_valid_recipients = mail.EmailNotificationMixin.get_valid_recipients


def who_may_know(recipients: Iterable, instance) -> set:
    """Those of ``recipients`` who may know of the page that ``instance`` (a step of a workflow) is about."""
    page = page_of(instance)
    return {person for person in recipients if page is None or may(person, Right.CATALOGUE, page)}


def page_of(instance) -> ArchivePage | None:
    """The page of a workflow or one of its tasks; ``None`` where it is about something else."""
    if isinstance(instance, TaskState):
        instance = instance.workflow_state
    thing = instance.content_object if isinstance(instance, WorkflowState) else None
    return thing if isinstance(thing, ArchivePage) else None


def connect() -> None:
    """Put the question before every notification of a workflow; Wagtail has no hook there."""

    def get_valid_recipients(notifier, instance, **kwargs) -> set:
        return who_may_know(_valid_recipients(notifier, instance, **kwargs), instance)

    mail.EmailNotificationMixin.get_valid_recipients = get_valid_recipients
