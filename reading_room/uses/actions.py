"""What may be added to the use register after the visit: its effect."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fonds.audit.events import record

from .. import events
from ..desk.models import SERVE_PERMISSION
from .models import UseEntry


@transaction.atomic
def note_effect(entry: UseEntry, effect: str, user) -> UseEntry:
    """Write what the use of the records came to (利用效果), as the reader told it. Everything else of an entry stays."""
    if not (user and user.is_active and user.has_perm(SERVE_PERMISSION)):
        raise PermissionDenied(_("Only the staff of the query window may do this."))
    effect = " ".join(effect.split())
    if len(effect) > 500:
        raise ValidationError({"effect": _("At most %(most)s characters.") % {"most": 500}})
    before = entry.effect
    entry.effect = effect
    entry.save(update_fields=["effect"])
    record(
        events.EFFECT, unit=entry, subject=entry.number, user=user, before={"effect": before}, after={"effect": effect}
    )
    return entry
