"""Recording an event. The row is written in the caller's transaction: change and event stand or fall together.

    with transaction.atomic():
        unit.title = new
        unit.save()
        record("archive_pages.rename", unit=unit, before={"title": old}, after={"title": new}, user=user)

``record`` raises where the event cannot be written; inside the caller's ``atomic`` block that takes the change back.
A look at restricted material is recorded with ``fonds.audit.looks.record_look`` instead, which does not wait.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from . import names
from .canonical import clean
from .context import Origin, current, origin_of
from .models import Event


def record(
    action: str,
    *,
    unit=None,
    subject: str = "",
    before=None,
    after=None,
    user=None,
    request: HttpRequest | None = None,
    detail=None,
) -> Event:
    """Write one event and return it.

    ``unit`` is what it happened to: a model instance, with ``reference_code`` and ``title`` where it is a unit;
    ``subject`` names it in words where there is no such object or no title. ``before``, ``after`` and ``detail`` are JSON values
    and must hold no password and no open identity number. ``user`` is taken from the request or job where not given.
    Raises ``LookupError`` for an action that is not registered.
    """
    event = build(
        action,
        unit=unit,
        subject=subject,
        before=before,
        after=after,
        user=user,
        request=request,
        detail=detail,
    )
    event.save()
    if event.pk % settings.FONDS_AUDIT_SEAL_EVERY == 0:
        transaction.on_commit(_seal, robust=True)
    return event


def build(action, *, unit=None, subject="", before=None, after=None, user=None, request=None, detail=None) -> Event:
    """The unsaved event that ``record`` writes; the parameters are the same."""
    if not names.is_known(action):
        raise LookupError(f"The action {action} is not registered (fonds.audit.names.register).")
    origin = _origin(request)
    person = user if user is not None and user.is_authenticated else origin.person
    return Event(
        at=now(),
        actor_id=person.pk if person else None,
        actor_name=name_of(person),
        address=origin.address,
        request_id=origin.request_id,
        channel=origin.channel,
        action=action,
        object_type=unit._meta.label_lower if hasattr(unit, "_meta") else "",
        object_id=clean("" if unit is None else unit.pk, 64),
        object_code=clean(getattr(unit, "reference_code", "") or "", 200),
        object_title=clean(subject or getattr(unit, "title", "") or ("" if unit is None else unit), 500),
        before=before or {},
        after=after or {},
        detail=detail or {},
    )


def name_of(user) -> str:
    """The name under which a person stands in the log: full name and user name, as they are now."""
    if user is None:
        return ""
    full = user.get_full_name()
    return clean(f"{full} ({user.get_username()})" if full else user.get_username(), 200)


def now() -> dt.datetime:
    """The present moment in UTC."""
    return timezone.now()


def _origin(request: HttpRequest | None) -> Origin:
    origin = current()
    if request is None or origin.request is not None:
        return origin
    return origin_of(request)


def _seal() -> None:
    from .sealing import seal

    seal(wait=0)
