"""In whose name something is issued: decided here, before a number is taken."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import IssuingOffice


def office_for(user, office: IssuingOffice | None = None) -> IssuingOffice:
    """``office`` as it stands in the database, or without it the first that ``user`` may use: the main one, where he may.

    ``user`` may certify. Raises ``ValidationError`` for an office out of use, one he may not issue for, and where there
    is none for him.
    """
    usable = IssuingOffice.objects.usable_by(user)
    chosen = usable.first() if office is None else usable.filter(pk=office.pk).first()
    if chosen:
        return chosen
    if office is None:
        raise ValidationError(_("There is no office in whose name you may issue certificates."))
    words = {"office": office}
    if IssuingOffice.objects.filter(pk=office.pk, is_used=True).exists():
        raise ValidationError(_("You may not issue in the name of “%(office)s”.") % words)
    raise ValidationError(_("“%(office)s” is out of use: nothing is issued in its name.") % words)


def choices_for(user) -> list[IssuingOffice]:
    """The offices among which ``user`` may choose, the one that is ready first; empty where there is nothing to choose."""
    usable = list(IssuingOffice.objects.usable_by(user))
    return usable if len(usable) > 1 else []


def office_named(text: str) -> IssuingOffice | None:
    """The office with the number ``text`` of a form; ``None`` for nothing said. Raises ``ValidationError``
    where there is none."""
    if not text:
        return None
    found = IssuingOffice.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if found is None:
        raise ValidationError(_("There is no such office."))
    return found
