"""What can be opened of a unit: scans, photographs, sound, film, other files. Known only to who may see its content."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.collections.enums import ObjectRole
from fonds.collections.models import DigitalObject


class Media(models.TextChoices):
    """Kinds of digital objects as a reader tells them apart."""

    SCAN = "scan", _("Scanned pages")
    PHOTO = "photo", _("Photographs and negatives")
    SOUND = "sound", _("Sound recordings")
    FILM = "film", _("Film and video")
    FILE = "file", _("Other files")


_KINDS = {
    Media.SCAN: Q(role=ObjectRole.SCAN),
    Media.PHOTO: Q(role__in=[ObjectRole.PHOTO, ObjectRole.NEGATIVE]),
    Media.SOUND: Q(role=ObjectRole.RECORDING, master__mime_type__startswith="audio/"),
    Media.FILM: Q(role=ObjectRole.RECORDING, master__mime_type__startswith="video/"),
    Media.FILE: Q(role=ObjectRole.ATTACHMENT),
}


def has_media(kind: str, user) -> Q:
    """The condition on units to have objects of this ``kind`` (a value of ``Media``) that ``user`` may see."""
    return Q(Exists(_seen(user).filter(_KINDS[Media(kind)], unit=OuterRef("pk"))))


def media_of(units: Q, user) -> set[tuple[int, str]]:
    """Pairs of unit and kind of what ``user`` may see in the units for which ``units`` (a condition on the objects)
    holds."""
    rows = _seen(user).filter(units, number=1).values_list("unit_id", "role", "master__mime_type")
    return {(unit, _kind_of(role, mime_type)) for unit, role, mime_type in rows}


def _seen(user) -> QuerySet[DigitalObject]:
    return visible(DigitalObject.objects.order_by(), user, "unit__", Right.VIEW)


def _kind_of(role: str, mime_type: str) -> str:
    if role in (ObjectRole.PHOTO, ObjectRole.NEGATIVE):
        return Media.PHOTO
    if role == ObjectRole.RECORDING:
        return Media.FILM if mime_type.startswith("video/") else Media.SOUND
    return Media.SCAN if role == ObjectRole.SCAN else Media.FILE
