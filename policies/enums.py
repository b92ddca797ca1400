"""The states of a policy and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyStatus(models.TextChoices):
    """Where a policy stands. Only ``fonds.policies.actions`` changes it."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced")
    REPEALED = "repealed", _("Repealed")


TRANSITIONS: dict[str, frozenset[str]] = {
    PolicyStatus.DRAFT: frozenset({PolicyStatus.IN_FORCE}),
    PolicyStatus.IN_FORCE: frozenset({PolicyStatus.REPLACED, PolicyStatus.REPEALED}),
    PolicyStatus.REPLACED: frozenset(),
    PolicyStatus.REPEALED: frozenset(),
}


class AttachmentRole(models.TextChoices):
    """What an attached document is to the policy."""

    ANNEX = "annex", _("Annex")
    SOURCE = "source", _("Source document")
